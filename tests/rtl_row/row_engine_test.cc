// Random programs of RowConv on every configuration: accumulators bit for bit, issue, retire, busy
// and MACs by the law.
#include <gtest/gtest.h>

#include <cstdlib>

#include "sw/timing/row_conv_law.h"
#include "tests/rtl_matmul/matmul_driver.h"
#include "tests/rtl_row/row_models.h"
#include "tests/rtl_row/row_reference.h"

namespace systole::rtl_row {
namespace {

using rtl_matmul::Build;
using rtl_matmul::Model;
using rtl_matmul::Trace;

uint64_t FirstSeed() {
  const char* seed = std::getenv("SYSTOLE_SEED");
  return seed ? std::strtoull(seed, nullptr, 0) : 1;
}

class RowEngineTest : public testing::TestWithParam<Build> {};

void ExpectAccumulators(const HwConfig& c, const Accumulators& want, Model* model) {
  int compared = 0;
  for (int half = 0; half < 2; ++half) {
    for (int entry = 0; entry < c.acc_depth; ++entry) {
      const std::vector<int32_t> got = rtl_matmul::ReadEntry(c, model, half, entry);
      for (int col = 0; col < c.cols; ++col) {
        const auto& w = want.entry[half][entry][col];
        if (!w) continue;
        ASSERT_EQ(got[col], *w) << "half " << half << " entry " << entry << " column " << col;
        ++compared;
      }
    }
  }
  ASSERT_GT(compared, 0);
}

// docs/timing.md: weights load from `preload` on, the issue waits for them, the engine and tokens.
void ExpectLaw(const HwConfig& c, const std::vector<Step>& program, const Trace& trace) {
  ASSERT_EQ(trace.issue.size(), program.size());
  std::vector<bool> busy(trace.busy.size());
  uint64_t free = 0, last_load = 0, previous = 0, macs = 0;
  bool any = false;
  size_t retired = 0;
  for (size_t j = 0; j < program.size(); ++j) {
    const uint64_t head = std::max(program[j].arrival, j == 0 ? 0 : previous + 1);
    uint64_t issue = std::max(head, program[j].tokens), occupancy = 1;
    if (program[j].instr.opcode() == Opcode::kRowConv) {
      const RowConvShape s = ShapeOfRowConv(program[j].instr, LawConfig(c, MemoryTiming{}));
      const uint64_t preload = any ? std::max(head, last_load) : head;
      issue = std::max({issue, preload + static_cast<uint64_t>(s.load) - 1, free});
      occupancy = static_cast<uint64_t>(s.occupancy);
      free = issue + occupancy;
      last_load = issue + static_cast<uint64_t>(s.last_load);
      any = true;
      macs += static_cast<uint64_t>(s.macs);
      ASSERT_LT(retired, trace.retire.size());
      ASSERT_EQ(trace.retire[retired], trace.issue[j] + static_cast<uint64_t>(s.retire))
          << "instruction " << j;
      ASSERT_EQ(trace.push[retired++], program[j].instr.Get(field::kPush)) << "instruction " << j;
    }
    ASSERT_EQ(trace.issue[j], issue) << "instruction " << j;
    previous = issue;
    for (uint64_t t = issue; t < issue + occupancy && t < busy.size(); ++t) busy[t] = true;
  }
  ASSERT_EQ(trace.retire.size(), retired);
  EXPECT_EQ(trace.macs, macs);
  EXPECT_EQ(trace.busy, busy);
}

void RunOn(const HwConfig& c, RandomRows* random, Model* model, int length) {
  const std::vector<Step> program = random->Program(length);
  Accumulators want(c);
  for (const Step& s : program) {
    if (s.instr.opcode() == Opcode::kRowConv) ExecuteRow(c, random->buffers(), s.instr, &want);
  }
  const Trace trace = rtl_matmul::RunProgram(model, program);
  ASSERT_FALSE(trace.error) << "code " << int{trace.error->code} << " pc " << trace.error->pc;
  ASSERT_NO_FATAL_FAILURE(ExpectLaw(c, program, trace));
  ASSERT_NO_FATAL_FAILURE(ExpectAccumulators(c, want, model));
}

void WriteBuffers(const HwConfig& c, const Buffers& buffers, Model* model) {
  WriteAct(c, buffers, model);
  WriteKtab(c, buffers, model);
  WriteWeights(c, buffers, model);
}

TEST_P(RowEngineTest, AccumulatorsAndCyclesAreExact) {
  const HwConfig& c = GetParam().config;
  for (uint64_t seed = FirstSeed(); seed < FirstSeed() + 12; ++seed) {
    SCOPED_TRACE("SYSTOLE_SEED=" + std::to_string(seed));
    RandomRows random(c, seed);
    const std::unique_ptr<Model> model = GetParam().create();
    WriteBuffers(c, random.buffers(), model.get());
    ASSERT_NO_FATAL_FAILURE(RunOn(c, &random, model.get(), 50));
  }
}

// Whatever the engine was doing, after clear_i it runs as if nothing had been.
TEST_P(RowEngineTest, ClearInTheMiddleThenACorrectRun) {
  const HwConfig& c = GetParam().config;
  RandomRows random(c, FirstSeed());
  const std::unique_ptr<Model> model = GetParam().create();
  WriteBuffers(c, random.buffers(), model.get());
  for (int round = 0; round < 20; ++round) {
    SCOPED_TRACE("SYSTOLE_SEED=" + std::to_string(FirstSeed()) + " round " + std::to_string(round));
    rtl_matmul::RunOptions cut;
    cut.max_cycles = static_cast<uint64_t>(random.In(1, 600));
    rtl_matmul::RunProgram(model.get(), random.Program(10), cut);
    model->in.clear = true;
    model->Cycle();
    model->in.clear = false;
    ASSERT_NO_FATAL_FAILURE(RunOn(c, &random, model.get(), 6));
  }
}

INSTANTIATE_TEST_SUITE_P(Configurations, RowEngineTest, testing::ValuesIn(Builds()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace systole::rtl_row
