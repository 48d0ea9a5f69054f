// What the array hears, cycle by cycle, when nests run one behind the other: the law's recurrence
// step by step, as systole_rs_control plays it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "tests/rtl_row/row_nest.h"

namespace systole::rtl_row {

// What the array hears in one cycle, at row 0.
struct Heard {
  const RowMapping* map = nullptr;
  bool start = false, half = false, init = false, emit = false;
  int word = 0;
  bool vector = false;
  int index = 0, vector_word = 0;
  std::vector<uint8_t> bytes;
  uint64_t weight_mask = 0;
  int weight_addr = 0;
  std::vector<uint8_t> weights;
  bool sum = false, sum_first = false, sum_half = false;
  int block = 0, channel = 0, columns = 0;
};

struct Shape {
  RowArray array;
  int columns = 16, acc_depth = 1024;
  int Blocks() const { return 2 * acc_depth / columns; }  // both halves
};

// Of the first step's place of an output (image, filter, row, column): its block.
using Blocks = std::map<std::tuple<int, int, int, int>, int>;

// Word k of a step's window: channel `tag`, input row `row`.
inline int8_t InputOf(const Nest& nest, const Place& step, int64_t tag, int64_t row, int64_t k) {
  const RowMapping& m = nest.map;
  const int64_t channel = m.depthwise ? step.m + tag : step.c + tag * m.c1 + k % m.c1;
  return nest.Input(step.n, static_cast<int>(channel),
                    static_cast<int>(step.q * m.hs + step.s + row),
                    static_cast<int>(step.p * m.ws + step.r + k / m.c1));
}

// Weight word `word` of row y, columns of group m3.
inline int8_t WeightOf(const Nest& nest, const Place& step, int64_t y, int64_t word, int64_t m3) {
  const RowMapping& m = nest.map;
  const int64_t s = y % m.s1, c2 = y / m.s1 % m.c2, m2 = y / m.s1 / m.c2, k = word / m.m0;
  const int64_t channel = m.depthwise ? 0 : step.c + c2 * m.c1 + k % m.c1;
  return nest.Weight(static_cast<int>(step.m + (m3 * m.m2 + m2) * m.m0 + word % m.m0),
                     static_cast<int>(channel), static_cast<int>(step.s + s),
                     static_cast<int>(step.r + k / m.c1));
}

// Plays systole_rs_control for one nest after the other.
class Script {
 public:
  explicit Script(const Shape& shape) : shape_(shape) {}

  // Returns where its outputs go: blocks of their own. Weights of its first step come from
  // `weights_from_` on, while the nest before is at work.
  Blocks Add(const Nest& nest) {
    Blocks blocks;
    const RowMapping& m = nest.map;
    const RowArray& a = shape_.array;
    At(free_).map = &m;
    const int64_t vectors = m.Vectors(a.vector), rc = m.Words();
    for (int64_t k = 0; k < rc; ++k) Send(nest, nest.steps[0], free_ + 1 + k * vectors, k, k);
    LoadWeights(nest, nest.steps[0], weights_from_);
    int64_t start = std::max(free_ + FirstStep(m, a), weights_from_ + m.WeightRows());
    first_ = start;
    weights_from_ = start;
    int64_t word = 0;  // the window's first
    bool half = half_;
    std::vector<bool> met(nest.steps.size());
    for (size_t i = 0; i < nest.steps.size(); ++i) {
      const Place& step = nest.steps[i];
      const bool last = i + 1 == nest.steps.size();
      Heard& h = At(start);
      h.start = true;
      h.half = half;
      h.word = static_cast<int>(word % a.ifmap_spad);
      h.init = i == 0 || !nest.SameOutput(nest.steps[i - 1], step);
      h.emit = last || !nest.SameOutput(step, nest.steps[i + 1]);
      last_ = start;
      if (h.emit) Drain(nest, step, start, &blocks);
      if (last) break;
      const Place& next = nest.steps[i + 1];
      const int64_t words = nest.NewWords(step, next);
      for (int64_t k = 0; k < words; ++k) {
        Send(nest, next, start + k * std::max(m.m0, vectors), rc - words + k, word + rc + k);
      }
      word += words;
      int64_t after = start + StepLength(m, words, a);
      if (!nest.SameWeights(step, next)) {
        LoadWeights(nest, next, weights_from_);
        after = std::max(after, weights_from_ + m.WeightRows());
        weights_from_ = after;
        half = !half;
      }
      start = after;
    }
    half_ = !half;
    free_ = last_ + Settle(m, a);
    return blocks;
  }

