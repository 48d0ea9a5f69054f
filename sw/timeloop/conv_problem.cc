#include "sw/timeloop/conv_problem.h"

#include <tuple>

namespace systole::timeloop {
namespace {

auto Tied(const ConvShape& shape) {
  return std::tie(shape.n, shape.c, shape.m, shape.r, shape.s, shape.p, shape.q, shape.wstride,
                  shape.hstride);
}

}  // namespace

bool ConvShape::operator<(const ConvShape& other) const { return Tied(*this) < Tied(other); }

std::string ConvShape::Text() const {
  std::string text;
  const std::pair<const char*, int64_t> parts[] = {{"N", n}, {"C", c}, {"M", m}, {"R", r},
                                                   {"S", s}, {"P", p}, {"Q", q}};
  for (const auto& [name, value] : parts) {
    text += (text.empty() ? "" : " ") + std::string(name) + std::to_string(value);
  }
  if (wstride != 1 || hstride != 1) {
    text += " stride " + std::to_string(wstride);
    if (wstride != hstride) text += "x" + std::to_string(hstride);
  }
  return text;
}

Problem ConvProblem(const ConvShape& shape) {
  enum { kC, kM, kR, kS, kN, kP, kQ };
  Problem problem;
  problem.dims = {"C", "M", "R", "S", "N", "P", "Q"};
  problem.bounds = {shape.c, shape.m, shape.r, shape.s, shape.n, shape.p, shape.q};
  problem.tensors = {
      {"Weights", false, {{{kC, 1}}, {{kM, 1}}, {{kR, 1}}, {{kS, 1}}}},
      {"Inputs",
       false,
       {{{kN, 1}}, {{kC, 1}}, {{kR, 1}, {kP, shape.wstride}}, {{kS, 1}, {kQ, shape.hstride}}}},
      {"Outputs", true, {{{kN, 1}}, {{kM, 1}}, {{kQ, 1}}, {{kP, 1}}}}};
  return problem;
}

std::vector<NetworkLayer> LayersOf(const std::vector<scalesim::WorkloadLayer>& table,
                                   int64_t batch) {
  std::vector<NetworkLayer> layers;
  for (const scalesim::WorkloadLayer& row : table) {
    if (!row.Multiplies()) continue;
    NetworkLayer layer{row.name, {}, row.groups};
    layer.shape = {batch,
                   row.in_channels / row.groups,
                   row.filters / row.groups,
                   row.filter_w,
                   row.filter_h,
                   row.OutW(),
                   row.OutH(),
                   row.stride_w,
                   row.stride_h};
    layers.push_back(layer);
  }
  return layers;
}

}  // namespace systole::timeloop
