#include "sw/compiler/input_mapping.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/compiler/misfit.h"

namespace systole {
namespace {

constexpr int64_t kMaxStride = 0xFFFF;  // StrideX, StrideY have 16 bits
constexpr int kMostFilters = 127;       // Wcols has 7

// `count` places `stride` bytes apart.
struct Axis {
  int64_t count = 1, stride = 0;
};

// The three counters of a Matmul: pixels of a tile in x and y, tiles.
struct Box {
  int64_t shift = 0, entry = 0;  // of its first pixel
  Axis x, y, tile;
};

// Pixels as few boxes, entry by entry in their order.
std::vector<Box> Boxes(const std::vector<Axis>& given, int64_t columns) {
  std::vector<Axis> axes;
  for (const Axis& a : given) {
    if (a.count == 1) continue;
    // Tiles alone may lie far apart.
    if (a.stride > kMaxStride) axes.resize(std::max<size_t>(axes.size(), 2));
    axes.push_back(a);
  }
  axes.resize(std::max<size_t>(axes.size(), 3));
  const Axis &x = axes[0], &y = axes[1], &z = axes[2];
  std::vector<Box> boxes;
  // Even parts of `axis`, of at most `most`, and what is left.
  const auto parts = [&](const Axis& axis, int64_t most, const Axis& inner, int64_t shift,
                         int64_t entry) {
    const int64_t count = (axis.count + most - 1) / most, part = (axis.count + count - 1) / count,
                  whole = axis.count / part, rest = axis.count % part;
    for (const int64_t n : {part, rest}) {
      if (n == 0) continue;
      Box b;
      b.shift = shift;
      b.entry = entry;
      b.x = inner.count == 1 ? Axis{n, axis.stride} : inner;
      b.y = inner.count == 1 ? Axis{} : Axis{n, axis.stride};
      b.tile = n == part ? Axis{whole, part * axis.stride} : Axis{};
      boxes.push_back(b);
      shift += whole * part * axis.stride;
      entry += whole * part * inner.count;
    }
  };
  if (x.count > columns) {
    for (int64_t k = 0; k < z.count; ++k) {
      for (int64_t j = 0; j < y.count; ++j)
        parts(x, columns, Axis{}, k * z.stride + j * y.stride, (k * y.count + j) * x.count);
    }
  } else if (x.count * y.count > columns) {
    for (int64_t k = 0; k < z.count; ++k)
      parts(y, columns / x.count, x, k * z.stride, k * x.count * y.count);
  } else {
    boxes.push_back({0, 0, x, y, z});
  }
  return boxes;
}

uint64_t StrideOf(const Axis& a) {
  return a.count > 1 ? static_cast<uint64_t>(a.stride) : uint64_t{0};
}

}  // namespace

std::string WhyNotInputStationary(const Stage& stage, const HwConfig& config) {
  if (!HasInputStationary(config)) return "not built";
  if (stage.groups > 1 && stage.OutGroup() == 1) return "a filter a channel";
  if (stage.zw != 0) return "weight zero point";
  return "";
}

void MakeInputStationary(const HwConfig& config, Mapping* mapping) {
  mapping->input_cols = config.cols;
  for (Fold& fold : mapping->folds) fold.input = true;
}

int MostFilters(const HwConfig& config) {
  // A slice's rows of weights are at most a quarter of the buffer.
  const int blocks = std::min(kMostFilters, config.WgtRows() / 4) / config.cols;
  return std::max(1, std::min(blocks, config.acc_depth)) * config.cols;
}

std::vector<Instruction> InputMatmuls(const Instruction& dense, const HwConfig& config,
                                      int acc_inc) {
  const auto get = [&](Field f) { return static_cast<int64_t>(dense.Get(f)); };
  const std::vector<Axis> axes = {{get(field::kMmNx), get(field::kMmStrideX)},
                                  {get(field::kMmNy), get(field::kMmStrideY)},
                                  {get(field::kMmNb), get(field::kMmStrideB)}};
  std::vector<Instruction> matmuls;
  for (const Box& b : Boxes(axes, config.cols)) {
    Instruction& i = matmuls.emplace_back(dense);
    i.Set(field::kMmDataflow, static_cast<uint64_t>(pipeline::kInputStationary));
    i.Set(field::kMmBase, dense.Get(field::kMmBase) + static_cast<uint64_t>(b.shift));
    i.Set(field::kMmAccBase, dense.Get(field::kMmAccBase) + static_cast<uint64_t>(b.entry));
    i.Set(field::kMmNx, static_cast<uint64_t>(b.x.count));
    i.Set(field::kMmNy, static_cast<uint64_t>(b.y.count));
    i.Set(field::kMmNb, static_cast<uint64_t>(b.tile.count));
    i.Set(field::kMmStrideX, StrideOf(b.x));
    i.Set(field::kMmStrideY, StrideOf(b.y));
    i.Set(field::kMmStrideB, StrideOf(b.tile));
    i.Set(field::kMmAccInc,
          get(field::kMmWcols) > config.cols ? static_cast<uint64_t>(acc_inc) : uint64_t{0});
  }
  return matmuls;
}

int64_t InputCycles(int nx, int ny, int images, int slices, int filters, const LawConfig& laws) {
  int64_t cycles = 0;
  for (const Box& b : Boxes({{nx, 1}, {ny, 1}, {images, 1}}, laws.cols)) {
    const int64_t pixels = b.x.count * b.y.count;
    cycles += ShapeOfInput(filters, pixels, b.tile.count * slices, laws).Occupancy();
  }
  return cycles;
}

}  // namespace systole
