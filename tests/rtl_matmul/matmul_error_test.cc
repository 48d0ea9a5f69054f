// Illegal instructions and accesses: code, instruction index, cycle; nothing issues afterwards;
// after clear_i all is well.
#include <gtest/gtest.h>

#include <functional>

#include "tests/rtl_matmul/matmul_driver.h"
#include "tests/rtl_matmul/matmul_random.h"

namespace systole::rtl_matmul {
namespace {

class MatmulErrorTest : public testing::TestWithParam<Build> {
 protected:
  MatmulErrorTest()
      : c_(GetParam().config),
        random_(c_, 11),
        buffers_(random_.buffers()),
        model_(GetParam().create()) {
    for (auto& row : buffers_.ktab) {
      for (int j = 0; j < c_.rows; ++j) row[j] = static_cast<uint16_t>(j);
    }
    // Row 1 breaks the rule in its last lane.
    ++buffers_.ktab[1][c_.rows - 1];
    WriteAct(c_, buffers_, model_.get());
    WriteKtab(c_, buffers_, model_.get());
    WriteWeights(c_, buffers_, model_.get());
  }
  // Two windows of two whole slices, legal everywhere.
  Instruction Good() const {
    Instruction i;
    i.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kMatmul));
    i.Set(field::kMmFirst, 1);
    i.Set(field::kMmWcols, c_.cols);
    i.Set(field::kMmKlast, c_.rows);
    i.Set(field::kMmStrideX, 1);
    i.Set(field::kMmNx, 2);
    i.Set(field::kMmNy, 1);
    i.Set(field::kMmNb, 1);
    i.Set(field::kMmKslices, 2);
    return i;
  }
  static Instruction Sync() {
    Instruction i;
    i.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kSyncMatmul));
    return i;
  }
  void ClearAndExpectACorrectRun() {
    model_->in.clear = true;
    model_->Cycle();
    model_->in.clear = false;
    Accumulators want(c_);
    Execute(c_, buffers_, Good(), &want);
    const Trace t = RunProgram(model_.get(), {{Good()}});
    ASSERT_FALSE(t.error);
    ASSERT_EQ(t.issue[0], Law(c_, {{Good()}})[0].issue);
    const std::vector<int32_t> got = ReadEntry(c_, model_.get(), 0, 1);
    for (int col = 0; col <= c_.cols; ++col) ASSERT_EQ(got[col], *want.entry[0][1][col]);
  }
  // {Good, bad, Good, Good}: `bad` is refused in the cycle in which it would have issued.
  void ExpectRefusal(const Instruction& bad, ErrorCode code) {
    for (uint64_t tokens : {0, 300}) {
      RunOptions options;
      options.first_pc = 1000;
      options.extra_cycles = 400;
      const Trace t =
          RunProgram(model_.get(), {{Good()}, {bad, 0, tokens}, {Good()}, {Good()}}, options);
      ASSERT_TRUE(t.error);
      EXPECT_EQ(t.error->code, static_cast<int>(code));
      EXPECT_EQ(t.error->pc, 1001u);
      EXPECT_EQ(t.issue.size(), 1u);
      EXPECT_EQ(t.retire.size(), 1u) << "what was issued retires";
      if (tokens) {
        EXPECT_EQ(t.error->cycle, tokens + 1);
      }
      ClearAndExpectACorrectRun();
    }
  }
  // {Good, bad, Good, ...}: `bad` issues and fails while it runs.
  void ExpectFailure(const Instruction& bad, ErrorCode code, const RunOptions& base = {}) {
    RunOptions options = base;
    options.first_pc = 77;
    options.extra_cycles = 400;
    const Trace t = RunProgram(model_.get(),
                               {{Good()}, {bad}, {Good()}, {Good()}, {Good()}, {Good()}}, options);
    ASSERT_TRUE(t.error);
    EXPECT_EQ(t.error->code, static_cast<int>(code));
    EXPECT_EQ(t.error->pc, 78u);
    EXPECT_LT(t.issue.size(), 6u);
    for (uint64_t issue : t.issue) EXPECT_LE(issue, t.error->cycle);
    model_->in.st_re = model_->in.acc_re = false;
    ClearAndExpectACorrectRun();
  }
  void ExpectLegal(const Instruction& i, const RunOptions& options = {}) {
    Accumulators want(c_);
    Execute(c_, buffers_, i, &want);
    const Trace t = RunProgram(model_.get(), {{i}}, options);
    ASSERT_FALSE(t.error) << "code " << int{t.error->code};
    ASSERT_EQ(t.retire.size(), 1u);
    const int last = static_cast<int>(i.Get(field::kMmAccBase) + MatmulFields(c_, i).entries) - 1;
    const std::vector<int32_t> got = ReadEntry(c_, model_.get(), 0, last);
    for (int col = 0; col <= c_.cols; ++col) {
      if (want.Column(0, last, col)) {
        EXPECT_EQ(got[col], *want.Column(0, last, col)) << "column " << col;
      }
    }
  }
  Instruction With(std::initializer_list<std::pair<Field, uint64_t>> changes) const {
    Instruction i = Good();
    for (const auto& [f, value] : changes) i.Set(f, value);
    return i;
  }

  HwConfig c_;
  Random random_;
  Buffers buffers_;
  std::unique_ptr<Model> model_;
};

