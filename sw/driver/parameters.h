// The accelerator's parameters as a user writes them: NAME=VALUE with the names of the RTL (ROWS,
// COLS, ...).
#pragma once

#include <string>
#include <vector>

#include "sw/isa/config.h"

namespace systole {

// The parameter names, in the order of the RTL's parameter list.
const std::vector<std::string>& ParameterNames();

// Defaults, changed by "NAME=VALUE" assignments. LANES not given: min(8, COLS). ROUNDINGS: "all", a
// mask (63, 0x3f) or names joined by commas (float32,tflite). DATAFLOWS: ws, with os or is or both.
// ROW_SUM: 0 or 1. ENGINE: array or row; with row, what is not given is ROW_SUM=0 TAPS=0 RS_ROWS=12
// RS_COLS=14 (at most ROWS and COLS) IFMAP_SPAD=32 WGT_SPAD=64 PSUM_SPAD=16. Throws InputError
// naming the parameter for unknown names, values that are no number, and whatever Validate()
// refuses.
HwConfig ParseParameters(const std::vector<std::string>& assignments);

// What the row-stationary array needs and is not among the names that are `given`: 12x14 elements
// where they fit.
void SetRowDefaults(const std::vector<std::string>& given, HwConfig* config);

// "ROWS=16 COLS=16 ..." of every parameter, as the RTL takes them (numbers only), joined by
// `separator`.
std::string FormatParameters(const HwConfig& config, const std::string& separator = " ");

// Only what differs from the defaults, as make variables: "ROWS=8 WPORT=2"; empty for the default
// configuration.
std::string MakeVariables(const HwConfig& config);

}  // namespace systole
