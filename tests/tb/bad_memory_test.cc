// Bad memories: error responses in every burst and beat of a run, slaves that never answer or are
// never ready, late answers. Always: no hang, an error that names the instruction, the same one on
// the verilated RTL and on the SystemC platform, and a correct run afterwards.
#include <algorithm>
#include <tuple>

#include "sw/driver/disassemble.h"
#include "tests/tb/faults_fixture.h"

namespace systole {
namespace {

// ---- Bad memories

TEST_P(FaultTest, MutatedProgramsOnFaultyMemoriesEndTheSameOnBoth) {
  constexpr uint64_t kSeed = 50000;
  int by_code[16] = {};
  for (uint64_t trial = 0; trial < 1500; ++trial) {
    const FaultTrial bad = BadMemoryTrial(program_, kSeed + trial);
    const auto [rtl, tlm] = RunTrial(this, bad);
    if (rtl.engine >= 0) ++by_code[static_cast<int>(rtl.code) % 16];
    const std::string what = fmt::format("seed {}: {}, {}", kSeed + trial, rtl.Text(), bad.text);
    EXPECT_EQ(rtl.Text(), tlm.Text()) << what;
    EXPECT_EQ(rtl.cycles, tlm.cycles) << what;
    if (trial % 10 == 0) ExpectCorrectRun(&rtl_, what);
  }
  for (const ErrorCode code : {ErrorCode::kReadResponse, ErrorCode::kWriteResponse,
                               ErrorCode::kWatchdog, ErrorCode::kToken, ErrorCode::kConflict})
    EXPECT_GT(by_code[static_cast<int>(code)], 5) << ErrorText(code);
}

// A burst of the data port, cut from the fields of its instruction: no burst passes a 256-byte
// aligned address, and beats are whole.
struct BusBurst {
  uint64_t first, last;
  bool in_setup;
  uint32_t pc;
};

std::vector<BusBurst> Bursts(const Program& program, bool stores) {
  const uint64_t beat = program.config.axi_data_width / 8;
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

TEST_P(FaultTest, ErrorResponsesNameTheInstructionOnTheBus) {
  const auto expect = [&](const AxiFault& read, const AxiFault& fetch, const AxiFault& write,
                          const std::string& want) {
    for (FaultBench* bench : {static_cast<FaultBench*>(&rtl_), static_cast<FaultBench*>(&tlm_)}) {
      const std::string who = bench == &rtl_ ? "rtl" : "tlm";
      bench->SetFaults(read, fetch, write);
      EXPECT_EQ(bench->Run(program_, images_).Text(), want) << who;
      bench->SetFaults({}, {}, {});
      ExpectCorrectRun(bench, who + " after " + want);
    }
  };
  const std::vector<BusBurst> loads = Bursts(program_, false), stores = Bursts(program_, true);
  const uint64_t input = program_.input.address, output = program_.output.address,
                 code = program_.code_address, weights = program_.constants_address;
  for (uint8_t response : {2, 3}) {
    for (const uint64_t address : {input, weights}) {
      const AxiFault fault{AxiFault::Kind::kError, address, address, response};
      EXPECT_NE(WantedError(loads, fault, false), "done");
      expect(fault, {}, {}, WantedError(loads, fault, false));
    }
    const AxiFault fault{AxiFault::Kind::kError, output, output, response};
    EXPECT_NE(WantedError(stores, fault, true), "done");
    expect({}, {}, fault, WantedError(stores, fault, true));
    expect({}, {AxiFault::Kind::kError, code, code, response}, {},
           "error AXI read error response in fetch at 0");
  }
}

TEST_P(FaultTest, AnErrorInAnyBurstOfTheDataPortNamesItsInstruction) {
  for (const bool stores : {false, true}) {
    const std::vector<BusBurst> bursts = Bursts(program_, stores);
    EXPECT_GT(bursts.size(), stores ? 1u : 10u);
    for (size_t i = 0; i < bursts.size(); ++i) {
      AxiFault fault{AxiFault::Kind::kError, bursts[i].first, bursts[i].last};
      fault.response = i % 2 == 0 ? 2 : 3;
      const std::string want = WantedError(bursts, fault, stores);
      const auto set = [&](FaultBench* bench) {
        bench->SetFaults(stores ? AxiFault{} : fault, {}, stores ? fault : AxiFault{});
      };
      for (FaultBench* bench : {static_cast<FaultBench*>(&rtl_), static_cast<FaultBench*>(&tlm_)}) {
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
      rtl_.rtl()->SetTiming({kFaultLatency, false, 0});
    }
    ExpectCorrectRun(&rtl_, "rtl at last");
  }
}

TEST_P(FaultTest, AnErrorInAnyBeatThatIsReadNamesItsInstruction) {
  const uint64_t beat = program_.config.axi_data_width / 8;
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

TEST_P(FaultTest, AnErrorInAnyBeatThatIsFetchedNamesItsInstruction) {
  const uint64_t beat = program_.config.axi_data_width / 8;
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

TEST_P(FaultTest, SlavesThatNeverAnswerEndByTheWatchdog) {
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
      FaultBench* bench = i == 0 ? static_cast<FaultBench*>(&rtl_) : &tlm_;
      bench->SetFaults(read, fetch, write);
      const FaultOutcome outcome = bench->Run(program_, images_);
      EXPECT_EQ(outcome.code, ErrorCode::kWatchdog) << outcome.Text();
      texts[i] = outcome.Text();
      bench->SetFaults({}, {}, {});
      bench->Reset();  // as the slave was: an answer that never comes cannot be drained
      ExpectCorrectRun(bench, "after " + texts[i]);
    }
    EXPECT_EQ(texts[0], texts[1]);
  }
}

TEST_P(FaultTest, ASlaveThatIsNeverReadyEndsByTheWatchdog) {
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

TEST_P(FaultTest, AfterALateAnswerTheNextStartWorksWithoutReset) {
  rtl_.rtl()->SetTiming(
      {2 * static_cast<int>(kFaultWatchdog), false, 0});  // answers come, but after the watchdog
  EXPECT_EQ(rtl_.Run(program_, images_).code, ErrorCode::kWatchdog);
  rtl_.rtl()->Idle(4 * kFaultWatchdog);
  rtl_.rtl()->SetTiming({kFaultLatency, false, 0});
  ExpectCorrectRun(&rtl_, "rtl");
}

INSTANTIATE_TEST_SUITE_P(Networks, FaultTest,
                         ::testing::Values(FaultNet::kChain, FaultNet::kGraph, FaultNet::kTiles,
                                           FaultNet::kRow),
                         FaultNetName);

}  // namespace
}  // namespace systole
