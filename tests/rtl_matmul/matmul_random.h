// Random legal programs for the MATMUL engine.
#pragma once

#include <algorithm>
#include <random>
#include <vector>

#include "tests/rtl_matmul/matmul_reference.h"

namespace systole::rtl_matmul {

class Random {
 public:
  // `short_folds`: few windows, few columns or all, so that loads and swaps of many folds are on
  // their way at a time.
  Random(const HwConfig& config, uint64_t seed, bool short_folds = false)
      : c_(config), short_folds_(short_folds), rng_(seed), buffers_(config) {
    for (auto& a : buffers_.act) a = Byte();
    for (auto& bank : buffers_.weights) {
      for (auto& row : bank) {
        for (auto& w : row) w = Byte();
      }
    }
    // Offset rows obey the bank rule; every third one only up to some lane, arbitrary beyond.
    const int steps = c_.ActBytes() / 4 / c_.Banks();
    for (size_t r = 0; r < buffers_.ktab.size(); ++r) {
      const int lanes = r % 3 == 2 ? In(1, c_.rows) : c_.rows, start = In(0, 2 * c_.Banks());
      ktab_lanes_.push_back(lanes);
      for (int j = 0; j < c_.rows; ++j) {
        buffers_.ktab[r][j] = static_cast<uint16_t>(
            j < lanes ? (start + j) % c_.Banks() + c_.Banks() * In(0, std::max(steps - 1, 0))
                      : In(0, 65535));
      }
    }
  }

  const Buffers& buffers() const { return buffers_; }
  int In(int lo, int hi) { return std::uniform_int_distribution<int>(lo, hi)(rng_); }

