// PostAct and PostActAdd of the executor: cases worked by hand.
#include <gtest/gtest.h>

#include "sw/check/instruction_builder.h"
#include "tests/functional/byte_memory.h"

namespace systole {
namespace {

using testing::ByteMemory;
using testing::Make;
using testing::MakeTransfer;
using testing::With;

class PostActTest : public ::testing::Test {
 protected:
  void Put(int address, const std::vector<int8_t>& values) {
    memory_.Put(0x1000, std::vector<uint8_t>(values.begin(), values.end()));
    Run(With(MakeTransfer(Opcode::kLoadAct, 0x1000, values.size()),
             {{field::kLsBuf, static_cast<uint64_t>(address)}}));
  }
  struct Entry {
    int32_t bias;
    uint32_t m;
    uint8_t s;
  };
  void PutRow(int row, const std::vector<Entry>& entries) {
    std::vector<uint8_t> bytes(static_cast<size_t>(16 * config_.lanes));
    for (size_t k = 0; k < entries.size(); ++k) {
      for (int b = 0; b < 4; ++b) {
        bytes[16 * k + static_cast<size_t>(b)] =
            static_cast<uint8_t>(static_cast<uint32_t>(entries[k].bias) >> (8 * b));
        bytes[16 * k + 4 + static_cast<size_t>(b)] = static_cast<uint8_t>(entries[k].m >> (8 * b));
      }
      bytes[16 * k + 8] = entries[k].s;
    }
    memory_.Put(0x2000, bytes);
    Run(With(MakeTransfer(Opcode::kLoadPar, 0x2000, bytes.size()),
             {{field::kLsBuf, static_cast<uint64_t>(row)}}));
  }
  void Run(const Instruction& i) { ASSERT_EQ(executor_.Execute(i, &memory_), ErrorCode::kNone); }
  std::vector<int> At(int address, int n) const {
    const auto* act = reinterpret_cast<const int8_t*>(executor_.activations());
    return std::vector<int>(act + address, act + address + n);
  }

  HwConfig config_;
  Executor executor_{config_};
  ByteMemory memory_;
};

Instruction Pool(uint64_t sum) {
  return Make(Opcode::kPostAct, {{field::kPoRounding, 2},
                                 {field::kPaRow, 1},
                                 {field::kPaSum, sum},
                                 {field::kPoNx, 2},
                                 {field::kPoNy, 1},
                                 {field::kPaNchan, 2},
                                 {field::kPaSrc, 100},
                                 {field::kPaRsX, 4},
                                 {field::kPaRsTx, 2},
                                 {field::kPaRsTy, 8},
                                 {field::kPaNtx, 2},
                                 {field::kPaNty, 2},
                                 {field::kPoOut, 500},
                                 {field::kPoSx, 2},
                                 {field::kPoLo, 0x80},
                                 {field::kPoHi, 0x7F}});
}

// A 2x2 pool of two lines of four pixels of two channels.
TEST_F(PostActTest, PoolsByMaximumAndAverage) {
  Put(100, {1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6, 7, -7, 8, -8});
  PutRow(0, {{0, 1u << 30, 30}, {0, 1u << 30, 30}});
  Run(Pool(0));
  EXPECT_EQ(At(500, 4), (std::vector<int>{6, -1, 8, -3}));
  // Sums 14, -14, 22, -22 by 4, halves away from zero.
  PutRow(0, {{0, 1u << 30, 32}, {0, 1u << 30, 32}});
  Run(Pool(1));
  EXPECT_EQ(At(500, 4), (std::vector<int>{4, -4, 6, -6}));
}

// With PaRow every chunk takes the first row's parameters, without it each its own.
TEST_F(PostActTest, ChunksTakeTheirRow) {
  std::vector<int8_t> values(16, 5);
  Put(0, values);
  PutRow(0, std::vector<Entry>(8, {1, 1u << 30, 30}));
  PutRow(1, std::vector<Entry>(8, {2, 1u << 30, 30}));
  Instruction i = With(Pool(0), {{field::kPaSrc, 0},
                                 {field::kPoNx, 1},
                                 {field::kPaNchan, 16},
                                 {field::kPaNtx, 1},
                                 {field::kPaNty, 1}});
  Run(i);
  EXPECT_EQ(At(507, 2), (std::vector<int>{6, 6}));
  Run(With(i, {{field::kPaRow, 0}}));
  EXPECT_EQ(At(507, 2), (std::vector<int>{6, 7}));
}

// docs/arithmetic.md, "An addition by hand": 0.5 * 7 + 0.125 * 11 in steps of 0.75 is the tie 6.5.
TEST_F(PostActTest, AddsAsTheExampleByHand) {
  Put(10, {11});
  Put(20, {7});
  const Instruction add = Make(Opcode::kPostActAdd, {{field::kPoNx, 1},
                                                     {field::kPoNy, 1},
                                                     {field::kPaNchan, 1},
                                                     {field::kPaSrc, 10},
                                                     {field::kPbSrc, 20},
                                                     {field::kPoOut, 30},
                                                     {field::kPoLo, 0x80},
                                                     {field::kPoHi, 0x7F}});
  PutRow(0, {{0, 1u << 30, 2}, {0, 1u << 30, 0}, {0, 1431655765, 50}});
  Run(With(add, {{field::kPoRounding, 4}}));
  EXPECT_EQ(At(30, 1), (std::vector<int>{7}));
  // In units of 2^-26: the second operand (7) counts four times as much.
  PutRow(0, {{0, 11184811, 0}, {0, 11184811, 2}, {0, 0, 26}});
  Run(With(add, {{field::kPoRounding, 5}}));
  EXPECT_EQ(At(30, 1), (std::vector<int>{6}));
}

}  // namespace
}  // namespace systole
