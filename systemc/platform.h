// The virtual platform: host, bus, memory, accelerator.
//
//   Host ---> Bus ---> MemoryTarget
//              | ^---- Accelerator (data, fetch)
//              +-----> Accelerator (registers);   irq: Accelerator -> Host
#pragma once

#include <systemc>

#include "systemc/accelerator.h"
#include "systemc/bus.h"
#include "systemc/host.h"
#include "systemc/memory_target.h"

namespace systole {

class Platform : public sc_core::sc_module {
 public:
  Platform(const sc_core::sc_module_name& name, const HwConfig& config, const MemoryTiming& timing,
           RunObserver* observer);

  static sc_core::sc_time Period() { return sc_core::sc_time(1, sc_core::SC_NS); }

  Host host;
  Bus bus;
  MemoryTarget memory;
  Accelerator accelerator;

 private:
  sc_core::sc_signal<bool> irq_;
};

}  // namespace systole
