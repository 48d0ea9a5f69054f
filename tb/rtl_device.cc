// RtlDevice over the verilated test bench of one configuration. Built into one shared library per
// configuration.
#include "tb/rtl_device.h"

#include <Vsystole_tb.h>
#include <verilated.h>
#if SYSTOLE_ACTIONS
#include <Vsystole_tb___024root.h>
#endif
#if VM_COVERAGE
#include <unistd.h>
#include <verilated_cov.h>
#endif
#if VM_TRACE_FST
#include <verilated_fst_c.h>
#endif

#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "sw/base/error.h"
#include "sw/isa/isa.h"
#include "sw/program/layout.h"

#ifndef SYSTOLE_AXI_BYTES
#error "SYSTOLE_AXI_BYTES, SYSTOLE_ACT_BYTES: set by tb/verilated/CMakeLists.txt"
#endif

// Verilator's two ways out of a $fatal, made an exception. The file leads to the module; the
// instance and the name are in what Verilator prints (lines are cut: scripts/verilate.sh).
void vl_fatal(const char* file, int line, const char*, const char* message) {
  throw systole::AssertionFailure(std::string(message) + " (" + file + ":" + std::to_string(line) +
                                  ")");
}
void vl_stop(const char* file, int, const char*) {
  throw systole::AssertionFailure("RTL assertion failed (" + std::string(file) + ")");
}

namespace systole {
namespace {

// Bits of mon_o (tb/systole_tb.sv).
enum : uint32_t {
  kAr = 1u << 0,
  kRReady = 1u << 1,
  kFetchAr = 1u << 2,
  kFetchRReady = 1u << 3,
  kAw = 1u << 4,
  kW = 1u << 5,
  kBReady = 1u << 6,
  kIrq = 1u << 7,
  kIssueShift = 8,
  kRetireShift = 12,
  kLoadWrite = 1u << 16,
  kPostWrite = 1u << 17,
  kRun = 1u << 18,
  kBus = kAr | kFetchAr | kAw | kW,
  kEvents = 0xFFu << kIssueShift,
  kWrites = kLoadWrite | kPostWrite,
};

constexpr int kRegisterLimit = 100000;  // cycles a register access may take

class VerilatedDevice final : public RtlDevice {
 public:
  VerilatedDevice(int argc, const char* const* argv)
      : context_(argc, argv),
        model_(&context_),
        read_(&memory_, SYSTOLE_AXI_BYTES),
        fetch_(&memory_, SYSTOLE_AXI_BYTES),
        write_(&memory_, SYSTOLE_AXI_BYTES),
        act_(SYSTOLE_ACT_BYTES) {
#if VM_TRACE_FST
    context_.traceEverOn(true);
    TraceFromReset(argc, argv);
#endif
    model_.bus_reset_i = model_.settled_i = 0;
    model_.axil_awvalid_i = model_.axil_wvalid_i = model_.axil_arvalid_i = 0;
    // The reset is asserted before the first clock edge: Verilator resets on an edge of rst_ni
    // alone.
    model_.clk_i = 0;
    model_.rst_ni = 1;
    model_.eval();
    model_.rst_ni = 0;
    model_.eval();
    Configure();
    model_.axil_bready_i = 1;
    model_.axil_rready_i = 1;
    VerilatedDevice::Reset(4);
  }

  ~VerilatedDevice() override {
#if VM_TRACE_FST
    if (trace_) trace_->close();
    if (from_reset_) from_reset_->close();
#endif
    model_.final();
    WriteCoverage();
    // The model's destructor works on the thread's current context, which may be another device's,
    // long gone.
    Verilated::threadContextp(&context_);
  }

  // ---- Device

  uint32_t ReadReg(uint32_t offset) override {
    model_.axil_araddr_i = offset;
    Stall();
    model_.axil_arvalid_i = 1;
    for (int i = 0; i < kRegisterLimit; ++i) {
      Low();
      const bool accepted = model_.axil_arvalid_i && model_.axil_arready_o;
      const bool answered = model_.axil_rvalid_o && model_.axil_rready_i;
      const uint32_t value = model_.axil_rdata_o;
      High();
      if (accepted) model_.axil_arvalid_i = 0;
      if (answered) return model_.axil_rready_i = 1, value;
      if (timing_.stall) model_.axil_rready_i = !stalls_.Hit(40);
    }
    throw std::runtime_error("register read is never answered");
  }

