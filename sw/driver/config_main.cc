// systole_config: checks make's RTL parameters by name before anything else is built.
//   systole_config NAME=VALUE...         prints the configuration's key (its build folder)
//   systole_config --cmake NAME=VALUE... prints every parameter as a CMake list (NAME=VALUE;...)
#include <cstdio>
#include <string>
#include <vector>

#include "sw/base/command.h"
#include "sw/base/exit_status.h"
#include "sw/driver/parameters.h"

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  const bool cmake = !arguments.empty() && arguments[0] == "--cmake";
  if (cmake) arguments.erase(arguments.begin());
  return systole::RunCommand([&] {
    const systole::HwConfig config = systole::ParseParameters(arguments);
    std::puts(cmake ? systole::FormatParameters(config, ";").c_str() : config.Key().c_str());
    return systole::kAllEqual;
  });
}