  // A legal Matmul whose lanes all lie in the buffer; `prev` (may be null) is the Matmul before it.
  Instruction Matmul(const Instruction* prev) {
    for (;;) {
      Instruction i = Draw();
      if (prev && Chance(50)) {  // often: the next slices of the same entries
        for (Field f : {field::kMmHalf, field::kMmAccBase, field::kMmNx, field::kMmNy, field::kMmNb,
                        field::kMmWcols}) {
          i.Set(f, prev->Get(f));
        }
        if (OutputStationary(i) && OutputStationary(*prev)) {
          for (Field f : {field::kMmKslices, field::kMmKlast}) i.Set(f, prev->Get(f));
        }
        if (InputStationary(*prev)) i.Set(field::kMmAccInc, prev->Get(field::kMmAccInc));
      }
      if (Legal(i) && !(prev && Hazard(*prev, i))) return i;
    }
  }
  Instruction Sync() {
    Instruction i;
    i.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kSyncMatmul));
    return i;
  }
  // Instructions, Syncs between them, arrivals and tokens: mostly at once, sometimes late.
  std::vector<Step> Program(int length) {
    std::vector<Step> program;
    Instruction last;
    bool any = false;
    uint64_t time = 0;
    for (int j = 0; j < length; ++j) {
      Step s;
      if (Chance(85)) {
        s.instr = Matmul(any ? &last : nullptr);
        last = s.instr;
        any = true;
      } else {
        s.instr = Sync();
      }
      if (Chance(20)) time += In(0, 120);
      s.arrival = time;
      s.tokens = Chance(30) ? time + In(0, 150) : 0;
      program.push_back(s);
    }
    return program;
  }

 private:
  int8_t Byte() {
    const int kind = In(0, 9);
    return static_cast<int8_t>(kind == 0 ? -128 : kind == 1 ? 127 : In(-128, 127));
  }
  bool Chance(int percent) { return In(1, 100) <= percent; }
  static bool OutputStationary(const Instruction& i) { return i.Get(field::kMmDataflow) == 1; }
  static bool InputStationary(const Instruction& i) { return i.Get(field::kMmDataflow) == 2; }

  Instruction Draw() {
    Instruction i;
    i.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kMatmul));
    i.Set(field::kPush, In(0, 15) & ~(1 << static_cast<int>(Engine::kMatmul)));
    i.Set(field::kMmFirst, Chance(60));
    i.Set(field::kMmKtabInc, In(0, 1));
    i.Set(field::kMmHalf, In(0, 1));
    i.Set(field::kMmBase, In(0, c_.ActBytes() / 2));
    i.Set(field::kMmWcols, Chance(50) ? c_.cols : In(1, c_.cols));
    i.Set(field::kMmStrideX, In(0, 40));
    i.Set(field::kMmStrideY, In(0, 200));
    i.Set(field::kMmStrideB, In(0, c_.ActBytes() / 4));
    i.Set(field::kMmKlast, Chance(50) ? c_.rows : In(1, c_.rows));
    i.Set(field::kMmNx, Chance(30) ? 1 : In(1, 9));
    i.Set(field::kMmNy, Chance(40) ? 1 : In(1, 5));
    i.Set(field::kMmNb, Chance(70) ? 1 : In(1, 3));
    i.Set(field::kMmKslices, Chance(40) ? 1 : In(1, 5));
    i.Set(field::kMmAccBase, In(0, c_.acc_depth - 1));
    i.Set(field::kMmKtab, In(0, c_.KtabRows() - 1));
    i.Set(field::kMmBaseInc, In(0, 64));
    i.Set(field::kMmWgtRow, In(0, c_.WgtRows() - 1));
    if (c_.taps > 0 && Chance(45)) {
      i.Set(field::kMmDataflow, 3);
      i.Set(field::kMmWcols, In(1, std::min(c_.rows, c_.cols)));
      i.Set(field::kMmKlast, In(1, std::min(c_.taps, c_.rows)));
    }
    i.Set(field::kMmAccInc, In(0, 40));  // used input stationary alone
    if ((c_.dataflows & 4) != 0 && Chance(45)) {
      i.Set(field::kMmDataflow, 2);
      i.Set(field::kMmNx, Chance(30) ? 1 : In(1, c_.cols));
      i.Set(field::kMmNy, Chance(40) ? 1 : In(1, std::max(1, c_.cols / 3)));
      i.Set(field::kMmNb, Chance(40) ? 1 : In(1, 3));
      i.Set(field::kMmWcols, Chance(40) ? In(1, 3 * c_.cols) : In(1, c_.cols));
      i.Set(field::kMmAccBase, In(0, c_.acc_depth / 2));
      return i;
    }
    if ((c_.dataflows & 2) != 0 && Chance(45)) {
      i.Set(field::kMmDataflow, 1);
      i.Set(field::kMmWcols, Chance(50) ? c_.OsCols() : In(1, c_.OsCols()));
      i.Set(field::kMmKlast, Chance(50) ? c_.rows : In(1, c_.rows));
      i.Set(field::kMmKslices, In(1, 3));
      i.Set(field::kMmAccBase, In(0, c_.acc_depth / 2));
    }
    if (short_folds_) {
      i.Set(field::kMmNx, In(1, 4));
      i.Set(field::kMmNy, 1);
      i.Set(field::kMmNb, 1);
      const int most = i.Get(field::kMmDataflow) == 3 ? std::min(c_.rows, c_.cols)
                       : OutputStationary(i)          ? c_.OsCols()
                                                      : c_.cols;
      i.Set(field::kMmWcols, Chance(30) ? most : In(1, std::min(most, 4)));
    }
    return i;
  }
  bool Legal(const Instruction& i) const {
    const MatmulFields f(c_, i);
    if (i.Get(field::kMmAccBase) + f.entries > static_cast<uint64_t>(c_.acc_depth)) return false;
    if (i.Get(field::kMmWgtRow) + f.weight_rows > static_cast<uint64_t>(c_.WgtRows())) return false;
    const uint64_t columns = static_cast<uint64_t>(c_.cols);
    if (!f.is && f.wcols > columns) return false;
    if (f.is && (f.nx * f.ny > columns || (f.wcols > columns && i.Get(field::kMmAccInc) < f.m))) {
      return false;
    }
    if (f.os && f.wcols > static_cast<uint64_t>(c_.OsCols())) return false;
    for (uint64_t s = 0; s < f.slices; ++s) {
      const uint64_t row = i.Get(field::kMmKtab) + (i.Get(field::kMmKtabInc) ? s : 0);
      const uint64_t lanes = f.Lanes(c_, s);
      if (row >= buffers_.ktab.size() || lanes > static_cast<uint64_t>(ktab_lanes_[row]))
        return false;
      const uint64_t base = i.Get(field::kMmBase) + (f.nx - 1) * i.Get(field::kMmStrideX) +
                            (f.ny - 1) * i.Get(field::kMmStrideY) +
                            (f.nb - 1) * i.Get(field::kMmStrideB) + s * i.Get(field::kMmBaseInc);
      const auto& offsets = buffers_.ktab[row];
      if (base + *std::max_element(offsets.begin(), offsets.begin() + lanes) >= buffers_.act.size())
        return false;
    }
    return true;
  }
  // An entry that `prev` writes in its last fold must not be read by `next` less than three slots
  // later, even where nothing comes between them.
  bool Hazard(const Instruction& prev, const Instruction& next) const {
    if (next.Get(field::kMmFirst) || prev.Get(field::kMmHalf) != next.Get(field::kMmHalf))
      return false;
    const MatmulFields f(c_, prev);
    for (const Meeting& before : Meetings(c_, prev, true)) {
      for (const Meeting& after : Meetings(c_, next, false)) {
        if (before.entry == after.entry && f.slices * f.p + after.slot - before.slot < 3)
          return true;
      }
    }
    return false;
  }

  HwConfig c_;
  bool short_folds_;
  std::mt19937_64 rng_;
  Buffers buffers_;
  std::vector<int> ktab_lanes_;
};

}  // namespace systole::rtl_matmul
