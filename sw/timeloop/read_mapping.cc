#include <algorithm>
#include <cctype>
#include <charconv>

#include "sw/timeloop/read_parts.h"

namespace systole::timeloop {
namespace {

// The loops of a list: in the order of the directive, then the dimensions it does not name.
std::vector<Loop> Loops(const Problem& problem, const std::vector<int64_t>& factors,
                        std::vector<int> order, int64_t split) {
  for (int d = 0; d < problem.Dims(); ++d) {
    if (std::find(order.begin(), order.end(), d) == order.end()) order.push_back(d);
  }
  std::vector<Loop> loops;
  for (size_t i = 0; i < order.size(); ++i) {
    const int64_t bound = factors[order[i]];
    if (bound > 1) loops.push_back({order[i], bound, static_cast<int64_t>(i) >= split});
  }
  return loops;
}

}  // namespace

std::vector<int64_t> ReadFactors(const YamlNode& node, const Problem& problem, int64_t otherwise) {
  std::vector<int64_t> factors(problem.Dims(), otherwise);
  std::vector<bool> seen(problem.Dims(), false);
  const std::string text = node.Text();
  size_t at = 0;
  const auto skip = [&](bool comma) {
    while (at < text.size() &&
           (std::isspace(static_cast<unsigned char>(text[at])) || (comma && text[at] == ','))) {
      ++at;
    }
  };
  for (skip(true); at < text.size(); skip(true)) {
    size_t end = at;
    while (end < text.size() &&
           (std::isalpha(static_cast<unsigned char>(text[end])) || text[end] == '_')) {
      ++end;
    }
    const std::string name = text.substr(at, end - at);
    const int d = problem.FindDim(name);
    if (d < 0) {
      node.Fail("'" + text.substr(at, 20) + "' does not begin with a dimension" +
                Suggestion(name, problem.dims));
    }
    at = end;
    skip(false);
    if (at < text.size() && (text[at] == '<' || text[at] == '>')) {
      node.Fail("least and largest factors (" + name + text[at] +
                ") are not modelled; fix it with " + name + "=n or leave it free");
    }
    if (at < text.size() && text[at] == '=') ++at;
    skip(false);
    int64_t value = 0;
    const char* last = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + at, last, value);
    if (error != std::errc() || value < 0 || value > (1 << 20)) {
      node.Fail(name + " has no factor; write " + name + "=n");
    }
    if (value == 0) node.Fail(name + "=0 (what is left over) is not modelled; write the factor");
    at = static_cast<size_t>(rest - text.data());
    if (at + 1 < text.size() && text[at] == ',' && std::isdigit(text[at + 1])) {
      node.Fail("remainders (" + name + std::to_string(value) + ",n) are not modelled; factors " +
                "multiply to the bounds");
    }
    if (seen[d]) node.Fail(name + " is there twice; remove one");
    seen[d] = true;
    factors[d] = value;
  }
  return factors;
}

std::vector<int> ReadOrder(const YamlNode& node, const std::string& text, const Problem& problem) {
  std::vector<int> order;
  std::vector<std::string> names;
  std::string name;
  const bool lists = text.find(',') != std::string::npos;
  for (const char c : text + ",") {
    if (std::isspace(static_cast<unsigned char>(c)) != 0 || c == ',') {
      if (!name.empty()) names.push_back(name);
      name.clear();
    } else if (lists) {
      name += c;
    } else {
      names.push_back(std::string(1, c));
    }
  }
  for (const std::string& one : names) {
    const int d = problem.FindDim(one);
    if (d < 0)
      node.Fail("'" + one.substr(0, 20) + "' is no dimension" + Suggestion(one, problem.dims));
    if (std::find(order.begin(), order.end(), d) != order.end()) {
      node.Fail(one + " is there twice; remove one");
    }
    order.push_back(d);
  }
  return order;
}

