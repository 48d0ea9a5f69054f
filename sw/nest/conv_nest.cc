#include "sw/nest/conv_nest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sw/base/error.h"

namespace systole::nest {
namespace {

using timeloop::AxisTerm;
using timeloop::Loop;
using timeloop::Mapping;
using timeloop::Problem;
using timeloop::Spec;
using timeloop::Tensor;

constexpr int kLevels = 7;
const std::array<std::string, kLevels> kLevelNames = {
    "psum_spad",  "weights_spad", "ifmap_spad", "inter_PE_spatial", "inter_PE_column_spatial",
    "shared_glb", "DRAM"};
enum Place { kPsum, kWeights, kIfmap, kRows, kColumns, kGlb, kMemory };

void CheckDesign(const Spec& spec) {
  bool same = spec.arch.Levels() == kLevels;
  for (int b = 0; same && b < kLevels; ++b) same = spec.arch.levels[b].name == kLevelNames[b];
  if (!same) {
    Refuse("design", fmt::format("the levels are not {}; give models/designs/eyeriss_like.yaml",
                                 fmt::join(kLevelNames, ", ")));
  }
}

// Reads a layer off its projections.
class Layer {
 public:
  explicit Layer(const Problem& problem) : problem_(problem) {
    for (int d = 0; d < problem.Dims(); ++d) {
      const std::string& name = problem.dims[d];
      const size_t at = std::string(kDimNames).find(name);
      if (name.size() != 1 || at == std::string::npos)
        Fail("dimension " + name + " is not one of C M R S N P Q");
      dims_.push_back(static_cast<Dim>(at));
      bounds_[at] = problem.bounds[d];
    }
    weights_ = Find("Weights"), inputs_ = Find("Inputs"), outputs_ = Find("Outputs");
    if (problem.Tensors() != 3) Fail("it has other tensors than Weights, Inputs and Outputs");
  }

  Dim dim(int d) const { return dims_[static_cast<size_t>(d)]; }
  int weights() const { return weights_; }
  int inputs() const { return inputs_; }
  int outputs() const { return outputs_; }

  // Shape and whether it is depthwise.
  timeloop::ConvShape Shape(bool* depthwise) const {
    timeloop::ConvShape s;
    s.c = bounds_[kC], s.m = bounds_[kM], s.r = bounds_[kR], s.s = bounds_[kS];
    s.n = bounds_[kN], s.p = bounds_[kP], s.q = bounds_[kQ];
    *depthwise = Has(inputs_, {{kM, 1}});
    if (*depthwise && s.c != 1) Fail("Inputs go by M and C is not 1");
    std::vector<std::vector<Term>> weights = {{{kM, 1}}, {{kR, 1}}, {{kS, 1}}};
    if (!*depthwise || Has(weights_, {{kC, 1}})) weights.push_back({{kC, 1}});
    Expect(weights_, weights);
    Expect(outputs_, {{{kN, 1}}, {{kM, 1}}, {{kP, 1}}, {{kQ, 1}}});
    s.wdilation = Coefficient(kR), s.wstride = Coefficient(kP);
    s.hdilation = Coefficient(kS), s.hstride = Coefficient(kQ);
    std::vector<std::vector<Term>> inputs = {{{kN, 1}},
                                             {{*depthwise ? kM : kC, 1}},
                                             {{kR, s.wdilation}, {kP, s.wstride}},
                                             {{kS, s.hdilation}, {kQ, s.hstride}}};
    if (*depthwise && Has(inputs_, {{kC, 1}})) inputs.push_back({{kC, 1}});
    Expect(inputs_, inputs);
    return s;
  }

 private:
  struct Term {
    Dim dim;
    int64_t coefficient;
    bool operator<(const Term& o) const { return dim < o.dim; }
    bool operator==(const Term& o) const { return dim == o.dim && coefficient == o.coefficient; }
  };

  [[noreturn]] static void Fail(const std::string& what) {
    Refuse("layer", what + "; give a convolution as examples/energy/layer.yaml");
  }
  int Find(const std::string& name) const {
    const int t = problem_.FindTensor(name);
    if (t < 0) Fail("it has no tensor " + name);
    return t;
  }
  std::vector<Term> Terms(const std::vector<AxisTerm>& axis) const {
    std::vector<Term> terms;
    for (const AxisTerm& term : axis) terms.push_back({dim(term.dim), term.coefficient});
    std::sort(terms.begin(), terms.end());
    return terms;
  }
  bool Has(int tensor, const std::vector<Term>& axis) const {
    for (const auto& a : problem_.tensors[tensor].axes) {
      if (Terms(a) == axis) return true;
    }
    return false;
  }
  void Expect(int tensor, const std::vector<std::vector<Term>>& axes) const {
    const Tensor& t = problem_.tensors[tensor];
    bool same = t.axes.size() == axes.size();
    for (std::vector<Term> axis : axes) {
      std::sort(axis.begin(), axis.end());
      same = same && Has(tensor, axis);
    }
    if (!same) Fail("the projection of " + t.name + " is no convolution's");
  }
  int64_t Coefficient(Dim d) const {
    for (const auto& axis : problem_.tensors[inputs_].axes) {
      for (const AxisTerm& term : axis) {
        if (dim(term.dim) == d) return term.coefficient;
      }
    }
    Fail(std::string("Inputs do not go by ") + kDimNames[d]);
  }

