// The processing elements alone: every activation times every weight; and all registers of an array
// against elements that are one each, told what their neighbours held before the clock.
#include <Velements_2x2.h>
#include <Velements_9x12.h>
#include <gtest/gtest.h>
#include <verilated.h>

#include <cstdint>
#include <memory>
#include <random>
#include <vector>

namespace systole {
namespace {

template <typename Dut>
void Clock(Dut* dut) {
  dut->busy_i = dut->moves_i = dut->column_i = 1;
  dut->clk_i = 0;
  dut->eval();
  dut->clk_i = 1;
  dut->eval();
}

class Elements2x2 : public ::testing::Test {
 protected:
  Elements2x2() : dut_(std::make_unique<Velements_2x2>()) {}
  void Step() { Clock(dut_.get()); }
  void Weights(uint8_t row0, uint8_t row1) {
    dut_->weight_i = static_cast<uint16_t>(row0 | row1 << 8);
  }
  void Activations(int row0, int row1) {
    dut_->act_i = static_cast<uint16_t>((row0 & 0xFF) | (row1 & 0xFF) << 8);
  }
  // Both columns' sum of an activation that stays.
  int32_t Sum(int column) { return static_cast<int32_t>(dut_->psum_o >> 32 * column); }
  std::unique_ptr<Velements_2x2> dut_;
};

TEST_F(Elements2x2, AddTheProductOfEveryPairOfBytes) {
  for (int weight = -128; weight <= 127; ++weight) {
    // Row 1 sees shift and swap a cycle later; its weight is the complement.
    Weights(static_cast<uint8_t>(weight), static_cast<uint8_t>(~weight));
    dut_->shift_i = 3, dut_->swap_i = 0;
    for (int i = 0; i < 3; ++i) Step();
    dut_->shift_i = 0, dut_->swap_i = 3;
    for (int i = 0; i < 2; ++i) Step();
    dut_->swap_i = 0;
    int before = 0;
    for (int act = -128; act <= 127; ++act) {
      // Column 0: row 0's product with the activation before, row 1's with the one that comes.
      Activations(act, -128);
      Step();
      if (act > -128) {
        ASSERT_EQ(Sum(0), before * weight + 128 * (weight + 1)) << before << " * " << weight;
      }
      before = act;
    }
  }
}

TEST_F(Elements2x2, TheShadowWeightWaitsForTheSwap) {
  const auto sum = [&] {
    for (int i = 0; i < 4; ++i) Step();
    return Sum(0);
  };
  Activations(3, 0);
  Weights(7, 0);
  dut_->shift_i = 1, dut_->swap_i = 0;
  Step();
  dut_->shift_i = 0, dut_->swap_i = 1;
  Step();
  dut_->swap_i = 0;
  Weights(9, 0);
  EXPECT_EQ(sum(), 21);  // not shifted
  dut_->shift_i = 1;
  EXPECT_EQ(sum(), 21);  // shifted, not swapped
  dut_->shift_i = 0;
  Weights(5, 0);
  dut_->swap_i = 1;
  EXPECT_EQ(sum(), 27);
}

// 9 rows, 12 columns in two groups, taps in 3 rows (tests/rtl_matmul/CMakeLists.txt): more places
// than Verilator unrolls a loop for.
constexpr int kRows = 9, kCols = 12, kGroup = 6, kTapRows = 3;

struct Element {
  int8_t act = 0, weight = 0, work = 0;
  int32_t psum = 0;
  bool shift = false, swap = false, own = false, past = false;  // of the row below, a cycle later
};
struct Array {
  Element at[kRows][kCols];
  int32_t rowsum[kRows] = {};
};

struct Inputs {
  uint32_t shift, swap, own, last;
  int8_t act[kRows], weight[2][kRows];
};

// The array a cycle after `a`, element by element.
Array Next(const Array& a, const Inputs& in) {
  Array n = a;
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < kCols; ++c) {
      const bool top = r == 0;
      const auto bit = [&](uint32_t word) { return (word >> c & 1) != 0; };
      const Element& above = a.at[top ? 0 : r - 1][c];
      const bool shift = top ? bit(in.shift) : above.shift;
      const bool swap = top ? bit(in.swap) : above.swap;
      const bool own = top ? bit(in.own) : above.own;
      const bool past = top ? false : above.past;
      const int8_t act = c == 0 ? in.act[r] : a.at[r][c - 1].act;
      const int8_t lane = c < kRows ? in.act[c] : 0;
      const int8_t factor = r < kTapRows && own ? (past ? 0 : lane) : act;
      Element& e = n.at[r][c];
      e.psum = (top ? 0 : above.psum) + factor * a.at[r][c].work;
      e.act = act;
      if (swap) e.work = a.at[r][c].weight;
      if (shift) {
        e.weight = c % kGroup == 0 ? in.weight[c / kGroup][r] : a.at[r][c - 1].weight;
      }
      e.shift = shift, e.swap = swap, e.own = own, e.past = past || bit(in.last);
    }
    n.rowsum[r] = (r == 0 ? 0 : a.rowsum[r - 1]) + a.at[r][kCols - 1].act;
  }
  return n;
}

TEST(Elements, EveryOneFromWhatItsNeighboursHeld) {
  const auto dut = std::make_unique<Velements_9x12>();
  std::mt19937 random(1);
  const auto bits = [&] { return static_cast<uint32_t>(random()) & ((1u << kCols) - 1); };
  const auto bytes = [&](int8_t* value, int count, uint32_t* words, int first) {
    for (int i = 0; i < count; ++i) {
      value[i] = static_cast<int8_t>(random());
      const int at = first + i, shift = at % 4 * 8;
      words[at / 4] = (words[at / 4] & ~(0xFFu << shift)) |
                      static_cast<uint32_t>(static_cast<uint8_t>(value[i])) << shift;
    }
  };
  Array array;
  for (int cycle = 0; cycle < 20000; ++cycle) {
    Inputs in{bits(), bits() & bits(), bits(), bits() & bits(), {}, {}};
    dut->shift_i = in.shift, dut->swap_i = in.swap, dut->own_i = in.own, dut->last_i = in.last;
    bytes(in.act, kRows, dut->act_i.m_storage, 0);
    for (int g = 0; g < 2; ++g) bytes(in.weight[g], kRows, dut->weight_i.m_storage, g * kRows);
    Clock(dut.get());
    array = Next(array, in);
    // What was there before the first control bits came down is undefined.
    if (cycle < 100) continue;
    for (int c = 0; c < kCols; ++c) {
      ASSERT_EQ(static_cast<int32_t>(dut->psum_o[c]), array.at[kRows - 1][c].psum)
          << "column " << c << ", cycle " << cycle;
    }
    ASSERT_EQ(static_cast<int16_t>(dut->rowsum_o), array.rowsum[kRows - 1]) << cycle;
  }
}

}  // namespace
}  // namespace systole
