#include <algorithm>

#include "sw/timeloop/read_parts.h"

namespace systole::timeloop {
namespace {

// "AB": A innermost, then B; "A_B": A innermost, B outermost.
void ReadPermutation(const YamlNode& node, const Problem& problem, ListRule* rule) {
  const std::string text = node.Text();
  const size_t gap = text.find('_');
  rule->inner = ReadOrder(node, text.substr(0, gap), problem);
  if (gap != std::string::npos) rule->outer = ReadOrder(node, text.substr(gap + 1), problem);
  for (const int d : rule->outer) {
    if (std::find(rule->inner.begin(), rule->inner.end(), d) != rule->inner.end()) {
      node.Fail(problem.dims[d] + " is there twice; remove one");
    }
  }
}

void ReadOne(const YamlNode& node, const Problem& problem, const Architecture& arch,
             Constraints* constraints) {
  const std::string type = node.At("type").Text();
  const int c = ReadTarget(node, arch);
  LevelRule& level = constraints->levels[c];
  if (type == "bypass" || type == "datatype" || type == "bypassing") {
    node.Allow({"target", "name", "type", "keep", "bypass"});
    if (node.Has("keep")) level.keep |= ReadTensors(node.At("keep"), problem);
    if (node.Has("bypass")) level.bypass |= ReadTensors(node.At("bypass"), problem);
    if ((level.keep & level.bypass) != 0) node.Fail("keeps and bypasses a tensor; remove one");
    return;
  }
  if (type != "temporal" && type != "spatial") {
    node.At("type").Fail("'" + type + "' is not modelled" +
                         Suggestion(type, {"temporal", "spatial", "bypass"}));
  }
  node.Allow({"target", "name", "type", "factors", "permutation", "split"});
  ListRule& rule = type == "temporal" ? level.temporal : level.spatial;
  if (node.Has("factors")) {
    const std::vector<int64_t> factors = ReadFactors(node.At("factors"), problem, 0);
    for (int d = 0; d < problem.Dims(); ++d) {
      if (factors[d] != 0) rule.factor[d] = factors[d];
    }
  }
  if (node.Has("permutation")) ReadPermutation(node.At("permutation"), problem, &rule);
  if (node.Has("split")) rule.split = static_cast<int>(node.At("split").Whole(0, 1000000));
}

}  // namespace

void ReadConstraints(const YamlNode& node, const Problem& problem, const Architecture& arch,
                     Constraints* constraints) {
  node.Allow({"targets"}, {"version"});
  for (const YamlNode& target : node.At("targets").Items()) {
    ReadOne(target, problem, arch, constraints);
  }
}

}  // namespace systole::timeloop
