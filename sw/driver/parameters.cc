#include "sw/driver/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "sw/arith/rounding.h"
#include "sw/base/error.h"

namespace systole {
namespace {

[[noreturn]] void BadValue(const std::string& name, const std::string& value,
                           const std::string& allowed) {
  throw InputError(
      fmt::format("parameter {}={} is not possible; allowed: {}", name, value, allowed));
}

bool ParseInt(const std::string& text, int* value) {
  if (text.empty()) return false;
  char* end = nullptr;
  const long v = std::strtol(text.c_str(), &end, 0);
  if (*end != '\0' || v < -1000000 || v > 1000000) return false;
  *value = static_cast<int>(v);
  return true;
}

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (char ch : text) {
    if (ch == separator) {
      parts.emplace_back();
    } else {
      parts.back() += ch;
    }
  }
  return parts;
}

int ParseRoundings(const std::string& value) {
  int mask = 0;
  if (value == "all") return kAllRoundings;
  if (ParseInt(value, &mask)) return mask;
  for (const std::string& name : Split(value, ',')) {
    bool found = false;
    for (int r = 0; r < kNumRoundings; ++r) {
      if (name == RoundingName(static_cast<Rounding>(r))) {
        mask |= 1 << r;
        found = true;
      }
    }
    if (!found) {
      BadValue("ROUNDINGS", value,
               fmt::format("all, a mask from 1 to {}, or names of {}", kAllRoundings,
                           fmt::join(kRoundingNames, ",")));
    }
  }
  return mask;
}

int ParseDataflows(const std::string& value) {
  int mask = 0;
  if (ParseInt(value, &mask)) return mask;
  for (const std::string& name : Split(value, ',')) {
    if (name != "ws" && name != "os" && name != "is") {
      BadValue("DATAFLOWS", value, "ws (1), ws,os (3), ws,is (5) or ws,os,is (7)");
    }
    mask |= name == "ws" ? 1 : name == "os" ? 2 : 4;
  }
  return mask;
}

int ParseEngine(const std::string& value) {
  int number = 0;
  if (ParseInt(value, &number)) return number;
  if (value != "array" && value != "row") {
    BadValue("ENGINE", value, "array (0, weight stationary), row (1, row stationary)");
  }
  return value == "row";
}

}  // namespace

const std::vector<std::string>& ParameterNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> n;
    for (const ParameterInfo& p : kParameters) n.push_back(p.name);
    return n;
  }();
  return names;
}

void SetRowDefaults(const std::vector<std::string>& given, HwConfig* c) {
  const auto set = [&](const char* name, int HwConfig::*member, int value) {
    if (std::find(given.begin(), given.end(), name) == given.end()) c->*member = value;
  };
  set("ROW_SUM", &HwConfig::row_sum, 0);
  set("TAPS", &HwConfig::taps, 0);
  set("RS_ROWS", &HwConfig::rs_rows, std::min(12, c->rows));
  set("RS_COLS", &HwConfig::rs_cols, std::min(14, c->cols));
  set("IFMAP_SPAD", &HwConfig::ifmap_spad, 32);
  set("WGT_SPAD", &HwConfig::wgt_spad, 64);
  set("PSUM_SPAD", &HwConfig::psum_spad, 16);
}

HwConfig ParseParameters(const std::vector<std::string>& assignments) {
  HwConfig config;
  std::vector<std::string> given;
  for (const std::string& assignment : assignments) {
    const size_t eq = assignment.find('=');
    const std::string name = assignment.substr(0, eq);
    const auto* parameter = std::find_if(std::begin(kParameters), std::end(kParameters),
                                         [&](const ParameterInfo& p) { return name == p.name; });
    if (parameter == std::end(kParameters)) {
      throw InputError(fmt::format("parameter {} is unknown; the names are {}", name,
                                   fmt::join(ParameterNames(), ", ")));
    }
    const std::string value = eq == std::string::npos ? "" : assignment.substr(eq + 1);
    int number = 0;
    if (name == "ROUNDINGS") {
      number = ParseRoundings(value);
    } else if (name == "DATAFLOWS") {
      number = ParseDataflows(value);
    } else if (name == "ENGINE") {
      number = ParseEngine(value);
    } else if (!ParseInt(value, &number)) {
      BadValue(name, value, "a whole number");
    }
    config.*(parameter->member) = number;
    given.push_back(name);
  }
  if (std::find(given.begin(), given.end(), "LANES") == given.end())
    config.lanes = std::min(HwConfig{}.lanes, config.cols);
  if (config.engine == 1) SetRowDefaults(given, &config);
  Validate(config);
  return config;
}

std::string FormatParameters(const HwConfig& config, const std::string& separator) {
  std::string out;
  for (const ParameterInfo& p : kParameters) {
    if (!out.empty()) out += separator;
    out += fmt::format("{}={}", p.name, config.*(p.member));
  }
  return out;
}

std::string MakeVariables(const HwConfig& config) {
  HwConfig defaults;
  defaults.lanes = std::min(defaults.lanes, config.cols);
  std::string out;
  for (const ParameterInfo& p : kParameters) {
    if (config.*(p.member) == defaults.*(p.member)) continue;
    if (!out.empty()) out += ' ';
    out += fmt::format("{}={}", p.name, config.*(p.member));
  }
  return out;
}

}  // namespace systole
