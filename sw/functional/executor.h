// Does what docs/isa.md says an instruction does, to the byte: buffers, accumulators, memory. No
// time: an instruction is done at once, so the caller chooses the order (that of issue is right
// wherever the program's tokens order what depends on each other).
//
// What docs/isa.md leaves undefined (accumulator columns past Wcols, weights that do not matter)
// holds junk on purpose.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sw/functional/check.h"
#include "sw/isa/config.h"
#include "sw/isa/isa.h"
#include "sw/timing/row_mapping.h"

namespace systole {

// The memory as LOAD and STORE see it: one call a burst, in order. An error ends the instruction.
class MemoryAccess {
 public:
  virtual ~MemoryAccess() = default;
  // `bytes` is whole beats, at most 256.
  virtual ErrorCode ReadBurst(uint64_t address, uint8_t* data, size_t bytes) = 0;
  // `bytes` may end within a beat (write strobes); at most 256.
  virtual ErrorCode WriteBurst(uint64_t address, const uint8_t* data, size_t bytes) = 0;
};

class Executor {
 public:
  explicit Executor(const HwConfig& config);

  // kNone, or the first error: CheckInstruction's (nothing is done then), kBufferRange and
  // kConflict found while running, or what the memory answers.
  ErrorCode Execute(const Instruction& instruction, MemoryAccess* memory);

  // Where the last error found while running was: a Matmul's slice and vector, a RowConv's step and
  // vector, POST's tap (slice 0).
  struct Place {
    int64_t slice = 0, item = 0;
  };
  const Place& error_place() const { return error_place_; }

  const HwConfig& config() const { return config_; }
  // config().ActBytes() bytes.
  const uint8_t* activations() const { return activations_.data(); }
  // The offset table: KtabRows() x ROWS.
  const uint16_t* offsets() const { return ktab_.data(); }
  // COLS sums of an accumulator entry, bank by bank; its row sum.
  const int32_t* Accumulators(int half, int entry) const { return Entry(half, entry); }
  int32_t RowSum(int half, int entry) const { return row_sums_[RowSumIndex(half, entry)]; }

 private:
  static constexpr int32_t kJunkSum = 0x55555555;

  struct Parameter {
    int32_t bias = 0;
    uint32_t m = 0;
    uint8_t s = 0;
  };

  int32_t* Entry(int half, int entry) {
    return &accumulators_[(static_cast<size_t>(half) * config_.acc_depth + entry) *
                          padded_columns_];
  }
  const int32_t* Entry(int half, int entry) const {
    return const_cast<Executor*>(this)->Entry(half, entry);
  }
  size_t RowSumIndex(int half, int entry) const {
    return static_cast<size_t>(half) * config_.acc_depth + entry;
  }

  ErrorCode LoadLines(const Instruction& i, MemoryAccess* memory);
  ErrorCode LoadRows(const Instruction& i, MemoryAccess* memory);
  void Fill(const Instruction& i);
  ErrorCode Store(const Instruction& i, MemoryAccess* memory);
  ErrorCode Matmul(const Instruction& i);
  ErrorCode MatmulTiles(const Instruction& i);
  ErrorCode MatmulInput(const Instruction& i);
  // Where the lanes of a slice's windows lie, checked.
  struct Windows {
    size_t base = 0;  // of the first window
    const uint16_t* offset = nullptr;
    int lanes = 0;
    bool contiguous = false;  // lane j at lane 0 + j
  };
  ErrorCode FindWindows(const Instruction& i, int slice, Windows* w, int tile = 0);
  ErrorCode RowConv(const Instruction& i);
  ErrorCode CheckRowVectors(const Instruction& i);
  void PackWeights(int row, int load, int columns, int lanes);
  void PackTaps(int row, int load, int columns);
  ErrorCode Post(const Instruction& i);
  void PostAct(const Instruction& i);
  void PostActAdd(const Instruction& i);

  HwConfig config_;
  RowArray row_array_;
  size_t padded_columns_;  // COLS rounded up to whole blocks of the kernel
  std::vector<uint8_t> activations_;
  std::vector<int8_t> weights_;        // rows over all banks x ROWS
  std::vector<uint16_t> ktab_;         // rows x ROWS
  std::vector<Parameter> parameters_;  // rows x LANES
  std::vector<int32_t> accumulators_;  // 2 x ACC_DEPTH x padded_columns_
  std::vector<int32_t> row_sums_;      // 2 x ACC_DEPTH
  bool diagonal_[2] = {false, false};  // of a half: its last Matmul was input stationary

  Place error_place_;

  // Scratch.
  std::vector<int16_t> vectors_, packed_, taps_;
  bool beyond_taps_ = false;
  std::vector<uint8_t> staging_;
};

}  // namespace systole
