// --dataflow of `systole run`, `compile`, `info` and `energy`.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "sw/isa/config.h"
#include "sw/program/program.h"

namespace systole {

CLI::Option* AddDataflowOption(CLI::App* command, std::string* name);

// Of a name. Throws InputError for another one, and for "os" where the accelerator has not got it.
Dataflow ParseDataflow(const std::string& name, const HwConfig& config);

}  // namespace systole
