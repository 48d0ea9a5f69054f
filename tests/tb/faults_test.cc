// What goes wrong on the integrated accelerator: resets in the middle of a run, error responses,
// slaves that never answer, wild addresses, bad opcodes, fields, tokens and programs. Always: no
// hang, an error that names the instruction, the same one on the verilated RTL and on the SystemC
// platform, and a correct run afterwards; of mutated programs, which may also end well, the same
// end in the same cycle on both, and a correct run after every tenth.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <tuple>

#include "sw/check/net_builder.h"
#include "sw/compiler/compiler.h"
#include "sw/driver/disassemble.h"
#include "sw/driver/driver.h"
#include "sw/golden/golden.h"
#include "sw/timing/timeline.h"
#include "systemc/tlm_device.h"
#include "tb/rtl_library.h"

namespace systole {
namespace {

constexpr int kLatency = 20;
constexpr uint32_t kWatchdog = 3000;

HwConfig Config() {
  HwConfig config;
  config.rows = 5;
  config.cols = 7;
  config.lanes = 7;
  return config;
}

// Outcome of setup and code: the error that ended them, or none.
struct Outcome {
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
class Bench {
 public:
  virtual ~Bench() = default;
  virtual Device* device() = 0;
  virtual void SetFaults(const AxiFault& read, const AxiFault& fetch, const AxiFault& write) = 0;
  virtual void Reset() = 0;

