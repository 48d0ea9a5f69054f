// The vectors of `systole check` tell every mode apart from each of its near misses, keep to what
// the modes ask of m, and hold the ties that a rounding bug moves.
#include "sw/check/requantize_vectors.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace systole::check {
namespace {

class RequantizeVectorsTest : public testing::TestWithParam<int> {
 protected:
  Rounding mode() const { return static_cast<Rounding>(GetParam()); }
};

TEST_P(RequantizeVectorsTest, EachNearMissIsToldApart) {
  std::vector<std::string> missed;
  RequantizeVectors(mode(), 24, &missed);
  EXPECT_EQ(missed, std::vector<std::string>{});
}

TEST_P(RequantizeVectorsTest, OperandsAreLegal) {
  for (const RequantizeVector& v : RequantizeVectors(mode(), 24)) {
    ASSERT_LT(v.m, 1u << 31);
    ASSERT_GE(v.s, 0);
    ASSERT_LE(v.s, 62);
    if (mode() == Rounding::kTflite) {
      ASSERT_TRUE(v.m == 0 || v.m >= 1u << 30) << v.m;
    }
    if (mode() == Rounding::kFloat32) {
      uint32_t odd = v.m;
      while (odd != 0 && odd % 2 == 0) odd /= 2;
      ASSERT_LT(odd, 1u << 24) << v.m;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, RequantizeVectorsTest, testing::Range(0, kNumRoundings));

}  // namespace
}  // namespace systole::check
