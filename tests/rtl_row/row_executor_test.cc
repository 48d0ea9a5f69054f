// The functional model's RowConv against the plain definition (row_reference.h), and the steps of
// the law against its closed form, on random instructions.
#include <gtest/gtest.h>

#include <cstring>

#include "sw/functional/executor.h"
#include "sw/timing/row_conv_law.h"
#include "tests/rtl_row/row_models.h"
#include "tests/rtl_row/row_reference.h"

namespace systole::rtl_row {
namespace {

// A memory that holds what one instruction loads.
class Source : public MemoryAccess {
 public:
  explicit Source(std::vector<uint8_t> bytes) : bytes_(std::move(bytes)) {}
  ErrorCode ReadBurst(uint64_t address, uint8_t* data, size_t n) override {
    for (size_t k = 0; k < n; ++k) data[k] = address + k < bytes_.size() ? bytes_[address + k] : 0;
    return ErrorCode::kNone;
  }
  ErrorCode WriteBurst(uint64_t, const uint8_t*, size_t) override { return ErrorCode::kNone; }

 private:
  std::vector<uint8_t> bytes_;
};

// Loads `rows`, each padded to whole beats.
template <typename Byte>
void Load(Opcode opcode, const std::vector<std::vector<Byte>>& rows, const HwConfig& c,
          Executor* executor) {
  const size_t padded =
      opcode == Opcode::kLoadAct ? rows[0].size() : static_cast<size_t>(PaddedRowBytes(opcode, c));
  std::vector<uint8_t> bytes(padded * rows.size());
  for (size_t r = 0; r < rows.size(); ++r)
    std::memcpy(&bytes[r * padded], rows[r].data(), rows[r].size() * sizeof(Byte));
  Instruction i;
  i.Set(field::kOpcode, static_cast<uint64_t>(opcode));
  i.Set(field::kLsLines, 1);
  i.Set(field::kLsBytes, bytes.size());
  Source source(std::move(bytes));
  ASSERT_EQ(executor->Execute(i, &source), ErrorCode::kNone);
}

class RowExecutorTest : public testing::TestWithParam<rtl_matmul::Build> {};

TEST_P(RowExecutorTest, EqualsTheDefinition) {
  const HwConfig& c = GetParam().config;
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    RandomRows random(c, seed);
    const Buffers& b = random.buffers();
    Executor executor(c);
    Load(Opcode::kLoadAct, std::vector<std::vector<int8_t>>{b.act}, c, &executor);
    Load(Opcode::kLoadKtab, b.ktab, c, &executor);
    Load(Opcode::kLoadWgt, b.weights[0], c, &executor);
    if (HasFatalFailure()) return;
    Accumulators want(c);
    Source none({});
    for (int k = 0; k < 60; ++k) {
      const Instruction i = random.RowConv();
      ExecuteRow(c, b, i, &want);
      ASSERT_EQ(executor.Execute(i, &none), ErrorCode::kNone) << "seed " << seed << ", " << k;
    }
    int compared = 0;
    for (int half = 0; half < 2; ++half) {
      for (int entry = 0; entry < c.acc_depth; ++entry) {
        for (int col = 0; col < c.cols; ++col) {
          const auto& w = want.entry[half][entry][col];
          if (!w) continue;
          ASSERT_EQ(executor.Accumulators(half, entry)[col], *w)
              << "seed " << seed << ", half " << half << " entry " << entry << " column " << col;
          ++compared;
        }
      }
    }
    EXPECT_GT(compared, 0);
  }
}

TEST_P(RowExecutorTest, StepsAddUpToTheClosedLaw) {
  const LawConfig c(GetParam().config, MemoryTiming{});
  RandomRows random(GetParam().config, 1);
  for (int k = 0; k < 2000; ++k) {
    const Instruction i = random.RowConv();
    const std::vector<RowConvStep> steps = StepsOf(i, c.row);
    const RowConvShape shape = ShapeOfRowConv(i, c);
    ASSERT_EQ(steps.back().start, shape.last) << "instruction " << k;
    int64_t last_load = 0;
    for (const RowConvStep& s : steps) {
      if (s.slice != steps.back().slice) continue;
      last_load = s.start;
      break;
    }
    ASSERT_EQ(last_load, shape.last_load) << "instruction " << k;
  }
}

INSTANTIATE_TEST_SUITE_P(Configurations, RowExecutorTest, testing::ValuesIn(Builds()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace systole::rtl_row
