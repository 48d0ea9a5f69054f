#include "tests/timing/port_model.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace systole::testing {
namespace {

int64_t Get(const Instruction& i, Field f) { return static_cast<int64_t>(i.Get(f)); }
bool IsSync(const Instruction& i) { return (i.Get(field::kOpcode) & 0xF) == 0xF; }

// One side of a memory in one cycle.
struct Access {
  uint32_t index = 0;
  std::set<int64_t> where;  // groups, or halves
};
using Side = std::map<int64_t, Access>;  // by cycle

struct Sum {  // a slot's way through its accumulator entry, at column 0
  int64_t slot, read, written, half, entry;
  uint32_t index;
  bool accumulates;
};

class PortModel {
 public:
  PortModel(const std::vector<Instruction>& code, const StepResult& steps, const HwConfig& config,
            const Depths& depths, const std::vector<uint16_t>& ktab)
      : code_(code), steps_(steps), config_(config), depths_(depths), ktab_(ktab) {}

  std::optional<Collision> First() {
    for (uint32_t i = 0; i < code_.size(); ++i) {
      if (steps_.issue[i] < 0 || IsSync(code_[i])) continue;
      if (code_[i].opcode() == Opcode::kMatmul) Matmul(i);
      if (code_[i].opcode() == Opcode::kPost) Post(i);
      if (code_[i].opcode() == Opcode::kPostAct) PostAct(i);
      if (code_[i].opcode() == Opcode::kPostActAdd) PostAdd(i);
      if (code_[i].opcode() == Opcode::kFill) Fill(i);
    }
    for (const StepResult::Beat& b : steps_.beats) {
      const Opcode opcode = code_[b.instruction].opcode();
      if (opcode == Opcode::kStore) Touch(&store_reads_, b.cycle, b.instruction, b.first, b.bytes);
      if (opcode == Opcode::kLoadAct) {
        Touch(&load_writes_, b.cycle + depths_.beat_to_write, b.instruction, b.first, b.bytes);
      }
    }
    for (const auto& [cycle, a] : matmul_reads_) {
      if (Meet(store_reads_, cycle, a)) Found(cycle, 1, false, a.index);
      if (Meet(post_reads_, cycle, a)) Found(cycle, 1, false, a.index);
    }
    for (const auto& [cycle, a] : post_reads_) {
      if (Meet(store_reads_, cycle, a)) Found(cycle, 2, false, a.index);
    }
    for (const auto& [cycle, a] : post_writes_) {
      if (Meet(load_writes_, cycle, a)) Found(cycle, 2, true, a.index);
    }
    for (const auto& [cycle, a] : sum_reads_) {
      if (Meet(tap_reads_, cycle, a)) Found(cycle, 1, true, OldestMatmul(cycle));
    }
    for (size_t k = 0; k < sums_.size(); ++k) {
      for (size_t l = 0; l < sums_.size(); ++l) {
        const Sum &early = sums_[l], &late = sums_[k];
        if (late.accumulates && early.read < late.read && late.read <= early.written &&
            early.half == late.half && early.entry == late.entry) {
          Found(late.slot + depths_.slot_to_activation_read, 1, false, late.index);
        }
      }
    }
    return first_;
  }

 private:
  // Input stationary: windows of a tile's slice during the fold before, all columns' sums at once.
  void Input(uint32_t index) {
    const Instruction& i = code_[index];
    const int64_t pixels = Get(i, field::kMmNx) * Get(i, field::kMmNy),
                  slices = Get(i, field::kMmKslices), filters = Get(i, field::kMmWcols),
                  turn = depths_.accumulator_read_to_write + 1;
    int64_t window = steps_.issue[index] + depths_.issue_to_work,
            fold = window + std::max(pixels, turn);
    for (int64_t b = 0; b < Get(i, field::kMmNb); ++b) {
      for (int64_t s = 0; s < slices; ++s) {
        for (int64_t v = 0; v < pixels; ++v) {
          const int64_t base = Get(i, field::kMmBase) + s * Get(i, field::kMmBaseInc) +
                               b * Get(i, field::kMmStrideB) +
                               v / Get(i, field::kMmNx) * Get(i, field::kMmStrideY) +
                               v % Get(i, field::kMmNx) * Get(i, field::kMmStrideX);
          const int64_t row = Get(i, field::kMmKtab) + (Get(i, field::kMmKtabInc) ? s : 0);
          const int64_t lanes = s + 1 == slices ? Get(i, field::kMmKlast) : config_.rows;
          Access& read = matmul_reads_[window + v + depths_.slot_to_activation_read];
          read.index = index;
          for (int64_t j = 0; j < lanes; ++j)
            read.where.insert((base + ktab_[row * config_.rows + j]) / config_.GroupBytes());
        }
        for (int64_t f = 0; f < filters && (s > 0 || Get(i, field::kMmFirst) == 0); ++f) {
          const int64_t level = fold + f + depths_.slot_to_array + config_.rows + config_.cols - 1;
          sum_reads_[level].where.insert(Get(i, field::kMmHalf));
        }
        window = fold;
        fold += std::max({pixels, filters, turn});
      }
    }
  }

