// The accelerator as a TLM-2.0 module, loosely timed with exact times: registers behind a target
// socket, bursts and fetches through two initiator sockets, an interrupt line. Its one thread waits
// from event to event of the Sequencer.
//
// Any memory will do: it may annotate its delay or wait itself, as long as it likes. The times are
// exact where it annotates timing.latency cycles, address to first beat and last beat to response.
// An earlier answer is taken as one that comes then; a later one holds the whole accelerator until
// it is there (held()). Reads are whole beats, up to 256 bytes; writes are whole beats too, with
// byte enables where a line ends within one. No debug transport, no DMI.
//
// Cycle 0 of a run is the clock period after the one in which START is written. Register accesses
// take one period. After an error or a soft reset, counters other than the total are not promised.
#pragma once

#include <memory>
#include <systemc>
#include <tlm>

#include "sw/functional/executor.h"
#include "systemc/control_registers.h"
#include "systemc/sequencer.h"
#include "tlm_utils/simple_initiator_socket.h"
#include "tlm_utils/simple_target_socket.h"

namespace systole {

class Accelerator : public sc_core::sc_module, private BusPorts {
 public:
  tlm_utils::simple_target_socket<Accelerator> registers;
  tlm_utils::simple_initiator_socket<Accelerator> data, fetch;
  sc_core::sc_out<bool> irq;

  SC_HAS_PROCESS(Accelerator);
  Accelerator(const sc_core::sc_module_name& name, const HwConfig& config,
              const MemoryTiming& timing, const sc_core::sc_time& period, RunObserver* observer);

  const Executor& executor() const { return executor_; }
  // Power-up state; the buffers keep their bytes. Ends whatever runs.
  void HardReset();
  // Cycles for which the run was held because answers came later than `timing` says; 0: every cycle
  // is that of the laws.
  Cycle held() const { return held_; }

 private:
  void Main();
  void DriveIrq() { irq.write(control_.irq()); }
  void Run();
  void Abort(Cycle idle_from, const sc_core::sc_time& zero);
  bool WaitUntil(const sc_core::sc_time& time);
  void Finish(const RunResult& result);
  void OweUntil(Cycle idle);
  void Hold();

  void Transport(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);
  Answer Burst(tlm_utils::simple_initiator_socket<Accelerator>* port, tlm::tlm_command command,
               Cycle address_cycle, uint64_t address, uint8_t* bytes, size_t length,
               uint8_t* enables = nullptr);
  Answer Fetch(Cycle address_cycle, uint64_t address, uint8_t* bytes, size_t length) override;
  Answer Read(Cycle address_cycle, uint64_t address, uint8_t* bytes, size_t length) override;
  Answer Write(Cycle address_cycle, uint64_t address, const uint8_t* bytes, size_t length) override;

  const HwConfig config_;
  const MemoryTiming timing_;
  const sc_core::sc_time period_, latency_;
  RunObserver* const observer_;
  Executor executor_;
  ControlRegisters control_;
  tlm::tlm_generic_payload transaction_;

  sc_core::sc_event command_event_, irq_event_;
  bool start_ = false, soft_reset_ = false, hard_reset_ = false;
  // The bus still owes answers of an earlier run until then; for ever.
  sc_core::sc_time bus_idle_;
  bool bus_open_ = false;
  sc_core::sc_time zero_;  // cycle 0 of the run that the last command starts
  // Cycle 0 of the run under way, as if it had been held for held_ cycles then; how late the bursts
  // of this step are.
  sc_core::sc_time run_zero_, late_;
  Cycle held_ = 0;
};

}  // namespace systole
