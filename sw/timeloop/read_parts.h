// The readers of the parts of a Spec, one a top-level key.
#pragma once

#include <string>
#include <vector>

#include "sw/timeloop/spec.h"
#include "sw/timeloop/yaml_node.h"

namespace systole::timeloop {

Architecture ReadArchitecture(const YamlNode& node);
void ReadEnergy(const YamlNode& ert, Architecture* arch);
Problem ReadProblem(const YamlNode& node);
void ReadConstraints(const YamlNode& node, const Problem& problem, const Architecture& arch,
                     Constraints* constraints);
Mapping ReadMapping(const YamlNode& node, const Problem& problem, const Architecture& arch);

// "C=4,M2 R 3" by dimension; what is not named is `otherwise`.
std::vector<int64_t> ReadFactors(const YamlNode& node, const Problem& problem, int64_t otherwise);
// "CMR" or, where a dimension's name has several letters, "C,M,R".
std::vector<int> ReadOrder(const YamlNode& node, const std::string& text, const Problem& problem);
unsigned ReadTensors(const YamlNode& node, const Problem& problem);
// "name" of "a.b.name[0..3]"; *instances, where not null, is 4 then.
std::string PlainName(const YamlNode& node, const std::string& text, int64_t* instances);
int ReadTarget(const YamlNode& directive, const Architecture& arch);

}  // namespace systole::timeloop
