// `systole run`, `compile`, `info`, `config` and `disassemble`. Exit status: sw/base/exit_status.h.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sw/base/command.h"
#include "sw/base/error.h"
#include "sw/base/parse_options.h"
#include "sw/cli/commands.h"

namespace systole {
namespace {

int Main(int argc, char** argv) {
  CLI::App app("Systole: models on golden reference, SystemC TLM, cycle model and RTL", "systole");
  app.require_subcommand(1);
  std::function<int()> action;
  AddRunCommand(&app, &action);
  AddCompileCommand(&app, &action);
  AddInfoCommand(&app, &action);
  AddConfigCommand(&app, &action);
  AddDisassembleCommand(&app, &action);
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  if (argc > 1 && argv[1][0] != '-' &&
      std::find(names.begin(), names.end(), argv[1]) == names.end()) {
    throw InputError(
        fmt::format("{}: unknown subcommand; choose from {}", argv[1], fmt::join(names, ", ")));
  }
  if (!ParseOptions(&app, argc, argv)) return kAllEqual;
  return action();
}

}  // namespace
}  // namespace systole

int main(int argc, char** argv) {
  return systole::RunCommand([&] { return systole::Main(argc, argv); });
}