TEST_P(MatmulErrorTest, IllegalFields) {
  const std::vector<std::pair<Field, uint64_t>> cases = {
      {field::kPopMatmul, 1},
      {field::kPush, 2},
      {field::kMmNx, 0},
      {field::kMmNy, 0},
      {field::kMmNb, 0},
      {field::kMmKslices, 0},
      {field::kMmWcols, 0},
      {field::kMmKlast, 0},
      {field::kMmWcols, static_cast<uint64_t>(c_.cols) + 1},
      {field::kMmKlast, static_cast<uint64_t>(c_.rows) + 1},
  };
  for (const auto& [f, value] : cases) {
    SCOPED_TRACE("field at bit " + std::to_string(f.lsb) + " = " + std::to_string(value));
    ExpectRefusal(With({{f, value}}), ErrorCode::kBadField);
  }
  // BadField comes before BufferRange.
  ExpectRefusal(With({{field::kMmKlast, 0}, {field::kMmAccBase, 1023}}), ErrorCode::kBadField);
}

TEST_P(MatmulErrorTest, ColumnMode) {
  const uint64_t lanes = std::min(c_.rows, c_.cols), taps = std::min(c_.taps, c_.rows);
  const auto column = [&](uint64_t wcols, uint64_t klast) {
    return With({{field::kMmDataflow, 3}, {field::kMmWcols, wcols}, {field::kMmKlast, klast}});
  };
  if (taps == 0) return ExpectRefusal(column(1, 1), ErrorCode::kBadField);
  ExpectLegal(column(lanes, taps));
  ExpectRefusal(column(lanes + 1, taps), ErrorCode::kBadField);
  ExpectRefusal(column(lanes, taps + 1), ErrorCode::kBadField);
  ExpectRefusal(column(lanes, 0), ErrorCode::kBadField);
  // Lanes past Wcols are not gathered: neither their addresses nor their offsets matter.
  ExpectLegal(With({{field::kMmDataflow, 3},
                    {field::kMmWcols, 1},
                    {field::kMmKlast, 1},
                    {field::kMmKtab, 1},
                    {field::kMmBase, static_cast<uint64_t>(c_.ActBytes()) - 2}}));
  ExpectFailure(With({{field::kMmDataflow, 3},
                      {field::kMmWcols, 2},
                      {field::kMmKlast, 1},
                      {field::kMmBase, static_cast<uint64_t>(c_.ActBytes()) - 2}}),
                ErrorCode::kBufferRange);
}

