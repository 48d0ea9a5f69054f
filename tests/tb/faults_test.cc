// Bad programs on the integrated accelerator: wild addresses, bad opcodes, fields and tokens.
// Always: no hang, an error that names the instruction, the same one on the verilated RTL and on
// the SystemC platform, and a correct run afterwards; of mutated programs, which may also end well,
// the same end in the same cycle on both, and a correct run after every tenth.
#include <algorithm>

#include "sw/driver/disassemble.h"
#include "sw/timing/timeline.h"
#include "tests/tb/faults_fixture.h"

namespace systole {
namespace {

TEST_P(FaultTest, WithoutAFaultBothAreRight) {
  ExpectCorrectRun(&rtl_, "rtl");
  ExpectCorrectRun(&tlm_, "tlm");
}

// Its Matmuls are what the network is for.
TEST_P(FaultTest, TheProgramHasTheInstructionsItIsFor) {
  int tiles = 0, columns = 0, rows = 0;
  for (const Instruction& i : program_.code) {
    const bool matmul = i.opcode() == Opcode::kMatmul;
    tiles += matmul && i.Get(field::kMmDataflow) == uint64_t{pipeline::kOutputStationary};
    columns += matmul && i.Get(field::kMmDataflow) == uint64_t{pipeline::kColumnMode};
    rows += i.opcode() == Opcode::kRowConv;
  }
  EXPECT_EQ(tiles > 0, GetParam() == FaultNet::kTiles);
  EXPECT_EQ(columns > 0, GetParam() == FaultNet::kGraph);
  EXPECT_EQ(rows > 0, GetParam() == FaultNet::kRow);
}

// ---- Bad programs

TEST_P(FaultTest, BadOpcodesAreNamedByTheDispatcher) {
  // The array's instruction is Matmul or RowConv, never both.
  const bool row = program_.config.engine != 0;
  const auto other = static_cast<uint32_t>(row ? Opcode::kMatmul : Opcode::kRowConv);
  for (uint32_t opcode : {0x00u, 0x15u, 0x77u, 0xFFu, other, 0x50u}) {
    SCOPED_TRACE(opcode);
    Program bad = program_;
    const uint32_t pc = static_cast<uint32_t>(bad.code.size()) / 2;
    bad.code[pc].Set(field::kOpcode, opcode);
    ExpectError(bad, ErrorCode::kBadOpcode, 4, false, pc);
  }
}

TEST_P(FaultTest, IllegalFieldsNameTheirInstruction) {
  if (GetParam() == FaultNet::kRow) {
    ExpectFieldError(Opcode::kRowConv, field::kRcS1, 0, ErrorCode::kBadField);
    ExpectFieldError(Opcode::kRowConv, field::kRcS1, 6, ErrorCode::kBadField);
    ExpectFieldError(Opcode::kRowConv, field::kRcQ1, 8, ErrorCode::kBadField);
    ExpectFieldError(Opcode::kRowConv, field::kRcHs, 0, ErrorCode::kBadField);
    ExpectFieldError(Opcode::kRowConv, field::kRcAccBase, 4, ErrorCode::kBadField);
    ExpectFieldError(Opcode::kRowConv, field::kRcJBase, 8, ErrorCode::kBadField);
  } else {
    ExpectFieldError(Opcode::kMatmul, field::kMmWcols, 0, ErrorCode::kBadField);
    ExpectFieldError(Opcode::kMatmul, field::kMmWcols, 8, ErrorCode::kBadField);
    if (program_.config.dataflows == 1)  // else each value means something
      ExpectFieldError(Opcode::kMatmul, field::kMmDataflow, 1, ErrorCode::kBadField);
    ExpectFieldError(Opcode::kMatmul, field::kMmKlast, 6, ErrorCode::kBadField);
  }
  ExpectFieldError(Opcode::kPost, field::kPoNx, 0, ErrorCode::kBadField);
  ExpectFieldError(Opcode::kPost, field::kPoRounding, 7, ErrorCode::kBadField);
  ExpectFieldError(Opcode::kLoadAct, field::kLsBytes, 0, ErrorCode::kBadField);
  ExpectFieldError(Opcode::kLoadAct, field::kLsAddr, 0x10000001, ErrorCode::kBadField);
  ExpectFieldError(Opcode::kLoadWgt, field::kLsLines, 2, ErrorCode::kBadField);
  ExpectFieldError(Opcode::kStore, field::kLsLines, 0, ErrorCode::kBadField);
  ExpectFieldError(Opcode::kStore, field::kPush, 8, ErrorCode::kBadField);
}

TEST_P(FaultTest, BuffersAddressedOutOfRange) {
  if (GetParam() == FaultNet::kRow) {
    ExpectFieldError(Opcode::kRowConv, field::kRcNx, 100, ErrorCode::kBufferRange);
    ExpectFieldError(Opcode::kRowConv, field::kRcWgtRow, 0xFFFFFF, ErrorCode::kBufferRange);
    ExpectFieldError(Opcode::kRowConv, field::kRcBase, 0xFFFFFF, ErrorCode::kBufferRange);
  } else {
    ExpectFieldError(Opcode::kMatmul, field::kMmAccBase, 127, ErrorCode::kBufferRange);
    ExpectFieldError(Opcode::kMatmul, field::kMmKtab, 0xFFFF, ErrorCode::kBufferRange);
    ExpectFieldError(Opcode::kMatmul, field::kMmWgtRow, 0xFFFFFF, ErrorCode::kBufferRange);
    ExpectFieldError(Opcode::kMatmul, field::kMmBase, 0xFFFFFF, ErrorCode::kBufferRange);
  }
  ExpectFieldError(Opcode::kPost, field::kPoOut, 32768, ErrorCode::kBufferRange);
  ExpectFieldError(Opcode::kPost, field::kPoPar, 2047, ErrorCode::kBufferRange);
  ExpectFieldError(Opcode::kPost, field::kPoAccBase, 1023, ErrorCode::kBufferRange);
  ExpectFieldError(Opcode::kLoadAct, field::kLsBuf, 0xFFFFFF, ErrorCode::kBufferRange);
  ExpectFieldError(Opcode::kLoadWgt, field::kLsBuf, 0xFFFFFF, ErrorCode::kBufferRange);
  ExpectFieldError(Opcode::kStore, field::kLsBuf, 32768, ErrorCode::kBufferRange);
}

TEST_P(FaultTest, WildAddressesNeverReachTheBus) {
  ExpectFieldError(Opcode::kLoadAct, field::kLsAddr, 0, ErrorCode::kReadWindow);
  ExpectFieldError(Opcode::kLoadAct, field::kLsAddr, 0xFFFFFF00, ErrorCode::kReadWindow);
  ExpectFieldError(Opcode::kLoadWgt, field::kLsAddr, uint64_t{0x10000000} << 8,
                   ErrorCode::kReadWindow);
  ExpectFieldError(Opcode::kStore, field::kLsAddr, 0x10000000,
                   ErrorCode::kWriteWindow);  // the program itself
  ExpectFieldError(Opcode::kStore, field::kLsAddr, 0xFFFFFFFFFFFFFF00, ErrorCode::kWriteWindow);
}

TEST_P(FaultTest, TokensThatNeverComeNameTheWaitingInstruction) {
  // The POST after the first MATMUL waits for a token that the MATMUL no longer gives.
  Program bad = program_;
  const auto post = std::find_if(bad.code.begin(), bad.code.end(),
                                 [](const Instruction& i) { return i.opcode() == Opcode::kPost; });
  ASSERT_NE(post, bad.code.end());
  post->Set(field::kPopStore, 7);
  const Timeline model = Simulate(bad.code, bad.config, MemoryTiming{kFaultLatency, {}});
  ASSERT_EQ(model.error, ErrorCode::kToken);
  ExpectError(bad, ErrorCode::kToken, model.error_engine, false, model.error_index);
}

TEST_P(FaultTest, MutatedProgramsEndTheSameOnBoth) {
  // Random bits of random instructions; whatever comes of it, RTL and TLM agree, and a correct run
  // follows.
  constexpr uint64_t kSeed = 20;
  constexpr int kTrials = 3000;
  int errors = 0;
  for (uint64_t trial = 0; trial < kTrials; ++trial) {
    const FaultTrial bad = MutatedTrial(program_, kSeed + trial);
    const auto [rtl, tlm] = RunTrial(this, bad);
    errors += rtl.engine >= 0;
    const std::string what = fmt::format("seed {}: {}, {}", kSeed + trial, rtl.Text(), bad.text);
    EXPECT_EQ(rtl.Text(), tlm.Text()) << what;
    // Bytes are not compared: a mutation may let an instruction read what docs/isa.md leaves
    // undefined.
    EXPECT_EQ(rtl.cycles, tlm.cycles) << what;
    if (trial % 10 == 0) {
      ExpectCorrectRun(&rtl_, fmt::format("rtl after seed {}", kSeed + trial));
      ExpectCorrectRun(&tlm_, fmt::format("tlm after seed {}", kSeed + trial));
    }
  }
  EXPECT_GT(errors, kTrials / 3);  // the mutations do reach the checks
}

class GraphFaultTest : public FaultBase {
 protected:
  GraphFaultTest() : FaultBase(FaultNet::kGraph) {}
};

TEST_F(GraphFaultTest, IllegalFieldsOfColumnModeAndOfPostsOnActivations) {
  ExpectFieldError(Opcode::kMatmul, field::kMmWcols, 6, ErrorCode::kBadField, true);
  ExpectFieldError(Opcode::kMatmul, field::kMmKlast, 4, ErrorCode::kBadField, true);
  ExpectFieldError(Opcode::kMatmul, field::kMmBase, 0xFFFFFF, ErrorCode::kBufferRange, true);
  for (const Opcode opcode : {Opcode::kPostAct, Opcode::kPostActAdd}) {
    ExpectFieldError(opcode, field::kPoNx, 0, ErrorCode::kBadField);
    ExpectFieldError(opcode, field::kPaNchan, 0, ErrorCode::kBadField);
    ExpectFieldError(opcode, field::kPoRounding, 7, ErrorCode::kBadField);
    ExpectFieldError(opcode, field::kPush, 4, ErrorCode::kBadField);
    ExpectFieldError(opcode, field::kPaSrc, 32768, ErrorCode::kBufferRange);
    ExpectFieldError(opcode, field::kPoOut, 32768, ErrorCode::kBufferRange);
    ExpectFieldError(opcode, field::kPoPar, 2047, ErrorCode::kBufferRange);
  }
  ExpectFieldError(Opcode::kPostAct, field::kPaNty, 0, ErrorCode::kBadField);
  ExpectFieldError(Opcode::kPostActAdd, field::kPbSrc, 32768, ErrorCode::kBufferRange);
}

// ---- Fields at their extremes

struct NamedField {
  std::string name;
  Field field;
};

const NamedField kFields[] = {
#define FIELD(name, lsb, width) {#name, field::k##name},
#include "sw/isa/fields.def"
};
constexpr Opcode kOpcodes[] = {
#define OPCODE(name, code) Opcode::k##name,
#include "sw/isa/fields.def"
};

// Whether an instruction of this opcode has the field: by its group, the first letters of its name.
bool HasField(Opcode opcode, const std::string& name) {
  const auto is = [&](std::initializer_list<Opcode> list) {
    return std::find(list.begin(), list.end(), opcode) != list.end();
  };
  const std::string group = name.substr(0, 2);
  if (name == "Opcode") return false;
  if (name.substr(0, 3) == "Pop" || name == "Push") return true;
  if (group == "Ls") {
    return is({Opcode::kLoadAct, Opcode::kLoadWgt, Opcode::kLoadKtab, Opcode::kLoadPar,
               Opcode::kFill, Opcode::kStore});
  }
  if (group == "Mm") return opcode == Opcode::kMatmul;
  if (group == "Rc") return opcode == Opcode::kRowConv;
  if (group == "Po") return is({Opcode::kPost, Opcode::kPostAct, Opcode::kPostActAdd});
  if (group == "Pa") return is({Opcode::kPostAct, Opcode::kPostActAdd});
  return group == "Pb" && opcode == Opcode::kPostActAdd;
}

// Each field of each instruction all zeros and all ones, in the program's first of its opcode, or
// in the place of the first of its engine: the same end in the same cycle on both.
TEST_P(FaultTest, EachFieldAtItsExtremesEndsTheSameOnBoth) {
  int tried = 0;
  for (const Opcode opcode : kOpcodes) {
    Instruction like;
    like.Set(field::kOpcode, static_cast<uint64_t>(opcode));
    const auto find = [&](bool same) {
      return std::find_if(program_.code.begin(), program_.code.end(), [&](const Instruction& i) {
        return same ? i.opcode() == opcode : i.engine() == like.engine();
      });
    };
    auto at = find(true);
    if (at == program_.code.end()) at = find(false);
    ASSERT_NE(at, program_.code.end()) << OpcodeName(opcode);
    const size_t pc = static_cast<size_t>(at - program_.code.begin());
    for (const NamedField& f : kFields) {
      if (!HasField(opcode, f.name)) continue;
      for (const uint64_t value : {uint64_t{0}, ~uint64_t{0} >> (64 - f.field.width)}) {
        FaultTrial trial;
        trial.program = program_;
        trial.program.code[pc].Set(field::kOpcode, static_cast<uint64_t>(opcode));
        trial.program.code[pc].Set(f.field, value);
        const auto [rtl, tlm] = RunTrial(this, trial);
        ++tried;
        if (rtl.Text() == tlm.Text() && rtl.cycles == tlm.cycles) continue;
        EXPECT_TRUE(RacesForOffsets(this, trial))
            << OpcodeName(opcode) << " " << f.name << " " << value << ": rtl " << rtl.Text()
            << " in cycle " << rtl.cycles << ", tlm " << tlm.Text() << " in cycle " << tlm.cycles;
      }
    }
  }
  EXPECT_GT(tried, 400);
  ExpectCorrectRun(&rtl_, "rtl");
  ExpectCorrectRun(&tlm_, "tlm");
}

// More bursts than any law counts: refused at its issue, and until then all others work on.
TEST_F(GraphFaultTest, TransfersOfTooManyBurstsEndInTheSameCycle) {
  int tried = 0;
  for (size_t i = 0; i < program_.code.size(); ++i) {
    if (program_.code[i].opcode() != Opcode::kStore &&
        program_.code[i].opcode() != Opcode::kLoadAct)
      continue;
    Program bad = program_;
    bad.code[i].Set(field::kLsBytes, 0xFFFFFF);
    bad.code[i].Set(field::kLsLines, 0xFFFF);
    const FaultOutcome rtl = rtl_.Run(bad, images_), tlm = tlm_.Run(bad, images_);
    EXPECT_EQ(rtl.code, ErrorCode::kBufferRange);
    EXPECT_EQ(rtl.pc, i);
    EXPECT_EQ(rtl.Text(), tlm.Text()) << i;
    EXPECT_EQ(rtl.cycles, tlm.cycles) << i;
    ++tried;
  }
  EXPECT_GT(tried, 20);
}

INSTANTIATE_TEST_SUITE_P(Networks, FaultTest,
                         ::testing::Values(FaultNet::kChain, FaultNet::kGraph, FaultNet::kTiles,
                                           FaultNet::kRow),
                         FaultNetName);

}  // namespace
}  // namespace systole
