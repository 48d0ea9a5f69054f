// Counts worked by hand from docs/isa.md and docs/timing.md, on an array of 4 x 4, two weight
// ports, two lanes, 64-bit beats. What is not named is 0.
#include <gtest/gtest.h>

#include <initializer_list>

#include "sw/check/instruction_builder.h"
#include "sw/timing/actions.h"

namespace systole {
namespace {

using testing::Make;
using testing::MakeMatmul;
using testing::MakeTransfer;
using testing::With;

HwConfig Tiny() {
  HwConfig c;
  c.rows = c.cols = 4;
  c.wport = c.lanes = 2;
  return c;
}

void ExpectCounts(const Instruction& i, const HwConfig& config,
                  std::initializer_list<std::pair<Action, int64_t>> expected) {
  ActionCounts want;
  want[Action::fetch_beat] = 4;  // 32 bytes
  for (const auto& [action, count] : expected) want[action] = count;
  const ActionCounts got = CountActions(i, config);
  for (size_t a = 0; a < want.count.size(); ++a) {
    EXPECT_EQ(got.count[a], want.count[a]) << kActions[a].name;
  }
}

// 3 vectors, 2 slices of 4 and 3 lanes, 3 of 4 columns, wl = min(3, 4 / 2) = 2 rows a bank.
Instruction Matmul() {
  return With(MakeMatmul(3, 2, 3), {{field::kMmKlast, 3}, {field::kMmFirst, 1}});
}

TEST(ActionCounts, MatmulWorkedByHand) {
  ExpectCounts(Matmul(), Tiny(),
               {{Action::mac, 3 * (4 + 3) * 3},
                {Action::pass, 3 * 2 * 16},
                {Action::idle_mac, 96 - 63},
                {Action::row_sum, 3 * 2 * 4},
                // the first item goes through 2 columns, the second into 1; 2 banks, 4 rows, twice
                {Action::weight_shift, (2 + 1) * 2 * 4 * 2},
                {Action::weight_swap, 2 * 16},
                {Action::weight_read, 2 * 2 * 2 * 4},
                // row r is r late: 0 + 1 + 2 + 3 registers for each of 6 vectors and 8 weight rows
                {Action::skew, (6 + 8) * 6},
                {Action::offset_read, 2 * 4 * 2},
                {Action::gather_read, 3 * (4 + 3)},
                {Action::sum_write, 3 * 2 * 5},   // the row sum's column is the fifth
                {Action::sum_read, 3 * 1 * 5}});  // the first slice only stores
}

TEST(ActionCounts, WithoutRowSumOneColumnLess) {
  HwConfig config = Tiny();
  config.row_sum = 0;
  const ActionCounts n = CountActions(Matmul(), config);
  EXPECT_EQ(n[Action::row_sum], 0);
  EXPECT_EQ(n[Action::sum_write], 3 * 2 * 4);
  EXPECT_EQ(n[Action::sum_read], 3 * 4);
}

// Column mode: 3 lanes for 3 columns in both slices, Klast = 2 taps count.
TEST(ActionCounts, ColumnModeWorkedByHand) {
  const ActionCounts n = CountActions(
      With(Matmul(), {{field::kMmDataflow, 3}, {field::kMmKlast, 2}, {field::kMmFirst, 0}}),
      Tiny());
  EXPECT_EQ(n[Action::mac], 3 * 2 * 2 * 3);
  EXPECT_EQ(n[Action::gather_read], 3 * 2 * 3);
  EXPECT_EQ(n[Action::sum_read], 3 * 2 * 5);
  EXPECT_EQ(n[Action::pass], 96);
}

// Two tiles of 4 and 3 pixels, 5 vectors each, 3 of 4 columns.
TEST(ActionCounts, OutputStationaryWorkedByHand) {
  HwConfig config = Tiny();
  config.dataflows = 3;
  const Instruction tiles = With(
      MakeMatmul(5, 2, 3), {{field::kMmDataflow, 1}, {field::kMmKlast, 3}, {field::kMmFirst, 1}});
  ExpectCounts(tiles, config,
               {{Action::mac, 5 * (4 + 3) * 3},
                {Action::pass, 5 * 2 * 16},
                {Action::idle_mac, 160 - 105},
                {Action::row_sum, 5 * 2 * 4},
                {Action::weight_swap, 5 * 2 * 16},
                // rows 1, 2, 3 take 1, 2, 3 sums from above, in 4 columns, twice
                {Action::drain, (1 + 2 + 3) * 4 * 2},
                // a row of both banks a vector
                {Action::weight_read, 5 * 2 * 2 * 4},
                // each tile 3 idle slots more
                {Action::skew, ((5 + 3) * 2 + 20) * 6},
                {Action::offset_read, 2 * 4 * 2},
                {Action::gather_read, 5 * (4 + 3)},
                {Action::sum_write, 7 * 5}});
  const ActionCounts adds = CountActions(With(tiles, {{field::kMmFirst, 0}}), config);
  EXPECT_EQ(adds[Action::sum_read], 7 * 5);
}

// 3 pixels stay, 5 filters of 4 + 3 lanes pass, in 2 folds.
TEST(ActionCounts, InputStationaryWorkedByHand) {
  HwConfig config = Tiny();
  config.wport = 1;
  config.dataflows = 5;
  const Instruction folds = With(
      MakeMatmul(3, 2, 5), {{field::kMmDataflow, 2}, {field::kMmKlast, 3}, {field::kMmFirst, 1}});
  ExpectCounts(folds, config,
               {{Action::mac, 3 * (4 + 3) * 5},
                {Action::pass, 5 * 2 * 16},
                {Action::idle_mac, 160 - 105},
                {Action::row_sum, 5 * 2 * 4},
                // pixels go through 3, 2 and 1 columns of 4 rows, twice
                {Action::weight_shift, (3 + 2 + 1) * 4 * 2},
                {Action::weight_swap, 2 * 16},
                {Action::weight_read, 5 * 2 * 4},
                // row r is r late, of 5 filters and 3 pixels a fold
                {Action::skew, (5 + 3) * 2 * 6},
                {Action::offset_read, 2 * 4 * 2},
                {Action::gather_read, 3 * (4 + 3)},
                // a fold writes each of 3 x 5 sums, the second one adds
                {Action::sum_write, 2 * 15},
                {Action::sum_read, 15}});
  const ActionCounts adds = CountActions(With(folds, {{field::kMmFirst, 0}}), config);
  EXPECT_EQ(adds[Action::sum_read], 2 * 15);
  const ActionCounts two = CountActions(With(folds, {{field::kMmNb, 2}}), config);
  EXPECT_EQ(two[Action::gather_read], 2 * 3 * (4 + 3));
  EXPECT_EQ(two[Action::sum_read], 2 * 15);
}

// 3 pixels of 3 channels, 2 taps: chunks of 2 and 1 lanes, 2 x 3 x 2 = 12 reads of an entry.
TEST(ActionCounts, PostWorkedByHand) {
  const Instruction post = Make(Opcode::kPost, {{field::kPoNx, 3},
                                                {field::kPoNy, 1},
                                                {field::kPoNtx, 2},
                                                {field::kPoNty, 1},
                                                {field::kPoNchan, 3},
                                                {field::kPoZw, 0xFF}});
  ExpectCounts(post, Tiny(),
               {{Action::tap_read, 12 * 5},
                {Action::tap, 3 * 3 * 2},
                {Action::correction, 12},
                {Action::param_read, 2 * 3 * 2},
                {Action::requantize, 9},
                {Action::post_write, 9}});
  EXPECT_EQ(CountActions(With(post, {{field::kPoZw, 0}}), Tiny())[Action::correction], 0);
}

TEST(ActionCounts, PostActReadsActivations) {
  ExpectCounts(Make(Opcode::kPostAct, {{field::kPoNx, 3},
                                       {field::kPoNy, 2},
                                       {field::kPaNtx, 2},
                                       {field::kPaNty, 2},
                                       {field::kPaNchan, 3}}),
               Tiny(),
               {{Action::post_read, 3 * 2 * 4 * 3},
                {Action::tap, 72},
                {Action::param_read, 2 * 6 * 2},
                {Action::requantize, 18},
                {Action::post_write, 18}});
}

// 2 pixels of 3 channels, two operands each; every lane adds and requantizes, used or not, and
// three rows of parameters are read for the instruction.
TEST(ActionCounts, AdditionWorkedByHand) {
  ExpectCounts(
      Make(Opcode::kPostActAdd, {{field::kPoNx, 2}, {field::kPoNy, 1}, {field::kPaNchan, 3}}),
      Tiny(),
      {{Action::post_read, 2 * 3 * 2},
       {Action::tap, 12},
       {Action::operand, 2 * 2 * 2 * 2},
       {Action::param_read, (2 * 2 + 3) * 2},
       {Action::requantize, 2 * 2 * 2},
       {Action::post_write, 6}});
}

TEST(ActionCounts, TransfersWorkedByHand) {
  // Two lines of 9 bytes are two beats each.
  ExpectCounts(MakeTransfer(Opcode::kLoadAct, 0, 9, 2, 16), Tiny(),
               {{Action::load_write, 18}, {Action::read_beat, 4}});
  ExpectCounts(MakeTransfer(Opcode::kFill, 0, 9, 2), Tiny(), {{Action::load_write, 18}});
  ExpectCounts(MakeTransfer(Opcode::kStore, 0, 9, 2, 16), Tiny(),
               {{Action::store_read, 18}, {Action::write_beat, 4}, {Action::write_byte, 18}});
  // Three rows: 4 bytes of weights padded to a beat; 4 offsets of 2 bytes; 2 channels of 16.
  ExpectCounts(MakeTransfer(Opcode::kLoadWgt, 0, 24), Tiny(),
               {{Action::weight_write, 12}, {Action::read_beat, 3}});
  ExpectCounts(MakeTransfer(Opcode::kLoadKtab, 0, 24), Tiny(),
               {{Action::offset_write, 24}, {Action::read_beat, 3}});
  ExpectCounts(MakeTransfer(Opcode::kLoadPar, 0, 96), Tiny(),
               {{Action::param_write, 6}, {Action::read_beat, 12}});
  ExpectCounts(Make(Opcode::kSyncMatmul), Tiny(), {});
}

}  // namespace
}  // namespace systole
