// systole_divide and systole_exact_divide against the processor's division: every divisor from 1 to
// 256; of 24-bit operands both ends, every multiple's neighbourhood of a few divisors, and random
// ones.
#include <Vdivide.h>
#include <gtest/gtest.h>
#include <verilated.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <set>

namespace systole {
namespace {

constexpr uint32_t kDivisors = 256, kMask = 0xFFFFFF;

uint32_t Field24(const uint32_t* words, uint32_t index) {
  const uint64_t bit = 24ull * index;
  const uint64_t pair =
      words[bit / 32] | uint64_t{bit / 32 + 1 < kDivisors * 24 / 32 ? words[bit / 32 + 1] : 0}
                            << 32;
  return static_cast<uint32_t>(pair >> (bit % 32)) & kMask;
}

int CeilLog2(uint32_t d) {
  int bits = 0;
  while ((1u << bits) < d) ++bits;
  return bits;
}

TEST(Divide, ByEveryConstant) {
  std::set<uint32_t> operands;
  for (uint32_t n = 0; n < 2048; ++n) operands.insert({n, kMask - n});
  for (uint32_t bit = 0; bit < 24; ++bit)
    for (uint32_t d = 0; d < 3; ++d) operands.insert(((1u << bit) + d - 1) & kMask);
  // Largest multiples, where an error of the reciprocal shows first.
  for (uint32_t d = 1; d <= kDivisors; ++d) {
    for (int width : {24, 30 - CeilLog2(d)}) {
      const uint32_t last = (1u << std::min(width, 24)) - 1, multiple = last / d * d;
      operands.insert({multiple, multiple - 1, (multiple + 1) & kMask, multiple - d});
    }
  }
  std::mt19937 random(7);
  for (int i = 0; i < 20000; ++i) operands.insert(random() & kMask);

  auto dut = std::make_unique<Vdivide>();
  for (uint32_t n : operands) {
    dut->n_i = n;
    dut->eval();
    for (uint32_t d = 1; d <= kDivisors; ++d) {
      const int width = std::min(24, 30 - CeilLog2(d));
      const uint32_t low = n & ((1u << width) - 1);
      ASSERT_EQ(Field24(&dut->quotient_o[0], d - 1), low / d) << low << " / " << d;
      ASSERT_EQ(Field24(&dut->remainder_o[0], d - 1), low % d) << low << " mod " << d;
      const bool exact = (dut->exact_o[(d - 1) / 32] >> ((d - 1) % 32)) & 1;
      ASSERT_EQ(exact, n % d == 0) << n << " / " << d;
      if (exact) {
        ASSERT_EQ(Field24(&dut->exact_quotient_o[0], d - 1), n / d) << n << " / " << d;
      }
    }
  }
}

}  // namespace
}  // namespace systole
