// A Timeloop mapping of a convolution on the Eyeriss-like design, in the row-stationary array's
// words (docs/nest.md): what lies in an element, along rows and columns, and the loops around
// steps.
#pragma once

#include <string>
#include <vector>

#include "sw/timeloop/conv_problem.h"
#include "sw/timeloop/spec.h"
#include "sw/timing/row_mapping.h"

namespace systole::nest {

enum Dim { kC, kM, kR, kS, kN, kP, kQ };
inline constexpr int kDims = 7;
inline constexpr const char* kDimNames = "CMRSNPQ";

// A loop around steps: one iteration moves the dimension's index by `unit`.
struct StepLoop {
  Dim dim = kC;
  int64_t bound = 1, unit = 1;
  bool memory = false;  // of the outer memory: another tile of the buffer
};

struct ConvNest {
  timeloop::ConvShape shape;    // depthwise: C is 1, M channels, each with a filter of its own
  RowMapping map;               // map.depthwise says so
  std::vector<StepLoop> loops;  // the innermost first, bounds above 1

  int64_t Bound(Dim d) const;
  // Extent of a dimension in one step, and in all loops that are not the outer memory's.
  int64_t InStep(Dim d) const;
  int64_t InTile(Dim d) const;
  int64_t Outputs() const { return shape.n * shape.m * shape.p * shape.q; }
  int64_t Macs() const { return Outputs() * shape.c * shape.r * shape.s; }
};

// Does a loop over d choose other weights? Does it add to sums that were begun?
inline bool MovesWeights(Dim d) { return d == kC || d == kM || d == kR || d == kS; }
inline bool Reduces(Dim d) { return d == kC || d == kR || d == kS; }
inline bool MovesInputs(Dim d, bool depthwise) { return d != kM || depthwise; }

// A mapping that breaks a rule: "not executable: <rule>: <what, and what to do>".
[[noreturn]] void Refuse(const std::string& rule, const std::string& what);

// Throws InputError that names the rule: `design`, `layer`, `keep`, `place`, `order`, `dilation`,
// `stride`.
ConvNest ReadNest(const timeloop::Spec& spec, const timeloop::Mapping& mapping);

}  // namespace systole::nest
