// The verilated POST engine reading the activation buffer: addresses of every tap, and the sum of
// two tensors for all pairs of bytes against sw/arith/add.h.
#include <gtest/gtest.h>

#include <random>

#include "post_bench.h"
#include "post_draw.h"
#include "post_models.h"
#include "sw/arith/add.h"

namespace systole {
namespace {

constexpr uint64_t kSeed = 314159;

template <typename Model>
class PostActTest : public testing::Test {};
using Models = testing::Types<C16L8, C14L5, C2L2>;
TYPED_TEST_SUITE(PostActTest, Models);

TYPED_TEST(PostActTest, TapsReadTheirBytesInOrder) {
  PostBench<TypeParam> bench(kSeed);
  std::mt19937_64 random(kSeed);
  ASSERT_NO_FATAL_FAILURE(bench.Randomize());
  for (int round = 0; round < 400; ++round) {
    ASSERT_NO_FATAL_FAILURE(bench.RunFor(20));
    bench.Forget();
    const Instruction i =
        round % 2 ? DrawPostAct(random, bench.config) : DrawPostActAdd(random, bench.config);
    bench.items.push_back({i, 7, 0, 0});
    const int64_t issue = bench.cycle;
    ASSERT_NO_FATAL_FAILURE(bench.RunFor(PostTaps(i, bench.config) + 20));
    const std::vector<uint32_t> want = PostActReads(i, bench.config);
    ASSERT_EQ(bench.act_reads.size(), want.size());
    for (size_t k = 0; k < want.size(); ++k) {
      ASSERT_EQ(bench.act_reads[k].cycle, issue + 1 + static_cast<int64_t>(k)) << "tap " << k;
      ASSERT_EQ(bench.act_reads[k].address, want[k]) << "round " << round << " tap " << k;
    }
    ASSERT_TRUE(bench.reads.empty());  // no accumulator
  }
}

// A read that meets another one is told in its own cycle, once, for the instruction at work.
TYPED_TEST(PostActTest, AConflictOfReadersIsTold) {
  for (int at : {1, 2, 7}) {
    PostBench<TypeParam> bench(kSeed);
    ASSERT_NO_FATAL_FAILURE(bench.Randomize());
    bench.Forget();
    Instruction i;
    i.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kPostAct));
    for (Field f : {field::kPoNy, field::kPaNtx, field::kPaNty, field::kPaNchan}) i.Set(f, 1);
    i.Set(field::kPoNx, 9);
    i.Set(field::kPoHi, 127);
    bench.rd_conflict_at = at;
    const int64_t issue = bench.cycle;
    bench.items.push_back({i, 77, 0, 0});
    ASSERT_NO_FATAL_FAILURE(bench.RunFor(30));
    ASSERT_EQ(bench.errors.size(), 1u);
    EXPECT_EQ(bench.errors[0].cycle, issue + at);
    EXPECT_EQ(bench.errors[0].code, static_cast<int>(ErrorCode::kConflict));
    EXPECT_EQ(bench.errors[0].pc, 77u);
  }
}

// All 65,536 pairs for one set of scales: the first operand's lines hold all bytes, a line of the
// second one byte.
template <typename Model>
void ExpectAllPairs(PostBench<Model>* bench, const AddParams& p, Rounding mode, int lo, int hi) {
  const int lanes = bench->config.lanes;
  PostChannel* entry = &bench->state.params[0];
  int shift = 0;
  int64_t offset = p.offset;
  while (offset != 0 && offset % 2 == 0) offset /= 2, ++shift;
  entry[0] = {-p.z2, p.m2, static_cast<uint8_t>(p.s2)};
  entry[1] = {-p.z1, p.m1, static_cast<uint8_t>(p.s1)};
  entry[2] = {static_cast<int32_t>(offset),
              mode == Rounding::kFloat32 ? static_cast<uint32_t>(shift) : p.m,
              static_cast<uint8_t>(p.s)};
  const int rows = (3 + lanes - 1) / lanes;
  for (int row = 0; row < rows; ++row) bench->LoadRow(row, 0);
  constexpr int kLines = 64;
  for (int first = 0; first < 256; first += kLines) {
    for (int k = 0; k < 256; ++k) bench->state.act[static_cast<size_t>(k)] = static_cast<int8_t>(k);
    for (int line = 0; line < kLines; ++line) {
      std::fill_n(&bench->state.act[static_cast<size_t>(256 * (line + 1))], 256,
                  static_cast<int8_t>(first + line));
    }
    Instruction i;
    i.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kPostActAdd));
    i.Set(field::kPoRounding, static_cast<uint64_t>(mode));
    i.Set(field::kPoNx, static_cast<uint64_t>(256 / lanes));
    i.Set(field::kPoNy, kLines);
    i.Set(field::kPaNchan, static_cast<uint64_t>(lanes));
    i.Set(field::kPbSrc, 256);
    i.Set(field::kPbRsY, 256);
    i.Set(field::kPoSx, static_cast<uint64_t>(lanes));
    i.Set(field::kPoSy, 256);
    i.Set(field::kPoZy, static_cast<uint8_t>(p.zy));
    i.Set(field::kPoLo, static_cast<uint8_t>(lo));
    i.Set(field::kPoHi, static_cast<uint8_t>(hi));
    bench->Forget();
    bench->items.push_back({i, 1, 0, 0});
    ASSERT_NO_FATAL_FAILURE(bench->RunFor(PostTaps(i, bench->config) + 40));
    ASSERT_EQ(bench->writes.size(), static_cast<size_t>(kLines * 256 / lanes));
    for (const PostSeenWrite& w : bench->writes) {
      const int x1 = static_cast<int8_t>(first + static_cast<int>(w.address) / 256);
      for (size_t lane = 0; lane < w.bytes.size(); ++lane) {
        const int x2 = static_cast<int8_t>(w.address % 256 + lane);
        ASSERT_EQ(w.bytes[lane], AddQuantized(x1, x2, p, mode, lo, hi))
            << x1 << " + " << x2 << " in mode " << static_cast<int>(mode);
      }
    }
  }
}

TEST(PostAddTest, AllPairsOfManyScales) {
  PostBench<C16L8> bench(kSeed);
  std::mt19937_64 random(kSeed);
  const auto scale = [&] {
    if (random() % 4 == 0) return std::ldexp(1.0F, -static_cast<int>(random() % 8));  // ties
    return std::exp2(-static_cast<float>(random() % 1000) / 100) *
           (1 + static_cast<float>(random() % 1000) / 1000);
  };
  const auto zero = [&] { return static_cast<int>(random() % 256) - 128; };
  for (int set = 0; set < 60; ++set) {
    const AddTensor a{scale(), zero(), false}, b{scale(), zero(), false}, y{scale(), zero(), false};
    for (Rounding mode : {Rounding::kTflite, Rounding::kFloat32}) {
      const bool is_uint8 = mode == Rounding::kFloat32 && set % 2 != 0;
      AddTensor ua = a, ub = b, uy = y;
      ua.is_uint8 = ub.is_uint8 = uy.is_uint8 = is_uint8;
      const AddParams p = ChooseAdd(ua, ub, uy, mode, "test");
      SCOPED_TRACE(testing::Message() << "set " << set << " seed " << kSeed);
      const int lo = set % 3 == 0 ? std::max(-128, y.zero_point) : -128;
      ASSERT_NO_FATAL_FAILURE(ExpectAllPairs(&bench, p, mode, lo, 127));
    }
  }
}

}  // namespace
}  // namespace systole
