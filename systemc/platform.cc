#include "systemc/platform.h"

namespace systole {
namespace {

// All that the address lines reach, but not the registers.
uint64_t MemoryBytes(const HwConfig& c) {
  return c.axi_addr_width >= 64 ? kRegisterBase : uint64_t{1} << c.axi_addr_width;
}

}  // namespace

Platform::Platform(const sc_core::sc_module_name& name, const HwConfig& config,
                   const MemoryTiming& timing, RunObserver* observer)
    : sc_module(name),
      host("host", Period()),
      bus("bus"),
      memory("memory", MemoryBytes(config), Period() * static_cast<double>(timing.latency)),
      accelerator("accelerator", config, timing, Period(), observer),
      irq_("irq_signal") {
  host.socket.bind(bus.host);
  accelerator.data.bind(bus.data);
  accelerator.fetch.bind(bus.fetch);
  bus.memory.bind(memory.socket);
  bus.registers.bind(accelerator.registers);
  accelerator.irq(irq_);
  host.irq(irq_);
}

}  // namespace systole
