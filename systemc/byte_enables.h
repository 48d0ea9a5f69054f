// Byte enables of a generic payload.
#pragma once

#include <tlm>

namespace systole {

// Is byte `i` of the data enabled? (The enables repeat where they are shorter than the data.)
inline bool Enabled(const tlm::tlm_generic_payload& t, unsigned i) {
  const unsigned char* enables = t.get_byte_enable_ptr();
  return enables == nullptr || enables[i % t.get_byte_enable_length()] == TLM_BYTE_ENABLED;
}

}  // namespace systole
