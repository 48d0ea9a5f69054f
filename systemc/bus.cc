#include "systemc/bus.h"

namespace systole {

Bus::Bus(const sc_core::sc_module_name& name)
    : sc_module(name),
      host("host"),
      data("data"),
      fetch("fetch"),
      memory("memory"),
      registers("registers") {
  host.register_b_transport(this, &Bus::Transport, kHost);
  host.register_transport_dbg(this, &Bus::Debug, kHost);
  data.register_b_transport(this, &Bus::Transport, kData);
  fetch.register_b_transport(this, &Bus::Transport, kFetch);
}

void Bus::SetFaults(const AxiFault& read, const AxiFault& fetch, const AxiFault& write) {
  read_fault_ = read;
  fetch_fault_ = fetch;
  write_fault_ = write;
}

void Bus::Transport(int port, tlm::tlm_generic_payload& t, sc_core::sc_time& delay) {
  const uint64_t address = t.get_address();
  if (address >= kRegisterBase) {
    if (port != kHost) return t.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    t.set_address(address - kRegisterBase);
    registers->b_transport(t, delay);
    t.set_address(address);
    return;
  }
  if (port != kHost) {
    const AxiFault& fault = port == kFetch ? fetch_fault_
                            : t.is_read()  ? read_fault_
                                           : write_fault_;
    if (fault.Touches(address, t.get_data_length())) {
      const bool error = fault.kind == AxiFault::Kind::kError;
      return t.set_response_status(error ? tlm::TLM_GENERIC_ERROR_RESPONSE
                                         : tlm::TLM_INCOMPLETE_RESPONSE);
    }
  }
  memory->b_transport(t, delay);
}

unsigned Bus::Debug(int, tlm::tlm_generic_payload& t) {
  return t.get_address() >= kRegisterBase ? 0 : memory->transport_dbg(t);
}

}  // namespace systole