  void WriteReg(uint32_t offset, uint32_t value) override {
    model_.axil_awaddr_i = offset;
    model_.axil_wdata_i = value;
    Stall();
    bool address_sent = false, data_sent = false;
    for (int i = 0; i < kRegisterLimit; ++i) {
      if (!address_sent && !model_.axil_awvalid_i)
        model_.axil_awvalid_i = !(timing_.stall && stalls_.Hit(40));
      if (!data_sent && !model_.axil_wvalid_i)
        model_.axil_wvalid_i = !(timing_.stall && stalls_.Hit(40));
      Low();
      const bool address = model_.axil_awvalid_i && model_.axil_awready_o;
      const bool data = model_.axil_wvalid_i && model_.axil_wready_o;
      const bool answered = model_.axil_bvalid_o && model_.axil_bready_i;
      High();
      if (address) model_.axil_awvalid_i = 0, address_sent = true;
      if (data) model_.axil_wvalid_i = 0, data_sent = true;
      if (answered) {
        model_.axil_bready_i = 1;
        return;
      }
      if (timing_.stall) model_.axil_bready_i = !stalls_.Hit(40);
    }
    throw std::runtime_error("register write is never answered");
  }

  void WriteMemory(uint64_t address, const void* data, size_t bytes) override {
    memory_.Write(address, data, bytes);
  }
  void ReadMemory(uint64_t address, void* data, size_t bytes) override {
    memory_.Read(address, data, bytes);
  }

  bool WaitInterrupt(uint64_t max_cycles) override {
    for (uint64_t i = 0; i < max_cycles; ++i) {
      Low();
      const bool irq = model_.mon_o & kIrq;
      High();
      if (irq) return true;
    }
    return false;
  }

  // ---- RtlDevice

  void SetTiming(const AxiTiming& timing) override {
    timing_ = timing;
    stalls_ = StallSource(timing.stall_seed + 4);
    Configure();
  }

  void SetFaults(const AxiFault& read, const AxiFault& fetch, const AxiFault& write) override {
    read_fault_ = read, fetch_fault_ = fetch, write_fault_ = write;
    Configure();
  }

  void Reset(int cycles) override {
    model_.rst_ni = 0;
    ResetPorts();
    for (int i = 0; i < cycles; ++i) Step();
    model_.rst_ni = 1;
    ResetPorts();
    Step();
  }

  void Idle(uint64_t cycles) override {
    for (uint64_t i = 0; i < cycles; ++i) Step();
  }

  void Record(const std::vector<Instruction>* code,
              const std::vector<Observation>* observations) override {
    observations_ = observations;
    for (int e = 0; e < kNumEngines; ++e) to_issue_[e].clear(), to_retire_[e].clear();
    is_sync_.assign(code->size(), 0);
    for (uint32_t i = 0; i < code->size(); ++i) {
      const uint64_t opcode = (*code)[i].Get(field::kOpcode);
      const uint64_t engine = (opcode >> 4) - 1;
      if (engine >= kNumEngines) continue;  // unknown opcode: never issues
      to_issue_[engine].push_back(i);
      is_sync_[i] = (opcode & 0xF) == 0xF;
      if (!is_sync_[i]) to_retire_[engine].push_back(i);
    }
    record_.stamps.assign(code->size(), Stamp{});
    record_.tensors.assign(observations->size(), {});
    for (int e = 0; e < kNumEngines; ++e) issued_[e] = retired_[e] = 0;
    next_observation_ = 0;
    recording_ = true;
  }
  const RunRecord& record() const override { return record_; }

  void Trace([[maybe_unused]] const std::string& path, [[maybe_unused]] uint64_t first,
             [[maybe_unused]] uint64_t last) override {
#if VM_TRACE_FST
    if (trace_) trace_->close();
    trace_.reset();
    if (from_reset_) from_reset_->close();
    from_reset_.reset();
    trace_path_ = path, trace_first_ = first, trace_last_ = last;
    trace_before_ = 0;
#else
    throw InputError("this build of the RTL does not trace; use the tracing variant");
#endif
  }