  void Matmul(uint32_t index) {
    const Instruction& i = code_[index];
    if (Get(i, field::kMmDataflow) == 2) return Input(index);
    const int64_t nx = Get(i, field::kMmNx), ny = Get(i, field::kMmNy), nb = Get(i, field::kMmNb);
    const int64_t slices = Get(i, field::kMmKslices), m = nx * ny * nb;
    const bool tiles = Get(i, field::kMmDataflow) == 1;
    // A sum meets its entry, a column a cycle, as that of a slot.
    const auto meets = [&](int64_t slot, int64_t entry, bool accumulates) {
      const int64_t meet = slot + depths_.slot_to_array + config_.rows;
      sums_.push_back({slot, meet, meet + depths_.accumulator_read_to_write, Get(i, field::kMmHalf),
                       entry, index, accumulates});
      for (int c = 0; accumulates && c < config_.cols + config_.row_sum; ++c)
        sum_reads_[meet + c].where.insert(Get(i, field::kMmHalf));
    };
    int64_t fold = steps_.issue[index] + depths_.issue_to_work;
    for (int64_t s = 0; s < slices; ++s) {
      int64_t slot = fold, entry = Get(i, field::kMmAccBase);
      for (int64_t b = 0; b < nb; ++b) {
        for (int64_t y = 0; y < ny; ++y) {
          for (int64_t x = 0; x < nx; ++x, ++slot, ++entry) {
            const int64_t base = Get(i, field::kMmBase) + s * Get(i, field::kMmBaseInc) +
                                 b * Get(i, field::kMmStrideB) + y * Get(i, field::kMmStrideY) +
                                 x * Get(i, field::kMmStrideX);
            const int64_t row = Get(i, field::kMmKtab) + (Get(i, field::kMmKtabInc) ? s : 0);
            const int64_t lanes = Get(i, field::kMmDataflow) == 3 ? Get(i, field::kMmWcols)
                                  : s + 1 == slices               ? Get(i, field::kMmKlast)
                                                                  : config_.rows;
            Access& read = matmul_reads_[slot + depths_.slot_to_activation_read];
            read.index = index;
            for (int64_t j = 0; j < lanes; ++j)
              read.where.insert((base + ktab_[row * config_.rows + j]) / config_.GroupBytes());
            if (!tiles) meets(slot, entry, s > 0 || Get(i, field::kMmFirst) == 0);
          }
        }
      }
      if (tiles) {  // all lanes leave in the tile's last slots, lane 0 last
        const int64_t lanes = s + 1 == slices ? Get(i, field::kMmKlast) : config_.rows;
        fold += std::max<int64_t>(m, config_.rows - 1) + config_.rows - 1;
        for (int64_t j = 0; j < lanes; ++j) {
          meets(fold - 1 - j, Get(i, field::kMmAccBase) + s * config_.rows + j,
                Get(i, field::kMmFirst) == 0);
        }
        continue;
      }
      const int64_t wl = std::min<int64_t>(Get(i, field::kMmWcols), config_.cols / config_.wport);
      fold += std::max({m, wl, int64_t{depths_.accumulator_read_to_write} + 1});
    }
  }

  void Post(uint32_t index) {
    const Instruction& i = code_[index];
    int64_t tap = steps_.issue[index] + depths_.issue_to_work;
    for (int64_t channel = 0; channel < Get(i, field::kPoNchan); channel += config_.lanes) {
      for (int64_t y = 0; y < Get(i, field::kPoNy); ++y) {
        for (int64_t x = 0; x < Get(i, field::kPoNx); ++x) {
          for (int64_t t = 0; t < Get(i, field::kPoNtx) * Get(i, field::kPoNty); ++t)
            tap_reads_[tap++].where.insert(Get(i, field::kPoHalf));
          const int64_t bytes = std::min<int64_t>(config_.lanes, Get(i, field::kPoNchan) - channel);
          Insert(
              &post_writes_[tap - 1 + depths_.tap_to_write], index,
              Get(i, field::kPoOut) + y * Get(i, field::kPoSy) + x * Get(i, field::kPoSx) + channel,
              bytes);
        }
      }
    }
  }

  // f(first tap, y, x, channel, bytes) of each pixel of a Post that reads activations.
  template <typename F>
  void ForEachPixel(uint32_t index, int64_t taps, int64_t late, F f) {
    const Instruction& i = code_[index];
    int64_t tap = steps_.issue[index] + depths_.issue_to_work;
    for (int64_t channel = 0; channel < Get(i, field::kPaNchan); channel += config_.lanes) {
      for (int64_t y = 0; y < Get(i, field::kPoNy); ++y) {
        for (int64_t x = 0; x < Get(i, field::kPoNx); ++x, tap += taps) {
          const int64_t bytes = std::min<int64_t>(config_.lanes, Get(i, field::kPaNchan) - channel);
          f(tap, y, x, channel, bytes);
          Insert(
              &post_writes_[tap + taps - 1 + depths_.tap_to_write + late], index,
              Get(i, field::kPoOut) + y * Get(i, field::kPoSy) + x * Get(i, field::kPoSx) + channel,
              bytes);
        }
      }
    }
  }

