// A verilated POST engine with everything around it: queue and tokens, accumulators, parameter
// beats, activation buffer port. Every cycle is compared with the law; the bench itself computes no
// result of an instruction.
#pragma once

#include <gtest/gtest.h>
#include <verilated.h>

#include <cstring>
#include <deque>
#include <memory>
#include <random>
#include <vector>

#include "post_reference.h"

namespace systole {

// Ports up to 64 bits are integers, wider ones arrays of words.
template <typename Port>
void SetWord(Port& port, int word, uint32_t value) {
  if constexpr (std::is_integral_v<Port>) {
    const int shift = 32 * word;
    port = static_cast<Port>((port & ~(Port{0xFFFFFFFF} << shift)) |
                             (static_cast<Port>(value) << shift));
  } else {
    port[word] = value;
  }
}
template <typename Port>
void SetByte(Port& port, int byte, uint8_t value) {
  if constexpr (std::is_integral_v<Port>) {
    const int shift = 8 * byte;
    port = static_cast<Port>((port & ~(Port{0xFF} << shift)) | (static_cast<Port>(value) << shift));
  } else {
    const int shift = 8 * (byte % 4);
    port[byte / 4] = (port[byte / 4] & ~(0xFFu << shift)) | (uint32_t{value} << shift);
  }
}
template <typename Port>
uint8_t GetByte(const Port& port, int byte) {
  if constexpr (std::is_integral_v<Port>) {
    return static_cast<uint8_t>(port >> (8 * byte));
  } else {
    return static_cast<uint8_t>(port[byte / 4] >> (8 * (byte % 4)));
  }
}

// Sets of entries for additions, in the first parameter rows.
inline constexpr int kSums = 4;

// An instruction as the queue gives it: at the queue's output from cycle `arrival` on (or when its
// predecessor has left), its tokens there from cycle `tokens` on.
struct PostItem {
  Instruction instr;
  uint32_t pc;
  int64_t arrival, tokens;
};

// What happened, with cycle stamps.
struct PostIssue {
  int64_t cycle;
  uint32_t pc;
};
struct PostRetire {
  int64_t cycle;
  int push;
};
struct PostSeenWrite {
  int64_t cycle;
  uint32_t address;
  std::vector<int8_t> bytes;
};
struct PostError {
  int64_t cycle;
  int code;
  uint32_t pc;
};

template <typename Model>
class PostBench {
 public:
  explicit PostBench(uint64_t seed) : config(Model::Config()), random_(seed) {
    state.acc.assign(2, std::vector<std::vector<int32_t>>(config.acc_depth,
                                                          std::vector<int32_t>(config.cols + 1)));
    state.params.resize(config.ParRows() * config.lanes);
    state.act.resize(config.act_bytes);
    top.rst_ni = 0;
    top.clear_i = top.stop_i = top.valid_i = top.tokens_i = top.par_we_i = top.conflict_i = 0;
    top.rd_conflict_i = 0;
    Clock();
    top.rst_ni = 1;
  }

