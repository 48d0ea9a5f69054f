#include "systemc/tlm_device.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <systemc>
#include <utility>

#include "sw/base/error.h"
#include "sw/program/layout.h"
#include "systemc/platform.h"

namespace systole {
namespace {

// SystemC keeps its state in a context that a global names. Each device has its own, current only
// during a call.
class Context {
 public:
  Context() : context_(new sc_core::sc_simcontext) {}

  class Use {
   public:
    explicit Use(const Context& c)
        : current_(sc_core::sc_curr_simcontext), fallback_(sc_core::sc_default_global_context) {
      sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = c.context_;
    }
    ~Use() {
      sc_core::sc_curr_simcontext = current_;
      sc_core::sc_default_global_context = fallback_;
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    sc_core::sc_simcontext *current_, *fallback_;
  };

 private:
  // Never deleted: its processes' stacks cannot be unwound from outside.
  sc_core::sc_simcontext* const context_;
};

}  // namespace

struct TlmDevice::Impl : RunObserver {
  Impl(const HwConfig& config, const MemoryTiming& timing) {
    const Context::Use use(context);
    platform = std::make_unique<Platform>("platform", config, timing, this);
  }
  ~Impl() override {
    const Context::Use use(context);
    platform.reset();
  }

  void OnIssue(uint32_t index, Cycle cycle) override {
    if (index < record.stamps.size()) record.stamps[index].issue = static_cast<uint64_t>(cycle);
  }
  void OnRetire(uint32_t index, Cycle cycle) override {
    if (index < record.stamps.size()) record.stamps[index].retire = static_cast<uint64_t>(cycle);
    const Executor& buffers = platform->accelerator.executor();
    if (observations != nullptr) Take(index, buffers);
    if (observer) observer(index, static_cast<uint64_t>(cycle), buffers);
  }

  void Take(uint32_t index, const Executor& buffers) {
    auto o = std::lower_bound(observations->begin(), observations->end(), index,
                              [](const Observation& a, uint32_t i) { return a.instruction < i; });
    for (; o != observations->end() && o->instruction == index; ++o) {
      record.tensors[static_cast<size_t>(o - observations->begin())] =
          PixelsAt(o->layout, reinterpret_cast<const int8_t*>(buffers.activations()));
    }
  }

  Context context;
  std::unique_ptr<Platform> platform;
  RunRecord record;
  const std::vector<Observation>* observations = nullptr;
  RetireObserver observer;
  bool last_access_ok = true;
};

TlmDevice::TlmDevice(const HwConfig& config, const MemoryTiming& timing)
    : impl_(std::make_unique<Impl>(config, timing)) {}
TlmDevice::~TlmDevice() = default;

uint64_t TlmDevice::RegisterAddress(uint32_t offset) { return kRegisterBase + offset; }

int TlmDevice::HostTransport(bool write, uint64_t address, void* data, unsigned bytes,
                             unsigned char* enables, unsigned enables_length) {
  const Context::Use use(impl_->context);
  const tlm::tlm_response_status status =
      impl_->platform->host.Transport(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND,
                                      address, data, bytes, enables, enables_length);
  return static_cast<int>(status);
}

uint32_t TlmDevice::ReadReg(uint32_t offset) {
  uint8_t b[4] = {};
  impl_->last_access_ok =
      HostTransport(false, RegisterAddress(offset), b, 4) == tlm::TLM_OK_RESPONSE;
  return b[0] | uint32_t{b[1]} << 8 | uint32_t{b[2]} << 16 | uint32_t{b[3]} << 24;
}

void TlmDevice::WriteReg(uint32_t offset, uint32_t value) {
  uint8_t b[4];
  for (int k = 0; k < 4; ++k) b[k] = static_cast<uint8_t>(value >> (8 * k));
  impl_->last_access_ok =
      HostTransport(true, RegisterAddress(offset), b, 4) == tlm::TLM_OK_RESPONSE;
}

void TlmDevice::WriteMemory(uint64_t address, const void* data, size_t bytes) {
  const Context::Use use(impl_->context);
  const unsigned done = impl_->platform->host.Debug(
      tlm::TLM_WRITE_COMMAND, address, const_cast<void*>(data), static_cast<unsigned>(bytes));
  if (done != bytes) {
    throw InputError(fmt::format("memory: {} bytes at 0x{:x} do not exist; widen AXI_ADDR_WIDTH",
                                 bytes, address));
  }
}

void TlmDevice::ReadMemory(uint64_t address, void* data, size_t bytes) {
  const Context::Use use(impl_->context);
  const unsigned done = impl_->platform->host.Debug(tlm::TLM_READ_COMMAND, address, data,
                                                    static_cast<unsigned>(bytes));
  if (done != bytes) {
    throw InputError(fmt::format("memory: {} bytes at 0x{:x} do not exist; widen AXI_ADDR_WIDTH",
                                 bytes, address));
  }
}

bool TlmDevice::WaitInterrupt(uint64_t max_cycles) {
  const Context::Use use(impl_->context);
  return impl_->platform->host.WaitInterrupt(max_cycles);
}

void TlmDevice::Record(const std::vector<Instruction>* code,
                       const std::vector<Observation>* observations) {
  impl_->record.stamps.assign(code == nullptr ? 0 : code->size(), Stamp{});
  impl_->record.tensors.assign(observations == nullptr ? 0 : observations->size(), {});
  impl_->observations = observations;
}
const RunRecord& TlmDevice::record() const { return impl_->record; }

void TlmDevice::ObserveRetires(RetireObserver observer) { impl_->observer = std::move(observer); }

void TlmDevice::SetFaults(const AxiFault& read, const AxiFault& fetch, const AxiFault& write) {
  impl_->platform->bus.SetFaults(read, fetch, write);
}

void TlmDevice::Reset() {
  {
    const Context::Use use(impl_->context);
    impl_->platform->accelerator.HardReset();
  }
  Idle(1);
}

void TlmDevice::Idle(uint64_t cycles) {
  const Context::Use use(impl_->context);
  impl_->platform->host.Idle(cycles);
}

uint64_t TlmDevice::cycles() const {
  const Context::Use use(impl_->context);
  return static_cast<uint64_t>(sc_core::sc_time_stamp() / Platform::Period());
}

bool TlmDevice::last_access_ok() const { return impl_->last_access_ok; }

}  // namespace systole

// The SystemC library wants an entry point of this name when it is linked. Devices run the kernel
// from their callers' own main(); this is never called.
int sc_main(int, char*[]) { return 0; }