  void PostAct(uint32_t index) {
    const Instruction& i = code_[index];
    const int64_t ntx = Get(i, field::kPaNtx), nty = Get(i, field::kPaNty);
    ForEachPixel(index, ntx * nty, 0, [&](int64_t tap, int64_t y, int64_t x, int64_t c, int64_t n) {
      for (int64_t ty = 0; ty < nty; ++ty) {
        for (int64_t tx = 0; tx < ntx; ++tx) {
          Insert(&post_reads_[tap++], index,
                 Get(i, field::kPaSrc) + y * Get(i, field::kPaRsY) + x * Get(i, field::kPaRsX) +
                     ty * Get(i, field::kPaRsTy) + tx * Get(i, field::kPaRsTx) + c,
                 n);
        }
      }
    });
  }

  void PostAdd(uint32_t index) {
    const Instruction& i = code_[index];
    ForEachPixel(index, 2, depths_.add_to_write,
                 [&](int64_t tap, int64_t y, int64_t x, int64_t c, int64_t n) {
                   const int64_t more = x * Get(i, field::kPoSx) + c;
                   Insert(&post_reads_[tap], index,
                          Get(i, field::kPaSrc) + y * Get(i, field::kPaRsY) + more, n);
                   Insert(&post_reads_[tap + 1], index,
                          Get(i, field::kPbSrc) + y * Get(i, field::kPbRsY) + more, n);
                 });
  }

  void Fill(uint32_t index) {
    const Instruction& i = code_[index];
    int64_t cycle = steps_.issue[index] + depths_.issue_to_work + depths_.beat_to_write;
    for (int64_t line = 0; line < Get(i, field::kLsLines); ++line) {
      for (int64_t byte = 0; byte < Get(i, field::kLsBytes); byte += config_.AxiBytes(), ++cycle) {
        Insert(&load_writes_[cycle], index,
               Get(i, field::kLsBuf) + line * Get(i, field::kLsBufStride) + byte,
               std::min<int64_t>(config_.AxiBytes(), Get(i, field::kLsBytes) - byte));
      }
    }
  }

  // Bytes [first, first + n) of the lines of a LOAD or STORE.
  void Touch(Side* side, int64_t cycle, int index, int64_t first, int64_t n) {
    const Instruction& i = code_[index];
    const int64_t line = first / Get(i, field::kLsBytes), byte = first % Get(i, field::kLsBytes);
    Insert(&(*side)[cycle], static_cast<uint32_t>(index),
           Get(i, field::kLsBuf) + line * Get(i, field::kLsBufStride) + byte, n);
  }
  void Insert(Access* access, uint32_t index, int64_t address, int64_t n) {
    access->index = index;
    for (int64_t b = 0; b < n; ++b) access->where.insert((address + b) / config_.GroupBytes());
  }

  static bool Meet(const Side& side, int64_t cycle, const Access& a) {
    const auto other = side.find(cycle);
    if (other == side.end()) return false;
    for (int64_t w : a.where) {
      if (other->second.where.count(w) != 0) return true;
    }
    return false;
  }

  uint32_t OldestMatmul(int64_t cycle) const {
    for (uint32_t i = 0; i < code_.size(); ++i) {
      if (code_[i].opcode() == Opcode::kMatmul && steps_.issue[i] >= 0 && steps_.issue[i] < cycle &&
          cycle <= steps_.retire[i]) {
        return i;
      }
    }
    return ~0u;
  }

  void Found(int64_t cycle, int engine, bool oldest, uint32_t index) {
    const int64_t seen = engine == 1 ? cycle + depths_.matmul_error_to_control : cycle;
    const Collision c{seen, engine, oldest, index, cycle};
    const auto order = [](const Collision& a) {
      return std::make_tuple(a.seen, a.engine, a.oldest ? 0 : 1, a.index);
    };
    if (!first_.has_value() || order(c) < order(*first_)) first_ = c;
  }

  const std::vector<Instruction>& code_;
  const StepResult& steps_;
  const HwConfig config_;
  const Depths depths_;
  const std::vector<uint16_t>& ktab_;
  Side matmul_reads_, store_reads_, load_writes_, post_writes_, post_reads_, sum_reads_, tap_reads_;
  std::vector<Sum> sums_;
  std::optional<Collision> first_;
};

}  // namespace

std::optional<Collision> FirstCollision(const std::vector<Instruction>& code,
                                        const StepResult& steps, const HwConfig& config,
                                        const Depths& depths, const std::vector<uint16_t>& ktab) {
  return PortModel(code, steps, config, depths, ktab).First();
}

}  // namespace systole::testing
