// The sub-commands of `systole`. Each adds itself to the application; its action runs after
// parsing, returns the exit status through *status, and throws InputError or HardwareError.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "sw/base/exit_status.h"
#include "sw/isa/config.h"

namespace systole {

// Of --batch, --first and --images: a program for more is longer than any memory.
constexpr int kMostImages = 1000000;

// --memory SIZE: bytes of external memory, "64M" and the like; powers of 1024.
void AddMemoryOption(CLI::App* command, uint64_t* bytes);

void AddRunCommand(CLI::App* app, std::function<int()>* action);
void AddCompileCommand(CLI::App* app, std::function<int()>* action);
void AddInfoCommand(CLI::App* app, std::function<int()>* action);
void AddConfigCommand(CLI::App* app, std::function<int()>* action);
void AddDisassembleCommand(CLI::App* app, std::function<int()>* action);

// --rows R, --cols C, ... (every RTL parameter in lower case) and --param NAME=VALUE.
class ConfigOptions {
 public:
  void AddTo(CLI::App* command);
  // `otherwise`: "NAME=VALUE" of what is not given. Throws InputError.
  HwConfig Parse(const std::vector<std::string>& otherwise = {}) const;

 private:
  std::vector<std::string> values_;    // by parameter, empty: not given
  std::vector<std::string> assigned_;  // --param
};

}  // namespace systole
