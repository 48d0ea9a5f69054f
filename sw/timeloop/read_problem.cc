#include <algorithm>
#include <map>

#include "sw/timeloop/read_parts.h"

namespace systole::timeloop {
namespace {

constexpr int64_t kMostBound = 1 << 20;
constexpr int64_t kMostMacs = int64_t{1} << 52;  // doubles count them exactly

Tensor ReadTensor(const YamlNode& node, const Problem& problem,
                  const std::map<std::string, int64_t>& coefficients) {
  node.Allow({"name", "projection", "read-write"});
  Tensor tensor;
  tensor.name = node.At("name").Name();
  if (node.Has("read-write")) tensor.read_write = node.At("read-write").Truth();
  for (const YamlNode& axis : node.At("projection").Items()) {
    std::vector<AxisTerm> terms;
    for (const YamlNode& term : axis.Items()) {
      const std::vector<std::string> words = term.Names();
      if (words.empty() || words.size() > 2)
        term.Fail("needs a dimension, or one and a coefficient");
      AxisTerm one;
      one.dim = problem.FindDim(words[0]);
      if (one.dim < 0) {
        term.Fail("'" + words[0] + "' is no dimension" + Suggestion(words[0], problem.dims));
      }
      if (words.size() == 2) {
        std::vector<std::string> names;
        for (const auto& pair : coefficients) names.push_back(pair.first);
        const auto found = coefficients.find(words[1]);
        if (found == coefficients.end()) {
          term.Fail("'" + words[1] + "' is no coefficient" + Suggestion(words[1], names));
        }
        one.coefficient = found->second;
      }
      terms.push_back(one);
    }
    if (terms.empty()) axis.Fail("is empty; name a dimension");
    tensor.axes.push_back(terms);
  }
  if (tensor.axes.empty() || tensor.axes.size() > kMaxAxes) {
    node.At("projection").Fail("needs 1 to " + std::to_string(kMaxAxes) + " axes");
  }
  return tensor;
}

}  // namespace

Problem ReadProblem(const YamlNode& node) {
  Problem problem;
  node.Allow({"instance", "shape"}, {"version"});
  const YamlNode shape = node.At("shape");
  shape.Allow({"dimensions", "coefficients", "data-spaces"}, {"name"});
  const YamlNode instance = node.At("instance");
  problem.dims = shape.At("dimensions").Names();
  if (problem.dims.empty() || problem.dims.size() > kMaxDims) {
    shape.At("dimensions").Fail("needs 1 to " + std::to_string(kMaxDims) + " names");
  }
  std::vector<std::string> known = problem.dims;
  std::map<std::string, int64_t> coefficients;
  if (shape.Has("coefficients")) {
    for (const YamlNode& one : shape.At("coefficients").Items()) {
      one.Allow({"name", "default"});
      const std::string name = one.At("name").Name();
      known.push_back(name);
      coefficients[name] = one.At("default").Whole(1, kMostBound);
    }
  }
  std::sort(known.begin(), known.end());
  if (std::adjacent_find(known.begin(), known.end()) != known.end()) {
    shape.Fail("has '" + *std::adjacent_find(known.begin(), known.end()) + "' twice; rename one");
  }
  // Timeloop drops a misspelled stride without a word.
  instance.Allow(known);
  for (auto& [name, value] : coefficients) value = instance.Whole(name, value, 1, kMostBound);
  double macs = 1;
  for (const std::string& dim : problem.dims) {
    problem.bounds.push_back(instance.Whole(dim, 1, 1, kMostBound));
    macs *= static_cast<double>(problem.bounds.back());
  }
  if (macs > static_cast<double>(kMostMacs)) {
    instance.Fail("has more than 2^52 multiply-adds; make it smaller");
  }
  double words = 1;
  for (const YamlNode& one : shape.At("data-spaces").Items()) {
    problem.tensors.push_back(ReadTensor(one, problem, coefficients));
    if (problem.Tensors() > kMaxTensors) one.Fail("is one tensor too many");
    for (const auto& axis : problem.tensors.back().axes) {
      double length = 1;
      for (const AxisTerm& term : axis) {
        length += static_cast<double>(term.coefficient * problem.bounds[term.dim]);
      }
      words *= length;
    }
    if (words > static_cast<double>(kMostMacs)) one.Fail("has too many words; make it smaller");
    words = 1;
  }
  if (problem.tensors.empty()) shape.At("data-spaces").Fail("is empty; name the tensors");
  return problem;
}

}  // namespace systole::timeloop
