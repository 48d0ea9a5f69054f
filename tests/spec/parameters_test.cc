// The parameters' table, their registers and what Validate() refuses, from three sides.
#include <gtest/gtest.h>

#include <string>

#include "sw/base/error.h"
#include "sw/isa/config.h"

namespace systole {
namespace {

// What Validate() says, empty if nothing.
std::string Refusal(const HwConfig& config) {
  try {
    Validate(config);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(SpecParametersTest, TheDefaultsAreLegal) { EXPECT_EQ(Refusal(HwConfig{}), ""); }

TEST(SpecParametersTest, JustOutsideTheBoundsIsRefusedByName) {
  for (const ParameterInfo& p : kParameters) {
    for (int value : {p.lowest - 1, p.highest + 1}) {
      HwConfig config;
      config.*p.member = value;
      const std::string said = Refusal(config);
      EXPECT_EQ(said.find(std::string("parameter ") + p.name + "=" + std::to_string(value)), 0u)
          << p.name << "=" << value << ": " << said;
    }
  }
}

TEST(SpecParametersTest, NamesDifferInCaseOnly) {
  for (const ParameterInfo& p : kParameters) {
    std::string key = p.key;
    for (char& c : key) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_EQ(key, p.name);
  }
}

// The words a host reads from the default array, as docs/registers.md lays them out.
TEST(SpecParametersTest, ParamWordsOfTheDefaults) {
  const HwConfig c;
  EXPECT_EQ(c.ParamWord(0), 16u | 16u << 8 | 1u << 16 | 8u << 24);
  EXPECT_EQ(c.ParamWord(1), 32u | 4u << 16);
  EXPECT_EQ(c.ParamWord(2), 128u | 8u << 16);
  EXPECT_EQ(c.ParamWord(3), 128u | 4u << 16);
  EXPECT_EQ(c.ParamWord(4), 64u | 32u << 16 | 4u << 24);
  EXPECT_EQ(c.ParamWord(5), 8u | 8u << 8 | 63u << 16 | 1u << 24 | 1u << 25);
  EXPECT_EQ(c.ParamWord(6), 3u | 1u << 8 | 1u << 9);
}

TEST(SpecParametersTest, EachParameterIsReadBackFromItsPlace) {
  for (const ParameterInfo& p : kParameters) {
    for (int value : {p.lowest, p.highest}) {
      HwConfig config;
      config.*p.member = value;
      const uint32_t mask = (uint32_t{1} << p.width) - 1;
      EXPECT_EQ(config.ParamWord(p.word) >> p.lsb & mask, static_cast<uint32_t>(value)) << p.name;
      // And nowhere else.
      for (int word = 0; word < kParamWords; ++word) {
        const uint32_t changed = config.ParamWord(word) ^ HwConfig {}.ParamWord(word);
        EXPECT_EQ(changed & ~(word == p.word ? mask << p.lsb : 0u), 0u) << p.name;
      }
    }
  }
}

TEST(SpecParametersTest, FolderNamesAreThoseOfTheDefaults) {
  EXPECT_EQ(HwConfig{}.Key(),
            "r16c16w1l8_a32g4_w128_p8_k4_d128_x64-32-4_o8_q8_m3f_s1_f1_t3_b1_e1_n0r0c0i0w0p0");
}

}  // namespace
}  // namespace systole
