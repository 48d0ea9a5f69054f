// A memory as another project might have it: a TLM-2.0 target of its own, strict about what it
// takes, without DMI, each answer as late as it pleases.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <systemc>
#include <tlm>

#include "tlm_utils/simple_target_socket.h"

class JitterMemory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<JitterMemory> socket;

  // Every answer takes `least` cycles and up to `most` more, at random. The delay is annotated;
  // with `most` above 0 half of it is waited for here. Whole words of `word_bytes` only.
  JitterMemory(const sc_core::sc_module_name& name, unsigned word_bytes,
               const sc_core::sc_time& period, unsigned least, unsigned most)
      : sc_module(name),
        socket("socket"),
        word_bytes_(word_bytes),
        period_(period),
        least_(least),
        most_(most) {
    socket.register_b_transport(this, &JitterMemory::Transport);
    socket.register_transport_dbg(this, &JitterMemory::Debug);
  }

  unsigned partial_writes() const { return partial_writes_; }

 private:
  void Transport(tlm::tlm_generic_payload& t, sc_core::sc_time& delay) {
    const uint64_t address = t.get_address();
    const unsigned length = t.get_data_length();
    if (address % word_bytes_ != 0 || length == 0 || length % word_bytes_ != 0 ||
        t.get_streaming_width() < length) {
      return t.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    }
    const unsigned char* enables = t.get_byte_enable_ptr();
    if (enables != nullptr && (t.is_read() || t.get_byte_enable_length() != length))
      return t.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    partial_writes_ += enables != nullptr;
    for (unsigned i = 0; i < length; ++i) {
      unsigned char& byte = bytes_[address + i];
      if (t.is_read()) {
        t.get_data_ptr()[i] = byte;
      } else if (enables == nullptr || enables[i] == TLM_BYTE_ENABLED) {
        byte = t.get_data_ptr()[i];
      }
    }
    random_ = random_ * 6364136223846793005u + 1442695040888963407u;
    const unsigned cycles = least_ + static_cast<unsigned>(random_ >> 33) % (most_ + 1);
    if (most_ == 0) {
      delay += period_ * cycles;
    } else {
      wait(delay + period_ * (cycles / 2));
      delay = period_ * (cycles - cycles / 2);
    }
    t.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  unsigned Debug(tlm::tlm_generic_payload& t) {
    for (unsigned i = 0; i < t.get_data_length(); ++i) {
      unsigned char& byte = bytes_[t.get_address() + i];
      if (t.is_read()) {
        t.get_data_ptr()[i] = byte;
      } else {
        byte = t.get_data_ptr()[i];
      }
    }
    return t.get_data_length();
  }

  const unsigned word_bytes_;
  const sc_core::sc_time period_;
  const unsigned least_, most_;
  uint64_t random_ = 1;
  unsigned partial_writes_ = 0;
  std::map<uint64_t, unsigned char> bytes_;
};
