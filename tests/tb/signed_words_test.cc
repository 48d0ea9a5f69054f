// tb/verilated/signed_words.h against Verilator's own functions, which its macros hide: every
// width, and for narrow words every value.
#include <gtest/gtest.h>
#include <verilated.h>

#include <cstdint>
#include <vector>

namespace {

IData OwnExtendII(int bits, IData x) { return VL_EXTENDS_II(32, bits, x); }
QData OwnExtendQI(int bits, QData x) { return VL_EXTENDS_QI(64, bits, x); }
QData OwnExtendQQ(int bits, QData x) { return VL_EXTENDS_QQ(64, bits, x); }
IData OwnMulIII(int bits, IData x, IData y) { return VL_MULS_III(bits, x, y); }
QData OwnMulQQQ(int bits, QData x, QData y) { return VL_MULS_QQQ(bits, x, y); }
IData OwnGreater(int bits, IData x, IData y) { return VL_GTS_III(bits, x, y); }
IData OwnLess(int bits, IData x, IData y) { return VL_LTS_III(bits, x, y); }

}  // namespace

#include "tb/verilated/signed_words.h"

namespace {

// Clean words of `bits` bits: all of them, or the ends, single bits and what surrounds them.
std::vector<uint64_t> Words(int bits) {
  std::vector<uint64_t> words;
  const uint64_t mask = ~uint64_t{0} >> (64 - bits);
  if (bits <= 8) {
    for (uint64_t x = 0; x <= mask; ++x) words.push_back(x);
    return words;
  }
  for (int b = 0; b < bits; ++b) {
    const uint64_t one = uint64_t{1} << b;
    for (const uint64_t x : {one, one - 1, one + 1, ~one, ~one + 1}) words.push_back(x & mask);
  }
  words.push_back(mask);
  return words;
}

TEST(SignedWords, NarrowAsVerilators) {
  for (int bits = 1; bits <= 32; ++bits) {
    for (const uint64_t x : Words(bits)) {
      const auto a = static_cast<IData>(x);
      ASSERT_EQ(VL_EXTENDS_II(32, bits, a), OwnExtendII(bits, a)) << bits << " bits, " << a;
      for (const uint64_t y : Words(bits)) {
        const auto b = static_cast<IData>(y);
        ASSERT_EQ(VL_MULS_III(bits, a, b), OwnMulIII(bits, a, b)) << bits << ": " << a << ' ' << b;
        ASSERT_EQ(VL_GTS_III(bits, a, b), OwnGreater(bits, a, b)) << bits << ": " << a << ' ' << b;
        ASSERT_EQ(VL_LTS_III(bits, a, b), OwnLess(bits, a, b)) << bits << ": " << a << ' ' << b;
      }
    }
  }
}

TEST(SignedWords, WideAsVerilators) {
  for (int bits = 1; bits <= 64; ++bits) {
    for (const uint64_t x : Words(bits)) {
      ASSERT_EQ(VL_EXTENDS_QI(64, bits, x), OwnExtendQI(bits, x)) << bits << " bits, " << x;
      ASSERT_EQ(VL_EXTENDS_QQ(64, bits, x), OwnExtendQQ(bits, x)) << bits << " bits, " << x;
      for (const uint64_t y : Words(bits)) {
        ASSERT_EQ(VL_MULS_QQQ(bits, x, y), OwnMulQQQ(bits, x, y)) << bits << ": " << x << ' ' << y;
      }
    }
  }
}

}  // namespace
