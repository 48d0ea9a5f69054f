// The host's side of the bus: one thread that does what it is asked, one request at a time, and
// then pauses the kernel.
#pragma once

#include <cstdint>
#include <systemc>
#include <tlm>

#include "tlm_utils/simple_initiator_socket.h"

namespace systole {

class Host : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Host> socket;
  sc_core::sc_in<bool> irq;

  SC_HAS_PROCESS(Host);
  Host(const sc_core::sc_module_name& name, const sc_core::sc_time& period);

  // Each runs the kernel until it is done.
  tlm::tlm_response_status Transport(tlm::tlm_command command, uint64_t address, void* data,
                                     unsigned bytes, unsigned char* enables = nullptr,
                                     unsigned enables_length = 0);
  bool WaitInterrupt(uint64_t max_cycles);
  void Idle(uint64_t cycles);
  // Takes no time and does not run the kernel. Returns the bytes done.
  unsigned Debug(tlm::tlm_command command, uint64_t address, void* data, unsigned bytes);

 private:
  enum class Request { kNone, kTransport, kWaitInterrupt, kIdle };
  void Main();
  void Do(Request request);

  const sc_core::sc_time period_;
  sc_core::sc_event requested_;
  Request request_ = Request::kNone;
  tlm::tlm_generic_payload transaction_;
  uint64_t cycles_ = 0;
  bool result_ = false;
};

}  // namespace systole
