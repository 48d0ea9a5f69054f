#include "tests/tb/faults_fixture.h"

#include <algorithm>
#include <random>

#include "sw/compiler/compiler.h"
#include "sw/golden/golden.h"
#include "sw/isa/registers.h"
#include "sw/tiling/tiling.h"
#include "sw/timing/timeline.h"

namespace systole {
namespace {

bool IsColumn(const Instruction& i) {
  return i.opcode() == Opcode::kMatmul &&
         i.Get(field::kMmDataflow) == uint64_t{pipeline::kColumnMode};
}

}  // namespace

HwConfig FaultConfig(FaultNet net) {
  HwConfig config;
  config.rows = 5;
  config.cols = 7;
  config.lanes = 7;
  if (net == FaultNet::kTiles) config.dataflows = 7;
  if (net == FaultNet::kRow) {
    config.engine = 1;
    config.row_sum = config.taps = 0;
    config.rows = config.cols = 8, config.lanes = 3;
    config.rs_rows = 5, config.rs_cols = 7;
    config.ifmap_spad = 16, config.wgt_spad = 30, config.psum_spad = 3;
  }
  return config;
}

NetBuilder FaultNetwork(FaultNet kind) {
  ConvSpec conv;
  conv.pad = {1, 1, 1, 1};
  if (kind == FaultNet::kChain) {
    NetBuilder net("faults", 11, 3, 9, 8);
    conv.cout = 9;
    conv.weight_zero_point = 2;
    net.Conv(conv).Pool({}).FullyConnected(10);
    return net;
  }
  if (kind == FaultNet::kTiles) {
    NetBuilder net("faults", 13, 3, 9, 8);
    conv.cout = 9;
    net.Conv(conv).Pool({}).FullyConnected(10);
    return net;
  }
  NetBuilder net("faults", 12, 9, 9, 8);
  conv.cout = conv.groups = 9;
  PoolSpec average;
  average.average = true;
  average.kernel_h = average.kernel_w = 4;
  net.Conv(conv).Sum(0).Pool({}).Pool(average).FullyConnected(10);
  return net;
}

Program FaultProgram(FaultNet kind, const Model& model) {
  ProgramOptions options;
  options.images = options.batch = kFaultImages;
  const HwConfig config = FaultConfig(kind);
  if (kind == FaultNet::kTiles) options.dataflow = Dataflow::kOs;
  const bool resident = kind == FaultNet::kChain || kind == FaultNet::kTiles;
  return resident ? Compile(model, config, options) : CompileTiled(model, config, options);
}

FaultPair::FaultPair(FaultNet kind) : net_(kind), rtl_(FaultConfig(kind)), tlm_(FaultConfig(kind)) {
  const NetBuilder net = FaultNetwork(kind);
  model_ = net.Build(Rounding::kFloat32);
  images_ = net.Images(kFaultImages);
  program_ = FaultProgram(kind, model_);
  const size_t elements = images_.size() / kFaultImages;
  for (size_t i = 0; i < kFaultImages; ++i) {
    const std::vector<int8_t> out = RunReference(model_, &images_[i * elements]).back();
    golden_.insert(golden_.end(), out.begin(), out.end());
  }
}

std::string FaultPair::WrongRun(FaultBench* bench) {
  const FaultOutcome after = bench->Run(program_, images_);
  if (after.engine >= 0) return after.Text();
  return after.outputs == golden_ ? "" : "outputs differ from golden's";
}

FaultTrial MutatedTrial(const Program& program, uint64_t seed) {
  std::mt19937_64 random(seed);
  FaultTrial t;
  t.program = program;
  const uint32_t pc = static_cast<uint32_t>(random() % program.code.size());
  const int flips = 1 + static_cast<int>(random() % 3);
  for (int i = 0; i < flips; ++i) t.program.code[pc].word[random() % 8] ^= 1u << random() % 32;
  t.text = fmt::format("{}: {}", pc, Disassemble(t.program.code[pc]));
  return t;
}

FaultTrial WildTrial(const Program& program, uint64_t seed) {
  constexpr Opcode kOpcodes[] = {
#define OPCODE(name, code) Opcode::k##name,
#include "sw/isa/fields.def"
  };
  std::mt19937_64 random(seed);
  const auto below = [&](uint64_t n) { return random() % n; };
  FaultTrial t;
  t.program = program;
  std::vector<Instruction>& code = t.program.code;
  for (uint64_t n = 1 + below(3); n > 0; --n) {
    const uint64_t pc = below(code.size()), other = below(code.size());
    const uint64_t kind = below(3);
    if (kind == 0) {
      for (uint32_t& word : code[pc].word) word = static_cast<uint32_t>(random() & random());
      code[pc].Set(field::kOpcode, static_cast<uint64_t>(kOpcodes[below(std::size(kOpcodes))]));
      t.text += fmt::format("{}: {}; ", pc, Disassemble(code[pc]));
    } else if (kind == 1) {
      code[pc] = code[other];
      t.text += fmt::format("{}: as {}; ", pc, other);
    } else {
      std::swap(code[pc], code[other]);
      t.text += fmt::format("{} and {} change places; ", pc, other);
    }
  }
  return t;
}

FaultTrial BadMemoryTrial(const Program& program, uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](uint64_t n) { return random() % n; };
  FaultTrial t;
  t.program = program;
  const uint32_t pc = static_cast<uint32_t>(below(program.code.size()));
  if (below(3) != 0) t.program.code[pc].word[below(8)] ^= 1u << below(32);
  AxiFault* const ports[] = {&t.read, &t.fetch, &t.write};
  const char* const names[] = {"read", "fetch", "write"};
  const uint64_t port = below(3);
  AxiFault& f = *ports[port];
  f.kind = port == 1 && below(2) == 0 ? AxiFault::Kind::kNoResponse : AxiFault::Kind::kError;
  f.first = port == 2       ? program.output.address + 8 * below(8)
            : below(2) == 0 ? program.input.address + 8 * below(25)
                            : program.setup_address +
                                  8 * below((program.memory_end - program.setup_address) / 8);
  f.last = f.first + below(3) * 100;
  t.watchdog = below(2) == 0 ? kFaultWatchdog : static_cast<uint32_t>(10 + below(300));
  t.text = fmt::format("{}: {}, kind {} at {:#x}..{:#x} of {}, watchdog {}", pc,
                       Disassemble(t.program.code[pc]), static_cast<int>(f.kind), f.first, f.last,
                       names[port], t.watchdog);
  return t;
}

