// What the tests of things that go wrong share: networks, the RTL and the SystemC platform
// behind one face, what a run came to, and that a correct run follows.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "sw/check/net_builder.h"
#include "sw/driver/disassemble.h"
#include "sw/driver/driver.h"
#include "sw/model/model.h"
#include "sw/program/program.h"
#include "systemc/tlm_device.h"
#include "tb/rtl_library.h"

namespace systole {

constexpr int kFaultLatency = 20;
constexpr uint32_t kFaultWatchdog = 3000;

// kChain: a convolution, its pool and a fully connected layer, weights resident. kGraph: a
// depthwise convolution, an addition, pools on POST alone, from memory: every instruction of POST,
// and column mode. kTiles: a chain, output stationary. kRow: kGraph on the row-stationary array.
enum class FaultNet { kChain, kGraph, kTiles, kRow };

HwConfig FaultConfig(FaultNet net = FaultNet::kChain);

// Outcome of setup and code: the error that ended them, or none.
struct FaultOutcome {
  ErrorCode code = ErrorCode::kNone;
  int engine = -1;
  uint32_t pc = 0;
  bool in_setup = false;
  std::vector<int8_t> outputs;
  uint64_t cycles = 0;  // of the last run, START to DONE

  std::string Text() const {
    if (engine < 0) return "done";
    return fmt::format("error {} in {} at {}{}", ErrorText(code), EngineName(engine),
                       in_setup ? "setup " : "", pc);
  }
};

// Either description behind one face.
class FaultBench {
 public:
  virtual ~FaultBench() = default;
  virtual Device* device() = 0;
  virtual void SetFaults(const AxiFault& read, const AxiFault& fetch, const AxiFault& write) = 0;
  virtual void Reset() = 0;

  FaultOutcome Run(const Program& program, const std::vector<int8_t>& images,
                   uint64_t max_cycles = 1000000, uint32_t watchdog = kFaultWatchdog) {
    Driver driver(device(), {watchdog, max_cycles});
    driver.Load(program);
    driver.WriteImages(program, images.data());
    FaultOutcome outcome;
    outcome.in_setup = true;
    try {
      driver.RunSetup(program);
      outcome.in_setup = false;
      driver.RunCode(program);
      outcome.outputs = driver.ReadOutputs(program);
      outcome.cycles = driver.ReadCounters().total;
    } catch (const HardwareError& e) {
      outcome.code = e.code, outcome.engine = e.engine, outcome.pc = e.pc;
      outcome.cycles = driver.ReadCounters().total;
    }
    return outcome;
  }
};

class RtlFaultBench : public FaultBench {
 public:
  // Mutated programs may let an engine read what another one writes.
  explicit RtlFaultBench(const HwConfig& config)
      : device_(OpenRtl(config, RtlVariant::kPlain, {"+systole_any_program"})) {
    device_->SetTiming({kFaultLatency, false, 0});
  }
  Device* device() override { return device_.get(); }
  RtlDevice* rtl() { return device_.get(); }
  void SetFaults(const AxiFault& read, const AxiFault& fetch, const AxiFault& write) override {
    device_->SetFaults(read, fetch, write);
  }
  void Reset() override { device_->Reset(); }

 private:
  std::unique_ptr<RtlDevice> device_;
};

class TlmFaultBench : public FaultBench {
 public:
  explicit TlmFaultBench(const HwConfig& config)
      : device_(config, MemoryTiming{kFaultLatency, {}}) {}
  Device* device() override { return &device_; }
  TlmDevice* tlm() { return &device_; }
  void SetFaults(const AxiFault& read, const AxiFault& fetch, const AxiFault& write) override {
    device_.SetFaults(read, fetch, write);
  }
  void Reset() override { device_.Reset(); }

 private:
  TlmDevice device_;
};

constexpr int kFaultImages = 2;
NetBuilder FaultNetwork(FaultNet net);
Program FaultProgram(FaultNet net, const Model& model);

// A network with its right outputs, and both descriptions of the accelerator that runs it.
struct FaultPair {
  explicit FaultPair(FaultNet net);

  // Empty if `bench` runs the program right.
  std::string WrongRun(FaultBench* bench);
  // Empty if a run in which the host misuses registers ends as if it had not: at some cycle it
  // writes START, what is read-only, locked or not there, and reads anything.
  std::string WrongMisuse(FaultBench* bench, uint64_t seed);
  // Cycles of a run of `program_`'s code without faults.
  uint64_t Cycles() const;

  const FaultNet net_;
  Model model_;
  std::vector<int8_t> images_, golden_;
  Program program_;
  RtlFaultBench rtl_;
  TlmFaultBench tlm_;
};

// A program of which bits may have changed, on a memory that may answer with errors or never.
struct FaultTrial {
  Program program;
  AxiFault read, fetch, write;
  uint32_t watchdog = kFaultWatchdog;
  std::string text;  // what was done
};
// One to three bits of one instruction changed.
FaultTrial MutatedTrial(const Program& program, uint64_t seed);
// One to three instructions are others: words drawn at random behind an opcode, another instruction
// of the program, or two that change places.
FaultTrial WildTrial(const Program& program, uint64_t seed);
// Two in three with a changed bit; an error response to some beats, or a fetch that is never
// answered, under a watchdog that is shorter than the latency at the least. (Where data are never
// answered the TLM's engine stops at once, the RTL's goes on until OUTSTANDING: the two may last
// differently.)
FaultTrial BadMemoryTrial(const Program& program, uint64_t seed);
// Both run it; the outcomes of RTL and TLM, and both reset where the memory was bad.
std::pair<FaultOutcome, FaultOutcome> RunTrial(FaultPair* pair, const FaultTrial& trial);
// Whether some Matmul or RowConv is under way together with a LOAD of the offset table, as no
// tokens order the two: which offsets it reads is undefined (the RTL loads beat by beat, the TLM at
// once).
bool RacesForOffsets(FaultPair* pair, const FaultTrial& trial);

class FaultBase : public ::testing::Test, protected FaultPair {
 protected:
  explicit FaultBase(FaultNet net) : FaultPair(net) {}

  void ExpectCorrectRun(FaultBench* bench, const std::string& where);
  // Both descriptions end `program` with this error; a correct run follows.
  void ExpectError(const Program& program, ErrorCode code, int engine, bool in_setup, uint32_t pc);
  // ExpectError for one field of `program_`'s first instruction that has this opcode, in column
  // mode if `column`.
  void ExpectFieldError(Opcode opcode, Field field, uint64_t value, ErrorCode code,
                        bool column = false);
};

// On each network.
class FaultTest : public FaultBase, public ::testing::WithParamInterface<FaultNet> {
 protected:
  FaultTest() : FaultBase(GetParam()) {}
};

inline std::string FaultNetName(const ::testing::TestParamInfo<FaultNet>& info) {
  const char* const names[] = {"Chain", "Graph", "Tiles", "Row"};
  return names[static_cast<int>(info.param)];
}

}  // namespace systole
