#include "tests/rtl_row/row_nest.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace systole::rtl_row {

namespace {

int Draw(int low, int high, std::mt19937_64* random) {
  return std::uniform_int_distribution<int>(low, high)(*random);
}

int* Member(char dim, Place* p) {
  switch (dim) {
    case 'n':
      return &p->n;
    case 'm':
      return &p->m;
    case 'c':
      return &p->c;
    case 'p':
      return &p->p;
    case 'q':
      return &p->q;
    case 'r':
      return &p->r;
    default:
      return &p->s;
  }
}

// Small factors are the most likely, sometimes the largest.
int Factor(int64_t most, std::mt19937_64* random) {
  if (most < 1 || Draw(0, 5, random) == 0) return static_cast<int>(std::max<int64_t>(most, 1));
  return Draw(1, Draw(1, static_cast<int>(most), random), random);
}

RowMapping RandomMapping(const RowArray& a, int columns, std::mt19937_64* random) {
  for (;;) {
    RowMapping m;
    m.depthwise = Draw(0, 3, random) == 0;
    m.s1 = Factor(a.rows, random);
    m.c2 = Factor(a.rows / m.s1, random);
    m.m2 = Factor(a.rows / (m.s1 * m.c2), random);
    m.q1 = Factor(a.cols, random);
    m.m3 = Factor(a.cols / m.q1, random);
    m.m0 = Factor(a.psum_spad, random);
    m.r1 = Factor(7, random);
    m.c1 = Factor(a.wgt_spad / 2 / (m.m0 * m.r1), random);
    m.hs = Factor(4, random);
    m.ws = Factor(4, random);
    if (m.depthwise) m.c1 = m.c2 = m.m0 = m.m3 = 1;
    if (Fits(m, a) && m.Channels() <= columns && m.Vectors(a.vector) < 256) return m;
  }
}

}  // namespace

int8_t Nest::Input(int n, int channel, int row, int col) const {
  const int channels = map.depthwise ? sizes.m : sizes.c;
  return input[((static_cast<size_t>(n) * channels + channel) * height + row) * width + col];
}

int8_t Nest::Weight(int m, int c, int s, int r) const {
  return weights[((static_cast<size_t>(m) * sizes.c + c) * sizes.s + s) * sizes.r + r];
}

int32_t Nest::Output(int n, int m, int q, int p) const {
  int32_t sum = 0;
  for (int c = 0; c < sizes.c; ++c) {
    for (int s = 0; s < sizes.s; ++s) {
      for (int r = 0; r < sizes.r; ++r) {
        sum +=
            Weight(m, c, s, r) * Input(n, map.depthwise ? m : c, q * static_cast<int>(map.hs) + s,
                                       p * static_cast<int>(map.ws) + r);
      }
    }
  }
  return sum;
}

int64_t Nest::NewWords(const Place& a, const Place& b) const {
  const bool same_lines = a.n == b.n && a.q * map.hs + a.s == b.q * map.hs + b.s &&
                          (map.depthwise ? a.m == b.m : a.c == b.c);
  const int64_t moved = (b.p - a.p) * map.ws + b.r - a.r;
  return same_lines && moved >= 0 && moved < map.r1 ? moved * map.c1 : map.Words();
}

bool Nest::SameWeights(const Place& a, const Place& b) const {
  return a.m == b.m && a.c == b.c && a.r == b.r && a.s == b.s;
}

bool Nest::SameOutput(const Place& a, const Place& b) const {
  return a.n == b.n && a.m == b.m && a.q == b.q && a.p == b.p;
}

Nest RandomNest(const RowArray& array, int columns, int most_steps, int blocks,
                std::mt19937_64* random) {
  for (;;) {
    Nest nest;
    RowMapping& m = nest.map;
    m = RandomMapping(array, columns, random);
    Place step;
    step.n = step.p = 1;
    step.q = static_cast<int>(m.q1);
    step.m = static_cast<int>(m.Filters());
    step.c = m.depthwise ? 1 : static_cast<int>(m.c1 * m.c2);
    step.r = static_cast<int>(m.r1);
    step.s = static_cast<int>(m.s1);
    // Loops, innermost first; a dimension may have two of them.
    std::vector<std::pair<char, int>> loops;
    int steps = 1;
    for (char dim : {'n', 'm', 'c', 'p', 'q', 'r', 's', 'p', 'm'}) {
      if (m.depthwise && dim == 'c') continue;
      const int bound = Draw(0, 1, random) ? Draw(2, dim == 'p' ? 8 : 3, random) : 1;
      if (steps * bound > most_steps) continue;
      steps *= bound;
      loops.emplace_back(dim, bound);
    }
    std::shuffle(loops.begin(), loops.end(), *random);
    nest.sizes = step;
    std::vector<int> stride;  // of each loop
    for (const auto& [dim, bound] : loops) {
      int* size = Member(dim, &nest.sizes);
      stride.push_back(*size);
      *size *= bound;
    }
    // Steps, in the order of the loops.
    std::vector<int> at(loops.size());
    std::set<std::tuple<int, int, int, int>> outputs;
    for (int i = 0; i < steps; ++i) {
      Place place;
      for (size_t j = 0; j < loops.size(); ++j) {
        *Member(loops[j].first, &place) += at[j] * stride[j];
      }
      nest.steps.push_back(place);
      outputs.emplace(place.n, place.m, place.p, place.q);
      for (size_t j = 0; j < loops.size() && ++at[j] == loops[j].second; ++j) at[j] = 0;
    }
    if (static_cast<int>(outputs.size()) > blocks) continue;
    int64_t products = 0, most = 0;  // that an element adds before a sum leaves
    for (int i = 0; i < steps; ++i) {
      if (i == 0 || !nest.SameOutput(nest.steps[i - 1], nest.steps[i])) products = 0;
      most = std::max(most, products += m.Words());
    }
    if (most > kRowProducts) continue;
    // The loops as the law wants them: what one of them moves.
    size_t inside = 1;
    for (const auto& [dim, bound] : loops) {
      RowLoop loop{bound, 0, false};
      if (bound > 1) {
        const Place &a = nest.steps[inside - 1], &b = nest.steps[inside];
        loop.words = nest.NewWords(a, b);
        loop.weights = !nest.SameWeights(a, b);
      }
      nest.loops.push_back(loop);
      inside *= bound;
    }
    nest.height = static_cast<int>((nest.sizes.q - 1) * m.hs) + nest.sizes.s;
    nest.width = static_cast<int>((nest.sizes.p - 1) * m.ws) + nest.sizes.r;
    const int channels = m.depthwise ? nest.sizes.m : nest.sizes.c;
    nest.input.resize(size_t{1} * nest.sizes.n * channels * nest.height * nest.width);
    nest.weights.resize(size_t{1} * nest.sizes.m * nest.sizes.c * nest.sizes.s * nest.sizes.r);
    const bool extreme = Draw(0, 3, random) == 0;
    for (int8_t& v : nest.input) v = extreme ? -128 : static_cast<int8_t>(Draw(-128, 127, random));
    for (int8_t& v : nest.weights) {
      v = extreme ? -128 : static_cast<int8_t>(Draw(-128, 127, random));
    }
    return nest;
  }
}

}  // namespace systole::rtl_row
