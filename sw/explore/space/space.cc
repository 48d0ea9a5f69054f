#include "sw/explore/space/space.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace systole::explore {

void Space::Parameters(int64_t id, int64_t* parameters) const {
  const std::vector<Parameter>& table = cost->Parameters();
  for (size_t i = 0; i < table.size(); ++i) parameters[i] = table[i].fallback;
  for (size_t a = axes.size(); a-- > 0;) {
    const int64_t radix = static_cast<int64_t>(axes[a].values.size());
    parameters[axes[a].parameter] = axes[a].values[id % radix];
    id /= radix;
  }
  if (derived_cols)
    parameters[kCols] = std::max<int64_t>(1, parameters[kPeBudget] / parameters[kRows]);
}

std::vector<std::pair<std::string, int>> Space::Variables() const {
  std::vector<std::pair<std::string, int>> variables;
  for (const Axis& axis : axes) variables.emplace_back(axis.name, axis.parameter);
  for (const auto& [name, parameter] :
       {std::pair<const char*, int>{"rows", kRows}, {"cols", kCols}}) {
    const bool axis =
        std::any_of(axes.begin(), axes.end(), [&](const Axis& a) { return a.name == name; });
    if (!axis) variables.emplace_back(name, parameter);
  }
  return variables;
}

std::vector<std::pair<std::string, int64_t>> ConstantsOf(const std::vector<Parameter>& parameters) {
  std::vector<std::pair<std::string, int64_t>> constants;
  for (const Parameter& parameter : parameters) {
    for (const auto& name : parameter.names) constants.push_back(name);
  }
  return constants;
}

std::vector<std::string> Space::Describe() const {
  std::vector<std::string> lines;
  lines.push_back(fmt::format("cost = {}", cost_kind == CostKind::kNative ? "native" : "scalesim"));
  for (const Axis& axis : axes)
    lines.push_back(fmt::format("axis {} = {}", axis.name, fmt::join(axis.labels, " ")));
  if (has_budget) lines.push_back(fmt::format("pe_rule = {}", pe_exact ? "exact" : "most"));
  for (const ConstraintText& c : constraints)
    lines.push_back(fmt::format("constraint {} = {}", c.name, c.expression));
  for (const WorkloadSource& w : workloads)
    lines.push_back(fmt::format("workload {} = weight {}", w.name, w.weight));
  for (const std::string& line : cost->Describe()) lines.push_back(line);
  std::vector<std::string> names;
  for (const Objective& objective : objectives) names.push_back(objective.name);
  lines.push_back(fmt::format("objectives = {}", fmt::join(names, " ")));
  lines.push_back(
      fmt::format("recorded = cycles{}{}", traffic ? " traffic" : "", stalls ? " stalls" : ""));
  return lines;
}

}  // namespace systole::explore
