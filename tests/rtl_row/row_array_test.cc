// Random loop nests through the row-stationary array, several behind each other: every output
// against the seven loops, every step where the law puts it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <tuple>

#include "Vrow_12x14.h"
#include "Vrow_14x12.h"
#include "Vrow_2x2.h"
#include "Vrow_5x7.h"
#include "sw/functional/row_step.h"
#include "tests/rtl_row/row_script.h"

namespace systole::rtl_row {
namespace {

template <typename V>
class Bench {
 public:
  explicit Bench(const Shape& shape) : shape_(shape) {
    v_->rst_ni = 0;
    Cycle();
    v_->rst_ni = 1;
  }

  void Play(const std::vector<Heard>& heard) {
    for (const Heard& h : heard) {
      v_->map_we_i = h.map != nullptr;
      if (h.map) Map(*h.map);
      v_->start_i = h.start;
      v_->start_half_i = h.half;
      v_->start_init_i = h.init;
      v_->start_emit_i = h.emit;
      v_->start_word_i = h.word;
      v_->vec_valid_i = h.vector;
      v_->vec_index_i = h.index;
      v_->vec_word_i = h.vector_word;
      if (h.vector) Bytes(h.bytes, &v_->vec_i);
      v_->wgt_mask_i = h.weight_mask;
      v_->wgt_addr_i = h.weight_addr;
      if (h.weight_mask) Bytes(h.weights, &v_->wgt_i);
      v_->sum_valid_i = h.sum;
      v_->sum_first_i = h.sum_first;
      v_->sum_half_i = h.sum_half;
      v_->sum_block_i = h.block;
      v_->sum_channel_i = h.channel;
      v_->sum_columns_i = h.columns;
      Cycle();
    }
    v_->map_we_i = v_->start_i = v_->vec_valid_i = v_->sum_valid_i = 0;
    v_->wgt_mask_i = 0;
    for (int i = 0; i < 3; ++i) Cycle();
  }

  // As POST reads: channel j of pixel x of a block.
  int32_t Read(int block, int x, int channel) {
    const int half_blocks = shape_.Blocks() / 2;
    v_->acc_re_i = 1;
    v_->acc_half_i = block >= half_blocks;
    v_->acc_entry_i = block % half_blocks * shape_.columns + x;
    Cycle();
    v_->acc_re_i = 0;
    v_->acc_col_i = channel;
    v_->eval();
    return static_cast<int32_t>(v_->acc_word_o);
  }

 private:
  void Map(const RowMapping& m) {
    v_->depthwise_i = m.depthwise;
    v_->phases_i = m.Phases(shape_.array.vector);
    v_->m2_i = m.m2;
    v_->c2_i = m.c2;
    v_->s1_i = m.s1;
    v_->rc_i = m.Words();
    v_->m0_i = m.m0;
    v_->q1_i = m.q1;
    v_->hs_i = m.hs;
  }
  template <typename Wide>
  static void Bytes(const std::vector<uint8_t>& bytes, Wide* wide) {
    for (size_t i = 0; i < bytes.size(); i += 4) {
      uint32_t word = 0;
      for (size_t b = 0; b < 4 && i + b < bytes.size(); ++b) word |= bytes[i + b] << (8 * b);
      (*wide)[i / 4] = word;
    }
  }
  void Cycle() {
    v_->clk_i = 0;
    v_->eval();
    v_->clk_i = 1;
    v_->eval();
  }

  const Shape shape_;
  std::unique_ptr<V> v_ = std::make_unique<V>();
};

uint64_t FirstSeed() {
  const char* seed = std::getenv("SYSTOLE_SEED");
  return seed ? std::strtoull(seed, nullptr, 0) : 1;
}

// Every output that a nest left in its blocks; how many.
template <typename V>
int64_t ExpectOutputs(const Nest& nest, const Blocks& blocks, Bench<V>* bench) {
  const RowMapping& m = nest.map;
  int64_t compared = 0;
  for (const auto& [where, block] : blocks) {
    const auto& [n, filter, q, p] = where;
    for (int x = 0; x < m.ColumnsUsed(); ++x) {
      for (int j = 0; j < m.Channels(); ++j) {
        const int of = filter + x / static_cast<int>(m.q1) * static_cast<int>(m.Channels()) + j;
        const int row = q + x % static_cast<int>(m.q1);
        EXPECT_EQ(bench->Read(block, x, j), nest.Output(n, of, row, p))
            << "image " << n << " filter " << of << " row " << row << " column " << p;
        if (testing::Test::HasFailure()) return compared;
        ++compared;
      }
    }
  }
  return compared;
}

// The model of a step, summed over the nest, against the definition.
void ExpectStepModel(const Nest& nest) {
  const RowMapping& m = nest.map;
  std::map<std::tuple<int, int, int, int>, int32_t> sums;  // image, filter, row, column
  for (const Place& step : nest.steps) {
    RowStep(
        m, [&](int64_t tag, int64_t row, int64_t k) { return InputOf(nest, step, tag, row, k); },
        [&](int64_t y, int64_t word, int64_t m3) { return WeightOf(nest, step, y, word, m3); },
        [&](int64_t x, int64_t j, int32_t sum) {
          sums[{step.n, step.m + static_cast<int>(x / m.q1 * m.Channels() + j),
                step.q + static_cast<int>(x % m.q1), step.p}] += sum;
        });
  }
  for (const auto& [where, sum] : sums) {
    const auto& [n, filter, q, p] = where;
    ASSERT_EQ(sum, nest.Output(n, filter, q, p));
  }
}

template <typename V>
void RunNests(const Shape& shape, int seeds) {
  int64_t compared = 0;
  for (uint64_t seed = FirstSeed(); seed < FirstSeed() + seeds; ++seed) {
    SCOPED_TRACE("SYSTOLE_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    Bench<V> bench(shape);
    Script script(shape);
    std::vector<Nest> nests;
    for (int i = 0; i < 4; ++i) {
      nests.push_back(RandomNest(shape.array, shape.columns, 200, shape.Blocks() / 4, &random));
    }
    std::vector<Blocks> blocks;
    for (const Nest& nest : nests) {
      ASSERT_NO_FATAL_FAILURE(ExpectStepModel(nest));
      blocks.push_back(script.Add(nest));
      ASSERT_FALSE(testing::Test::HasFatalFailure());
      EXPECT_EQ(script.last() - script.first(), RunOfNest(nest.map, nest.loops, shape.array).last);
    }
    bench.Play(script.heard());
    for (size_t i = 0; i < nests.size(); ++i) {
      SCOPED_TRACE("nest " + std::to_string(i));
      compared += ExpectOutputs(nests[i], blocks[i], &bench);
      if (testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(compared, seeds * 50);
}

TEST(RowArrayTest, Nests12x14) { RunNests<Vrow_12x14>({}, 250); }

TEST(RowArrayTest, Nests14x12) {
  Shape shape;
  shape.array.rows = 14;
  shape.array.cols = 12;
  shape.array.wgt_spad = 384;
  RunNests<Vrow_14x12>(shape, 150);
}

TEST(RowArrayTest, Nests5x7) {
  Shape shape;
  shape.array = {5, 7, 8, 16, 30, 3};
  shape.columns = 8;
  shape.acc_depth = 360;
  RunNests<Vrow_5x7>(shape, 300);
}

TEST(RowArrayTest, Nests2x2) {
  Shape shape;
  shape.array = {2, 2, 2, 8, 4, 1};
  shape.columns = 2;
  shape.acc_depth = 128;
  RunNests<Vrow_2x2>(shape, 300);
}

}  // namespace
}  // namespace systole::rtl_row
