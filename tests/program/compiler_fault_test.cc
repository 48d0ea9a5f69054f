// Faults put into the compiler: in every build, Compile() ends with InternalError and no program.
#include <gtest/gtest.h>

#include "sw/base/check.h"
#include "sw/compiler/check_program.h"
#include "sw/compiler/compiler.h"
#include "sw/compiler/emitter.h"
#include "sw/compiler/instructions.h"
#include "sw/compiler/pack.h"
#include "sw/compiler/schedule.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"

namespace systole {

enum class Planted { kNone, kByteNotPacked, kStoreNotWritten, kTruncated, kLayerMissing };
Planted planted = Planted::kNone;

// The linker leads calls of SYMBOL to __wrap_SYMBOL and of __real_SYMBOL to the function itself.
#define PACK                                                        \
  "_ZN7systole14PackParametersERKNS_12ParameterRunERKNS_5StageERKN" \
  "S_8HwConfigEPSt6vectorIhSaIhEE"
#define STORE "_ZN7systole8SetStoreERKNS_7ProgramERKNS_7StorageEiiPNS_11InstructionE"
#define SCHEDULE                                                     \
  "_ZN7systole12JobScheduler3RunERKSt6vectorINS_12PlannedStageESaIS" \
  "2_EERKNS_9PlacementERNS_9ConstantsERNS_7ProgramE"

void RealPack(const ParameterRun&, const Stage&, const HwConfig&,
              std::vector<uint8_t>*) __asm__("__real_" PACK);
void FaultyPack(const ParameterRun& run, const Stage& stage, const HwConfig& config,
                std::vector<uint8_t>* image) __asm__("__wrap_" PACK);
void FaultyPack(const ParameterRun& run, const Stage& stage, const HwConfig& config,
                std::vector<uint8_t>* image) {
  RealPack(run, stage, config, image);
  if (planted == Planted::kByteNotPacked) image->pop_back();
}

void RealStore(const Program&, const Storage&, int, int, Instruction*) __asm__("__real_" STORE);
void FaultyStore(const Program& program, const Storage& out, int image, int images,
                 Instruction* i) __asm__("__wrap_" STORE);
void FaultyStore(const Program& program, const Storage& out, int image, int images,
                 Instruction* i) {
  RealStore(program, out, image, images, i);
  if (planted == Planted::kStoreNotWritten) *i = Instruction{};
}

// A member function takes its object as the first argument.
void RealSchedule(JobScheduler*, const std::vector<PlannedStage>&, const Placement&, Constants&,
                  Program&) __asm__("__real_" SCHEDULE);
void FaultySchedule(JobScheduler* self, const std::vector<PlannedStage>& stages,
                    const Placement& placement, Constants& constants,
                    Program& program) __asm__("__wrap_" SCHEDULE);
void FaultySchedule(JobScheduler* self, const std::vector<PlannedStage>& stages,
                    const Placement& placement, Constants& constants, Program& program) {
  RealSchedule(self, stages, placement, constants, program);
  if (planted == Planted::kTruncated) {
    program.code.pop_back();
    program.layer_of.pop_back();
    program.report_of.pop_back();
  } else if (planted == Planted::kLayerMissing) {
    program.observations.pop_back();
  }
}

namespace {

class CompilerFaultTest : public testing::Test {
 protected:
  void SetUp() override {
    model_ = LoadModel(SYSTOLE_SOURCE_DIR "/models/lenet5-mnist/model.onnx");
    ChooseMultipliers(model_, Rounding::kFloat32);
  }
  void TearDown() override { planted = Planted::kNone; }

  // What Compile() complains about.
  std::string Complaint(Planted fault) {
    planted = fault;
    try {
      Compile(model_, HwConfig{}, ProgramOptions{});
      return "";
    } catch (const InternalError& e) {
      return e.what();
    }
  }

  Model model_;
};

TEST_F(CompilerFaultTest, WithoutAFaultThereIsAProgram) {
  EXPECT_EQ(Complaint(Planted::kNone), "");
}

TEST_F(CompilerFaultTest, AByteThatIsNotPackedIsNoticed) {
  EXPECT_EQ(Complaint(Planted::kByteNotPacked), "the constants are not those that setup loads");
}

TEST_F(CompilerFaultTest, AnInstructionThatIsNotWrittenIsNoticed) {
  EXPECT_EQ(Complaint(Planted::kStoreNotWritten), "an instruction was not written");
}

TEST_F(CompilerFaultTest, ATruncatedProgramIsNoticed) {
  EXPECT_EQ(Complaint(Planted::kTruncated), "the program does not store every byte of its results");
}

TEST_F(CompilerFaultTest, AMissingLayerIsNoticed) {
  EXPECT_EQ(Complaint(Planted::kLayerMissing),
            "the schedule is not complete: a layer of an image is missing");
}

// The assertions of the libraries are compiled in: here one of sw/compiler.
TEST(AssertionsDeathTest, AreAlive) {
  std::vector<Instruction> code;
  Emitter emitter;
  emitter.Start(&code);
  emitter.Append()->Set(field::kOpcode, static_cast<uint64_t>(Opcode::kMatmul));
  After after;
  after.Add(Engine::kLoad, 5);  // an instruction that is not there yet
  EXPECT_DEATH(emitter.Order(after), "producer < index");
}

// What a broken part of the compiler could leave, one at a time, in a good program.
TEST_F(CompilerFaultTest, EveryDamageToAProgramIsNoticed) {
  const Program good = Compile(model_, HwConfig{}, ProgramOptions{});
  ASSERT_NO_THROW(CheckProgram(good));
  auto damaged = [&](auto change) {
    Program p = good;
    change(&p);
    EXPECT_THROW(CheckProgram(p), InternalError);
  };
  damaged([](Program* p) { p->code.clear(); });
  damaged([](Program* p) { p->setup.clear(); });
  damaged([](Program* p) { p->setup.erase(p->setup.begin()); });
  damaged([](Program* p) { p->setup.pop_back(); });
  damaged([](Program* p) { p->setup.front() = Instruction{}; });
  damaged([](Program* p) { p->code.erase(p->code.begin()), p->report_of.pop_back(); });
  damaged([](Program* p) { p->report_of.pop_back(); });
  damaged([](Program* p) { p->layer_of.push_back(0); });
  damaged([](Program* p) { p->constants.push_back(0); });
  damaged([](Program* p) { p->memory_end += 32; });
  damaged([](Program* p) { p->setup_address = p->constants_address; });
  damaged([](Program* p) { p->code_address = p->setup_address; });
  damaged([](Program* p) { p->options.images = 2; });
}

}  // namespace
}  // namespace systole
