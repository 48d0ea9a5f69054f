// Random programs of legal instructions for a configuration. They work on memory [kDataBase,
// kDataBase + kDataBytes) and begin by loading four rows of the offset table from kKtabBase.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "sw/check/instruction_builder.h"
#include "sw/functional/check.h"

namespace systole::testing {

inline constexpr uint64_t kCodeBase = 0x10000000, kKtabBase = 0x20000000, kDataBase = 0x30000000,
                          kDataBytes = 0x10000;
inline constexpr int kKtabRows = 4;

enum class Tokens {
  kEarlier,   // only tokens that earlier instructions give: the program ends well
  kAnywhere,  // a token may be one that a later instruction gives, or never comes
};

class RandomProgram {
 public:
  RandomProgram(const HwConfig& config, uint32_t seed)
      : config_(config),
        act_(config.post_act != 0 && config.act_groups >= 4 && config.ActBytes() >= 32768),
        random_(seed) {}

  std::vector<Instruction> Make(int instructions, Tokens tokens) {
    std::vector<Instruction> code;
    const uint64_t row = static_cast<uint64_t>(PaddedRowBytes(Opcode::kLoadKtab, config_));
    code.push_back(With(MakeTransfer(Opcode::kLoadKtab, kKtabBase, kKtabRows * row),
                        {{field::kPush, kToMatmul}}));
    code.push_back(testing::Make(Opcode::kSyncMatmul, {{field::kPopLoad, 1}}));
    std::memset(available_, 0, sizeof(available_));
    if (act_) {  // what PostAct and PostActAdd read, in a group of their own
      const auto quarter = static_cast<uint64_t>(config_.ActBytes() / 4);
      code.push_back(With(MakeTransfer(Opcode::kLoadAct, kDataBase, quarter),
                          {{field::kLsBuf, 3 * quarter}, {field::kPush, kToPost}}));
      code.push_back(testing::Make(Opcode::kSyncPost, {{field::kPopLoad, 1}}));
    }
    while (static_cast<int>(code.size()) < instructions) {
      if (tokens == Tokens::kEarlier && Below(25) == 0) SwapHalves(&code);
      const int e = Below(4);
      Instruction i = Below(6) == 0 ? testing::Make(kSync[e]) : Any(e);
      for (int s = 0; s < kNumEngines; ++s) {
        if (s == e) continue;
        int most = std::max(0, std::min(available_[s][e], 3));
        if (tokens == Tokens::kAnywhere && Below(12) == 0) most = 1;
        const int n = Below(2) == 0 ? most : Below(most + 1);
        i.Set(kPopField[s], static_cast<uint64_t>(n));
        available_[s][e] -= n;
      }
      if ((i.Get(field::kOpcode) & 0xF) != 0xF) {
        uint64_t push = static_cast<uint64_t>(Below(16));
        for (int d = 0; d < kNumEngines; ++d)
          push |= static_cast<uint64_t>(available_[e][d] < 0) << d;
        push &= ~(uint64_t{1} << e);
        i.Set(field::kPush, push);
        for (int d = 0; d < kNumEngines; ++d) available_[e][d] += static_cast<int>((push >> d) & 1);
      }
      code.push_back(i);
    }
    return code;
  }

 private:
  // MATMUL retires everything, then POST, then both go on with the other half.
  void SwapHalves(std::vector<Instruction>* code) {
    code->push_back(With(Matmul(), {{field::kPush, kToPost}}));
    ++available_[1][2];
    TakeAll(1, 2, code);
    code->push_back(With(Post(), {{field::kPush, kToMatmul}}));
    ++available_[2][1];
    TakeAll(2, 1, code);
    half_ = 1 - half_;
  }
  void TakeAll(int source, int destination, std::vector<Instruction>* code) {
    while (available_[source][destination] > 0) {
      const int n = std::min(available_[source][destination], 7);
      code->push_back(
          testing::Make(kSync[destination], {{kPopField[source], static_cast<uint64_t>(n)}}));
      available_[source][destination] -= n;
    }
  }