TEST_P(MatmulErrorTest, OutputStationary) {
  const auto tiles = [&](std::initializer_list<std::pair<Field, uint64_t>> changes) {
    Instruction i = With({{field::kMmDataflow, 1},
                          {field::kMmKslices, 1},
                          {field::kMmKlast, 2},
                          {field::kMmWcols, static_cast<uint64_t>(c_.OsCols())}});
    for (const auto& [f, value] : changes) i.Set(f, value);
    return i;
  };
  if ((c_.dataflows & 2) == 0) return ExpectRefusal(tiles({}), ErrorCode::kBadField);
  const uint64_t rows = c_.rows, depth = c_.acc_depth, wgt = c_.WgtRows();
  ExpectLegal(tiles({}));
  ExpectRefusal(tiles({{field::kMmWcols, static_cast<uint64_t>(c_.OsCols()) + 1}}),
                ErrorCode::kBadField);
  ExpectRefusal(tiles({{field::kMmKlast, rows + 1}}), ErrorCode::kBadField);
  // Entries: those of the lanes, whatever the vectors are.
  ExpectLegal(tiles({{field::kMmAccBase, depth - 2}}));
  ExpectRefusal(tiles({{field::kMmAccBase, depth - 1}}), ErrorCode::kBufferRange);
  const uint64_t whole = (depth - 1) / rows;  // tiles
  ExpectLegal(tiles({{field::kMmKslices, whole + 1}, {field::kMmKlast, depth - whole * rows}}));
  if (depth % rows != 0) {
    ExpectRefusal(
        tiles({{field::kMmKslices, whole + 1}, {field::kMmKlast, depth - whole * rows + 1}}),
        ErrorCode::kBufferRange);
  }
  ExpectRefusal(tiles({{field::kMmKslices, 0xFFFF}}), ErrorCode::kBufferRange);
  // Rows of weights: one a vector.
  ExpectLegal(tiles({{field::kMmWgtRow, wgt - 2}}));
  ExpectRefusal(tiles({{field::kMmWgtRow, wgt - 1}}), ErrorCode::kBufferRange);
  ExpectLegal(tiles({{field::kMmStrideX, 0}, {field::kMmNx, std::min<uint64_t>(wgt, 1023)}}));
  ExpectRefusal(tiles({{field::kMmNx, 1023}, {field::kMmNy, 1023}, {field::kMmNb, 1023}}),
                ErrorCode::kBufferRange);
  // Lanes.
  ExpectFailure(tiles({{field::kMmBase, static_cast<uint64_t>(c_.ActBytes()) - 2}}),
                ErrorCode::kBufferRange);
  ExpectFailure(tiles({{field::kMmKtab, 1}, {field::kMmKlast, rows}}), ErrorCode::kConflict);
  ExpectLegal(tiles({{field::kMmKtab, 1}, {field::kMmKlast, rows - 1}}));
  // POST may read the half whose entries are not read.
  RunOptions options;
  options.at_cycle = [](uint64_t, Model* m) { m->in.acc_re = m->in.acc_half = true; };
  ExpectLegal(tiles({{field::kMmHalf, 1}}), options);
  ExpectFailure(tiles({{field::kMmHalf, 1}, {field::kMmFirst, 0}}), ErrorCode::kConflict, options);
}

