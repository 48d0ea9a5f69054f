// The interconnect: host, accelerator data port and fetch port in front of the memory and the
// accelerator's registers.
//
//   kRegisterBase .. kRegisterBase + 4095   registers, for the host alone (others: address error)
//   everything else                         memory, which refuses what it does not have
//
// A port can be given a fault: transactions of one direction that touch an address range are
// answered with an error response, or never (TLM_INCOMPLETE_RESPONSE).
#pragma once

#include <cstdint>
#include <systemc>
#include <tlm>

#include "sw/device/axi_fault.h"
#include "tlm_utils/simple_initiator_socket.h"
#include "tlm_utils/simple_target_socket.h"

namespace systole {

inline constexpr uint64_t kRegisterBase = 0xFFFFFFFFFFFFF000;

class Bus : public sc_core::sc_module {
 public:
  enum Port { kHost, kData, kFetch };
  tlm_utils::simple_target_socket_tagged<Bus> host, data, fetch;
  tlm_utils::simple_initiator_socket<Bus> memory, registers;

  explicit Bus(const sc_core::sc_module_name& name);

  void SetFaults(const AxiFault& read, const AxiFault& fetch, const AxiFault& write);

 private:
  void Transport(int port, tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);
  unsigned Debug(int port, tlm::tlm_generic_payload& transaction);

  AxiFault read_fault_, fetch_fault_, write_fault_;
};

}  // namespace systole
