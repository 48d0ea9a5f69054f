// The SystemC accelerator in a platform of its own: another project's memory, a host that is a
// SystemC thread, and a folder that `systole compile --images` wrote.
//
//   tlm_platform FOLDER [LEAST MOST]     cycles of the memory's answers (default 20 0)
//
//   SoftwareHost --registers--> Accelerator --data, fetch--> JitterMemory
//        |  ^--------irq-----------+                             ^
//        +-----------------memory (debug transport)--------------+
#include <cstdio>
#include <cstdlib>
#include <string>
#include <systemc>
#include <tlm>

#include "examples/tlm_platform/jitter_memory.h"
#include "sw/driver/driver.h"
#include "sw/program/program_folder.h"
#include "systemc/accelerator.h"
#include "tlm_utils/multi_passthrough_target_socket.h"
#include "tlm_utils/simple_initiator_socket.h"

namespace {

using sc_core::sc_time;
using namespace systole;

const sc_time kPeriod(1, sc_core::SC_NS);

// The driver wants registers, memory and waiting (sw/device/device.h); here they are a thread's
// calls on the bus.
class SoftwareHost : public sc_core::sc_module, private Device {
 public:
  tlm_utils::simple_initiator_socket<SoftwareHost> registers, memory;
  sc_core::sc_in<bool> irq;

  SC_HAS_PROCESS(SoftwareHost);
  SoftwareHost(const sc_core::sc_module_name& name, const ProgramFolder& folder)
      : sc_module(name), registers("registers"), memory("memory"), irq("irq"), folder_(folder) {
    SC_THREAD(Main);
  }
  int different() const { return different_; }

 private:
  void Main() {
    try {
      Driver driver(this);
      driver.Identify(folder_.program.config);
      driver.Load(folder_.program);
      driver.RunSetup(folder_.program);
      driver.WriteImages(folder_.program, folder_.images.data());
      driver.RunCode(folder_.program);
      const std::vector<int8_t> outputs = driver.ReadOutputs(folder_.program);
      different_ = 0;
      for (size_t i = 0; i < outputs.size(); ++i) different_ += outputs[i] != folder_.outputs[i];
      std::printf("%zu bytes of results, %d different; %llu cycles\n", outputs.size(), different_,
                  static_cast<unsigned long long>(driver.ReadCounters().total));
    } catch (const std::exception& e) {
      std::fprintf(stderr, "error: %s\n", e.what());
    }
    sc_core::sc_stop();
  }

  void Register(tlm::tlm_command command, uint32_t offset, uint32_t* value) {
    tlm::tlm_generic_payload t;
    t.set_command(command);
    t.set_address(offset);
    t.set_data_ptr(reinterpret_cast<unsigned char*>(value));
    t.set_data_length(4);
    t.set_streaming_width(4);
    sc_time delay = sc_core::SC_ZERO_TIME;
    registers->b_transport(t, delay);
    wait(delay);
    if (t.is_response_error()) throw std::runtime_error("a register access was refused");
  }
  uint32_t ReadReg(uint32_t offset) override {
    uint32_t value = 0;
    Register(tlm::TLM_READ_COMMAND, offset, &value);
    return value;
  }
  void WriteReg(uint32_t offset, uint32_t value) override {
    Register(tlm::TLM_WRITE_COMMAND, offset, &value);
  }
  void Memory(tlm::tlm_command command, uint64_t address, void* data, size_t bytes) {
    tlm::tlm_generic_payload t;
    t.set_command(command);
    t.set_address(address);
    t.set_data_ptr(static_cast<unsigned char*>(data));
    t.set_data_length(static_cast<unsigned>(bytes));
    if (memory->transport_dbg(t) != bytes) throw std::runtime_error("the memory is too small");
  }
  void WriteMemory(uint64_t address, const void* data, size_t bytes) override {
    Memory(tlm::TLM_WRITE_COMMAND, address, const_cast<void*>(data), bytes);
  }
  void ReadMemory(uint64_t address, void* data, size_t bytes) override {
    Memory(tlm::TLM_READ_COMMAND, address, data, bytes);
  }
  bool WaitInterrupt(uint64_t max_cycles) override {
    if (!irq.read()) wait(kPeriod * static_cast<double>(max_cycles), irq.posedge_event());
    return irq.read();
  }

  const ProgramFolder& folder_;
  int different_ = -1;
};

// Two ports of the accelerator and the host on one memory.
class Interconnect : public sc_core::sc_module {
 public:
  tlm_utils::multi_passthrough_target_socket<Interconnect> in;
  tlm_utils::simple_initiator_socket<Interconnect> out;

  explicit Interconnect(const sc_core::sc_module_name& name)
      : sc_module(name), in("in"), out("out") {
    in.register_b_transport(this, &Interconnect::Transport);
    in.register_transport_dbg(this, &Interconnect::Debug);
  }

 private:
  void Transport(int, tlm::tlm_generic_payload& t, sc_time& delay) { out->b_transport(t, delay); }
  unsigned Debug(int, tlm::tlm_generic_payload& t) { return out->transport_dbg(t); }
};

// Nothing is observed here; a platform may trace instructions with it.
class NoObserver : public RunObserver {
  void OnIssue(uint32_t, Cycle) override {}
  void OnRetire(uint32_t, Cycle) override {}
};

}  // namespace

int sc_main(int argc, char* argv[]) {
  if (argc != 2 && argc != 4) {
    std::fprintf(stderr, "usage: tlm_platform FOLDER [LEAST MOST]\n");
    return 2;
  }
  try {
    const ProgramFolder folder = ReadProgramFolder(argv[1]);
    if (!folder.has_images) {
      std::fprintf(stderr, "error: %s: compile it with --images\n", argv[1]);
      return 2;
    }
    const unsigned least = argc == 4 ? static_cast<unsigned>(std::atoi(argv[2])) : 20;
    const unsigned most = argc == 4 ? static_cast<unsigned>(std::atoi(argv[3])) : 0;
    const HwConfig& config = folder.program.config;
    NoObserver observer;
    // What the laws are told: the memory's least latency.
    Accelerator accelerator("accelerator", config, MemoryTiming{static_cast<int>(least), {}},
                            kPeriod, &observer);
    JitterMemory memory("memory", static_cast<unsigned>(config.AxiBytes()), kPeriod, least, most);
    Interconnect interconnect("interconnect");
    SoftwareHost host("host", folder);
    sc_core::sc_signal<bool> irq("irq_line");
    host.registers.bind(accelerator.registers);
    host.memory.bind(interconnect.in);
    accelerator.data.bind(interconnect.in);
    accelerator.fetch.bind(interconnect.in);
    interconnect.out.bind(memory.socket);
    accelerator.irq(irq);
    host.irq(irq);
    sc_core::sc_start();
    std::printf("held for %lld cycles by late answers; %u writes with byte enables\n",
                static_cast<long long>(accelerator.held()), memory.partial_writes());
    return host.different() == 0 ? 0 : 1;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 2;
  }
}
