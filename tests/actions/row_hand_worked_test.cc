// Counts of RowConvs: worked by hand from docs/row_stationary.md, and on the mappings of five
// layers those that a cycle-by-cycle model of the array counted, which knew no closed form.
#include <gtest/gtest.h>

#include <initializer_list>

#include "sw/check/instruction_builder.h"
#include "sw/driver/parameters.h"
#include "sw/timing/actions.h"

namespace systole {
namespace {

using testing::Make;
using testing::With;

struct Nest {
  uint64_t m0, r1, c1, s1, c2, m2, q1, m3, hs, ws, nx, ny, slices;
};

Instruction RowConv(const Nest& n) {
  return Make(Opcode::kRowConv, {{field::kRcM0, n.m0},
                                 {field::kRcR1, n.r1},
                                 {field::kRcC1, n.c1},
                                 {field::kRcS1, n.s1},
                                 {field::kRcC2, n.c2},
                                 {field::kRcM2, n.m2},
                                 {field::kRcQ1, n.q1},
                                 {field::kRcM3, n.m3},
                                 {field::kRcHs, n.hs},
                                 {field::kRcWs, n.ws},
                                 {field::kRcNx, n.nx},
                                 {field::kRcNy, n.ny},
                                 {field::kRcNb, 1},
                                 {field::kRcFirst, 1},
                                 {field::kRcKslices, n.slices}});
}

void ExpectCounts(const Instruction& i,
                  std::initializer_list<std::pair<Action, int64_t>> expected) {
  ActionCounts want;
  want[Action::fetch_beat] = 4;  // 32 bytes
  for (const auto& [action, count] : expected) want[action] = count;
  const ActionCounts got = CountActions(i, ParseParameters({"ENGINE=row"}));
  for (size_t a = 0; a < want.count.size(); ++a) {
    EXPECT_EQ(got.count[a], want.count[a]) << kActions[a].name;
  }
}

// The mapping of docs/row_stationary.md: 168 elements, 8 pixels x 4 lots of channels = 32 steps of
// 24 products on windows of 6 words, of which 2 are new where a window slides.
TEST(RowActions, OneMappingByHand) {
  const Instruction conv = RowConv({4, 3, 2, 3, 2, 2, 14, 1, 1, 1, 8, 1, 4});
  ExpectCounts(conv,
               {{Action::mac, 32 * 24 * 168},
                {Action::filter_fill, 4 * 24 * 168},
                {Action::filter_read, 32 * 24 * 168},
                {Action::ifmap_fill, 4 * (6 + 7 * 2) * 168},
                {Action::ifmap_read, 32 * 6 * 168},
                // of 6 rounds the first reads no sum, the last writes none
                {Action::psum_read, 32 * 5 * 4 * 168},
                {Action::psum_write, 32 * 5 * 4 * 168},
                // 80 words, a vector for each lot of channels, of 16 input rows
                {Action::gather_read, 80 * 2 * 16},
                {Action::vector, 80 * 2 * 16 * 11},
                // a row with each of 160 vectors, for the next; with the first; and at the end of
                // 30 of the 32 steps, whose windows were there before: not where none follows, nor
                // at the end of the first window, with whose last vector it falls together
                {Action::offset_read, (160 + 1 + 30) * 16 * 2},
                {Action::weight_read, 4 * 24 * 16},
                {Action::skew, 4 * 24 * (11 * 12 / 2)},
                {Action::sum_write, 32 * 8 * 14},
                {Action::sum_read, 24 * 8 * 14},
                {Action::chain_add, 32 * 4 * 12 * 14},
                // group 0's sums go through 12 rows, group 1's through 6
                {Action::chain_pass, 32 * 4 * (12 + 6) * 14}});
  const ActionCounts adds =
      CountActions(With(conv, {{field::kRcFirst, 0}}), ParseParameters({"ENGINE=row"}));
  EXPECT_EQ(adds[Action::sum_read], 32 * 8 * 14);
}

// A 1x1 layer on one row and 5 columns, 3 steps of 4 words and one filter. Its windows take as long
// as its steps, so that no row of offsets is read twice.
TEST(RowActions, ElementsThatAreNotUsed) {
  ExpectCounts(RowConv({1, 1, 4, 1, 1, 1, 5, 1, 1, 1, 3, 1, 1}),
               {{Action::mac, 3 * 4 * 5},
                {Action::idle_mac, 3 * 4 * 9},  // the row's other columns
                {Action::filter_fill, 4 * 5},
                {Action::idle_filter_fill, 4 * 5 * 11},  // the columns' other rows
                {Action::filter_read, 60},
                {Action::idle_filter_read, 108},
                {Action::ifmap_fill, 12 * 5},
                {Action::idle_ifmap_fill, 12 * (168 - 5)},  // a vector has something for all
                {Action::ifmap_read, 60},
                {Action::idle_ifmap_read, 108},
                {Action::psum_read, 3 * 3 * 5},
                {Action::idle_psum_read, 3 * 3 * 9},
                {Action::psum_write, 45},
                {Action::idle_psum_write, 81},
                {Action::gather_read, 12 * 5},
                {Action::vector, 12 * 16 * 11},
                {Action::offset_read, 13 * 16 * 2},
                {Action::weight_read, 4 * 16},
                {Action::skew, 4 * 66},
                {Action::sum_write, 3 * 5},
                {Action::chain_add, 3 * 14},
                {Action::chain_pass, 3 * 12 * 14}});
}

// Depthwise: 4 channels in 4 groups of 3 rows; every channel's vector is for its own rows alone.
TEST(RowActions, Depthwise) {
  const ActionCounts n = CountActions(
      With(RowConv({1, 3, 1, 3, 1, 4, 14, 1, 1, 1, 2, 1, 1}), {{field::kRcDepthwise, 1}}),
      ParseParameters({"ENGINE=row"}));
  EXPECT_EQ(n[Action::mac], 2 * 3 * 168);
  EXPECT_EQ(n[Action::ifmap_fill], (3 + 1) * 168);
  EXPECT_EQ(n[Action::gather_read], (3 + 1) * 4 * 16);
  EXPECT_EQ(n[Action::vector], (3 + 1) * 4 * 16 * 11);
  EXPECT_EQ(n[Action::chain_pass], 2 * (12 + 9 + 6 + 3) * 14);
  EXPECT_EQ(n[Action::sum_write], 2 * 4 * 14);
}

struct Layer {
  const char* name;
  Nest nest;
  int64_t times;  // RowConvs
  int64_t macs, ifmap_fill, filter_fill, weight_bytes, sum_write, sum_read, gather, psum;
};

// Row-stationary nests with spads of 1,024 weights; weight_bytes: of the rows of the weight buffer
// those that rows in use take.
TEST(RowActions, FiveLayersAsAModelOfTheArrayCountedThem) {
  const Layer layers[] = {{"AlexNet conv1",
                           {8, 11, 1, 11, 1, 1, 11, 1, 4, 4, 55, 1, 3},
                           40,
                           70276800,
                           3296040,
                           1277760,
                           116160,
                           580800,
                           387200,
                           1389240,
                           63888000},
                          {"AlexNet conv2",
                           {4, 5, 4, 5, 2, 1, 3, 4, 1, 1, 27, 9, 8},
                           12,
                           223948800,
                           12856320,
                           921600,
                           307200,
                           1119744,
                           979776,
                           1499904,
                           212751360},
                          {"AlexNet conv3",
                           {16, 3, 8, 3, 2, 2, 13, 1, 1, 1, 13, 1, 12},
                           12,
                           112140288,
                           2695680,
                           8626176,
                           663552,
                           778752,
                           713856,
                           518400,
                           107467776},
                          {"3x3 of 64",
                           {8, 3, 8, 3, 4, 1, 7, 2, 1, 1, 14, 8, 2},
                           16,
                           115605504,
                           5505024,
                           1032192,
                           147456,
                           401408,
                           200704,
                           1179648,
                           110788608},
                          {"1x1 of 256",
                           {16, 1, 16, 1, 8, 1, 7, 2, 1, 1, 8, 8, 2},
                           14,
                           51380224,
                           3211264,
                           802816,
                           114688,
                           401408,
                           200704,
                           1605632,
                           48168960}};
  HwConfig config = ParseParameters({"ENGINE=row"});
  config.wgt_spad = 1024;
  for (const Layer& layer : layers) {
    SCOPED_TRACE(layer.name);
    const ActionCounts one = CountActions(RowConv(layer.nest), config);
    const auto all = [&](Action a) { return one[a] * layer.times; };
    EXPECT_EQ(all(Action::mac), layer.macs);
    EXPECT_EQ(all(Action::filter_read), layer.macs);
    EXPECT_EQ(all(Action::ifmap_read) * static_cast<int64_t>(layer.nest.m0), layer.macs);
    EXPECT_EQ(all(Action::ifmap_fill), layer.ifmap_fill);
    EXPECT_EQ(all(Action::filter_fill), layer.filter_fill);
    const Nest& n = layer.nest;
    EXPECT_EQ(all(Action::weight_read) / 16 * static_cast<int64_t>(n.s1 * n.c2 * n.m2),
              layer.weight_bytes);
    EXPECT_EQ(all(Action::sum_write), layer.sum_write);
    EXPECT_EQ(all(Action::sum_read), layer.sum_read);
    EXPECT_EQ(all(Action::gather_read), layer.gather);
    EXPECT_EQ(all(Action::psum_read), layer.psum);
    EXPECT_EQ(all(Action::psum_write), layer.psum);
  }
}

}  // namespace
}  // namespace systole