  int64_t first() const { return first_; }
  int64_t last() const { return last_; }
  const std::vector<Heard>& heard() const { return heard_; }

 private:
  Heard& At(int64_t cycle) {
    if (heard_.size() <= static_cast<size_t>(cycle)) heard_.resize(cycle + 1);
    return heard_[cycle];
  }

  // Word k of the window of a step, as the array's word `number`: all its vectors from `cycle` on.
  void Send(const Nest& nest, const Place& step, int64_t cycle, int64_t k, int64_t number) {
    const RowMapping& m = nest.map;
    const int64_t vector = shape_.array.vector;
    for (int64_t index = 0; index < m.Vectors(vector); ++index) {
      Heard& h = At(cycle + index);
      ASSERT_FALSE(h.vector);
      h.vector = true;
      h.index = static_cast<int>(index);
      h.vector_word = static_cast<int>(number % shape_.array.ifmap_spad);
      h.bytes.assign(vector, 0xA5);
      const int64_t tag = index / m.Phases(vector);
      for (int64_t lane = 0; lane < vector; ++lane) {
        const int64_t row = index % m.Phases(vector) * vector + lane;
        if (row >= m.InputRows()) break;
        h.bytes[lane] = static_cast<uint8_t>(InputOf(nest, step, tag, row, k));
      }
    }
  }

  // The other half of the spads, a row of bytes a cycle.
  void LoadWeights(const Nest& nest, const Place& step, int64_t from) {
    const RowMapping& m = nest.map;
    load_half_ = !load_half_;
    for (int64_t word = 0; word < m.Cycles(); ++word) {
      for (int64_t m3 = 0; m3 < m.m3; ++m3) {
        Heard& h = At(from + word * m.m3 + m3 + 1);
        ASSERT_EQ(h.weight_mask, 0u);
        h.weight_mask = ((uint64_t{1} << m.q1) - 1) << (m3 * m.q1);
        h.weight_addr = static_cast<int>((load_half_ ? shape_.array.wgt_spad / 2 : 0) + word);
        h.weights.assign(shape_.array.rows, 0x5A);
        for (int64_t y = 0; y < m.RowsUsed(); ++y) {
          h.weights[y] = static_cast<uint8_t>(WeightOf(nest, step, y, word, m3));
        }
      }
    }
  }

  void Drain(const Nest& nest, const Place& step, int64_t start, Blocks* blocks) {
    const RowMapping& m = nest.map;
    const auto [it, fresh] =
        blocks->emplace(std::make_tuple(step.n, step.m, step.q, step.p), blocks_used_);
    if (fresh) ++blocks_used_;
    const int half_blocks = shape_.Blocks() / 2;
    for (int64_t j = 0; j < m.Channels(); ++j) {
      Heard& h = At(start + shape_.array.rows + 3 + (m.Words() - 1) * m.m0 + j);
      ASSERT_FALSE(h.sum);
      h.sum = true;
      h.sum_first = fresh;
      h.sum_half = it->second >= half_blocks;
      h.block = it->second % half_blocks;
      h.channel = static_cast<int>(j);
      h.columns = static_cast<int>(m.ColumnsUsed());
    }
  }

  const Shape shape_;
  std::vector<Heard> heard_;
  int blocks_used_ = 0;
  int64_t free_ = 0, weights_from_ = 0, first_ = 0, last_ = 0;
  bool half_ = true, load_half_ = false;
};

}  // namespace systole::rtl_row