TEST_P(MatmulErrorTest, InputStationary) {
  const auto input = [&](std::initializer_list<std::pair<Field, uint64_t>> changes) {
    Instruction i = With({{field::kMmDataflow, 2}});
    for (const auto& [f, value] : changes) i.Set(f, value);
    return i;
  };
  if ((c_.dataflows & 4) == 0) return ExpectRefusal(input({}), ErrorCode::kBadField);
  const uint64_t cols = c_.cols, rows = c_.rows, depth = c_.acc_depth, wgt = c_.WgtRows();
  ExpectLegal(input({}));
  ExpectLegal(input({{field::kMmNx, cols}}));
  ExpectRefusal(input({{field::kMmNx, cols + 1}}), ErrorCode::kBadField);
  ExpectRefusal(input({{field::kMmNx, 2}, {field::kMmNy, cols / 2 + 1}}), ErrorCode::kBadField);
  ExpectRefusal(input({{field::kMmWcols, 0}}), ErrorCode::kBadField);
  ExpectRefusal(input({{field::kMmKlast, rows + 1}}), ErrorCode::kBadField);
  // Blocks of COLS filters have entries of their own.
  ExpectLegal(input({{field::kMmWcols, cols + 1}, {field::kMmAccInc, 2}}));
  ExpectRefusal(input({{field::kMmWcols, cols + 1}, {field::kMmAccInc, 1}}), ErrorCode::kBadField);
  ExpectLegal(
      input({{field::kMmWcols, cols + 1}, {field::kMmAccInc, 3}, {field::kMmAccBase, depth - 5}}));
  ExpectRefusal(
      input({{field::kMmWcols, cols + 1}, {field::kMmAccInc, 3}, {field::kMmAccBase, depth - 4}}),
      ErrorCode::kBufferRange);
  ExpectLegal(input({{field::kMmAccBase, depth - 4}, {field::kMmNb, 2}}));
  ExpectRefusal(input({{field::kMmAccBase, depth - 3}, {field::kMmNb, 2}}),
                ErrorCode::kBufferRange);
  // Rows of weights: one a filter and slice, the same for each tile.
  ExpectLegal(input({{field::kMmWgtRow, wgt - 2 * cols}, {field::kMmNb, 2}}));
  ExpectRefusal(input({{field::kMmWgtRow, wgt - 2 * cols + 1}}), ErrorCode::kBufferRange);
  // Lanes, those of the second slice and of the second tile too.
  const uint64_t bytes = static_cast<uint64_t>(c_.ActBytes());
  ExpectFailure(input({{field::kMmBase, bytes - rows}}), ErrorCode::kBufferRange);
  ExpectLegal(input({{field::kMmBase, bytes - rows - 1}}));
  ExpectFailure(input({{field::kMmBase, bytes - rows - 2}, {field::kMmBaseInc, 2}}),
                ErrorCode::kBufferRange);
  ExpectFailure(
      input({{field::kMmBase, bytes - rows - 2}, {field::kMmNb, 2}, {field::kMmStrideB, 2}}),
      ErrorCode::kBufferRange);
  ExpectFailure(input({{field::kMmKtab, 1}}), ErrorCode::kConflict);
  ExpectLegal(input({{field::kMmKtab, 1}, {field::kMmKslices, 1}, {field::kMmKlast, rows - 1}}));
  // POST may read the half whose entries are not read.
  RunOptions options;
  options.at_cycle = [](uint64_t, Model* m) { m->in.acc_re = m->in.acc_half = true; };
  ExpectLegal(input({{field::kMmHalf, 1}, {field::kMmKslices, 1}}), options);
  ExpectFailure(input({{field::kMmHalf, 1}}), ErrorCode::kConflict, options);
  ExpectFailure(input({{field::kMmHalf, 1}, {field::kMmKslices, 1}, {field::kMmFirst, 0}}),
                ErrorCode::kConflict, options);
}

// Lanes go to their entries from the last one on: entry 1, then 0 with the last slot.
TEST_P(MatmulErrorTest, AccumulatesOnATilesEntryStillOnItsWay) {
  if ((c_.dataflows & 2) == 0) GTEST_SKIP() << "not output stationary";
  const Instruction tile = With({{field::kMmDataflow, 1},
                                 {field::kMmKslices, 1},
                                 {field::kMmKlast, 2},
                                 {field::kMmWcols, 1}});
  const auto next = [&](uint64_t acc_base) {
    return With({{field::kMmNx, 1},
                 {field::kMmKslices, 1},
                 {field::kMmWcols, 1},
                 {field::kMmFirst, 0},
                 {field::kMmAccBase, acc_base}});
  };
  for (uint64_t acc_base : {0, 1}) {
    const Trace t = RunProgram(model_.get(), {{tile}, {next(acc_base)}});
    ASSERT_TRUE(t.error) << acc_base;
    EXPECT_EQ(t.error->code, static_cast<int>(ErrorCode::kConflict));
    EXPECT_EQ(t.error->pc, 1u);
    ClearAndExpectACorrectRun();
  }
  EXPECT_FALSE(RunProgram(model_.get(), {{tile}, {next(2)}}).error);
  EXPECT_FALSE(RunProgram(model_.get(), {{tile}, {next(0), 60 + 2ull * c_.rows}}).error);
  // The other way round no sum meets its entry before slot ROWS - 2 of a tile.
  const Instruction last = With({{field::kMmDataflow, 1},
                                 {field::kMmKslices, 1},
                                 {field::kMmWcols, 1},
                                 {field::kMmNx, 1},
                                 {field::kMmFirst, 0}});
  const Instruction before = With({{field::kMmNx, 3},
                                   {field::kMmKslices, 1},
                                   {field::kMmWcols, 1},
                                   {field::kMmAccBase, static_cast<uint64_t>(c_.rows) - 3}});
  EXPECT_FALSE(RunProgram(model_.get(), {{before}, {last}}).error);
}