  static constexpr Opcode kSync[kNumEngines] = {Opcode::kSyncLoad, Opcode::kSyncMatmul,
                                                Opcode::kSyncPost, Opcode::kSyncStore};

  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  // 1..n, small values more often.
  uint64_t Count(int n) { return static_cast<uint64_t>(1 + Below(1 + Below(n))); }
  uint64_t Bits(int n) { return random_() & ((uint64_t{1} << n) - 1); }

  Instruction Any(int engine) {
    switch (engine) {
      case 0:
        return Below(4) == 0 ? Transfer(Opcode::kFill) : Transfer(Opcode::kLoadAct);
      case 1:
        return Matmul();
      case 2:
        return act_ && Below(3) == 0 ? PostAct() : Post();
      default:
        return Transfer(Opcode::kStore);
    }
  }

  Instruction Transfer(Opcode opcode) {
    const int beat = config_.AxiBytes();
    const uint64_t lines = Below(3) == 0 ? Count(6) : 1;
    const uint64_t bytes = Count(lines > 1 ? 80 : 900),
                   stride = static_cast<uint64_t>(Below(64) * beat);
    Instruction i = MakeTransfer(opcode, kDataBase + static_cast<uint64_t>(Below(256) * beat),
                                 bytes, lines, stride);
    const uint64_t span = bytes * lines;
    const int half = config_.ActBytes() / 2,
              room = opcode == Opcode::kStore && act_ ? half / 2 : half;
    i.Set(field::kLsBuf, static_cast<uint64_t>((opcode == Opcode::kStore ? half : 0) +
                                               Below(room - static_cast<int>(span) + 1)));
    i.Set(field::kLsFill, Bits(8));
    return i;
  }

  Instruction Matmul() {
    Instruction i = testing::Make(Opcode::kMatmul);
    const int depth = config_.acc_depth;
    const uint64_t nx = Count(std::min(depth, 30)),
                   ny = Count(std::max(1, std::min(4, depth / static_cast<int>(nx))));
    const uint64_t slices = Count(4), columns = Count(config_.cols);
    const bool increments = Below(2) == 0;
    i.Set(field::kMmFirst, Bits(1));
    i.Set(field::kMmHalf, static_cast<uint64_t>(half_));
    i.Set(field::kMmKtabInc, increments);
    i.Set(field::kMmNx, nx);
    i.Set(field::kMmNy, ny);
    i.Set(field::kMmNb, 1);
    i.Set(field::kMmKslices, slices);
    i.Set(field::kMmWcols, columns);
    i.Set(field::kMmKlast, Count(config_.rows));
    if (config_.taps > 0 && Below(3) == 0) {  // column mode
      const uint64_t most = static_cast<uint64_t>(std::min(config_.rows, config_.cols));
      i.Set(field::kMmDataflow, 3);
      i.Set(field::kMmWcols, std::min(columns, most));
      i.Set(field::kMmKlast, Count(config_.TapRows()));
    }
    if ((config_.dataflows & 2) != 0 && Below(3) == 0) return Tiles(i);
    if ((config_.dataflows & 4) != 0 && Below(2) == 0) return Input(i);
    // Not an entry whose sum the Matmul before may still have on its way.
    const int entry = Below(depth - static_cast<int>(nx * ny) + 1);
    if (entry == last_entry_ || entry == last_entry_ - 1 || last_tiles_) i.Set(field::kMmFirst, 1);
    last_tiles_ = false;
    last_entry_ = entry + static_cast<int>(nx * ny) - 1;
    i.Set(field::kMmAccBase, static_cast<uint64_t>(entry));
    i.Set(field::kMmKtab, static_cast<uint64_t>(increments ? 0 : Below(kKtabRows)));
    i.Set(field::kMmBaseInc, static_cast<uint64_t>(Below(2) * config_.rows));
    i.Set(field::kMmStrideX, Count(4));
    i.Set(field::kMmStrideY, Count(40));
    Place(&i);
    const uint64_t load =
        std::min<uint64_t>(columns, static_cast<uint64_t>(config_.cols / config_.wport));
    i.Set(field::kMmWgtRow,
          static_cast<uint64_t>(Below(config_.WgtRows() - static_cast<int>(slices * load) + 1)));
    return i;
  }