  Outcome Run(const Program& program, const std::vector<int8_t>& images,
              uint64_t max_cycles = 1000000, uint32_t watchdog = kWatchdog) {
    Driver driver(device(), {watchdog, max_cycles});
    driver.Load(program);
    driver.WriteImages(program, images.data());
    Outcome outcome;
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

class RtlBench : public Bench {
 public:
  // Mutated programs may let an engine read what another one writes.
  RtlBench() : device_(OpenRtl(Config(), RtlVariant::kPlain, {"+systole_any_program"})) {
    device_->SetTiming({kLatency, false, 0});
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

class TlmBench : public Bench {
 public:
  TlmBench() : device_(Config(), MemoryTiming{kLatency, {}}) {}
  Device* device() override { return &device_; }
  void SetFaults(const AxiFault& read, const AxiFault& fetch, const AxiFault& write) override {
    device_.SetFaults(read, fetch, write);
  }
  void Reset() override { device_.Reset(); }

 private:
  TlmDevice device_;
};

class FaultTest : public ::testing::Test {
 protected:
  FaultTest() {
    NetBuilder net("faults", 11, 3, 9, 8);
    ConvSpec conv;
    conv.cout = 9;
    conv.pad = {1, 1, 1, 1};
    conv.weight_zero_point = 2;
    net.Conv(conv).Pool({}).FullyConnected(10);
    model_ = net.Build(Rounding::kFloat32);
    images_ = net.Images(2);
    ProgramOptions options;
    options.images = 2;
    options.batch = 2;
    program_ = Compile(model_, Config(), options);
    const size_t elements = images_.size() / 2;
    for (int i = 0; i < 2; ++i) {
      const std::vector<int8_t> out = RunReference(model_, &images_[i * elements]).back();
      golden_.insert(golden_.end(), out.begin(), out.end());
    }
  }

  void ExpectCorrectRun(Bench* bench, const std::string& where) {
    const Outcome after = bench->Run(program_, images_);
    EXPECT_EQ(after.Text(), "done") << where;
    EXPECT_EQ(after.outputs, golden_) << where;
  }

  // Both descriptions end `program` with this error; a correct run follows.
  void ExpectError(const Program& program, ErrorCode code, int engine, bool in_setup, uint32_t pc) {
    const std::string want = Outcome{code, engine, pc, in_setup, {}, 0}.Text();
    for (Bench* bench : {static_cast<Bench*>(&rtl_), static_cast<Bench*>(&tlm_)}) {
      const std::string who = bench == &rtl_ ? "rtl" : "tlm";
      EXPECT_EQ(bench->Run(program, images_).Text(), want) << who;
      ExpectCorrectRun(bench, who + " after " + want);
    }
  }

  // The first instruction of `code` with this opcode, from `from` on.
  static uint32_t Find(const std::vector<Instruction>& code, Opcode opcode, uint32_t from = 0) {
    for (uint32_t i = from; i < code.size(); ++i) {
      if (code[i].opcode() == opcode) return i;
    }
    ADD_FAILURE() << "no " << OpcodeName(opcode) << " in the program";
    return 0;
  }

  // ExpectError for one field of the first instruction with this opcode.
  void ExpectFieldError(Opcode opcode, Field field, uint64_t value, ErrorCode code) {
    Program bad = program_;
    const bool in_code =
        opcode != Opcode::kLoadWgt && opcode != Opcode::kLoadKtab && opcode != Opcode::kLoadPar;
    std::vector<Instruction>& list = in_code ? bad.code : bad.setup;
    const uint32_t pc = Find(list, opcode);
    const int engine = static_cast<int>(list[pc].engine());
    list[pc].Set(field, value);
    SCOPED_TRACE(fmt::format("{}, value {}", Disassemble(list[pc]), value));
    ExpectError(bad, code, engine, !in_code, pc);
  }

  Model model_;
  std::vector<int8_t> images_, golden_;
  Program program_;
  RtlBench rtl_;
  TlmBench tlm_;
};

TEST_F(FaultTest, WithoutAFaultBothAreRight) {
  ExpectCorrectRun(&rtl_, "rtl");
  ExpectCorrectRun(&tlm_, "tlm");
}

// ---- Bad programs

TEST_F(FaultTest, BadOpcodesAreNamedByTheDispatcher) {
  for (uint32_t opcode : {0x00u, 0x15u, 0x77u, 0xFFu, 0x21u, 0x50u}) {
    SCOPED_TRACE(opcode);
    Program bad = program_;
    const uint32_t pc = static_cast<uint32_t>(bad.code.size()) / 2;
    bad.code[pc].Set(field::kOpcode, opcode);
    ExpectError(bad, ErrorCode::kBadOpcode, 4, false, pc);
  }
}

TEST_F(FaultTest, IllegalFieldsNameTheirInstruction) {
  ExpectFieldError(Opcode::kMatmul, field::kMmWcols, 0, ErrorCode::kBadField);
  ExpectFieldError(Opcode::kMatmul, field::kMmWcols, 8, ErrorCode::kBadField);
  ExpectFieldError(Opcode::kMatmul, field::kMmDataflow, 1, ErrorCode::kBadField);
  ExpectFieldError(Opcode::kMatmul, field::kMmKlast, 6, ErrorCode::kBadField);
  ExpectFieldError(Opcode::kPost, field::kPoNx, 0, ErrorCode::kBadField);
  ExpectFieldError(Opcode::kPost, field::kPoRounding, 7, ErrorCode::kBadField);
  ExpectFieldError(Opcode::kLoadAct, field::kLsBytes, 0, ErrorCode::kBadField);
  ExpectFieldError(Opcode::kLoadAct, field::kLsAddr, 0x10000001, ErrorCode::kBadField);
  ExpectFieldError(Opcode::kLoadWgt, field::kLsLines, 2, ErrorCode::kBadField);
  ExpectFieldError(Opcode::kStore, field::kLsLines, 0, ErrorCode::kBadField);
  ExpectFieldError(Opcode::kStore, field::kPush, 8, ErrorCode::kBadField);
}

TEST_F(FaultTest, BuffersAddressedOutOfRange) {
  ExpectFieldError(Opcode::kMatmul, field::kMmAccBase, 127, ErrorCode::kBufferRange);
  ExpectFieldError(Opcode::kMatmul, field::kMmKtab, 0xFFFF, ErrorCode::kBufferRange);
  ExpectFieldError(Opcode::kMatmul, field::kMmWgtRow, 0xFFFFFF, ErrorCode::kBufferRange);
  ExpectFieldError(Opcode::kMatmul, field::kMmBase, 0xFFFFFF, ErrorCode::kBufferRange);
  ExpectFieldError(Opcode::kPost, field::kPoOut, 32768, ErrorCode::kBufferRange);
  ExpectFieldError(Opcode::kPost, field::kPoPar, 2047, ErrorCode::kBufferRange);
  ExpectFieldError(Opcode::kPost, field::kPoAccBase, 1023, ErrorCode::kBufferRange);
  ExpectFieldError(Opcode::kLoadAct, field::kLsBuf, 0xFFFFFF, ErrorCode::kBufferRange);
  ExpectFieldError(Opcode::kLoadWgt, field::kLsBuf, 0xFFFFFF, ErrorCode::kBufferRange);
  ExpectFieldError(Opcode::kStore, field::kLsBuf, 32768, ErrorCode::kBufferRange);
}

TEST_F(FaultTest, WildAddressesNeverReachTheBus) {
  ExpectFieldError(Opcode::kLoadAct, field::kLsAddr, 0, ErrorCode::kReadWindow);
  ExpectFieldError(Opcode::kLoadAct, field::kLsAddr, 0xFFFFFF00, ErrorCode::kReadWindow);
  ExpectFieldError(Opcode::kLoadWgt, field::kLsAddr, uint64_t{0x10000000} << 8,
                   ErrorCode::kReadWindow);
  ExpectFieldError(Opcode::kStore, field::kLsAddr, 0x10000000,
                   ErrorCode::kWriteWindow);  // the program itself
  ExpectFieldError(Opcode::kStore, field::kLsAddr, 0xFFFFFFFFFFFFFF00, ErrorCode::kWriteWindow);
}

TEST_F(FaultTest, TokensThatNeverComeNameTheWaitingInstruction) {
  // The POST after the first MATMUL waits for a token that the MATMUL no longer gives.
  Program bad = program_;
  const uint32_t post = Find(bad.code, Opcode::kPost);
  bad.code[post].Set(field::kPopStore, 7);
  const Timeline model = Simulate(bad.code, bad.config, MemoryTiming{kLatency, {}});
  ASSERT_EQ(model.error, ErrorCode::kToken);
  ExpectError(bad, ErrorCode::kToken, model.error_engine, false, model.error_index);
}

TEST_F(FaultTest, MutatedProgramsEndTheSameOnBoth) {
  // Random bits of random instructions; whatever comes of it, RTL and TLM agree, and a correct run
  // follows.
  constexpr uint64_t kSeed = 20;
  int errors = 0;
  for (uint64_t trial = 0; trial < 3000; ++trial) {
    std::mt19937_64 random(kSeed + trial);
    Program bad = program_;
    const uint32_t pc = static_cast<uint32_t>(random() % bad.code.size());
    const int flips = 1 + static_cast<int>(random() % 3);
    for (int i = 0; i < flips; ++i) bad.code[pc].word[random() % 8] ^= 1u << random() % 32;
    const Outcome rtl = rtl_.Run(bad, images_);
    const Outcome tlm = tlm_.Run(bad, images_);
    errors += rtl.engine >= 0;
    EXPECT_EQ(rtl.Text(), tlm.Text())
        << "seed " << kSeed + trial << ": " << Disassemble(bad.code[pc]);
    // Bytes are not compared: a mutation may let an instruction read what docs/isa.md leaves
    // undefined.
    EXPECT_EQ(rtl.cycles, tlm.cycles)
        << "seed " << kSeed + trial << ": " << Disassemble(bad.code[pc]);
    if (trial % 10 == 0) {
      ExpectCorrectRun(&rtl_, fmt::format("rtl after seed {}", kSeed + trial));
      ExpectCorrectRun(&tlm_, fmt::format("tlm after seed {}", kSeed + trial));
    }
  }
  EXPECT_GT(errors, 1000);  // the mutations do reach the checks
}

// ---- Bad memories

TEST_F(FaultTest, MutatedProgramsOnFaultyMemoriesEndTheSameOnBoth) {
  // As above, on memories that answer some beats with an error, or a fetch never, under watchdogs
  // from shorter than the latency on. (Where data are never answered the TLM's engine stops at
  // once, the RTL's goes on until OUTSTANDING: the two may last differently.)
  constexpr uint64_t kSeed = 50000;
  int by_code[16] = {};
  for (uint64_t trial = 0; trial < 1500; ++trial) {
    std::mt19937_64 random(kSeed + trial);
    const auto below = [&](uint64_t n) { return random() % n; };
    Program bad = program_;
    const uint32_t pc = static_cast<uint32_t>(below(bad.code.size()));
    if (below(3) != 0) bad.code[pc].word[below(8)] ^= 1u << below(32);
    AxiFault fault[3];  // read, fetch, write
    AxiFault& f = fault[below(3)];
    f.kind =
        &f == &fault[1] && below(2) == 0 ? AxiFault::Kind::kNoResponse : AxiFault::Kind::kError;
    f.first = &f == &fault[2] ? bad.output.address + 8 * below(8)
              : below(2) == 0
                  ? bad.input.address + 8 * below(25)
                  : bad.setup_address + 8 * below((bad.memory_end - bad.setup_address) / 8);
    f.last = f.first + below(3) * 100;
    const uint32_t watchdog = below(2) == 0 ? kWatchdog : static_cast<uint32_t>(10 + below(300));
    Outcome outcome[2];
    Bench* const benches[2] = {&rtl_, &tlm_};
    for (int b = 0; b < 2; ++b) {
      benches[b]->SetFaults(fault[0], fault[1], fault[2]);
      outcome[b] = benches[b]->Run(bad, images_, 1000000, watchdog);
      benches[b]->SetFaults({}, {}, {});
      benches[b]->Reset();
    }
    if (outcome[0].engine >= 0) ++by_code[static_cast<int>(outcome[0].code) % 16];
    const std::string what =
        fmt::format("seed {}: {}, kind {} at {:#x}..{:#x} of {}, watchdog {}", kSeed + trial,
                    Disassemble(bad.code[pc]), static_cast<int>(f.kind), f.first, f.last,
                    &f == &fault[0]   ? "read"
                    : &f == &fault[1] ? "fetch"
                                      : "write",
                    watchdog);
    EXPECT_EQ(outcome[0].Text(), outcome[1].Text()) << what;
    EXPECT_EQ(outcome[0].cycles, outcome[1].cycles) << what;
    if (trial % 10 == 0) ExpectCorrectRun(&rtl_, what);
  }
  for (const ErrorCode code : {ErrorCode::kReadResponse, ErrorCode::kWriteResponse,
                               ErrorCode::kWatchdog, ErrorCode::kToken, ErrorCode::kConflict})
    EXPECT_GT(by_code[static_cast<int>(code)], 5) << ErrorText(code);
}

TEST_F(FaultTest, ErrorResponsesNameTheInstructionOnTheBus) {
  auto expect = [&](const AxiFault& read, const AxiFault& fetch, const AxiFault& write,
                    const std::string& want) {
    for (Bench* bench : {static_cast<Bench*>(&rtl_), static_cast<Bench*>(&tlm_)}) {
      const std::string who = bench == &rtl_ ? "rtl" : "tlm";
      bench->SetFaults(read, fetch, write);
      EXPECT_EQ(bench->Run(program_, images_).Text(), want) << who;
      bench->SetFaults({}, {}, {});
      ExpectCorrectRun(bench, who + " after " + want);
    }
  };
  const uint32_t load = Find(program_.code, Opcode::kLoadAct);
  const uint32_t store = Find(program_.code, Opcode::kStore);
  const uint64_t input = program_.input.address, output = program_.output.address;
  for (uint8_t response : {2, 3}) {
    expect({AxiFault::Kind::kError, input, input, response}, {}, {},
           fmt::format("error AXI read error response in LOAD at {}", load));
    expect({}, {}, {AxiFault::Kind::kError, output, output, response},
           fmt::format("error AXI write error response in STORE at {}", store));
    expect({}, {AxiFault::Kind::kError, program_.code_address, program_.code_address, response}, {},
           "error AXI read error response in fetch at 0");
  }
  const uint64_t weights =
      program_.setup[Find(program_.setup, Opcode::kLoadWgt)].Get(field::kLsAddr);
  expect({AxiFault::Kind::kError, weights, weights, 2}, {}, {},
         fmt::format("error AXI read error response in LOAD at setup {}",
                     Find(program_.setup, Opcode::kLoadWgt)));
}

// A burst of the data port, cut from the fields of its instruction: no burst passes a 256-byte
// aligned address, and beats are whole.
struct BusBurst {
  uint64_t first, last;
  bool in_setup;
  uint32_t pc;
};

std::vector<BusBurst> Bursts(const Program& program, bool stores) {
  const uint64_t beat = Config().axi_data_width / 8;
  std::vector<BusBurst> bursts;
  for (const bool in_setup : {true, false}) {
    const std::vector<Instruction>& code = in_setup ? program.setup : program.code;
    for (uint32_t pc = 0; pc < code.size(); ++pc) {
      const Opcode opcode = code[pc].opcode();
      const bool load = opcode == Opcode::kLoadAct || opcode == Opcode::kLoadWgt ||
                        opcode == Opcode::kLoadKtab || opcode == Opcode::kLoadPar;
      if (stores ? opcode != Opcode::kStore : !load) continue;
      for (uint64_t line = 0; line < code[pc].Get(field::kLsLines); ++line) {
        uint64_t at = code[pc].Get(field::kLsAddr) + line * code[pc].Get(field::kLsMemStride);
        const uint64_t end = (at + code[pc].Get(field::kLsBytes) + beat - 1) / beat * beat;
        while (at < end) {
          const uint64_t next = std::min(end, at / 256 * 256 + 256);
          bursts.push_back({at, next - 1, in_setup, pc});
          at = next;
        }
      }
    }
  }
  return bursts;
}

// Of several bursts that touch the range, the first in program order is answered with the error.
std::string WantedError(const std::vector<BusBurst>& bursts, const AxiFault& fault, bool stores) {
  for (const BusBurst& b : bursts) {
    if (fault.Touches(b.first, b.last + 1 - b.first)) {
      return fmt::format("error {} in {} at {}{}",
                         ErrorText(stores ? ErrorCode::kWriteResponse : ErrorCode::kReadResponse),
                         EngineName(stores ? 3 : 0), b.in_setup ? "setup " : "", b.pc);
    }
  }
  return "done";
}

TEST_F(FaultTest, AnErrorInAnyBurstOfTheDataPortNamesItsInstruction) {
  for (const bool stores : {false, true}) {
    const std::vector<BusBurst> bursts = Bursts(program_, stores);
    EXPECT_GT(bursts.size(), stores ? 1u : 10u);
    for (size_t i = 0; i < bursts.size(); ++i) {
      AxiFault fault{AxiFault::Kind::kError, bursts[i].first, bursts[i].last};
      fault.response = i % 2 == 0 ? 2 : 3;
      const std::string want = WantedError(bursts, fault, stores);
      const auto set = [&](Bench* bench) {
        bench->SetFaults(stores ? AxiFault{} : fault, {}, stores ? fault : AxiFault{});
      };
      for (Bench* bench : {static_cast<Bench*>(&rtl_), static_cast<Bench*>(&tlm_)}) {
        const std::string who = bench == &rtl_ ? "rtl" : "tlm";
        set(bench);
        EXPECT_EQ(bench->Run(program_, images_).Text(), want) << who << ", burst " << i;
        bench->SetFaults({}, {}, {});
        ExpectCorrectRun(bench, who + " after " + want);
      }
      // Whatever the pauses: the same instruction.
      rtl_.rtl()->SetTiming({1 + static_cast<int>(i % 30), true, i});
      set(&rtl_);
      EXPECT_EQ(rtl_.Run(program_, images_).Text(), want) << "stalled rtl, burst " << i;
      rtl_.SetFaults({}, {}, {});
      rtl_.rtl()->SetTiming({kLatency, false, 0});
    }
    ExpectCorrectRun(&rtl_, "rtl at last");
  }
}

TEST_F(FaultTest, AnErrorInAnyBeatThatIsReadNamesItsInstruction) {
  const uint64_t beat = Config().axi_data_width / 8;
  const std::vector<BusBurst> bursts = Bursts(program_, false);
  int beats = 0;
  for (const BusBurst& b : bursts) {
    for (uint64_t at = b.first; at <= b.last; at += beat, ++beats) {
      AxiFault fault{AxiFault::Kind::kError, at, at + beat - 1};
      fault.beats = true;
      rtl_.SetFaults(fault, {}, {});
      EXPECT_EQ(rtl_.Run(program_, images_).Text(), WantedError(bursts, fault, false))
          << "beat at " << at;
      rtl_.SetFaults({}, {}, {});
      if (beats % 16 == 0) ExpectCorrectRun(&rtl_, fmt::format("after the beat at {}", at));
    }
  }
  EXPECT_GT(beats, 100);
  ExpectCorrectRun(&rtl_, "rtl at last");
}

TEST_F(FaultTest, AnErrorInAnyBeatThatIsFetchedNamesItsInstruction) {
  const uint64_t beat = Config().axi_data_width / 8;
  for (const bool in_setup : {true, false}) {
    const uint64_t base = in_setup ? program_.setup_address : program_.code_address;
    const size_t count = in_setup ? program_.setup.size() : program_.code.size();
    for (uint64_t at = 0; at < count * kInstructionBytes; at += beat) {
      AxiFault fault{AxiFault::Kind::kError, base + at, base + at + beat - 1};
      fault.beats = true;
      rtl_.SetFaults({}, fault, {});
      EXPECT_EQ(rtl_.Run(program_, images_).Text(),
                fmt::format("error {} in fetch at {}{}", ErrorText(ErrorCode::kReadResponse),
                            in_setup ? "setup " : "", at / kInstructionBytes));
      rtl_.SetFaults({}, {}, {});
    }
    ExpectCorrectRun(&rtl_, "rtl at last");
  }
}

TEST_F(FaultTest, SlavesThatNeverAnswerEndByTheWatchdog) {
  const AxiFault never{AxiFault::Kind::kNoResponse, program_.input.address, program_.input.address,
                       0};
  const AxiFault never_stored{AxiFault::Kind::kNoResponse, program_.output.address,
                              program_.output.address, 0};
  const AxiFault never_fetched{AxiFault::Kind::kNoResponse, program_.code_address,
                               program_.code_address, 0};
  const AxiFault none;
  for (const auto& [read, fetch, write] :
       {std::tuple(never, none, none), std::tuple(none, never_fetched, none),
        std::tuple(none, none, never_stored)}) {
    std::string texts[2];
    for (int i = 0; i < 2; ++i) {
      Bench* bench = i == 0 ? static_cast<Bench*>(&rtl_) : &tlm_;
      bench->SetFaults(read, fetch, write);
      const Outcome outcome = bench->Run(program_, images_);
      EXPECT_EQ(outcome.code, ErrorCode::kWatchdog) << outcome.Text();
      texts[i] = outcome.Text();
      bench->SetFaults({}, {}, {});
      bench->Reset();  // as the slave was: an answer that never comes cannot be drained
      ExpectCorrectRun(bench, "after " + texts[i]);
    }
    EXPECT_EQ(texts[0], texts[1]);
  }
}

TEST_F(FaultTest, ASlaveThatIsNeverReadyEndsByTheWatchdog) {
  for (int channel = 0; channel < 3; ++channel) {
    const AxiFault deaf{AxiFault::Kind::kNotReady};
    rtl_.SetFaults(channel == 0 ? deaf : AxiFault{}, channel == 1 ? deaf : AxiFault{},
                   channel == 2 ? deaf : AxiFault{});
    EXPECT_EQ(rtl_.Run(program_, images_).code, ErrorCode::kWatchdog) << channel;
    rtl_.SetFaults({}, {}, {});
    rtl_.Reset();
    ExpectCorrectRun(&rtl_, fmt::format("after channel {}", channel));
  }
}

TEST_F(FaultTest, AfterALateAnswerTheNextStartWorksWithoutReset) {
  rtl_.rtl()->SetTiming(
      {2 * static_cast<int>(kWatchdog), false, 0});  // answers come, but after the watchdog
  EXPECT_EQ(rtl_.Run(program_, images_).code, ErrorCode::kWatchdog);
  rtl_.rtl()->Idle(4 * kWatchdog);
  rtl_.rtl()->SetTiming({kLatency, false, 0});
  ExpectCorrectRun(&rtl_, "rtl");
}

// ---- Resets

TEST_F(FaultTest, ResetAtAnyCycleThenACorrectRun) {
  std::mt19937_64 random(3);
  for (int trial = 0; trial < 40; ++trial) {
    const uint64_t cycle = 1 + random() % 900;
    for (Bench* bench : {static_cast<Bench*>(&rtl_), static_cast<Bench*>(&tlm_)}) {
      bench->Run(program_, images_, cycle);  // the host gives up after `cycle` cycles
      bench->Reset();
      ExpectCorrectRun(
          bench, fmt::format("{} reset after {} cycles", bench == &rtl_ ? "rtl" : "tlm", cycle));
    }
  }
}

TEST_F(FaultTest, SoftResetAtAnyCycleDrainsThenACorrectRun) {
  std::mt19937_64 random(4);
  for (int trial = 0; trial < 40; ++trial) {
    const uint64_t cycle = 1 + random() % 900;
    for (Bench* bench : {static_cast<Bench*>(&rtl_), static_cast<Bench*>(&tlm_)}) {
      bench->Run(program_, images_, cycle);
      Driver(bench->device()).SoftReset();
      ExpectCorrectRun(bench, fmt::format("{} soft reset after {} cycles",
                                          bench == &rtl_ ? "rtl" : "tlm", cycle));
    }
  }
}

TEST_F(FaultTest, StallsOnEveryChannelKeepTheBytes) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    rtl_.rtl()->SetTiming({1 + static_cast<int>(seed % 30), true, seed});
    ExpectCorrectRun(&rtl_, fmt::format("stall seed {}", seed));
    Driver driver(rtl_.device());
    const HardwareCounters c = driver.ReadCounters();
    for (int e = 0; e < kNumEngines; ++e) {
      EXPECT_EQ(
          c.engine[e].busy + c.engine[e].wait_token + c.engine[e].wait_data + c.engine[e].empty,
          c.total)
          << EngineName(e) << ", seed " << seed;
    }
  }
}

}  // namespace
}  // namespace systole
