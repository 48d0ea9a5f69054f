#include "sw/explore/rtl/rtl_build.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>

#include "sw/base/error.h"
#include "sw/driver/parameters.h"
#include "tb/rtl_library.h"

namespace systole::explore {
namespace {

std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::string LastLine(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

std::string BuildRtl(const HwConfig& config, int jobs) {
  try {
    Validate(config);
  } catch (const InputError& error) {
    return error.what();
  }
  setenv("SYSTOLE_CONFIG", SYSTOLE_CONFIG_TOOL, 0);
  setenv("CMAKE", SYSTOLE_CMAKE, 0);
  setenv("JOBS", std::to_string(jobs).c_str(), 0);
  const std::string command = fmt::format(
      "{} {} 2>&1", Quoted(SYSTOLE_SOURCE_DIR "/scripts/build_rtl.sh"), FormatParameters(config));
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return "scripts/build_rtl.sh cannot be started";
  std::string text;
  char part[4096];
  for (size_t n; (n = fread(part, 1, sizeof part, pipe)) > 0;) text.append(part, n);
  const int status = pclose(pipe);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    const std::string path = RtlLibraryPath(config, RtlVariant::kPlain);
    return fmt::format("the RTL is not built: {} (logs in {})", LastLine(text),
                       path.substr(0, path.rfind('/')));
  }
  try {
    CheckRtlBuilt(config, RtlVariant::kPlain);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace systole::explore