  const Problem& problem_;
  std::vector<Dim> dims_;
  std::array<int64_t, kDims> bounds_{1, 1, 1, 1, 1, 1, 1};
  int weights_ = -1, inputs_ = -1, outputs_ = -1;
};

void CheckKept(const Layer& layer, const Mapping& mapping) {
  const unsigned w = 1u << layer.weights(), i = 1u << layer.inputs(), o = 1u << layer.outputs();
  const std::array<unsigned, kLevels> kept = {o, w, i, 0, 0, i | o, w | i | o};
  const std::array<const char*, kLevels> text = {
      "Outputs", "Weights", "Inputs", "nothing", "nothing", "Inputs and Outputs", "everything"};
  for (int b = 0; b < kLevels; ++b) {
    if (mapping.levels[b].keep == kept[b]) continue;
    Refuse("keep", fmt::format("{} keeps {} in the machine; keep that and bypass the others",
                               kLevelNames[b], text[b]));
  }
}

// The factor of dimension d among loops that may be over `allowed` alone.
class Loops {
 public:
  Loops(const Layer& layer, int level, const char* kind, const std::vector<Loop>& loops,
        const std::string& allowed)
      : layer_(layer), loops_(loops) {
    for (const Loop& loop : loops) {
      const std::string name(1, kDimNames[layer.dim(loop.dim)]);
      if (loop.bound == 1 || allowed.find(name) != std::string::npos) continue;
      Refuse("place", fmt::format("{}: a {} loop over {}; there the machine has {}",
                                  kLevelNames[level], kind, name,
                                  allowed.empty() ? "none" : "loops over " + allowed + " alone"));
    }
  }
  int64_t Of(Dim d) const {
    for (const Loop& loop : loops_) {
      if (layer_.dim(loop.dim) == d) return loop.bound;
    }
    return 1;
  }

 private:
  const Layer& layer_;
  const std::vector<Loop>& loops_;
};

}  // namespace

void Refuse(const std::string& rule, const std::string& what) {
  throw InputError("not executable: " + rule + ": " + what);
}

int64_t ConvNest::Bound(Dim d) const {
  const int64_t bounds[kDims] = {shape.c, shape.m, shape.r, shape.s, shape.n, shape.p, shape.q};
  return bounds[d];
}

int64_t ConvNest::InStep(Dim d) const {
  switch (d) {
    case kC:
      return map.c1 * map.c2;
    case kM:
      return map.Filters();
    case kR:
      return map.r1;
    case kS:
      return map.s1;
    case kQ:
      return map.q1;
    default:
      return 1;
  }
}

int64_t ConvNest::InTile(Dim d) const {
  int64_t extent = InStep(d);
  for (const StepLoop& loop : loops) {
    if (loop.dim == d && !loop.memory) extent *= loop.bound;
  }
  return extent;
}

ConvNest ReadNest(const Spec& spec, const Mapping& mapping) {
  CheckDesign(spec);
  const Layer layer(spec.problem);
  ConvNest nest;
  nest.shape = layer.Shape(&nest.map.depthwise);
  const bool dw = nest.map.depthwise;
  if (nest.shape.wdilation != 1 || nest.shape.hdilation != 1)
    Refuse("dilation", "a window's columns and rows lie side by side; give Wdilation, Hdilation 1");
  if (nest.shape.wstride > 7 || nest.shape.hstride > 7)
    Refuse("stride", "RowConv has strides of 1 to 7; give Wstride and Hstride within");
  CheckKept(layer, mapping);
  for (int b : {kPsum, kWeights, kIfmap, kGlb, kMemory})
    Loops(layer, b, "spatial", mapping.levels[b].spatial, "");
  for (int b : {kIfmap, kRows, kColumns})
    Loops(layer, b, "temporal", mapping.levels[b].temporal, "");
  const Loops psum(layer, kPsum, "temporal", mapping.levels[kPsum].temporal, dw ? "" : "M");
  const Loops weights(layer, kWeights, "temporal", mapping.levels[kWeights].temporal,
                      dw ? "R" : "CR");
  const Loops rows(layer, kRows, "spatial", mapping.levels[kRows].spatial, dw ? "SM" : "SCM");
  const Loops columns(layer, kColumns, "spatial", mapping.levels[kColumns].spatial,
                      dw ? "Q" : "QM");
  for (const Loop& loop : mapping.levels[kRows].spatial) {
    if (!loop.y) Refuse("place", "inter_PE_spatial: a loop along X; its loops lie along Y");
  }
  for (const Loop& loop : mapping.levels[kColumns].spatial) {
    if (loop.y) Refuse("place", "inter_PE_column_spatial: a loop along Y; its loops lie along X");
  }
  const auto& inside = mapping.levels[kWeights].temporal;
  if (inside.size() == 2 && layer.dim(inside[0].dim) == kR) {
    Refuse("order",
           "weights_spad: R inside C; an element multiplies the channels of a tap one "
           "after the other: put C inside R");
  }
  RowMapping& m = nest.map;
  m.m0 = psum.Of(kM), m.c1 = weights.Of(kC), m.r1 = weights.Of(kR);
  m.s1 = rows.Of(kS), m.c2 = rows.Of(kC), m.m2 = rows.Of(kM);
  m.q1 = columns.Of(kQ), m.m3 = columns.Of(kM);
  m.hs = nest.shape.hstride, m.ws = nest.shape.wstride;
  std::array<int64_t, kDims> unit{};
  for (int d = 0; d < kDims; ++d) unit[d] = nest.InStep(static_cast<Dim>(d));
  for (int b : {kGlb, kMemory}) {
    for (const Loop& loop : mapping.levels[b].temporal) {
      const Dim d = layer.dim(loop.dim);
      if (loop.bound == 1) continue;
      nest.loops.push_back({d, loop.bound, unit[d], b == kMemory});
      unit[d] *= loop.bound;
    }
  }
  return nest;
}

}  // namespace systole::nest