  // One cycle: inputs of this cycle, checks of this cycle's outputs, clock edge.
  void Cycle() {
    const bool head = !items.empty() && items.front().arrival <= cycle;
    top.valid_i = head;
    top.tokens_i = head && items.front().tokens <= cycle;
    if (head) {
      for (int w = 0; w < 8; ++w) top.instr_i[w] = items.front().instr.word[w];
      top.pc_i = items.front().pc;
    } else {
      for (int w = 0; w < 8; ++w)
        top.instr_i[w] = static_cast<uint32_t>(random_());  // nothing of it may matter
      top.pc_i = 0xDEAD;
    }
    top.stop_i = stopped;
    top.conflict_i = top.rd_conflict_i = 0;
    top.clk_i = 0;
    top.eval();
    if (top.pr_re_o && ++act_reads_seen == rd_conflict_at) {
      top.rd_conflict_i = 1;  // answers the read in its own cycle
      top.eval();
    }
    if (top.po_we_o && ++writes_seen == conflict_at) {
      top.conflict_i = 1;  // answers the write in its own cycle
      top.eval();
    }

    if (top.err_valid_o) errors.push_back({cycle, top.err_code_o, top.err_pc_o});
    if (top.issue_o) {
      ASSERT_TRUE(top.valid_i && top.tokens_i)
          << "issue without instruction or tokens, cycle " << cycle;
      issues.push_back({cycle, items.front().pc});
    }
    if (top.retire_o) retires.push_back({cycle, top.push_o});
    if (top.po_we_o) {
      PostSeenWrite write{cycle, top.po_addr_o, {}};
      ASSERT_LE(top.po_n_o, config.lanes);
      for (int i = 0; i < top.po_n_o; ++i)
        write.bytes.push_back(static_cast<int8_t>(GetByte(top.po_data_o, i)));
      ASSERT_LE(write.address + write.bytes.size(), static_cast<size_t>(config.act_bytes));
      writes.push_back(write);
    }
    busy.push_back(top.busy_o);
    inflight.push_back(top.inflight_o);
    const bool read = top.acc_re_o;
    const int half = top.acc_half_o, entry = top.acc_addr_o;
    const bool act_read = top.pr_re_o;
    const size_t act_address = top.pr_addr_o;
    const int act_n = top.pr_n_o;
    const bool issued = top.issue_o;
    const bool error = top.err_valid_o;

    Clock();
    ++cycle;
    if (issued) items.pop_front();
    if (error) stopped = true;
    top.clear_i = 0;
    top.par_we_i = 0;
    if (act_read) {
      ASSERT_GE(act_n, 1);
      ASSERT_LE(act_n, config.lanes);
      ASSERT_LE(act_address + static_cast<size_t>(act_n), state.act.size());
      act_reads.push_back({cycle - 1, static_cast<uint32_t>(act_address)});
    }
    for (int k = 0; k < config.lanes; ++k) {
      SetByte(top.pr_data_i, k,
              act_read && k < act_n ? static_cast<uint8_t>(state.act[act_address + k])
                                    : static_cast<uint8_t>(random_()));
    }
    if (read) {
      ASSERT_LT(entry, config.acc_depth);
      reads.push_back({cycle - 1, half, entry});
      for (int c = 0; c <= config.cols; ++c)
        SetWord(top.acc_data_i, c, static_cast<uint32_t>(state.acc[half][entry][c]));
    } else {
      for (int c = 0; c <= config.cols; ++c)
        SetWord(top.acc_data_i, c, static_cast<uint32_t>(random_()));
    }
  }

  // Sends row `row` of state.params beat by beat; `gap` idle cycles may lie between beats.
  void LoadRow(int row, int gap) {
    std::vector<uint8_t> bytes(16 * config.lanes);
    for (uint8_t& b : bytes) b = static_cast<uint8_t>(random_());
    for (int lane = 0; lane < config.lanes; ++lane) {
      const PostChannel& p = state.params[row * config.lanes + lane];
      const auto high = static_cast<uint32_t>(bytes[16 * lane + 7] & 0x80) << 24;  // no bit of m
      const uint32_t m = p.m | high;
      std::memcpy(&bytes[16 * lane], &p.bias, 4);
      std::memcpy(&bytes[16 * lane + 4], &m, 4);
      bytes[16 * lane + 8] = static_cast<uint8_t>((bytes[16 * lane + 8] & 0xC0) | p.s);
    }
    const int beats = (16 * config.lanes) / config.axi_bytes;
    for (int beat = 0; beat < beats; ++beat) {
      for (int idle = gap > 0 ? static_cast<int>(random_() % (gap + 1)) : 0; idle > 0; --idle) {
        for (int w = 0; w < config.axi_bytes / 4; ++w)
          SetWord(top.buf_data_i, w, static_cast<uint32_t>(random_()));
        top.buf_beat_i = static_cast<uint8_t>(random_());
        Cycle();
      }
      top.par_we_i = 1;
      top.buf_row_i = row;
      top.buf_beat_i = beat;
      for (int w = 0; w < config.axi_bytes / 4; ++w) {
        uint32_t value;
        std::memcpy(&value, &bytes[beat * config.axi_bytes + 4 * w], 4);
        SetWord(top.buf_data_i, w, value);
      }
      Cycle();
    }
  }

