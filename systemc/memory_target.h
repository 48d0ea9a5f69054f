// The memory as a TLM-2.0 target: sparse, zero where nothing was written. An access takes the
// latency of the promised memory (docs/timing.md): read, address to first beat; write, last beat to
// response. Byte enables are heeded. Refused: streaming, lengths of 0, commands other than read and
// write, addresses beyond `bytes`.
#pragma once

#include <cstdint>
#include <systemc>
#include <tlm>

#include "sw/device/memory.h"
#include "tlm_utils/simple_target_socket.h"

namespace systole {

class MemoryTarget : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<MemoryTarget> socket;

  MemoryTarget(const sc_core::sc_module_name& name, uint64_t bytes,
               const sc_core::sc_time& latency);

 private:
  void Transport(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);
  unsigned Debug(tlm::tlm_generic_payload& transaction);

  const uint64_t bytes_;
  const sc_core::sc_time latency_;
  Memory memory_;
};

}  // namespace systole
