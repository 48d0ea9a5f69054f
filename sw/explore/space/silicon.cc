#include "sw/explore/space/silicon.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sw/base/error.h"
#include "sw/driver/parameters.h"
#include "sw/timeloop/yaml_node.h"

namespace systole::explore {
namespace {

using Json = nlohmann::json;

// Array sides are what is interpolated in.
bool SameButSides(HwConfig a, const HwConfig& b) {
  a.rows = b.rows;
  a.cols = b.cols;
  return a.Key() == b.Key();
}

struct Side {
  int below = 0, above = 0;  // 0: none
  void Take(int value, int place) {
    if (value <= place) below = std::max(below, value);
    if (value >= place && (above == 0 || value < above)) above = value;
  }
  double Weight(int value, int place) const {
    if (below == above) return 1;
    const double part = static_cast<double>(place - below) / (above - below);
    return value == above ? part : 1 - part;
  }
};

double Positive(const Json& design, const char* key) {
  const double value = design.at(key).get<double>();
  if (!(value > 0)) throw InputError(fmt::format("{} must be above 0", key));
  return value;
}

}  // namespace

SiliconTable::SiliconTable(const std::string& path, const std::string& text) {
  try {
    const Json table = Json::parse(text);
    description_ = table.at("library").get<std::string>();
    for (const Json& entry : table.at("designs")) {
      std::vector<std::string> assignments;
      for (const auto& [name, value] : entry.at("parameters").items())
        assignments.push_back(fmt::format("{}={}", name, value.get<int>()));
      Design design{ParseParameters(assignments), 0, Positive(entry, "ns")};
      design.um2 = Positive(entry, "cells_um2") + Positive(entry, "memories_um2");
      for (const Design& other : designs_) {
        if (other.config.Key() == design.config.Key()) {
          throw InputError(
              fmt::format("a design stands there twice: {}", FormatParameters(design.config)));
        }
      }
      description_ += fmt::format(" {}:{:.9g}:{:.9g}", design.config.Key(), design.um2, design.ns);
      designs_.push_back(design);
    }
    if (designs_.empty()) throw InputError("there is no design");
  } catch (const std::exception& error) {
    throw InputError(
        fmt::format("{}: is no table of scripts/ppa/designs.py: {}", path, error.what()));
  }
}

SiliconTable LoadSilicon(const std::string& path) {
  return SiliconTable(path, timeloop::ReadText(path));
}

std::optional<SiliconFigures> SiliconTable::Of(const HwConfig& config) const {
  Side rows, cols;
  for (const Design& design : designs_) {
    if (!SameButSides(design.config, config)) continue;
    rows.Take(design.config.rows, config.rows);
    cols.Take(design.config.cols, config.cols);
  }
  if (rows.below == 0 || rows.above == 0 || cols.below == 0 || cols.above == 0) return {};
  SiliconFigures figures;
  figures.synthesised = rows.below == rows.above && cols.below == cols.above;
  double whole = 0;
  for (const Design& design : designs_) {
    const HwConfig& at = design.config;
    if (!SameButSides(at, config) || (at.rows != rows.below && at.rows != rows.above) ||
        (at.cols != cols.below && at.cols != cols.above))
      continue;
    const double weight = rows.Weight(at.rows, config.rows) * cols.Weight(at.cols, config.cols);
    figures.um2 += weight * design.um2;
    figures.ns += weight * design.ns;
    whole += weight;
  }
  // A corner is missing.
  if (whole < 1 - 1e-9) return {};
  return figures;
}

}  // namespace systole::explore