  // Where all its windows lie in the buffer's first half.
  void Place(Instruction* i) {
    const int reach = 30 * 4 + 4 * 40 + 4 * config_.rows + 64 + kKtabRows * config_.Banks();
    i->Set(field::kMmBase, static_cast<uint64_t>(Below(config_.ActBytes() / 2 - reach)));
  }

  // The same output stationary.
  Instruction Tiles(Instruction i) {
    const int rows = config_.rows, klast = 1 + Below(std::min(rows, config_.acc_depth)),
              more = std::min(3, (config_.acc_depth - klast) / rows);
    const int tiles = 1 + Below(more + 1), entries = (tiles - 1) * rows + klast;
    i.Set(field::kMmDataflow, 1);
    i.Set(field::kMmWcols, Count(config_.OsCols()));
    i.Set(field::kMmKlast, static_cast<uint64_t>(klast));
    i.Set(field::kMmKslices, static_cast<uint64_t>(tiles));
    i.Set(field::kMmAccBase, static_cast<uint64_t>(Below(config_.acc_depth - entries + 1)));
    last_tiles_ = true;
    last_entry_ = -2;
    i.Set(field::kMmKtab, static_cast<uint64_t>(i.Get(field::kMmKtabInc) ? 0 : Below(kKtabRows)));
    i.Set(field::kMmBaseInc, static_cast<uint64_t>(Below(2) * rows));
    i.Set(field::kMmStrideX, Count(4));
    i.Set(field::kMmStrideY, Count(40));
    Place(&i);
    const int vectors = static_cast<int>(i.Get(field::kMmNx) * i.Get(field::kMmNy));
    i.Set(field::kMmWgtRow, static_cast<uint64_t>(Below(config_.WgtRows() - vectors + 1)));
    return i;
  }

  // The same input stationary: its sums meet none that are on their way.
  Instruction Input(Instruction i) {
    const int depth = config_.acc_depth, nx = 1 + Below(std::min(config_.cols, depth)),
              ny = 1 + Below(std::min(config_.cols, depth) / nx), tile = nx * ny,
              tiles = 1 + Below(std::min(3, depth / tile)), m = tile * tiles,
              blocks = 1 + Below(std::min({3, depth / m, 127 / config_.cols}));
    const int filters = (blocks - 1) * config_.cols + 1 + Below(config_.cols),
              inc = std::min(255, m + Below((depth - blocks * m) / blocks + 1)),
              slices = static_cast<int>(i.Get(field::kMmKslices));
    if (m > 255 || slices * filters > config_.WgtRows()) return Matmul();
    i.Set(field::kMmDataflow, 2);
    i.Set(field::kMmNx, static_cast<uint64_t>(nx));
    i.Set(field::kMmNy, static_cast<uint64_t>(ny));
    i.Set(field::kMmNb, static_cast<uint64_t>(tiles));
    i.Set(field::kMmKlast, Count(config_.rows));
    i.Set(field::kMmWcols, static_cast<uint64_t>(filters));
    i.Set(field::kMmAccInc, static_cast<uint64_t>(inc));
    i.Set(field::kMmAccBase, static_cast<uint64_t>(Below(depth - m - (blocks - 1) * inc + 1)));
    last_tiles_ = false;
    last_entry_ = -2;
    i.Set(field::kMmKtab, static_cast<uint64_t>(i.Get(field::kMmKtabInc) ? 0 : Below(kKtabRows)));
    i.Set(field::kMmBaseInc, static_cast<uint64_t>(Below(2) * config_.rows));
    i.Set(field::kMmStrideX, Count(4));
    i.Set(field::kMmStrideY, Count(40));
    i.Set(field::kMmStrideB, Count(20));
    Place(&i);
    i.Set(field::kMmWgtRow, static_cast<uint64_t>(Below(config_.WgtRows() - slices * filters + 1)));
    return i;
  }

