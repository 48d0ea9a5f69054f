#include "tests/tb/faults_fixture.h"

#include <algorithm>

#include "sw/compiler/compiler.h"
#include "sw/golden/golden.h"
#include "sw/tiling/tiling.h"
#include "sw/timing/timeline.h"

namespace systole {
namespace {

bool IsColumn(const Instruction& i) {
  return i.opcode() == Opcode::kMatmul &&
         i.Get(field::kMmDataflow) == uint64_t{pipeline::kColumnMode};
}

}  // namespace

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
  return kind == FaultNet::kChain ? Compile(model, FaultConfig(), options)
                                  : CompileTiled(model, FaultConfig(), options);
}

FaultBase::FaultBase(FaultNet kind) {
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

void FaultBase::ExpectCorrectRun(FaultBench* bench, const std::string& where) {
  const FaultOutcome after = bench->Run(program_, images_);
  EXPECT_EQ(after.Text(), "done") << where;
  EXPECT_EQ(after.outputs, golden_) << where;
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

uint64_t FaultBase::Cycles() const {
  return static_cast<uint64_t>(
      Simulate(program_.code, program_.config, MemoryTiming{kFaultLatency, {}}).total);
}

}  // namespace systole
