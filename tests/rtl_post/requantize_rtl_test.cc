// The verilated requantize lane, one vector a cycle, against the C++ arithmetic: crafted ties,
// extremes, and ten million seeded vectors in each mode. Every result is expected exactly kLatency
// cycles after its vector, and nothing else.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "Vrequantize.h"
#include "sw/arith/requantize.h"

double sc_time_stamp() { return 0; }

namespace systole {
namespace {

constexpr int kLatency = 5;
constexpr uint64_t kSeed = 31415;

struct Vector {
  int32_t acc;
  uint32_t m;
  int s;
  Rounding mode;
  int8_t zy, lo, hi;
};

int8_t Expected(const Vector& v) {
  return static_cast<int8_t>(Requantize(v.acc, v.m, v.s, v.mode, v.zy, v.lo, v.hi));
}

class Lane {
 public:
  Lane() : top_(std::make_unique<Vrequantize>()) {
    top_->rst_ni = 0;
    top_->clear_i = 0;
    top_->any_i = 1;
    top_->valid_i = 0;
    Edge();
    top_->rst_ni = 1;
  }

  // One cycle. `v` enters unless null; what comes out in this cycle is compared with what entered
  // kLatency ago. Returns false at the first difference.
  bool Cycle(const Vector* v) {
    top_->valid_i = v != nullptr;
    if (v != nullptr) {
      top_->acc_i = static_cast<uint32_t>(v->acc);
      top_->m_i = v->m;
      top_->s_i = static_cast<uint8_t>(v->s);
      top_->mode_i = static_cast<uint8_t>(v->mode);
    }
    top_->mode3_i = static_cast<uint8_t>(Entered(3).mode);
    const Vector& last = Entered(4);
    top_->mode4_i = static_cast<uint8_t>(last.mode);
    top_->zy4_i = static_cast<uint8_t>(last.zy);
    top_->lo4_i = static_cast<uint8_t>(last.lo);
    top_->hi4_i = static_cast<uint8_t>(last.hi);
    Slot& slot = pipe_[cycle_++ % kLatency];
    const bool ok = slot.valid == (top_->valid_o != 0) &&
                    (!slot.valid || slot.y == static_cast<int8_t>(top_->y_o));
    if (!ok) {
      ADD_FAILURE() << RoundingName(slot.v.mode) << " acc " << slot.v.acc << " m " << slot.v.m
                    << " s " << slot.v.s << " zy " << int{slot.v.zy} << " lo " << int{slot.v.lo}
                    << " hi " << int{slot.v.hi} << ": valid " << int{top_->valid_o} << " y "
                    << int{static_cast<int8_t>(top_->y_o)} << ", expected valid " << slot.valid
                    << " y " << int{slot.y};
    }
    slot.valid = v != nullptr;
    if (v != nullptr) {
      slot.v = *v;
      slot.y = Expected(*v);
    }
    Edge();
    return ok;
  }

  bool Drain() {
    bool ok = true;
    for (int i = 0; i < kLatency + 1; ++i) ok = Cycle(nullptr) && ok;
    return ok;
  }

  // clear_i or reset in a cycle of its own: everything under way is forgotten.
  void Forget(bool reset) {
    top_->valid_i = 1;
    (reset ? top_->rst_ni : top_->clear_i) = reset ? 0 : 1;
    Edge();
    top_->clear_i = 0;
    top_->rst_ni = 1;
    pipe_ = {};
  }

 private:
  struct Slot {
    bool valid = false;
    Vector v{};
    int8_t y = 0;
  };

  // What entered so many cycles ago.
  const Vector& Entered(uint64_t cycles) const {
    return pipe_[(cycle_ + kLatency - cycles) % kLatency].v;
  }

  void Edge() {
    top_->clk_i = 0;
    top_->eval();
    top_->clk_i = 1;
    top_->eval();
  }

