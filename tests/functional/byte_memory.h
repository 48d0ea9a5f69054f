// A memory of single bytes for the executor: remembers which were written, and can answer a burst
// with an error.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "sw/functional/executor.h"

namespace systole::testing {

class ByteMemory : public MemoryAccess {
 public:
  struct Burst {
    uint64_t address;
    size_t bytes;
  };

  ErrorCode ReadBurst(uint64_t address, uint8_t* data, size_t bytes) override {
    reads.push_back({address, bytes});
    if (reads.size() == failing_read) return ErrorCode::kReadResponse;
    for (size_t i = 0; i < bytes; ++i) data[i] = at[address + i];
    return ErrorCode::kNone;
  }
  ErrorCode WriteBurst(uint64_t address, const uint8_t* data, size_t bytes) override {
    writes.push_back({address, bytes});
    for (size_t i = 0; i < bytes; ++i) at[address + i] = data[i];
    return ErrorCode::kNone;
  }
  void Put(uint64_t address, const std::vector<uint8_t>& bytes) {
    for (uint8_t b : bytes) at[address++] = b;
  }

  std::map<uint64_t, uint8_t> at;
  std::vector<Burst> reads, writes;
  size_t failing_read = 0;  // the n-th from 1
};

inline std::vector<uint8_t> RandomBytes(std::mt19937* random, size_t n) {
  std::vector<uint8_t> bytes(n);
  for (uint8_t& b : bytes) b = static_cast<uint8_t>((*random)());
  return bytes;
}

}  // namespace systole::testing