std::pair<FaultOutcome, FaultOutcome> RunTrial(FaultPair* pair, const FaultTrial& t) {
  constexpr AxiFault::Kind kNone = AxiFault::Kind::kNone;
  const bool bad = t.read.kind != kNone || t.fetch.kind != kNone || t.write.kind != kNone;
  const auto run = [&](FaultBench* bench) {
    if (bad) bench->SetFaults(t.read, t.fetch, t.write);
    const FaultOutcome outcome = bench->Run(t.program, pair->images_, 1000000, t.watchdog);
    if (bad) {
      bench->SetFaults({}, {}, {});
      bench->Reset();
    }
    return outcome;
  };
  const FaultOutcome rtl = run(&pair->rtl_);
  return {rtl, run(&pair->tlm_)};
}

bool RacesForOffsets(FaultPair* pair, const FaultTrial& t) {
  const std::vector<Instruction>& code = t.program.code;
  pair->tlm_.tlm()->Record(&code, nullptr);
  RunTrial(pair, t);
  const std::vector<Stamp> stamps = pair->tlm_.tlm()->record().stamps;
  pair->tlm_.tlm()->Record(nullptr, nullptr);
  for (size_t load = 0; load < code.size(); ++load) {
    const Stamp& a = stamps[load];
    if (code[load].opcode() != Opcode::kLoadKtab || a.issue == kNever) continue;
    for (size_t i = 0; i < code.size(); ++i) {
      const Stamp& b = stamps[i];
      if (IsArrayWork(code[i].opcode()) && b.issue != kNever && b.issue <= a.retire &&
          a.issue <= b.retire)
        return true;
    }
  }
  return false;
}