  Instruction Post() {
    Instruction i = testing::Make(Opcode::kPost);
    const uint64_t nx = Count(12), ny = Count(6), ntx = Count(2), nty = Count(2);
    const int channels = static_cast<int>(Count(config_.cols));
    const int chunks = (channels + config_.lanes - 1) / config_.lanes;
    i.Set(field::kPoHalf, static_cast<uint64_t>(1 - half_));
    i.Set(field::kPoRounding, static_cast<uint64_t>(Below(kRoundings)));
    i.Set(field::kPoNx, nx);
    i.Set(field::kPoNy, ny);
    i.Set(field::kPoNtx, ntx);
    i.Set(field::kPoNty, nty);
    i.Set(field::kPoNchan, static_cast<uint64_t>(channels));
    // Strides small enough for every entry to exist.
    const int room = config_.acc_depth - 1;
    const bool walks = room >= 11 + 2 * 5 + 2;
    i.Set(field::kPoEsX, walks);
    i.Set(field::kPoEsY, walks ? 2 : 0);
    i.Set(field::kPoEsTx, 1);
    i.Set(field::kPoEsTy, 1);
    i.Set(field::kPoAccBase, static_cast<uint64_t>(Below(room - (walks ? 23 : 2) + 1)));
    i.Set(field::kPoPar, static_cast<uint64_t>(Below(std::max(1, config_.ParRows() - chunks))));
    i.Set(field::kPoZw, config_.row_sum ? Bits(8) : 0);
    i.Set(field::kPoZy, Bits(8));
    i.Set(field::kPoLo, 0x80);
    i.Set(field::kPoHi, 0x7F);
    i.Set(field::kPoSx, static_cast<uint64_t>(channels));
    i.Set(field::kPoSy, static_cast<uint64_t>(channels) * nx);
    const int reach = static_cast<int>(nx * ny) * channels;
    i.Set(field::kPoOut, static_cast<uint64_t>(config_.ActBytes() / 2 +
                                               Below(config_.ActBytes() / (act_ ? 4 : 2) - reach)));
    return i;
  }

  // Written where STORE reads, read in the last quarter.
  Instruction PostAct() {
    const bool add = config_.add_unit != 0 && Below(2) == 0;
    Instruction i = testing::Make(add ? Opcode::kPostActAdd : Opcode::kPostAct);
    const uint64_t nx = Count(12), ny = Count(6), channels = Count(3 * config_.lanes);
    const uint64_t quarter = static_cast<uint64_t>(config_.ActBytes() / 4);
    i.Set(field::kPoRounding, static_cast<uint64_t>(Below(kRoundings)));
    i.Set(field::kPaAfter, Below(3) == 0);
    i.Set(field::kPoNx, nx);
    i.Set(field::kPoNy, ny);
    i.Set(field::kPaNchan, channels);
    i.Set(field::kPaSrc, 3 * quarter + Count(1000));
    i.Set(field::kPaRsY, Count(300));
    i.Set(field::kPoSx, channels);
    i.Set(field::kPoSy, channels * nx);
    i.Set(field::kPoOut, 2 * quarter + Count(static_cast<int>(quarter - nx * ny * channels)) - 1);
    i.Set(field::kPoLo, 0x80);
    i.Set(field::kPoHi, 0x7F);
    if (add) {
      i.Set(field::kPbSrc, 3 * quarter + Count(1000));
      i.Set(field::kPbRsY, Count(300));
    } else {
      i.Set(field::kPaSum, Bits(1));
      i.Set(field::kPaRow, 1);
      i.Set(field::kPaNtx, Count(3));
      i.Set(field::kPaNty, Count(3));
      i.Set(field::kPaRsX, Count(40));
      i.Set(field::kPaRsTx, Count(40));
      i.Set(field::kPaRsTy, Count(200));
    }
    return i;
  }

  static constexpr int kRoundings = 6;
  HwConfig config_;
  bool act_;  // PostAct and PostActAdd too
  std::mt19937 random_;
  int last_entry_ = -2;                           // of the last Matmul
  bool last_tiles_ = false;                       // it is output stationary
  int half_ = 0;                                  // MATMUL's; POST has the other
  int available_[kNumEngines][kNumEngines] = {};  // tokens given and not taken, in program order
};

}  // namespace systole::testing
