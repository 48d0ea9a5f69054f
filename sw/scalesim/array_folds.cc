#include "sw/scalesim/array_folds.h"

#include <algorithm>

#include "sw/isa/config.h"
#include "sw/scalesim/geometry.h"
#include "sw/timing/matmul_law.h"

namespace systole::scalesim {
namespace {

HwConfig ArrayOf(const Geometry& g) {
  HwConfig c;
  c.rows = static_cast<int>(g.rows);
  c.cols = static_cast<int>(g.cols);
  return c;
}

// From the first load slot, or the issue where there is none, to the retire, both counted.
int64_t Cycles(const MatmulShape& s, const LawConfig& laws) {
  return s.load + MatmulRetire(0, s, laws);
}

}  // namespace

ArrayFolds FoldsOnArray(const Machine& machine, const Layer& layer) {
  const Geometry g = MakeGeometry(machine, layer, {});
  const LawConfig laws(ArrayOf(g), MemoryTiming{});
  const bool os = machine.dataflow == Dataflow::kOs;
  const auto shape = [&](int64_t folds) {
    return os ? ShapeOfTiles(g.t, folds, laws) : ShapeOfMatmul(g.t, folds, g.cols, laws);
  };
  ArrayFolds a;
  a.folds = g.folds;
  a.scale_sim = g.folds * g.fold_lines;
  a.apart = os ? g.rows + 7 + std::max<int64_t>(g.rows - 1 - g.t, 0) : g.cols - g.rows + 7;
  a.alone = g.folds * Cycles(shape(1), laws);
  a.together = Cycles(shape(g.folds), laws);
  return a;
}

std::string ArrayReport(const Machine& machine, const std::vector<NamedLayer>& layers) {
  std::string text =
      "LayerID, Folds, Fold Cycles, Apart Per Fold, Array Cycles One Fold At A Time,"
      " Array Cycles Folds Overlapped,\n";
  for (size_t i = 0; i < layers.size(); ++i) {
    const ArrayFolds a = FoldsOnArray(machine, layers[i].layer);
    for (const int64_t v : {static_cast<int64_t>(i), a.folds, a.scale_sim, a.apart, a.alone})
      text += std::to_string(v) + ", ";
    text += std::to_string(a.together) + ",\n";
  }
  return text;
}

}  // namespace systole::scalesim
