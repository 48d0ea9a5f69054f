// Misbehaviour of the memory behind a port, for tests; the same for the SystemC platform and the
// verilated RTL.
#pragma once

#include <cstdint>

namespace systole {

// On bursts that touch [first, last].
struct AxiFault {
  enum class Kind { kNone, kError, kNoResponse, kNotReady };
  Kind kind = Kind::kNone;
  uint64_t first = 0, last = ~uint64_t{0};
  uint8_t response = 2;  // kError: SLVERR (2) or DECERR (3)
  bool beats = false;    // kError of a read: the beats that touch alone, not their whole bursts

  bool Touches(uint64_t address, uint64_t bytes) const {
    return kind != Kind::kNone && address <= last && address + bytes - 1 >= first;
  }
};

}  // namespace systole
