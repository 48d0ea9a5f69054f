#include "systemc/host.h"

#include <stdexcept>

namespace systole {

Host::Host(const sc_core::sc_module_name& name, const sc_core::sc_time& period)
    : sc_module(name), socket("socket"), irq("irq"), period_(period) {
  SC_THREAD(Main);
}

void Host::Main() {
  for (;;) {
    while (request_ == Request::kNone) wait(requested_);
    switch (request_) {
      case Request::kTransport: {
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        socket->b_transport(transaction_, delay);
        wait(delay);
        break;
      }
      case Request::kWaitInterrupt:
        if (!irq.read()) wait(period_ * static_cast<double>(cycles_), irq.posedge_event());
        result_ = irq.read();
        break;
      default:
        wait(period_ * static_cast<double>(cycles_));
        break;
    }
    request_ = Request::kNone;
    sc_core::sc_pause();
  }
}

void Host::Do(Request request) {
  request_ = request;
  requested_.notify(sc_core::SC_ZERO_TIME);
  sc_core::sc_start();
  if (request_ != Request::kNone)
    throw std::logic_error("the SystemC kernel stopped before a request was done");
}

tlm::tlm_response_status Host::Transport(tlm::tlm_command command, uint64_t address, void* data,
                                         unsigned bytes, unsigned char* enables,
                                         unsigned enables_length) {
  transaction_.set_command(command);
  transaction_.set_address(address);
  transaction_.set_data_ptr(static_cast<unsigned char*>(data));
  transaction_.set_data_length(bytes);
  transaction_.set_streaming_width(bytes);
  transaction_.set_byte_enable_ptr(enables);
  transaction_.set_byte_enable_length(enables_length);
  transaction_.set_dmi_allowed(false);
  transaction_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  Do(Request::kTransport);
  return transaction_.get_response_status();
}

bool Host::WaitInterrupt(uint64_t max_cycles) {
  cycles_ = max_cycles;
  Do(Request::kWaitInterrupt);
  return result_;
}

void Host::Idle(uint64_t cycles) {
  cycles_ = cycles;
  Do(Request::kIdle);
}

unsigned Host::Debug(tlm::tlm_command command, uint64_t address, void* data, unsigned bytes) {
  tlm::tlm_generic_payload t;
  t.set_command(command);
  t.set_address(address);
  t.set_data_ptr(static_cast<unsigned char*>(data));
  t.set_data_length(bytes);
  t.set_streaming_width(bytes);
  return socket->transport_dbg(t);
}

}  // namespace systole
