// The order in which the array asks for an operand, fold by fold, line by line.
//
// A fold holds a block of the operand. Streamed operands are skewed: lane j asks for its t-th
// element at line base + t + j of the fold; lanes are array rows (os ifmap, ws ifmap, is filter) or
// columns (os filter). The stationary operand (ws filter, is ifmap) is loaded one array row a line,
// last row first: row q at line R - 1 - q. Within a line the requests come in order of lane or
// column. Lines are numbered through all folds, from 0.
#pragma once

#include "sw/scalesim/geometry.h"

namespace systole::scalesim {

enum class Operand { kIfmap, kFilter };

struct Stream {
  Geometry g;
  Operand operand;
  bool stationary;
  bool by_cols;    // lanes are array columns
  int64_t base;    // first line of a fold that can carry a request of a full fold
  int64_t t;       // elements a lane asks for (streamed)
  int64_t width;   // lanes of a full block
  int64_t blocks;  // different blocks
  int64_t extent;  // lanes of all blocks together

  int64_t Block(int64_t fold) const { return by_cols ? fold / g.fr : fold % g.fr; }
  int64_t Lanes(int64_t block) const { return std::min(width, extent - block * width); }

  // Matrix element of lane `x` (counted through all blocks) and step `t` (the row of the array, if
  // stationary).
  void Element(int64_t x, int64_t step, int64_t* mn, int64_t* k) const {
    const bool lane_is_mn = stationary || g.dataflow == Dataflow::kOs;
    *mn = lane_is_mn ? x : step;
    *k = lane_is_mn ? step : x;
  }
  // Address without offset, -1 for no request.
  int64_t Address(int64_t x, int64_t step) const {
    int64_t mn, k;
    Element(x, step, &mn, &k);
    return operand == Operand::kFilter ? mn * g.dense_k + g.DenseK(k) : IfmapAddress(g, mn, k);
  }
  bool Overhangs() const { return operand == Operand::kIfmap && g.overhang; }
  bool Distinct() const { return operand == Operand::kFilter || g.ifmap_distinct; }
};

inline Stream MakeStream(const Geometry& g, Operand operand) {
  Stream s;
  s.g = g;
  s.operand = operand;
  const bool ifmap = operand == Operand::kIfmap;
  s.stationary = g.dataflow == (ifmap ? Dataflow::kIs : Dataflow::kWs);
  s.by_cols = s.stationary || (g.dataflow == Dataflow::kOs && !ifmap);
  s.base = g.dataflow == Dataflow::kOs || s.stationary ? 0 : g.rows;
  s.t = s.stationary ? g.sr : g.t;
  s.width = s.by_cols ? g.cols : g.rows;
  s.blocks = s.by_cols ? g.fc : g.fr;
  s.extent = s.by_cols ? g.sc : g.sr;
  return s;
}

// Lines of the first and of the last request of the layer.
int64_t FirstLine(const Stream& s);
int64_t LastLine(const Stream& s);

// OFMAP: a skewed stream too. Lane j (array column) writes its i-th word of the fold at line base +
// i + j. os: base = T - 1 + R - ur, i counts the used rows from the bottom; ws, is: base = 2R - 1,
// i counts 0..T-1.
struct OfmapStream {
  Geometry g;

  int64_t Steps(int64_t fold) const {
    return g.dataflow == Dataflow::kOs ? g.UsedRows(fold % g.fr) : g.t;
  }
  int64_t Lanes(int64_t fold) const { return g.UsedCols(fold / g.fr); }
  int64_t Base(int64_t fold) const {
    return g.dataflow == Dataflow::kOs ? g.t - 1 + g.rows - g.UsedRows(fold % g.fr)
                                       : 2 * g.rows - 1;
  }
  int64_t ColumnWords() const {
    return g.dataflow == Dataflow::kOs ? g.sr : g.fr * g.t;
  }  // a lane's, over all row folds
  int64_t TotalWords() const { return ColumnWords() * g.sc; }
  // Address, without offset, of the i-th word of a lane.
  int64_t Address(int64_t fold, int64_t i, int64_t lane) const {
    const int64_t x = fold / g.fr * g.cols + lane;
    if (g.dataflow == Dataflow::kOs) return (fold % g.fr * g.rows + Steps(fold) - 1 - i) * g.n + x;
    return g.dataflow == Dataflow::kWs ? i * g.n + x : x * g.n + i;
  }
  int64_t WordsBeforeFold(int64_t fold) const;
  int64_t WordsBefore(int64_t line) const;  // words written in lines 0 .. line - 1
  int64_t LineOfWord(int64_t count) const;  // line that writes the count-th word, counted from 1
  int64_t FirstLine() const { return LineOfWord(1); }
  int64_t LastLine() const { return LineOfWord(TotalWords()); }
};

}  // namespace systole::scalesim