TEST_P(MatmulErrorTest, SyncGivesNoTokensAndTakesNoneOfItsOwn) {
  Instruction push = Sync(), pop = Sync();
  push.Set(field::kPush, 1);
  pop.Set(field::kPopMatmul, 3);
  ExpectRefusal(push, ErrorCode::kBadField);
  ExpectRefusal(pop, ErrorCode::kBadField);
}

TEST_P(MatmulErrorTest, UnknownOpcode) {
  ExpectRefusal(With({{field::kOpcode, 0x21}}), ErrorCode::kBadOpcode);
}

TEST_P(MatmulErrorTest, AccumulatorRange) {
  const uint64_t depth = c_.acc_depth;
  ExpectRefusal(With({{field::kMmAccBase, depth - 1}}), ErrorCode::kBufferRange);
  ExpectLegal(With({{field::kMmAccBase, depth - 2}}));
  ExpectRefusal(With({{field::kMmNx, 1023}, {field::kMmNy, 1023}, {field::kMmNb, 1023}}),
                ErrorCode::kBufferRange);
}

TEST_P(MatmulErrorTest, OffsetTableRange) {
  const uint64_t rows = c_.KtabRows();
  ExpectRefusal(With({{field::kMmKtab, rows}}), ErrorCode::kBufferRange);
  ExpectLegal(With({{field::kMmKtab, rows - 1}}));
  ExpectRefusal(With({{field::kMmKtab, rows - 1}, {field::kMmKtabInc, 1}}),
                ErrorCode::kBufferRange);
  ExpectLegal(With({{field::kMmKtab, rows - 2}, {field::kMmKtabInc, 1}}));
}

TEST_P(MatmulErrorTest, WeightRange) {
  const uint64_t rows = c_.WgtRows(), need = 2 * MatmulFields(c_, Good()).wl;
  ExpectRefusal(With({{field::kMmWgtRow, rows - need + 1}}), ErrorCode::kBufferRange);
  ExpectLegal(With({{field::kMmWgtRow, rows - need}}));
  ExpectRefusal(With({{field::kMmWgtRow, 0xFFFFFF}}), ErrorCode::kBufferRange);
}

TEST_P(MatmulErrorTest, LanePastTheActivationBuffer) {
  const uint64_t last = c_.ActBytes() - c_.rows;  // the last base of a whole vector
  ExpectLegal(With({{field::kMmBase, last - 1}}));
  ExpectFailure(With({{field::kMmBase, last}}), ErrorCode::kBufferRange);
  // One lane fewer in the last slice moves the limit by one there, and by BaseInc from the first
  // slice.
  ExpectLegal(With(
      {{field::kMmBase, last - 1}, {field::kMmBaseInc, 1}, {field::kMmKlast, c_.rows - 1ull}}));
  ExpectFailure(With({{field::kMmBase, last - 1}, {field::kMmBaseInc, 1}}),
                ErrorCode::kBufferRange);
  ExpectFailure(With({{field::kMmBase, 0xFFFFFF}}), ErrorCode::kBufferRange);
  ExpectFailure(With({{field::kMmBase, 0xFFFFF0}, {field::kMmStrideX, 0x10}}),
                ErrorCode::kBufferRange);
  ExpectFailure(With({{field::kMmNx, 1},
                      {field::kMmNb, 2},
                      {field::kMmBase, 1},
                      {field::kMmStrideB, 0xFFFFFF}}),
                ErrorCode::kBufferRange);
}

TEST_P(MatmulErrorTest, OffsetsThatShareABank) {
  ExpectFailure(With({{field::kMmKtab, 1}}), ErrorCode::kConflict);
  // The lane that breaks the rule is not used.
  ExpectLegal(
      With({{field::kMmKtab, 1}, {field::kMmKslices, 1}, {field::kMmKlast, c_.rows - 1ull}}));
  // In the second slice only.
  ExpectFailure(With({{field::kMmKtabInc, 1}}), ErrorCode::kConflict);
}

