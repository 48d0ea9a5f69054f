// A memory of one piece behind the functional executor; bytes outside it are error responses.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "sw/functional/executor.h"

namespace systole {

class FlatMemory : public MemoryAccess {
 public:
  // Bytes [base, end) and 256 more, all `fill`.
  FlatMemory(uint64_t base, uint64_t end, uint8_t fill)
      : base_(base), bytes_(end - base + 256, fill) {}
  uint8_t* At(uint64_t address) { return &bytes_.at(address - base_); }
  void Write(uint64_t address, const void* data, size_t n) { std::memcpy(At(address), data, n); }
  ErrorCode ReadBurst(uint64_t address, uint8_t* data, size_t n) override {
    if (address < base_ || address + n > base_ + bytes_.size()) return ErrorCode::kReadResponse;
    std::memcpy(data, &bytes_[address - base_], n);
    return ErrorCode::kNone;
  }
  ErrorCode WriteBurst(uint64_t address, const uint8_t* data, size_t n) override {
    if (address < base_ || address + n > base_ + bytes_.size()) return ErrorCode::kWriteResponse;
    std::memcpy(&bytes_[address - base_], data, n);
    return ErrorCode::kNone;
  }

 private:
  uint64_t base_;
  std::vector<uint8_t> bytes_;
};

}  // namespace systole
