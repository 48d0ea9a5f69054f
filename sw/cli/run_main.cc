// `systole run`, `compile`, `info` and `config`. Exit status: 0 all equal; 1 a difference found; 2
// bad input or usage; 3 the hardware reported an error.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "sw/base/error.h"
#include "sw/cli/commands.h"
#include "sw/driver/driver.h"

int main(int argc, char** argv) {
  CLI::App app("Systole: models on golden reference, SystemC TLM, cycle model and RTL", "systole");
  app.require_subcommand(1);
  std::function<int()> action;
  systole::AddRunCommand(&app, &action);
  systole::AddCompileCommand(&app, &action);
  systole::AddInfoCommand(&app, &action);
  systole::AddConfigCommand(&app, &action);
  try {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
    if (argc > 1 && argv[1][0] != '-' &&
        std::find(names.begin(), names.end(), argv[1]) == names.end()) {
      throw systole::InputError(
          fmt::format("{}: unknown subcommand; choose from {}", argv[1], fmt::join(names, ", ")));
    }
    app.parse(argc, argv);
    return action();
  } catch (const CLI::Success& e) {
    return app.exit(e);  // help
  } catch (const CLI::ParseError& e) {
    fmt::print(stderr, "error: {}; see systole -h\n", e.what());
    return systole::kBadInput;
  } catch (const systole::InputError& e) {
    fmt::print(stderr, "error: {}\n", e.what());
    return systole::kBadInput;
  } catch (const systole::HardwareError& e) {
    fmt::print(stderr, "error: {}\n", e.what());
    return systole::kHardwareFault;
  } catch (const std::exception& e) {
    fmt::print(stderr, "error: {}\n", e.what());
    return systole::kHardwareFault;
  }
}