  ActionCounts Actions() const override {
#if SYSTOLE_ACTIONS
    ActionCounts n;
#define COUNTED(name) \
  static_cast<int64_t>(model_.rootp->systole_tb__DOT__u_top__DOT__u_actions__DOT__n_##name)
#define ACTION(name, engine, unit, meaning) n[Action::name] = COUNTED(name);
#include "sw/timing/actions.def"
    const auto sum = [&n](std::initializer_list<Action> shares) {
      int64_t all = 0;
      for (Action a : shares) all += n[a];
      return all;
    };
    if (sum({Action::gather_read, Action::post_read, Action::store_read}) != COUNTED(act_reads) ||
        sum({Action::load_write, Action::post_write}) != COUNTED(act_writes) ||
        sum({Action::sum_read, Action::tap_read}) != COUNTED(acc_reads) ||
        n[Action::sum_write] != COUNTED(acc_writes)) {
      throw AssertionFailure("the engines' accesses are not those of the memories");
    }
#undef COUNTED
    return n;
#else
    throw InputError("this build of the RTL does not count actions; use the variant actions");
#endif
  }

  uint64_t cycles() const override { return cycle_; }

 private:
  void Step() {
    Low();
    High();
  }

  // First half of a cycle: inputs settle, then everything of this cycle is looked at.
  void Low() {
    model_.clk_i = 0;
    model_.eval();
    const uint32_t mon = model_.mon_o;
#if VM_TRACE_FST
    TraceWindow();
#endif
    if ((mon ^ last_mon_) & kRun) {
      if (mon & kRun) {
        run_start_ = cycle_;
      } else {
        trace_before_ += cycle_ - run_start_;
      }
      running_ = mon & kRun;
    }
    last_mon_ = mon;
    if (mon & (kEvents | kWrites)) Observe(mon);
    if ((mon & kBus) || port_active_) Bus(mon);
  }

  // Second half: the clock edge, then the inputs of the next cycle. What depends on inputs alone is
  // as Low() left it (scripts/verilate.sh: settled_i).
  void High() {
    model_.clk_i = 1;
    model_.settled_i = 1;
    model_.eval();
    model_.settled_i = 0;
#if VM_TRACE_FST
    if (trace_on_) trace_->dump(cycle_ * 2 + 1);
    if (from_reset_) from_reset_->dump(cycle_ * 2 + 1);
#endif
    ++cycle_;
    if (drive_) Drive();
  }

  void Bus(uint32_t mon) {
    if ((mon & kAr) && model_.ar_ready_i) {
      read_.AcceptAddress(cycle_, model_.ar_addr_o, model_.ar_len_o, model_.ar_id_o);
    }
    if ((mon & kRReady) && model_.r_valid_i) read_.Taken();
    if ((mon & kFetchAr) && model_.far_ready_i) {
      fetch_.AcceptAddress(cycle_, model_.far_addr_o, model_.far_len_o, model_.far_id_o);
    }
    if ((mon & kFetchRReady) && model_.fr_valid_i) fetch_.Taken();
    if ((mon & kAw) && model_.aw_ready_i)
      write_.AcceptAddress(model_.aw_addr_o, model_.aw_len_o, model_.aw_id_o);
    if ((mon & kW) && model_.w_ready_i)
      write_.AcceptData(&model_.w_data_o, model_.w_strb_o, model_.w_last_o);
    if ((mon & kBReady) && model_.b_valid_i) write_.Taken();
    read_.Advance(cycle_);
    fetch_.Advance(cycle_);
    write_.Advance(cycle_);
    port_active_ = !(read_.Idle() && fetch_.Idle() && write_.Idle());
    drive_ = true;
  }

  void Drive() {
    drive_ = false;
    model_.ar_ready_i = read_.ready;
    model_.r_valid_i = read_.valid;
    if (read_.valid) {
      model_.r_last_i = read_.last;
      model_.r_resp_i = read_.response;
      model_.r_id_i = read_.id;
      std::memcpy(&model_.r_data_i, read_.data, SYSTOLE_AXI_BYTES);
    }
    model_.far_ready_i = fetch_.ready;
    model_.fr_valid_i = fetch_.valid;
    if (fetch_.valid) {
      model_.fr_last_i = fetch_.last;
      model_.fr_resp_i = fetch_.response;
      model_.fr_id_i = fetch_.id;
      std::memcpy(&model_.fr_data_i, fetch_.data, SYSTOLE_AXI_BYTES);
    }
    model_.aw_ready_i = write_.address_ready;
    model_.w_ready_i = write_.data_ready;
    model_.b_valid_i = write_.response_valid;
    model_.b_resp_i = write_.response;
    model_.b_id_i = write_.response_id;
  }

  void Observe(uint32_t mon) {
    if (mon & kLoadWrite) Shadow(model_.ld_addr_o, model_.ld_n_o, &model_.ld_data_o);
    if (mon & kPostWrite) Shadow(model_.po_addr_o, model_.po_n_o, &model_.po_data_o);
    if (!recording_ || !(mon & kEvents)) return;
    const uint64_t now = cycle_ - run_start_;
    for (int e = 0; e < kNumEngines; ++e) {
      if (mon >> (kIssueShift + e) & 1) {
        const uint32_t i = Next(to_issue_[e], &issued_[e]);
        record_.stamps[i].issue = now;
        if (is_sync_[i]) record_.stamps[i].retire = now;
      }
      if (mon >> (kRetireShift + e) & 1) {
        const uint32_t i = Next(to_retire_[e], &retired_[e]);
        record_.stamps[i].retire = now;
        if (e == static_cast<int>(Engine::kPost)) Snapshot(i);
      }
    }
  }

  static uint32_t Next(const std::vector<uint32_t>& order, size_t* position) {
    if (*position >= order.size())
      throw AssertionFailure("RTL issued or retired more instructions than the program has");
    return order[(*position)++];
  }

  void Shadow(uint32_t address, uint32_t bytes, const void* data) {
    if (uint64_t{address} + bytes <= act_.size()) std::memcpy(&act_[address], data, bytes);
  }

  void Snapshot(uint32_t instruction) {
    const std::vector<Observation>& list = *observations_;
    while (next_observation_ < list.size() && list[next_observation_].instruction < instruction)
      ++next_observation_;
    for (; next_observation_ < list.size() && list[next_observation_].instruction == instruction;
         ++next_observation_) {
      record_.tensors[next_observation_] = PixelsAt(list[next_observation_].layout, act_.data());
    }
  }

  void Configure() {
    read_.Configure(timing_, read_fault_, 1);
    fetch_.Configure(timing_, fetch_fault_, 2);
    write_.Configure(timing_, write_fault_, 3);
    // The slaves forget what is under way, accepting nothing meanwhile.
    ResetPorts();
    model_.bus_reset_i = 1;
    model_.ar_ready_i = model_.far_ready_i = model_.aw_ready_i = model_.w_ready_i = 0;
    Step();
    model_.bus_reset_i = 0;
    ResetPorts();
  }

  void ResetPorts() {
    read_.Reset();
    fetch_.Reset();
    write_.Reset();
    port_active_ = timing_.stall;
    Drive();
  }

  // The coverage variant: what this device has covered, to
  // $SYSTOLE_COVERAGE_DIR/<process>.<number of the device>.dat.
  void WriteCoverage() {
#if VM_COVERAGE
    static int devices = 0;
    const char* folder = std::getenv("SYSTOLE_COVERAGE_DIR");
    if (folder == nullptr) return;
    const std::string name = std::to_string(getpid()) + "." + std::to_string(devices++);
    context_.coveragep()->write((folder + ("/" + name + ".dat")).c_str());
#endif
  }

  void Stall() {
    while (timing_.stall && stalls_.Hit(50)) Step();
  }

#if VM_TRACE_FST
  void TraceFromReset(int argc, const char* const* argv) {
    const std::string prefix = kTraceArgument;
    for (int i = 1; i < argc; ++i) {
      const std::string argument = argv[i];
      if (argument.compare(0, prefix.size(), prefix) != 0) continue;
      from_reset_ = std::make_unique<VerilatedFstC>();
      model_.trace(from_reset_.get(), 99);
      from_reset_->open(argument.c_str() + prefix.size());
    }
  }

  void TraceWindow() {
    if (from_reset_) from_reset_->dump(cycle_ * 2);
    const uint64_t now = trace_before_ + cycle_ - run_start_;
    trace_on_ = running_ && !trace_path_.empty() && now >= trace_first_ && now <= trace_last_;
    if (!trace_on_) return;
    if (!trace_) {
      trace_ = std::make_unique<VerilatedFstC>();
      model_.trace(trace_.get(), 99);
      trace_->open(trace_path_.c_str());
    }
    trace_->dump(cycle_ * 2);
  }
  std::unique_ptr<VerilatedFstC> trace_, from_reset_;
  std::string trace_path_;
  uint64_t trace_first_ = 0, trace_last_ = 0;
  bool trace_on_ = false;
#endif

  // The plusargs have to be there before the model is made.
  struct Context : VerilatedContext {
    Context(int argc, const char* const* argv) {
      commandArgs(argc, const_cast<const char**>(argv));
    }
  };
  Context context_;
  Vsystole_tb model_;
  Memory memory_;
  AxiReadPort read_, fetch_;
  AxiWritePort write_;
  AxiTiming timing_;
  AxiFault read_fault_, fetch_fault_, write_fault_;
  StallSource stalls_;
  uint64_t cycle_ = 0, run_start_ = 0;
  uint64_t trace_before_ = 0;  // cycles of the runs since Trace() that have ended
  uint32_t last_mon_ = 0;
  bool running_ = false, port_active_ = false, drive_ = true, recording_ = false;

  std::vector<int8_t> act_;  // what the activation buffer holds, from its write ports
  const std::vector<Observation>* observations_ = nullptr;
  std::vector<uint32_t> to_issue_[kNumEngines], to_retire_[kNumEngines];
  std::vector<char> is_sync_;
  size_t issued_[kNumEngines] = {}, retired_[kNumEngines] = {};
  size_t next_observation_ = 0;
  RunRecord record_;
};

}  // namespace
}  // namespace systole

extern "C" systole::RtlDevice* SystoleMakeRtlDevice(int argc, const char* const* argv) {
  return new systole::VerilatedDevice(argc, argv);
}
