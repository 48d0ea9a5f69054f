// Parsing a command line with CLI11, the same way in every program. Apart, because only mains and
// commands include it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "sw/base/error.h"

namespace systole {

// "systole run" of an application "systole" in whose sub-command "run" the parser was.
inline std::string CommandName(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  if (parsed.empty()) return app.get_name();
  return app.get_name() + " " + CommandName(*parsed.front());
}

// False: help was asked for, and printed. Throws InputError "<what>; see <command> -h".
inline bool ParseOptions(CLI::App* app, int argc, const char* const* argv) {
  try {
    app->parse(argc, argv);
    return true;
  } catch (const CLI::Success& e) {
    app->exit(e);
    return false;
  } catch (const CLI::ParseError& e) {
    throw InputError(std::string(e.what()) + "; see " + CommandName(*app) + " -h");
  }
}

}  // namespace systole