  std::unique_ptr<Vrequantize> top_;
  std::array<Slot, kLatency> pipe_;
  uint64_t cycle_ = 0;
};

// Any value the ports take (also m and s that no model uses), weighted towards results near and
// inside int8 and towards ties.
Vector Draw(std::mt19937_64& random, Rounding mode) {
  const uint64_t a = random(), b = random();
  Vector v;
  v.mode = mode;
  const int down = a & 31;
  v.acc = static_cast<int32_t>(a >> 32) >> down;
  v.m = static_cast<uint32_t>(b) & 0x7FFFFFFF;
  const int kind = (a >> 5) & 7;
  if (kind < 3) v.m |= 0x40000000;
  if (kind == 1) v.m &= 0x7FFFFFFFu << ((a >> 8) & 31);  // few bits set: ties
  if (kind == 2) v.m &= 0x7FFFFF80;                      // 24 bits, as in float32
  if (kind == 3) v.m >>= (a >> 8) & 31;                  // small
  if (kind == 4) v.m = uint32_t{1} << ((a >> 8) % 31);   // a power of two
  // acc is about 2^(31 - down): a shift of 24 + 31 - down leaves about 7 bits of the product by m ~
  // 2^31.
  v.s = (a >> 13) & 3 ? 51 - down + static_cast<int>((a >> 16) % 14)
                      : static_cast<int>((a >> 16) % 63);
  if (kind == 4 && (b >> 57) & 1)
    v.s = static_cast<int>((a >> 8) % 31) + 1 + static_cast<int>((a >> 20) % 8);
  if (v.s < 0) v.s = 0;
  if (v.s > 62) v.s = 62;
  v.zy = static_cast<int8_t>(b >> 32);
  const auto p = static_cast<int8_t>(b >> 40), q = static_cast<int8_t>(b >> 48);
  const bool wide = (b >> 56) & 1;
  v.lo = wide ? -128 : p < q ? p : q;
  v.hi = wide ? 127 : p < q ? q : p;
  return v;
}

class RequantizeRtlTest : public testing::TestWithParam<int> {
 protected:
  Rounding mode() const { return static_cast<Rounding>(GetParam()); }
};

TEST_P(RequantizeRtlTest, EqualsTheArithmeticOnTenMillionVectors) {
  std::mt19937_64 random(kSeed + GetParam());
  Lane lane;
  int64_t inside = 0, ties = 0;
  constexpr int kVectors = 10'000'000;
  for (int i = 0; i < kVectors; ++i) {
    const Vector v = Draw(random, mode());
    ASSERT_TRUE(lane.Cycle(&v)) << "seed " << kSeed + GetParam() << " within " << kLatency
                                << " before vector " << i;
    const int8_t y = Expected(v);
    inside += y != v.lo && y != v.hi;
    const uint64_t p = static_cast<uint64_t>(int64_t{v.acc} * v.m);
    ties += v.s > 0 && (p << (64 - v.s)) == uint64_t{1} << 63;
  }
  ASSERT_TRUE(lane.Drain());
  // The vectors exercise what they are meant to.
  EXPECT_GT(inside, kVectors / 10);
  EXPECT_GT(ties, kVectors / 200);
}

// For every shift: products (2k + 1) 2^(s-1) exactly between two integers, and one to either side,
// by m = 1 and by m = 2^30; saturating and extreme accumulators; every multiplier at the edge of 24
// bits.
TEST_P(RequantizeRtlTest, EqualsTheArithmeticOnTiesAndExtremes) {
  Lane lane;
  const int32_t extremes[] = {INT32_MIN,
                              INT32_MIN + 1,
                              INT32_MAX,
                              INT32_MAX - 1,
                              0,
                              1,
                              -1,
                              1 << 24,
                              -(1 << 24),
                              (1 << 24) + 1,
                              (1 << 24) - 1,
                              (1 << 24) + 3,
                              -((1 << 24) + 1),
                              0x7FFFFFC0,
                              0x7FFFFFBF,
                              0x40000000,
                              -0x40000000};
  const uint32_t multipliers[] = {0,          1,          2,          3,          0xFFFFFF,
                                  0x1000000,  0x1000001,  0x1000003,  0x3FFFFFFF, 0x40000000,
                                  0x40000001, 0x7FFFFF80, 0x7FFFFFFF, 11184811,   1431655765};
  const int8_t zeros[] = {-128, 0, 127};
  auto run = [&](int64_t acc, uint32_t m, int s) {
    if (acc < INT32_MIN || acc > INT32_MAX) return true;
    for (int8_t zy : zeros) {
      const Vector v{static_cast<int32_t>(acc), m, s, mode(), zy, -128, 127};
      if (!lane.Cycle(&v)) return false;
    }
    return true;
  };
  for (int s = 0; s <= 62; ++s) {
    for (int32_t acc : extremes) {
      for (uint32_t m : multipliers)
        ASSERT_TRUE(run(acc, m, s)) << "acc " << acc << " m " << m << " s " << s;
    }
    for (int64_t k = -140; k <= 140; ++k) {
      for (int64_t delta = -1; delta <= 1; ++delta) {
        if (s >= 1 && s <= 24) {
          ASSERT_TRUE(run((2 * k + 1) * (int64_t{1} << (s - 1)) + delta, 1, s)) << s;
        }
        if (s >= 31 && s <= 54) {
          ASSERT_TRUE(run((2 * k + 1) * (int64_t{1} << (s - 31)) + delta, 1u << 30, s)) << s;
          ASSERT_TRUE(run((2 * k + 1) * (int64_t{1} << (s - 31)),
                          (1u << 30) + static_cast<uint32_t>(delta), s))
              << s;
        }
      }
    }
  }
  ASSERT_TRUE(lane.Drain());
}

TEST_P(RequantizeRtlTest, EveryClampAndZeroPoint) {
  Lane lane;
  for (int zy = -128; zy <= 127; zy += 5) {
    for (int lo = -128; lo <= 127; lo += 17) {
      for (int hi = lo; hi <= 127; hi += 15) {
        for (int32_t acc : {-1000, -300, -129, -5, 0, 3, 128, 300, 1000}) {
          const Vector v{acc,
                         1u << 30,
                         30,
                         mode(),
                         static_cast<int8_t>(zy),
                         static_cast<int8_t>(lo),
                         static_cast<int8_t>(hi)};
          ASSERT_TRUE(lane.Cycle(&v));
        }
      }
    }
  }
  ASSERT_TRUE(lane.Drain());
}

INSTANTIATE_TEST_SUITE_P(AllModes, RequantizeRtlTest, testing::Range(0, kNumRoundings),
                         [](const auto& info) {
                           return RoundingName(static_cast<Rounding>(info.param));
                         });

TEST(RequantizeRtlPipelineTest, ModesMixBubblesAndClearsBetween) {
  std::mt19937_64 random(kSeed);
  Lane lane;
  for (int i = 0; i < 1'000'000; ++i) {
    const uint64_t choice = random();
    if ((choice & 0xFFF) == 0) lane.Forget((choice >> 12) & 1);
    if ((choice >> 13) & 1) {
      const Vector v = Draw(random, static_cast<Rounding>((choice >> 14) % kNumRoundings));
      ASSERT_TRUE(lane.Cycle(&v)) << "seed " << kSeed << " before vector " << i;
    } else {
      ASSERT_TRUE(lane.Cycle(nullptr)) << "seed " << kSeed << " before vector " << i;
    }
  }
}

}  // namespace
}  // namespace systole
