// What the instruction set promises: fields of one engine do not share bits, an opcode's high
// nibble is its engine + 1, Sync alone ends in 0xF.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "sw/isa/isa.h"

namespace systole {
namespace {

struct Named {
  std::string name;
  Field field;
};

std::vector<Named> AllFields() {
  return {
#define FIELD(name, lsb, width) {#name, {lsb, width}},
#include "sw/isa/fields.def"
  };
}

// Fields of LOAD and STORE start with Ls, of MATMUL with Mm, of POST with Po; the others are
// common.
bool BelongsTo(const std::string& name, const std::string& engine) {
  const bool common = name == "Opcode" || name == "Push" || name.rfind("Pop", 0) == 0;
  return common || name.rfind(engine, 0) == 0;
}

TEST(InstructionTest, FieldsOfAnEngineShareNoBit) {
  for (const char* engine : {"Ls", "Mm", "Po"}) {
    std::map<int, std::string> owner;
    for (const Named& f : AllFields()) {
      if (!BelongsTo(f.name, engine)) continue;
      for (int bit = f.field.lsb; bit < f.field.lsb + f.field.width; ++bit) {
        EXPECT_LT(bit, 8 * kInstructionBytes) << f.name;
        EXPECT_TRUE(owner.emplace(bit, f.name).second)
            << "bit " << bit << " of " << f.name << " and " << owner[bit];
      }
    }
  }
}

TEST(InstructionTest, EveryFieldIsWrittenAndReadWhereItStands) {
  for (const Named& f : AllFields()) {
    Instruction i;
    const uint64_t ones = f.field.width == 64 ? ~uint64_t{0} : (uint64_t{1} << f.field.width) - 1;
    i.Set(f.field, ones);
    for (int bit = 0; bit < 8 * kInstructionBytes; ++bit) {
      const bool inside = bit >= f.field.lsb && bit < f.field.lsb + f.field.width;
      EXPECT_EQ((i.word[bit / 32] >> (bit % 32) & 1) != 0, inside) << f.name << " bit " << bit;
    }
    EXPECT_EQ(i.Get(f.field), ones) << f.name;
  }
}

TEST(InstructionTest, OpcodesNameTheirEngine) {
  struct Row {
    std::string name;
    int code;
  };
  const std::vector<Row> opcodes = {
#define OPCODE(name, code) {#name, code},
#include "sw/isa/fields.def"
  };
  const std::map<std::string, int> engine_of = {{"Load", 0},     {"Fill", 0},    {"SyncLoad", 0},
                                                {"Matmul", 1},   {"RowConv", 1}, {"SyncMatmul", 1},
                                                {"Post", 2},     {"PostAct", 2}, {"PostActAdd", 2},
                                                {"SyncPost", 2}, {"Store", 3},   {"SyncStore", 3}};
  for (const Row& o : opcodes) {
    const auto it = engine_of.find(o.name.rfind("Load", 0) == 0 ? "Load" : o.name);
    ASSERT_NE(it, engine_of.end()) << o.name;
    EXPECT_EQ(o.code >> 4, it->second + 1) << o.name;
    EXPECT_EQ((o.code & 0xF) == 0xF, o.name.rfind("Sync", 0) == 0) << o.name;
  }
}

}  // namespace
}  // namespace systole
