#include "systemc/memory_target.h"

#include "systemc/byte_enables.h"

namespace systole {

MemoryTarget::MemoryTarget(const sc_core::sc_module_name& name, uint64_t bytes,
                           const sc_core::sc_time& latency)
    : sc_module(name), socket("socket"), bytes_(bytes), latency_(latency) {
  socket.register_b_transport(this, &MemoryTarget::Transport);
  socket.register_transport_dbg(this, &MemoryTarget::Debug);
}

void MemoryTarget::Transport(tlm::tlm_generic_payload& t, sc_core::sc_time& delay) {
  const uint64_t address = t.get_address(), length = t.get_data_length();
  if (t.get_byte_enable_ptr() != nullptr && t.get_byte_enable_length() == 0)
    return t.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  if (length == 0 || t.get_streaming_width() < length)
    return t.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
  if (address >= bytes_ || length > bytes_ - address)
    return t.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  if (!t.is_read() && !t.is_write()) return t.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  const auto copy = [&](uint64_t from, uint64_t bytes) {
    if (t.is_read()) {
      memory_.Read(address + from, t.get_data_ptr() + from, bytes);
    } else {
      memory_.Write(address + from, t.get_data_ptr() + from, bytes);
    }
  };
  if (t.get_byte_enable_ptr() == nullptr) {
    copy(0, length);
  } else {
    for (uint64_t b = 0; b < length; ++b) {
      if (Enabled(t, static_cast<unsigned>(b))) copy(b, 1);
    }
  }
  delay += latency_;
  t.set_response_status(tlm::TLM_OK_RESPONSE);
}

unsigned MemoryTarget::Debug(tlm::tlm_generic_payload& t) {
  const uint64_t address = t.get_address(), length = t.get_data_length();
  if (address >= bytes_ || length > bytes_ - address) return 0;
  if (t.is_read()) {
    memory_.Read(address, t.get_data_ptr(), length);
  } else if (t.is_write()) {
    memory_.Write(address, t.get_data_ptr(), length);
  } else {
    return 0;
  }
  return static_cast<unsigned>(length);
}

}  // namespace systole
