#include "sw/driver/disassemble.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

TEST(DisassembleTest, TokensAndNonzeroFields) {
  Instruction i;
  i.Set(field::kOpcode, 0x20);
  i.Set(field::kPopLoad, 1);
  i.Set(field::kPopPost, 2);
  i.Set(field::kPush, 0b0101);
  i.Set(field::kMmFirst, 1);
  i.Set(field::kMmBase, 32);
  i.Set(field::kMmWcols, 16);
  EXPECT_EQ(Disassemble(i), "Matmul take LOAD:1 POST:2 give LOAD POST | First 1 Base 32 Wcols 16");
}

TEST(DisassembleTest, SignedAndAddressFields) {
  Instruction post;
  post.Set(field::kOpcode, 0x30);
  post.Set(field::kPoLo, 0x80);
  post.Set(field::kPoHi, 0x7F);
  EXPECT_EQ(Disassemble(post), "Post | Lo -128 Hi 127");
  Instruction load;
  load.Set(field::kOpcode, 0x10);
  load.Set(field::kLsAddr, 0x10000100);
  load.Set(field::kLsBytes, 28);
  EXPECT_EQ(Disassemble(load), "LoadAct | Addr 0x10000100 Bytes 28");
}

// Counts of tokens stand behind "take" alone, not among the fields of a POST.
TEST(DisassembleTest, TokensAreNoFieldsOfAPost) {
  Instruction post;
  post.Set(field::kOpcode, 0x30);
  post.Set(field::kPopLoad, 2);
  post.Set(field::kPopMatmul, 1);
  post.Set(field::kPopStore, 3);
  post.Set(field::kPoHi, 0x7F);
  EXPECT_EQ(Disassemble(post), "Post take LOAD:2 MATMUL:1 STORE:3 | Hi 127");
}

TEST(DisassembleTest, AListingSaysWhatItLeavesOut) {
  EXPECT_NE(std::string(ListingHelp()).find("not shown is 0"), std::string::npos);
}

TEST(DisassembleTest, SyncHasTokensOnly) {
  Instruction i;
  i.Set(field::kOpcode, 0x4F);
  i.Set(field::kPopPost, 3);
  EXPECT_EQ(Disassemble(i), "SyncStore take POST:3");
}

TEST(DisassembleTest, AnUnknownOpcodeShowsItsWords) {
  Instruction i;
  i.word[0] = 0x99;
  i.word[7] = 0xABCD;
  EXPECT_EQ(Disassemble(i),
            "unknown opcode 0x99: 00000099 00000000 00000000 00000000 00000000 00000000 00000000 "
            "0000abcd");
}

}  // namespace
}  // namespace systole