TEST_P(MatmulErrorTest, StoreReadsTheSameGroup) {
  RunOptions options;
  const auto read = [](uint32_t address, uint8_t n) {
    return [=](uint64_t, Model* m) {
      m->in.st_re = true;
      m->in.st_addr = address;
      m->in.st_n = n;
    };
  };
  // All vectors lie in group 0 or, with base GroupBytes, in group 1.
  const uint32_t group = c_.GroupBytes();
  const Instruction slow = With({{field::kMmStrideX, 0}});
  options.at_cycle = read(group - 1, 1);
  const Trace t = RunProgram(model_.get(), {{slow}}, options);
  ASSERT_TRUE(t.error);
  EXPECT_EQ(t.error->code, static_cast<int>(ErrorCode::kConflict));
  EXPECT_EQ(t.error->pc, 0u);
  // Base in slot issue + 1, read in issue + 2, told one cycle later.
  EXPECT_EQ(t.error->cycle, Law(c_, {{slow}})[0].issue + 3);
  model_->in.st_re = false;
  ClearAndExpectACorrectRun();
  if (c_.act_groups == 1) return;
  options.at_cycle = read(group, static_cast<uint8_t>(c_.AxiBytes()));
  ExpectLegal(slow, options);
  // A beat that starts in the group below and ends in it.
  options.at_cycle = read(group - 1, 2);
  const Trace over = RunProgram(
      model_.get(), {{With({{field::kMmBase, group}, {field::kMmStrideX, 0}})}}, options);
  ASSERT_TRUE(over.error);
  EXPECT_EQ(over.error->code, static_cast<int>(ErrorCode::kConflict));
}

TEST_P(MatmulErrorTest, PostReadsTheHalfThatAccumulates) {
  RunOptions options;
  int half = 0;
  options.at_cycle = [&half](uint64_t, Model* m) {
    m->in.acc_re = true;
    m->in.acc_half = half;
  };
  ExpectLegal(With({{field::kMmKslices, 1}}), options);  // stores only
  const Trace t = RunProgram(model_.get(), {{Good()}}, options);
  ASSERT_TRUE(t.error);
  EXPECT_EQ(t.error->code, static_cast<int>(ErrorCode::kConflict));
  EXPECT_EQ(t.error->pc, 0u);
  model_->in.acc_re = false;
  ClearAndExpectACorrectRun();
  half = 1;
  ExpectLegal(Good(), options);
}

TEST_P(MatmulErrorTest, AccumulatesOnAnEntryStillOnItsWay) {
  // Three windows go to entries 0, 1, 2 (First) in slots 0, 1, 2; the next instruction's first goes
  // to 2 (slot 3) or 1.
  const Instruction first = With({{field::kMmNx, 3}, {field::kMmKslices, 1}, {field::kMmWcols, 1}});
  const auto next = [&](int acc_base) {
    return With({{field::kMmNx, 1},
                 {field::kMmKslices, 1},
                 {field::kMmWcols, 1},
                 {field::kMmFirst, 0},
                 {field::kMmAccBase, static_cast<uint64_t>(acc_base)}});
  };
  for (int acc_base : {1, 2}) {
    const Trace t = RunProgram(model_.get(), {{first}, {next(acc_base)}});
    ASSERT_TRUE(t.error) << acc_base;
    EXPECT_EQ(t.error->code, static_cast<int>(ErrorCode::kConflict));
    EXPECT_EQ(t.error->pc, 1u);
    ClearAndExpectACorrectRun();
  }
  for (int acc_base : {0, 3})
    EXPECT_FALSE(RunProgram(model_.get(), {{first}, {next(acc_base)}}).error) << acc_base;
  // One slot later there is no harm.
  EXPECT_FALSE(RunProgram(model_.get(), {{first}, {next(1), 40}}).error);
}

INSTANTIATE_TEST_SUITE_P(Configurations, MatmulErrorTest, testing::ValuesIn(Builds()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace systole::rtl_matmul
