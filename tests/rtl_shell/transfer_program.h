// Random programs of LOAD and STORE instructions with tokens between all four engines' queues
// (MATMUL and POST get Syncs), legal and free of deadlock: a token taken is one that an earlier
// instruction gives.
#pragma once

#include <algorithm>
#include <random>
#include <vector>

#include "tests/rtl_shell/bench.h"

namespace systole::testing {

class TransferProgram {
 public:
  TransferProgram(const HwConfig& config, uint32_t seed) : config_(config), random_(seed) {}

  std::vector<Instruction> Make(int instructions) {
    std::vector<Instruction> code;
    int available[kNumEngines][kNumEngines] = {};
    while (static_cast<int>(code.size()) < instructions) {
      const int e = Below(3) == 0 ? Below(4) : 3 * Below(2);
      const bool sync = e == 1 || e == 2 || Below(8) == 0;
      Instruction i = sync     ? testing::Make(kSync[e])
                      : e == 0 ? Load()
                               : Transfer(Opcode::kStore, kOut);
      for (int s = 0; s < kNumEngines; ++s) {
        if (s == e) continue;
        const int n = Below(1 + std::min(available[s][e], 7));
        i.Set(kPopField[s], static_cast<uint64_t>(n));
        available[s][e] -= n;
      }
      if (!sync) {
        uint64_t push = static_cast<uint64_t>(Below(16)) & ~(uint64_t{1} << e);
        for (int d = 0; d < kNumEngines; ++d) {
          if (available[e][d] > 100) push &= ~(uint64_t{1} << d);
          available[e][d] += static_cast<int>(push >> d & 1);
        }
        i.Set(field::kPush, push);
      }
      code.push_back(i);
    }
    return code;
  }

  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }

 private:
  static constexpr Opcode kSync[] = {Opcode::kSyncLoad, Opcode::kSyncMatmul, Opcode::kSyncPost,
                                     Opcode::kSyncStore};

  Instruction Load() {
    switch (Below(6)) {
      case 0:
        return Transfer(Opcode::kFill, kData);
      case 1:
        return Rows(Opcode::kLoadWgt, config_.rows, config_.WgtRows() * config_.wport);
      case 2:
        return Rows(Opcode::kLoadKtab, 2 * config_.rows, config_.KtabRows());
      case 3:
        return Rows(Opcode::kLoadPar, 16 * config_.lanes, config_.ParRows());
      default:
        return Transfer(Opcode::kLoadAct, kData);
    }
  }

  Instruction Rows(Opcode opcode, int row_bytes, int rows) {
    const int beat = config_.AxiBytes(), padded = (row_bytes + beat - 1) / beat * beat;
    const int n = 1 + Below(std::min(rows, 20));
    return With(MakeTransfer(opcode, kData + static_cast<uint64_t>(Below(100) * beat),
                             static_cast<uint64_t>(n * padded)),
                {{field::kLsBuf, static_cast<uint64_t>(Below(rows - n + 1))}});
  }

  Instruction Transfer(Opcode opcode, uint64_t base) {
    const int beat = config_.AxiBytes();
    const int lines = Below(2) == 0 ? 1 : 1 + Below(7),
              bytes = 1 + Below(lines > 1 ? 90 : 1 + Below(1500));
    const int stride = Below(160);
    Instruction i = MakeTransfer(opcode, base + static_cast<uint64_t>(Below(64) * beat),
                                 static_cast<uint64_t>(bytes), static_cast<uint64_t>(lines),
                                 static_cast<uint64_t>(Below(64) * beat));
    i.Set(field::kLsBufStride, static_cast<uint64_t>(stride));
    i.Set(field::kLsBuf,
          static_cast<uint64_t>(Below(config_.ActBytes() - (lines - 1) * stride - bytes + 1)));
    i.Set(field::kLsFill, static_cast<uint64_t>(Below(256)));
    return i;
  }

  HwConfig config_;
  std::mt19937 random_;
};

}  // namespace systole::testing
