// The processing element alone, over every activation and weight.
#include <Vpe.h>
#include <gtest/gtest.h>
#include <verilated.h>

#include <cstdint>
#include <memory>

namespace systole {
namespace {

class Pe : public ::testing::Test {
 protected:
  Pe() : dut_(std::make_unique<Vpe>()) {}
  void Step() {
    dut_->busy_i = 1;
    dut_->moves_i = dut_->shift_i || dut_->swap_i;
    dut_->clk_i = 0;
    dut_->eval();
    dut_->clk_i = 1;
    dut_->eval();
  }
  std::unique_ptr<Vpe> dut_;
};

TEST_F(Pe, AddsTheProductOfEveryPairOfBytes) {
  for (int weight = -128; weight <= 127; ++weight) {
    dut_->shift_i = 1, dut_->swap_i = 0, dut_->weight_i = static_cast<uint8_t>(weight);
    Step();
    dut_->shift_i = 0, dut_->swap_i = 1;
    Step();
    dut_->swap_i = 0;
    for (int act = -128; act <= 127; ++act) {
      for (const uint32_t psum : {0u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu, 0x00008000u}) {
        dut_->act_i = static_cast<uint8_t>(~act), dut_->psum_i = psum;
        dut_->factor_i = static_cast<uint8_t>(act);
        Step();
        ASSERT_EQ(dut_->psum_o, psum + static_cast<uint32_t>(act * weight))
            << act << " times " << weight << " onto " << psum;
        ASSERT_EQ(dut_->act_o, static_cast<uint8_t>(~act));
      }
    }
  }
}

TEST_F(Pe, TheShadowWeightWaitsForTheSwap) {
  const auto result = [&](uint8_t act) {
    dut_->factor_i = act, dut_->psum_i = 0;
    Step();
    return static_cast<int32_t>(dut_->psum_o);
  };
  dut_->shift_i = 1, dut_->weight_i = 7;
  Step();
  EXPECT_EQ(dut_->weight_o, 7u);
  dut_->shift_i = 0, dut_->swap_i = 1, dut_->weight_i = 9;
  Step();
  dut_->swap_i = 0;
  EXPECT_EQ(result(3), 21);
  EXPECT_EQ(dut_->weight_o, 7u);  // not shifted
  dut_->shift_i = 1;
  EXPECT_EQ(result(3), 21);
  EXPECT_EQ(dut_->weight_o, 9u);
  dut_->shift_i = 0;
  EXPECT_EQ(result(3), 21);
  dut_->swap_i = 1;
  EXPECT_EQ(result(3), 21);
  dut_->swap_i = 0;
  EXPECT_EQ(result(3), 27);
}

}  // namespace
}  // namespace systole
