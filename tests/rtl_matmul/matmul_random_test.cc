// Random programs on every configuration: accumulators bit for bit, issue and retire cycle for
// cycle.
#include "tests/rtl_matmul/matmul_random.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/rtl_matmul/matmul_driver.h"

namespace systole::rtl_matmul {
namespace {

class MatmulRandomTest : public testing::TestWithParam<Build> {};

// SYSTOLE_SEED gives a failing seed back.
uint64_t FirstSeed() {
  const char* seed = std::getenv("SYSTOLE_SEED");
  return seed ? std::strtoull(seed, nullptr, 0) : 1;
}

void ExpectAccumulators(const HwConfig& c, const Accumulators& want, Model* model) {
  int compared = 0;
  for (int half = 0; half < 2; ++half) {
    for (int entry = 0; entry < c.acc_depth; ++entry) {
      const std::vector<int32_t> got = ReadEntry(c, model, half, entry);
      for (int col = 0; col <= c.cols; ++col) {
        const auto& w = want.Column(half, entry, col);
        if (!w) continue;
        ASSERT_EQ(got[col], *w) << "half " << half << " entry " << entry << " column " << col;
        ++compared;
      }
    }
  }
  ASSERT_GT(compared, 0);
}

void ExpectLaw(const HwConfig& c, const std::vector<Step>& program, const Trace& trace) {
  const std::vector<Stamp> law = Law(c, program);
  ASSERT_EQ(trace.issue.size(), program.size());
  std::vector<bool> busy(trace.busy.size()), inflight(trace.busy.size());
  size_t retired = 0;
  uint64_t macs = 0;
  for (size_t j = 0; j < program.size(); ++j) {
    ASSERT_EQ(trace.issue[j], law[j].issue) << "instruction " << j;
    uint64_t occupancy = 1;
    if (program[j].instr.opcode() == Opcode::kMatmul) {
      ASSERT_LT(retired, trace.retire.size());
      ASSERT_EQ(trace.retire[retired], law[j].retire) << "instruction " << j;
      ASSERT_EQ(trace.push[retired], program[j].instr.Get(field::kPush)) << "instruction " << j;
      ++retired;
      const MatmulFields f(c, program[j].instr);
      occupancy = f.occupancy;
      macs += f.Macs(c);
      for (uint64_t t = law[j].issue + 1; t <= law[j].retire; ++t) inflight.at(t) = true;
    }
    for (uint64_t t = law[j].issue; t < law[j].issue + occupancy; ++t) {
      if (t < busy.size()) busy[t] = true;
    }
  }
  ASSERT_EQ(trace.retire.size(), retired);
  EXPECT_EQ(trace.macs, macs);
  EXPECT_EQ(trace.busy, busy);
  EXPECT_EQ(trace.inflight, inflight);
}

void RunRandomPrograms(const Build& build, bool short_folds) {
  const HwConfig& c = build.config;
  for (uint64_t seed = FirstSeed(); seed < FirstSeed() + 20; ++seed) {
    SCOPED_TRACE("SYSTOLE_SEED=" + std::to_string(seed));
    Random random(c, seed, short_folds);
    const std::unique_ptr<Model> model = build.create();
    WriteAct(c, random.buffers(), model.get());
    WriteKtab(c, random.buffers(), model.get());
    WriteWeights(c, random.buffers(), model.get());
    const std::vector<Step> program = random.Program(60);
    Accumulators want(c);
    for (const Step& s : program) {
      if (s.instr.opcode() == Opcode::kMatmul) Execute(c, random.buffers(), s.instr, &want);
    }
    const Trace trace = RunProgram(model.get(), program);
    ASSERT_FALSE(trace.error) << "code " << int{trace.error->code} << " pc " << trace.error->pc;
    ASSERT_NO_FATAL_FAILURE(ExpectLaw(c, program, trace));
    ASSERT_NO_FATAL_FAILURE(ExpectAccumulators(c, want, model.get()));
  }
}

TEST_P(MatmulRandomTest, AccumulatorsAndCyclesAreExact) { RunRandomPrograms(GetParam(), false); }

TEST_P(MatmulRandomTest, ShortFoldsAreExact) { RunRandomPrograms(GetParam(), true); }

// Whatever the engine was doing, after clear_i it runs as if nothing had been.
TEST_P(MatmulRandomTest, ClearInTheMiddleThenACorrectRun) {
  const HwConfig& c = GetParam().config;
  Random random(c, FirstSeed());
  const std::unique_ptr<Model> model = GetParam().create();
  WriteAct(c, random.buffers(), model.get());
  WriteKtab(c, random.buffers(), model.get());
  WriteWeights(c, random.buffers(), model.get());
  for (int round = 0; round < 40; ++round) {
    SCOPED_TRACE("SYSTOLE_SEED=" + std::to_string(FirstSeed()) + " round " + std::to_string(round));
    RunOptions cut;
    cut.max_cycles = random.In(1, 250);
    RunProgram(model.get(), random.Program(20), cut);
    model->in.clear = true;
    model->Cycle();
    model->in.clear = false;

    // Only what this program defines is compared: its first instruction on an entry stores.
    std::vector<Step> program = random.Program(10);
    Accumulators want(c);
    for (const Step& s : program) {
      if (s.instr.opcode() == Opcode::kMatmul) Execute(c, random.buffers(), s.instr, &want);
    }
    const Trace trace = RunProgram(model.get(), program);
    ASSERT_FALSE(trace.error);
    ASSERT_NO_FATAL_FAILURE(ExpectLaw(c, program, trace));
    ASSERT_NO_FATAL_FAILURE(ExpectAccumulators(c, want, model.get()));
  }
}

INSTANTIATE_TEST_SUITE_P(Configurations, MatmulRandomTest, testing::ValuesIn(Builds()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace systole::rtl_matmul
