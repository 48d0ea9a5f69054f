// Verilator's arithmetic on signed words of up to 64 bits, in as few instructions as the processor
// has for it: the compiler makes a move with sign extension of two shifts, but not of Verilator
// 5.006's `-(x & sign) | x`. Included in front of the verilated C++ (tb/verilated/CMakeLists.txt);
// tests/tb/signed_words_test.cc holds each to Verilator's own.
//
// x: a word of `bits` bits (1 to its type's), clean as Verilator has it: the bits above are 0.
// Results of products and extensions have their sign in all bits above (Verilator: "dirty").
#pragma once

#include <verilated.h>

namespace systole_words {

static inline int32_t Signed(int bits, IData x) {
  if (bits == 8) return static_cast<int8_t>(x);
  if (bits == 16) return static_cast<int16_t>(x);
  return static_cast<int32_t>(x << (32 - bits)) >> (32 - bits);
}
static inline int64_t Signed64(int bits, QData x) {
  return static_cast<int64_t>(x << (64 - bits)) >> (64 - bits);
}

static inline IData ExtendII(int, int bits, IData x) { return Signed(bits, x); }
static inline QData ExtendQI(int, int bits, QData x) { return Signed64(bits, x); }
static inline QData ExtendQQ(int, int bits, QData x) { return Signed64(bits, x); }

static inline IData MulIII(int bits, IData x, IData y) {
  return static_cast<IData>(Signed(bits, x)) * static_cast<IData>(Signed(bits, y));
}
static inline QData MulQQQ(int bits, QData x, QData y) {
  return static_cast<QData>(Signed64(bits, x)) * static_cast<QData>(Signed64(bits, y));
}

static inline IData GreaterIII(int bits, IData x, IData y) {
  return Signed(bits, x) > Signed(bits, y);
}
static inline IData LessIII(int bits, IData x, IData y) {
  return Signed(bits, x) < Signed(bits, y);
}

}  // namespace systole_words

#define VL_EXTENDS_II systole_words::ExtendII
#define VL_EXTENDS_QI systole_words::ExtendQI
#define VL_EXTENDS_QQ systole_words::ExtendQQ
#define VL_MULS_III systole_words::MulIII
#define VL_MULS_QQQ systole_words::MulQQQ
#define VL_GTS_III systole_words::GreaterIII
#define VL_LTS_III systole_words::LessIII
