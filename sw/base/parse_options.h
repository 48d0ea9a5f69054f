// Parsing a command line with CLI11, the same way in every program. Apart, because only mains and
// commands include it.
#pragma once

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>

#include "sw/base/error.h"

namespace systole {

// "systole run" of an application "systole" in whose sub-command "run" the parser was.
inline std::string CommandName(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  if (parsed.empty()) return app.get_name();
  return app.get_name() + " " + CommandName(*parsed.front());
}

// A whole number of first..last, all digits of it: what does not fit in 64 bits is refused, too.
inline CLI::Validator WholeNumber(uint64_t first, uint64_t last) {
  const std::string range = std::to_string(first) + " to " + std::to_string(last);
  const auto check = [=](const std::string& text) -> std::string {
    uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    const bool good = error == std::errc() && rest == end && first <= value && value <= last;
    return good ? "" : "'" + text + "' is not possible; give a whole number, " + range;
  };
  return CLI::Validator(check, range);
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
