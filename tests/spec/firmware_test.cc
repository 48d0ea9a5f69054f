// The C header for firmware: every constant of it, read as text, against C++; and what a C99
// translation unit makes of it.
#include "tests/spec/firmware.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <string>

#include "sw/isa/config.h"
#include "sw/isa/counters.h"
#include "sw/isa/isa.h"
#include "sw/isa/rounding_modes.h"
#include "tests/spec/upper.h"

namespace systole {
namespace {

// All #defines of numbers, without SYSTOLE_; "96, 24" as 96 * 1000 + 24.
std::map<std::string, uint64_t> Defines() {
  std::ifstream file(SYSTOLE_SOURCE_DIR "/sw/firmware/systole_hw.h");
  EXPECT_TRUE(file) << "sw/firmware/systole_hw.h cannot be read";
  const std::regex number(R"(#define SYSTOLE_(\w+) (0x[0-9A-F]+|\d+)u?(?:, (\d+))?(?: +/\*.*)?)");
  const std::regex name(R"(#define SYSTOLE_(\w+) SYSTOLE_(\w+)(?: +/\*.*)?)");
  std::map<std::string, uint64_t> defines;
  std::smatch m;
  for (std::string line; std::getline(file, line);) {
    if (std::regex_match(line, m, number)) {
      defines[m[1]] = std::stoull(m[2], nullptr, 0);
      if (m[3].matched) defines[m[1]] = defines[m[1]] * 1000 + std::stoull(m[3]);
    } else if (std::regex_match(line, m, name)) {
      defines[m[1]] = defines.at(m[2]);
    }
  }
  return defines;
}

TEST(FirmwareTest, ConstantsAreThoseOfCpp) {
  std::map<std::string, uint64_t> expected = {{"ID", reg::kIdValue},
                                              {"VERSION", reg::kVersionValue},
                                              {"INSTRUCTION_WORDS", kInstructionBytes / 4},
                                              {"CTRL_START", reg::kCtrlStart},
                                              {"CTRL_SOFT_RESET", reg::kCtrlSoftReset},
                                              {"STATUS_BUSY", reg::kStatusBusy},
                                              {"STATUS_DONE", reg::kStatusDone},
                                              {"STATUS_ERROR", reg::kStatusError},
                                              {"STATUS_DRAINING", reg::kStatusDraining},
                                              {"IRQ_DONE", reg::kIrqDone},
                                              {"IRQ_ERROR", reg::kIrqError},
                                              {"ENGINE_LOAD", 0},
                                              {"ENGINE_MATMUL", 1},
                                              {"ENGINE_POST", 2},
                                              {"ENGINE_STORE", 3},
                                              {"ENGINE_FETCH", kNumEngines}};
#define OPCODE(name, code) expected["OP_" + Upper(#name)] = code;
#define FIELD(name, first, bits) expected["FIELD_" + Upper(#name)] = first * 1000 + bits;
#define REG(name, offset) expected["REG_" + Upper(#name)] = offset;
#define ERROR_CODE(name, code, text) expected["ERR_" + Upper(#name)] = code;
#include "sw/isa/fields.def"
  for (const CauseInfo& c : kCauses) {
    expected["CAUSE_" + Upper(c.name)] = static_cast<uint64_t>(c.cause);
  }
  for (int r = 0; r < kNumRoundings; ++r) {
    expected["ROUND_" + Upper(kRoundingNames[r])] = static_cast<uint64_t>(r);
  }
  for (const ParameterInfo& p : kParameters) {
    const std::string name = std::string("PARAM_") + p.name;
    expected[name + "_REG"] = reg::kParam0 + 4 * static_cast<uint64_t>(p.word);
    expected[name + "_LSB"] = static_cast<uint64_t>(p.lsb);
    expected[name + "_W"] = static_cast<uint64_t>(p.width);
  }
  const std::map<std::string, uint64_t> got = Defines();
  for (const auto& [name, value] : expected) {
    const auto it = got.find(name);
    ASSERT_NE(it, got.end()) << "SYSTOLE_" << name << " is not in the header";
    EXPECT_EQ(it->second, value) << "SYSTOLE_" << name;
  }
  for (const auto& [name, value] : got) {
    EXPECT_TRUE(expected.count(name)) << "SYSTOLE_" << name << " is in the header only";
  }
}

TEST(FirmwareTest, CMakesTheInstructionsThatCppReads) {
  Instruction i;
  firmware_make_store(i.word.data(), 0x123456789ABCDEF0, 0xABCDEF);
  EXPECT_EQ(i.opcode(), Opcode::kStore);
  EXPECT_EQ(i.Get(field::kLsAddr), 0x123456789ABCDEF0u);
  EXPECT_EQ(i.Get(field::kLsBytes), 0xABCDEFu);
  EXPECT_EQ(i.Get(field::kLsLines), 1u);
  EXPECT_EQ(i.Get(field::kPopPost), 1u);
  EXPECT_EQ(firmware_address(i.word.data()), 0x123456789ABCDEF0u);
}

TEST(FirmwareTest, CReadsCountersAndStatusAsCppDoes) {
  for (int e = 0; e < kNumEngines; ++e) {
    for (const CauseInfo& c : kCauses) {
      EXPECT_EQ(firmware_counter(static_cast<unsigned>(e), static_cast<unsigned>(c.cause)),
                reg::EngineCounter(e, c.cause));
    }
  }
  EXPECT_TRUE(firmware_finished(reg::kStatusDone));
  EXPECT_FALSE(firmware_finished(reg::kStatusDone | reg::kStatusError));
  EXPECT_FALSE(firmware_finished(reg::kStatusBusy));
}

}  // namespace
}  // namespace systole
