#include "sw/explore/native/native_lattice.h"

#include <iterator>
#include <numeric>

namespace systole::explore {
namespace {

// Calls axis(values, count, field) for every axis, the fastest first.
template <typename Visit>
void ForEachAxis(Visit&& axis) {
  using namespace lattice;
  const auto visit = [&axis](const auto& values, auto put) {
    axis(values, static_cast<int64_t>(std::size(values)), put);
  };
  visit(kLatency, [](LatticePoint& p, int v) { p.memory.latency = v; });
  visit(kOutstanding, [](LatticePoint& p, int v) { p.config.outstanding = v; });
  visit(kQueueDepth, [](LatticePoint& p, int v) { p.config.queue_depth = v; });
  visit(kAxiDataWidth, [](LatticePoint& p, int v) { p.config.axi_data_width = v; });
  visit(kRows, [](LatticePoint& p, int v) { p.config.rows = v; });
  visit(kCols, [](LatticePoint& p, int v) { p.config.cols = v; });
  visit(kWport, [](LatticePoint& p, int v) { p.config.wport = v; });
  visit(kLanes, [](LatticePoint& p, int v) { p.config.lanes = v; });
  visit(kAccDepth, [](LatticePoint& p, int v) { p.config.acc_depth = v; });
  visit(kActKib, [](LatticePoint& p, int v) { p.config.act_kib = v; });
  visit(kWgtKib, [](LatticePoint& p, int v) { p.config.wgt_kib = v; });
  visit(kBatch, [](LatticePoint& p, int v) { p.options.images = p.options.batch = v; });
  visit(kFusePool, [](LatticePoint& p, bool v) { p.options.fuse_pool = v; });
}

static_assert(std::size(lattice::kLatency) == kLatticeLatencies);

}  // namespace

int64_t LatticeSize() {
  int64_t size = 1;
  ForEachAxis([&](const auto&, int64_t count, auto) { size *= count; });
  return size;
}

LatticePoint PointOfLattice(int64_t index) {
  LatticePoint point;
  point.config.par_kib = 16;
  point.config.ktab_kib = 16;
  ForEachAxis([&](const auto& values, int64_t count, auto put) {
    put(point, values[index % count]);
    index /= count;
  });
  return point;
}

int64_t Draw(int64_t n, int64_t size) {
  int64_t step = static_cast<int64_t>(static_cast<double>(size) * 0.6180339887) + 1;
  while (std::gcd(step, size) != 1) ++step;
  return n * step % size;
}

}  // namespace systole::explore
