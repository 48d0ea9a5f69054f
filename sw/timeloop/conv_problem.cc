#include "sw/timeloop/conv_problem.h"

#include <tuple>

namespace systole::timeloop {
namespace {

auto Tied(const ConvShape& shape) {
  return std::tie(shape.n, shape.c, shape.m, shape.r, shape.s, shape.p, shape.q, shape.wstride,
                  shape.hstride, shape.wdilation, shape.hdilation);
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
  const auto pair = [&](const char* name, int64_t w, int64_t h) {
    if (w == 1 && h == 1) return;
    text += std::string(name) + std::to_string(w);
    if (w != h) text += "x" + std::to_string(h);
  };
  pair(" stride ", wstride, hstride);
  pair(" dilation ", wdilation, hdilation);
  return text;
}

Problem ConvProblem(const ConvShape& shape) {
  enum { kC, kM, kR, kS, kN, kP, kQ };
  Problem problem;
  problem.dims = {"C", "M", "R", "S", "N", "P", "Q"};
  problem.bounds = {shape.c, shape.m, shape.r, shape.s, shape.n, shape.p, shape.q};
  problem.tensors = {{"Weights", false, {{{kC, 1}}, {{kM, 1}}, {{kR, 1}}, {{kS, 1}}}},
                     {"Inputs",
                      false,
                      {{{kN, 1}},
                       {{kC, 1}},
                       {{kR, shape.wdilation}, {kP, shape.wstride}},
                       {{kS, shape.hdilation}, {kQ, shape.hstride}}}},
                     {"Outputs", true, {{{kN, 1}}, {{kM, 1}}, {{kQ, 1}}, {{kP, 1}}}}};
  return problem;
}

}  // namespace systole::timeloop
