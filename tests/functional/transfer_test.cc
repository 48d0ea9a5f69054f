// LOAD, FILL and STORE of the executor against the sentences of docs/isa.md.
#include <gtest/gtest.h>

#include "sw/check/instruction_builder.h"
#include "tests/functional/byte_memory.h"

namespace systole {
namespace {

using testing::ByteMemory;
using testing::MakeTransfer;
using testing::With;

TEST(ExecutorTransfer, LoadPutsLinesWhereStridesSay) {
  std::mt19937 random(1);
  HwConfig config;
  Executor executor(config);
  ByteMemory memory;
  memory.Put(0x1F0, testing::RandomBytes(&random, 4096));
  std::vector<uint8_t> expected(static_cast<size_t>(config.ActBytes()));
  // Three lines of 37 bytes, pitch 304 in memory, 41 in the buffer.
  const Instruction load = With(MakeTransfer(Opcode::kLoadAct, 0x1F0, 37, 3, 304),
                                {{field::kLsBuf, 1001}, {field::kLsBufStride, 41}});
  ASSERT_EQ(executor.Execute(load, &memory), ErrorCode::kNone);
  for (int l = 0; l < 3; ++l) {
    for (int i = 0; i < 37; ++i) expected[1001 + l * 41 + i] = memory.at[0x1F0 + l * 304 + i];
  }
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), executor.activations()));
  // Bursts end at multiples of 256 and are whole beats: 0x1F0: 16 + 24 (of 21 left), 0x320: 40,
  // 0x450: 40.
  ASSERT_EQ(memory.reads.size(), 4u);
  EXPECT_EQ(memory.reads[0].bytes, 16u);
  EXPECT_EQ(memory.reads[1].address, 0x200u);
  EXPECT_EQ(memory.reads[1].bytes, 24u);
  EXPECT_EQ(memory.reads[2].address, 0x320u);
  EXPECT_EQ(memory.reads[3].bytes, 40u);
}

TEST(ExecutorTransfer, FillWritesItsBytesOnly) {
  HwConfig config;
  Executor executor(config);
  const Instruction fill =
      With(MakeTransfer(Opcode::kFill, 0x7, 3, 2),  // its memory address means nothing
           {{field::kLsBuf, 10}, {field::kLsBufStride, 5}, {field::kLsFill, 0x80}});
  ASSERT_EQ(executor.Execute(fill, nullptr), ErrorCode::kNone);
  for (int i = 0; i < 32; ++i) {
    const bool inside = (i >= 10 && i < 13) || (i >= 15 && i < 18);
    EXPECT_EQ(executor.activations()[i], inside ? 0x80 : 0) << i;
  }
}

TEST(ExecutorTransfer, StoreCutsTheLastBeatOfALine) {
  std::mt19937 random(2);
  HwConfig config;
  Executor executor(config);
  ByteMemory memory;
  memory.Put(0x1000, testing::RandomBytes(&random, 1024));
  ASSERT_EQ(executor.Execute(MakeTransfer(Opcode::kLoadAct, 0x1000, 1024), &memory),
            ErrorCode::kNone);
  const Instruction store = With(MakeTransfer(Opcode::kStore, 0x80F8, 13, 2, 16),
                                 {{field::kLsBuf, 3}, {field::kLsBufStride, 100}});
  ASSERT_EQ(executor.Execute(store, &memory), ErrorCode::kNone);
  for (uint64_t i = 0; i < 64; ++i) {
    const uint64_t address = 0x80F8 + i;
    const bool first = i < 13, second = i >= 16 && i < 29;
    ASSERT_EQ(memory.at.count(address), first || second) << i;
    if (!first && !second) continue;
    EXPECT_EQ(memory.at[address], memory.at[0x1000 + (first ? 3 + i : 103 + i - 16)]) << i;
  }
  ASSERT_EQ(memory.writes.size(), 3u);  // 8 bytes to the boundary at 0x8100, 5 more, 13
  EXPECT_EQ(memory.writes[0].bytes, 8u);
  EXPECT_EQ(memory.writes[1].bytes, 5u);
}

TEST(ExecutorTransfer, AnErrorAnswerEndsTheInstruction) {
  Executor executor(HwConfig{});
  ByteMemory memory;
  memory.Put(0x1000, std::vector<uint8_t>(768, 5));
  memory.failing_read = 2;
  EXPECT_EQ(executor.Execute(MakeTransfer(Opcode::kLoadAct, 0x1000, 768), &memory),
            ErrorCode::kReadResponse);
  EXPECT_EQ(memory.reads.size(), 2u);
  EXPECT_EQ(executor.activations()[255], 5);
  EXPECT_EQ(executor.activations()[256], 0);
}

}  // namespace
}  // namespace systole