  // Accumulators and parameters of every kind: small and large sums, a parameter row each with a
  // range of its own.
  void Randomize() {
    for (auto& half : state.acc) {
      for (auto& entry : half) {
        for (int32_t& v : entry)
          v = static_cast<int32_t>(static_cast<uint32_t>(random_())) >> (random_() % 32);
        if (random_() % 2 == 0) entry[config.cols] >>= 16;
        if (config.row_sum == 0) entry[config.cols] = 0;
      }
    }
    for (PostChannel& p : state.params) {
      const int down = static_cast<int>(random_() % 24);
      p.bias = static_cast<int32_t>(static_cast<uint32_t>(random_())) >> (8 + down);
      p.m = (static_cast<uint32_t>(random_()) & 0x7FFFFFFF) | 0x40000000;
      p.s = static_cast<uint8_t>(31 + random_() % 24);
    }
    for (int8_t& b : state.act) b = static_cast<int8_t>(random_());
    for (int set = 0; set < kSums; ++set) RandomizeSum(set);
    for (int row = 0; row < config.ParRows(); ++row) LoadRow(row, 0);
  }

  // Entries of an addition, legal in every mode: what float32 adds stays below 2^62.
  void RandomizeSum(int set) {
    const int rows = (3 + config.lanes - 1) / config.lanes;
    PostChannel* entry = &state.params[set * rows * config.lanes];
    for (int k = 0; k < 2; ++k) {
      entry[k].bias = static_cast<int32_t>(random_() % 256) - 127;
      entry[k].m = static_cast<uint32_t>(random_()) & (set % 2 ? 0x7FFFFFFF : 0xFFFFFF);
      entry[k].s = static_cast<uint8_t>(random_() % (set % 2 ? 6 : 20));
    }
    entry[2].bias = static_cast<int32_t>(random_() % (1 << 24)) - (1 << 23);
    entry[2].m = (static_cast<uint32_t>(random_()) & 0x7FFFFFC0) | (random_() % 32);
    entry[2].s = static_cast<uint8_t>(set % 2 ? 44 + random_() % 10 : 30 + random_() % 20);
  }

  void RunFor(int64_t cycles) {
    for (int64_t i = 0; i < cycles; ++i) ASSERT_NO_FATAL_FAILURE(Cycle());
  }

  // Back to the state after reset, by clear_i (in a cycle with everything else going on) or by
  // rst_ni.
  void Clear(bool reset) {
    if (reset) {
      top.rst_ni = 0;
      top.eval();
    } else {
      top.clear_i = 1;
    }
    items.clear();
    Cycle();
    top.rst_ni = 1;
    Forget();
    stopped = false;
  }
  void Forget() {
    issues.clear();
    retires.clear();
    writes.clear();
    errors.clear();
    reads.clear();
    act_reads.clear();
    busy.clear();
    inflight.clear();
    first_cycle = cycle;
  }

  struct Read {
    int64_t cycle;
    int half, entry;
  };
  struct ActRead {
    int64_t cycle;
    uint32_t address;
  };

  const PostConfig config;
  PostState state;
  typename Model::Top top;
  std::deque<PostItem> items;  // the queue
  std::vector<PostIssue> issues;
  std::vector<PostRetire> retires;
  std::vector<PostSeenWrite> writes;
  std::vector<PostError> errors;
  std::vector<Read> reads;
  std::vector<bool> busy, inflight;  // from first_cycle on
  int64_t cycle = 0, first_cycle = 0;
  int64_t writes_seen = 0, conflict_at = -1, act_reads_seen = 0, rd_conflict_at = -1;
  std::vector<ActRead> act_reads;
  bool stopped = false;  // stop_i: from the cycle after an error until Clear()

 private:
  void Clock() {
    top.clk_i = 0;
    top.eval();
    top.clk_i = 1;
    top.eval();
  }

  std::mt19937_64 random_;
};

}  // namespace systole