unsigned ReadTensors(const YamlNode& node, const Problem& problem) {
  unsigned tensors = 0;
  std::vector<std::string> names;
  for (const Tensor& tensor : problem.tensors) names.push_back(tensor.name);
  for (const YamlNode& item : node.Items()) {
    const int t = problem.FindTensor(item.Text());
    if (t < 0) item.Fail("'" + item.Text() + "' is no tensor" + Suggestion(item.Text(), names));
    tensors |= 1u << t;
  }
  return tensors;
}

int ReadTarget(const YamlNode& directive, const Architecture& arch) {
  const YamlNode node = directive.Has("target") || !directive.Has("name") ? directive.At("target")
                                                                          : directive.At("name");
  const std::string name = PlainName(node, node.Text(), nullptr);
  const int c = arch.Find(name);
  if (c < 0) {
    std::vector<std::string> names;
    for (const Level& level : arch.levels) names.push_back(level.name);
    node.Fail("'" + name + "' is no level" + Suggestion(name, names));
  }
  return c;
}

Mapping ReadMapping(const YamlNode& node, const Problem& problem, const Architecture& arch) {
  Mapping mapping;
  mapping.levels.resize(arch.Levels());
  const unsigned all = (1u << problem.Tensors()) - 1;
  for (int c = 0; c < arch.Levels(); ++c) {
    // A level without energy keeps nothing unless it is told to.
    mapping.levels[c].keep = arch.levels[c].has_energy ? all : 0;
  }
  std::vector<unsigned> seen(arch.Levels(), 0);
  for (const YamlNode& directive : node.Items()) {
    const std::string type = directive.At("type").Text();
    const int c = ReadTarget(directive, arch);
    LevelLoops& level = mapping.levels[c];
    const bool bypass = type == "datatype" || type == "bypass";
    if (!bypass && type != "temporal" && type != "spatial") {
      directive.At("type").Fail("'" + type + "' is not modelled" +
                                Suggestion(type, {"temporal", "spatial", "datatype", "bypass"}));
    }
    const unsigned bit = bypass ? 1 : type == "temporal" ? 2 : 4;
    if ((seen[c] & bit) != 0) directive.Fail("is a second one of " + type + "; merge them");
    seen[c] |= bit;
    if (bypass) {
      directive.Allow({"target", "name", "type", "keep", "bypass"});
      const unsigned keep = directive.Has("keep") ? ReadTensors(directive.At("keep"), problem) : 0;
      const unsigned drop =
          directive.Has("bypass") ? ReadTensors(directive.At("bypass"), problem) : 0;
      if ((keep & drop) != 0) directive.Fail("keeps and bypasses a tensor; remove one");
      level.keep = (level.keep | keep) & ~drop;
      continue;
    }
    directive.Allow({"target", "name", "type", "factors", "permutation", "split"});
    std::vector<int64_t> factors(problem.Dims(), 1);
    if (directive.Has("factors")) factors = ReadFactors(directive.At("factors"), problem, 1);
    std::vector<int> order;
    if (directive.Has("permutation")) {
      order = ReadOrder(directive.At("permutation"), directive.At("permutation").Text(), problem);
    }
    const int64_t split = directive.Whole("split", problem.Dims(), 0, 1000000);
    if (type == "temporal") {
      level.temporal = Loops(problem, factors, order, problem.Dims());
      continue;
    }
    level.spatial = Loops(problem, factors, order, split);
    if (!arch.Spatial(c) && !level.spatial.empty()) {
      directive.Fail("spreads over children of " + arch.levels[c].name +
                     ", which has one; use temporal");
    }
  }
  const std::string error = MappingError(problem, mapping);
  if (!error.empty()) node.Fail(error);
  for (int c = 0; c < arch.Levels(); ++c) {
    if (mapping.levels[c].keep != 0 && !arch.levels[c].has_energy) {
      node.Fail(arch.levels[c].name +
                " keeps data but has no 'read' in the energy table; add it, " +
                "or bypass the level");
    }
  }
  return mapping;
}

}  // namespace systole::timeloop