void FaultBase::ExpectCorrectRun(FaultBench* bench, const std::string& where) {
  EXPECT_EQ(WrongRun(bench), "") << where;
}

void FaultBase::ExpectError(const Program& program, ErrorCode code, int engine, bool in_setup,
                            uint32_t pc) {
  const std::string want = FaultOutcome{code, engine, pc, in_setup, {}, 0}.Text();
  for (FaultBench* bench : {static_cast<FaultBench*>(&rtl_), static_cast<FaultBench*>(&tlm_)}) {
    const std::string who = bench == &rtl_ ? "rtl" : "tlm";
    EXPECT_EQ(bench->Run(program, images_).Text(), want) << who;
    ExpectCorrectRun(bench, who + " after " + want);
  }
}

void FaultBase::ExpectFieldError(Opcode opcode, Field field, uint64_t value, ErrorCode code,
                                 bool column) {
  Program bad = program_;
  const auto is_it = [&](const Instruction& i) {
    return i.opcode() == opcode && (!column || IsColumn(i));
  };
  for (std::vector<Instruction>* list : {&bad.setup, &bad.code}) {
    const auto at = std::find_if(list->begin(), list->end(), is_it);
    if (at == list->end()) continue;
    at->Set(field, value);
    SCOPED_TRACE(fmt::format("{}, value {}", Disassemble(*at), value));
    return ExpectError(bad, code, static_cast<int>(at->engine()), list == &bad.setup,
                       static_cast<uint32_t>(at - list->begin()));
  }
  ADD_FAILURE() << "no " << OpcodeName(opcode) << " in the program";
}

std::string FaultPair::WrongMisuse(FaultBench* bench, uint64_t seed) {
  constexpr uint64_t kMargin = 200;  // the last write comes before the run's end
  std::mt19937_64 random(seed);
  const auto cycles = [&](const std::vector<Instruction>& code) {
    return static_cast<uint64_t>(
        Simulate(code, program_.config, MemoryTiming{kFaultLatency, {}}).total);
  };
  const uint64_t setup = cycles(program_.setup), code = cycles(program_.code);
  const uint64_t cycle = 1 + random() % (code - kMargin);
  const FaultOutcome begun = bench->Run(program_, images_, cycle);
  Device* const device = bench->device();
  if (begun.in_setup && cycle + kMargin > setup) {  // too near to its end
    bench->Reset();
    return "";
  }
  const std::string when = fmt::format("{} cycle {}", begun.in_setup ? "setup" : "code", cycle);
  for (uint64_t n = 1 + random() % 12; n > 0; --n) {
    const uint64_t kind = random() % 4;
    const uint32_t value = static_cast<uint32_t>(random());
    if (kind == 0) device->WriteReg(reg::kCtrl, reg::kCtrlStart | (value & ~uint32_t{3}));
    if (kind == 1) device->WriteReg(reg::kProgLo + 4 * (value % 3), value);
    if (kind == 2) device->WriteReg(reg::kRdBaseLo + 4 * (value % 8), value);
    if (kind == 3) {  // read-only from PARAM0 on, or not there
      device->WriteReg(reg::kParam0 + 4 * (value % 96), value);
      device->ReadReg(4 * (value % 128));
    }
  }
  if (!device->WaitInterrupt(1000000)) return when + ": never ends";
  const uint32_t status = device->ReadReg(reg::kStatus);
  const uint64_t total = device->ReadReg(reg::kCntTotal);
  if (status != reg::kStatusDone) return fmt::format("{}: status {:#x}", when, status);
  if (total != (begun.in_setup ? setup : code)) return fmt::format("{}: {} cycles", when, total);
  if (begun.in_setup) return WrongRun(bench);
  return Driver(device).ReadOutputs(program_) == golden_ ? "" : when + ": outputs differ";
}

uint64_t FaultPair::Cycles() const {
  return static_cast<uint64_t>(
      Simulate(program_.code, program_.config, MemoryTiming{kFaultLatency, {}}).total);
}

}  // namespace systole
