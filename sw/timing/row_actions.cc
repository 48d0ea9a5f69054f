#include "sw/timing/row_actions.h"

#include "sw/timing/row_conv_law.h"

namespace systole {
namespace {

// Numbers of a word's vectors count modulo this in a row (INDEX_W of systole_rs_place).
constexpr int64_t kVectorNumbers = 256;

// Elements, of all, that take a byte of each input word: those in whose place a vector falls. Rows
// and columns behind the mapping's are placed as further groups.
int64_t Hearers(const RowMapping& m, const RowArray& a) {
  const int64_t phases = m.Phases(a.vector), vectors = m.Vectors(a.vector);
  int64_t elements = 0;
  for (int64_t y = 0; y < a.rows; ++y) {
    const int64_t s = y % m.s1, lot = y / m.s1 % m.c2, group = y / m.s1 / m.c2,
                  first = (m.depthwise ? group : lot) * phases;
    for (int64_t x = 0; x < a.cols; ++x) {
      const int64_t phase = (x % m.q1 * m.hs + s) / a.vector;
      elements += (first + phase) % kVectorNumbers < vectors;
    }
  }
  return elements;
}

// New words of all windows; reads of the offset table, one with each slot, for the next. A window's
// first row is read when the window is begun: with the last slot of the one before, if that is
// where its step ends.
struct Windows {
  int64_t words = 0, offset_rows = 0;
};
Windows WindowsOf(const Instruction& i, const RowMapping& m, const RowArray& a) {
  const std::vector<RowLoop> loops = LoopsOf(i, m);
  const int64_t vectors = m.Vectors(a.vector), pace = std::max(m.m0, vectors);
  int64_t steps = 1, within = 0;  // the steps' span within a set of weights
  for (const RowLoop& loop : loops) steps *= loop.bound;
  Windows w{m.Words(), 1};
  int64_t outside = steps;
  bool last = true;  // the last of all windows begins no other
  for (const RowLoop& loop : loops) {
    outside /= loop.bound;
    int64_t moves = (loop.bound - 1) * outside;
    w.words += moves * loop.words;
    int64_t length = StepLength(m, loop.words, a);
    if (loop.weights) length = std::max(within + length, m.WeightRows()) - within;
    if (last && moves > 0) {
      --moves;
      last = false;
    }
    if ((loop.words - 1) * pace + vectors != length) w.offset_rows += moves;
    within += (loop.bound - 1) * (within + length);
  }
  w.offset_rows += w.words * vectors;
  return w;
}

}  // namespace

void CountRowConv(const Instruction& i, const LawConfig& laws, ActionCounts* counts) {
  const RowArray& array = laws.row;
  const RowMapping m = MappingOf(i);
  const Windows windows = WindowsOf(i, m, array);
  const int64_t slices = AtLeastOne(i.Get(field::kRcKslices)),
                positions = AtLeastOne(i.Get(field::kRcNx)) * AtLeastOne(i.Get(field::kRcNy)) *
                            AtLeastOne(i.Get(field::kRcNb)),
                steps = slices * positions, rows = m.RowsUsed(), columns = m.ColumnsUsed(),
                idle = rows * (array.cols - columns), load_rows = slices * m.WeightRows();
  ActionCounts& n = *counts;
  const auto elements = [&](Action used, Action unused, int64_t each) {
    n[used] = each * m.Elements();
    n[unused] = each * idle;
  };
  elements(Action::mac, Action::idle_mac, steps * m.Cycles());
  elements(Action::filter_read, Action::idle_filter_read, steps * m.Cycles());
  elements(Action::ifmap_read, Action::idle_ifmap_read, steps * m.Words());
  elements(Action::psum_read, Action::idle_psum_read, steps * (m.Cycles() - m.m0));
  elements(Action::psum_write, Action::idle_psum_write, steps * (m.Cycles() - m.m0));
  n[Action::filter_fill] = slices * m.Cycles() * m.Elements();
  n[Action::idle_filter_fill] = slices * m.Cycles() * columns * (array.rows - rows);
  n[Action::ifmap_fill] = windows.words * m.Elements();
  n[Action::idle_ifmap_fill] = windows.words * (Hearers(m, array) - m.Elements());
  n[Action::vector] = windows.words * m.Vectors(array.vector) * array.vector * (array.rows - 1);
  n[Action::gather_read] = windows.words * m.Tags() * m.InputRows();
  n[Action::offset_read] = windows.offset_rows * array.vector * pipeline::kKtabBytes;
  n[Action::weight_read] = load_rows * array.vector;
  n[Action::skew] = load_rows * array.rows * (array.rows - 1) / 2;
  n[Action::chain_add] = steps * m.m0 * rows * array.cols;
  const int64_t group = m.s1 * m.c2;  // rows
  n[Action::chain_pass] =
      steps * m.m0 * array.cols * (m.m2 * array.rows - group * (m.m2 * (m.m2 - 1) / 2));
  const int64_t stored = i.Get(field::kRcFirst) != 0 ? positions : 0;
  n[Action::sum_write] = steps * m.Channels() * columns;
  n[Action::sum_read] = (steps - stored) * m.Channels() * columns;
}

}  // namespace systole
