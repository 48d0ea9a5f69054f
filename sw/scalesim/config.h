// SCALE-Sim's .cfg, as Python's configparser reads it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sw/scalesim/types.h"

namespace systole::scalesim {

struct RunConfig {
  std::string run_name;
  Machine machine;
  std::vector<int64_t> bandwidths;  // USER: as listed; v2 uses the first for all three operands
  SparseFormat sparse = SparseFormat::kNone;  // v3
  std::vector<std::string> warnings;
  bool invalid_dataflow = false;  // SCALE-Sim warns and runs os
};

// Sections -> lower-case keys -> values. Follows configparser: '=' or ':' between key and value,
// '#' and ';' start a comment only as the first character of a line, indented lines continue a
// value, a section or key may stand only once, [DEFAULT] holds for all. Throws InputError, naming
// `file` and the line.
using Sections = std::map<std::string, std::map<std::string, std::string>>;
Sections ParseIni(const std::string& text, const std::string& file);

// int() of Python: blanks around, a sign, digits with single underscores. Throws InputError with
// `what`.
int64_t ParsePythonInt(const std::string& text, const std::string& what);

RunConfig ParseConfig(const std::string& text, const std::string& file, Compat compat);

}  // namespace systole::scalesim
