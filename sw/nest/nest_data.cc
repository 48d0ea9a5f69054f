#include "sw/nest/nest_data.h"

#include <random>

#include "sw/compiler/pack.h"
#include "sw/nest/nest_walk.h"

namespace systole::nest {
namespace {

int64_t Channels(const ConvNest& nest) { return nest.map.depthwise ? nest.shape.m : nest.shape.c; }
int64_t Height(const timeloop::ConvShape& s) { return (s.q - 1) * s.hstride + s.s; }
int64_t Width(const timeloop::ConvShape& s) { return (s.p - 1) * s.wstride + s.r; }

// Positions of an instruction's walk: n, q, p of position v.
struct Position {
  int64_t n, q, p;
};
Position At(const NestPlan& plan, const NestWalk& walk, int64_t v) {
  int64_t origin[kDims];
  for (int d = 0; d < kDims; ++d) origin[d] = walk.Origin(static_cast<Dim>(d));
  const auto add = [&](const StepLoop& loop, int64_t index) {
    origin[loop.dim] += index * loop.unit;
  };
  add(plan.x, v % plan.x.bound);
  add(plan.y, v / plan.x.bound % plan.y.bound);
  add(plan.b, v / plan.x.bound / plan.y.bound);
  return {origin[kN], origin[kQ], origin[kP]};
}

}  // namespace

LayerData RandomData(const ConvNest& nest, uint32_t seed) {
  const timeloop::ConvShape& s = nest.shape;
  std::mt19937 random(seed);
  const auto fill = [&](int64_t size, std::vector<int8_t>* to) {
    to->resize(static_cast<size_t>(size));
    for (int8_t& value : *to) value = static_cast<int8_t>(random() >> 24);
  };
  LayerData data;
  fill(s.n * Channels(nest) * Height(s) * Width(s), &data.inputs);
  fill(s.m * s.c * s.s * s.r, &data.weights);
  return data;
}

std::vector<int32_t> Convolve(const ConvNest& nest, const LayerData& data) {
  const timeloop::ConvShape& s = nest.shape;
  const int64_t height = Height(s), width = Width(s);
  std::vector<int32_t> sums(static_cast<size_t>(nest.Outputs()));
  for (int64_t n = 0; n < s.n; ++n) {
    for (int64_t m = 0; m < s.m; ++m) {
      for (int64_t c = 0; c < s.c; ++c) {
        const int64_t channel = nest.map.depthwise ? m : c;
        for (int64_t ky = 0; ky < s.s; ++ky) {
          for (int64_t kx = 0; kx < s.r; ++kx) {
            const int32_t weight =
                data.weights[static_cast<size_t>(((m * s.c + c) * s.s + ky) * s.r + kx)];
            for (int64_t q = 0; q < s.q; ++q) {
              const int8_t* in = &data.inputs[static_cast<size_t>(
                  ((n * Channels(nest) + channel) * height + q * s.hstride + ky) * width + kx)];
              int32_t* out = &sums[static_cast<size_t>(((n * s.m + m) * s.q + q) * s.p)];
              for (int64_t p = 0; p < s.p; ++p) out[p] += weight * in[p * s.wstride];
            }
          }
        }
      }
    }
  }
  return sums;
}

std::vector<uint8_t> WeightImage(const NestPlan& plan, const LayerData& data) {
  const timeloop::ConvShape& s = plan.nest.shape;
  const RowMapping& m = plan.nest.map;
  const auto padded = static_cast<size_t>(WeightRowBytes(plan.config));
  int64_t instructions = 1;  // with weights of their own
  for (const StepLoop& loop : plan.around) {
    if (MovesWeights(loop.dim)) instructions *= loop.bound;
  }
  std::vector<uint8_t> image(static_cast<size_t>(instructions * plan.set_rows) * padded);
  const int64_t inside = plan.block_rows / plan.set_rows;
  NestWalk walk(plan);
  do {
    const int64_t number = walk.WeightBlock() * inside + walk.WeightsOfBlock();
    uint8_t* row = &image[static_cast<size_t>(number * plan.set_rows) * padded];
    for (int64_t slice = 0; slice < plan.slices.bound; ++slice) {
      int64_t origin[kDims];
      for (int d = 0; d < kDims; ++d) origin[d] = walk.Origin(static_cast<Dim>(d));
      origin[plan.slices.dim] += slice * plan.slices.unit;
      for (int64_t word = 0; word < m.Cycles(); ++word) {
        for (int64_t m3 = 0; m3 < m.m3; ++m3, row += padded) {
          for (int64_t y = 0; y < m.RowsUsed(); ++y) {
            const int64_t tap = y % m.s1, c2 = y / m.s1 % m.c2, m2 = y / m.s1 / m.c2,
                          k = word / m.m0;
            const int64_t filter = origin[kM] + (m3 * m.m2 + m2) * m.m0 + word % m.m0,
                          channel = origin[kC] + c2 * m.c1 + k % m.c1;
            row[y] = static_cast<uint8_t>(data.weights[static_cast<size_t>(
                ((filter * s.c + channel) * s.s + origin[kS] + tap) * s.r + origin[kR] +
                k / m.c1)]);
          }
        }
      }
    }
  } while (walk.Next());
  return image;
}

std::vector<int8_t> InputImage(const NestPlan& plan, const InputLayout& layout,
                               const LayerData& data) {
  std::vector<int8_t> image(static_cast<size_t>(layout.bytes));
  const int8_t* value = data.inputs.data();
  for (int64_t n = 0; n < plan.nest.shape.n; ++n) {
    for (int64_t c = 0; c < Channels(plan.nest); ++c) {
      for (int64_t row = 0; row < layout.height; ++row) {
        for (int64_t column = 0; column < layout.width; ++column)
          image[static_cast<size_t>(layout.At(plan, n, c, row, column))] = *value++;
      }
    }
  }
  return image;
}

std::vector<int8_t> Outputs(const NestPlan& plan, int64_t job_bytes,
                            const std::vector<int8_t>& stored) {
  const timeloop::ConvShape& s = plan.nest.shape;
  const RowMapping& m = plan.nest.map;
  std::vector<int8_t> outputs(static_cast<size_t>(plan.nest.Outputs()));
  NestWalk walk(plan);
  do {
    if (!walk.First()) continue;
    const int8_t* from = &stored[static_cast<size_t>(
        walk.Job() * job_bytes + walk.Place() * plan.Positions() * m.ColumnsUsed() * m.Channels())];
    for (int64_t v = 0; v < plan.Positions(); ++v) {
      const Position at = At(plan, walk, v);
      for (int64_t x = 0; x < m.ColumnsUsed(); ++x) {
        for (int64_t j = 0; j < m.Channels(); ++j) {
          const int64_t filter = walk.Origin(kM) + x / m.q1 * m.Channels() + j;
          outputs[static_cast<size_t>(((at.n * s.m + filter) * s.q + at.q + x % m.q1) * s.p +
                                      at.p)] = *from++;
        }
      }
    }
  } while (walk.Next());
  return outputs;
}

}  // namespace systole::nest
