// docs/timing.md, "One Matmul by hand": every cycle of its table against the laws and the cycle
// model on the program that the compiler writes for the shipped LeNet-5.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "sw/compiler/compiler.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/timing/timeline.h"

namespace systole {
namespace {

const std::string kRoot = SYSTOLE_SOURCE_DIR;

// The section's rows, "| stamp | cycle | why |".
std::map<std::string, Cycle> Table() {
  std::ifstream page(kRoot + "/docs/timing.md");
  std::map<std::string, Cycle> rows;
  std::string line;
  while (std::getline(page, line) && line != "## One Matmul by hand") {
  }
  while (std::getline(page, line)) {
    std::istringstream cells(line);
    std::string empty, stamp, cycle;
    if (!std::getline(cells, empty, '|') || !std::getline(cells, stamp, '|') ||
        !std::getline(cells, cycle, '|') || stamp.find(" stamp ") == 0 || stamp[0] == '-') {
      continue;
    }
    rows[stamp.substr(1, stamp.size() - 2)] = std::stoll(cycle);
  }
  return rows;
}

TEST(WorkedExample, EveryCycleOfTheDocsIsTheLaws) {
  Model model = LoadModel(kRoot + "/models/lenet5-mnist/model.onnx");
  ChooseMultipliers(model, Rounding::kFloat32);
  const HwConfig config;
  const Program program = Compile(model, config, ProgramOptions{});
  const std::vector<Instruction>& code = program.code;
  const MemoryTiming memory{20};
  const LawConfig laws(config, memory);
  const Timeline t = Simulate(code, config, memory);
  ASSERT_TRUE(t.ok());
  ASSERT_EQ(code[0].opcode(), Opcode::kLoadAct);
  ASSERT_EQ(code[4].opcode(), Opcode::kMatmul);
  ASSERT_EQ(code[5].opcode(), Opcode::kPost);
  ASSERT_EQ(code[6].opcode(), Opcode::kMatmul);

  FetchPort fetch;
  const Cycle fetched = fetch.NextAddress(-1, laws);
  fetch.Burst(fetched, laws);
  Cycle arrival[5], dispatch = -1;
  for (Cycle& r : arrival) dispatch = Dispatch(r = fetch.Arrival(laws), dispatch, laws);
  const Cycle head = dispatch + laws.pipeline.dispatch_to_head;

  ReadPort port;
  BurstTimes first{}, burst{};
  ForEachBurst(code[0], [&](uint64_t, int64_t bytes) {
    burst = port.Next(t.issue[0], Beats(bytes, laws), laws);
    if (first.address == 0) first = burst;
  });

  const MatmulShape matmul = ShapeOfMatmul(code[4], laws), next = ShapeOfMatmul(code[6], laws);
  const Cycle pre = MatmulPreload(head, -1, MatmulShape{}, laws);
  const Cycle slot = MatmulSlot(t.issue[4], 0, 0, matmul, laws);
  const std::map<std::string, Cycle> want{
      {"fetch address", fetched},
      {"last beat of instruction 0", arrival[0]},
      {"issue of LoadAct 0", t.issue[0]},
      {"its first address", first.address},
      {"its last beat", burst.last_beat},
      {"retire of LoadAct 0", t.retire[0]},
      {"last beat of instruction 4", arrival[4]},
      {"dispatch of Matmul 4", dispatch},
      {"Matmul at the queue's output", head},
      {"first weights loaded", pre + matmul.load - 1},
      {"LOAD's token can be taken", TokenAvailable(t.retire[0], laws)},
      {"issue of Matmul 4", t.issue[4]},
      {"first slot", slot},
      {"first window read", ActivationRead(slot, laws)},
      {"first sum at its accumulator", AccumulatorRead(slot, 0, laws)},
      {"first sum written", AccumulatorWrite(slot, 0, laws)},
      {"last slot", MatmulLastSlot(t.issue[4], matmul, laws)},
      {"retire of Matmul 4", t.retire[4]},
      {"issue of Post 5", t.issue[5]},
      {"first tap", PostTap(t.issue[5], 0, laws)},
      {"first bytes written", PostWrite(t.issue[5], 0, code[5], laws)},
      {"retire of Post 5", t.retire[5]},
      {"issue of Matmul 6", t.issue[6]},
      {"its first slot", MatmulSlot(t.issue[6], 0, 0, next, laws)}};
  EXPECT_EQ(Table(), want);

  // The page's two instructions are the program's.
  EXPECT_EQ(matmul.vectors, 56);
  EXPECT_EQ(matmul.slices, 2);
  EXPECT_EQ(matmul.load, 12);
  EXPECT_EQ(matmul.period, 56);
  EXPECT_EQ(PostTaps(code[5], laws), 56);
}

}  // namespace
}  // namespace systole
