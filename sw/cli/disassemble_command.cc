// `systole disassemble`: instructions as text, for people and for waveform viewers.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include "sw/base/error.h"
#include "sw/cli/commands.h"
#include "sw/driver/disassemble.h"

namespace systole {
namespace {

constexpr size_t kDigits = kInstructionBytes * 2;

// A line of hexadecimal digits, the most significant first; fewer are filled with zeros. Viewers
// write unknown bits as x or z.
std::string Text(const std::string& line, const std::string& place) {
  if (line.find_first_of("xXzZ") != std::string::npos) return "unknown";
  const bool hex =
      std::all_of(line.begin(), line.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (!hex || line.empty() || line.size() > kDigits) {
    throw InputError(
        fmt::format("{}: '{}' is no instruction; each line has up to {} hexadecimal "
                    "digits, the most significant first",
                    place, line.substr(0, 80), kDigits));
  }
  const std::string digits = std::string(kDigits - line.size(), '0') + line;
  Instruction in;
  for (size_t w = 0; w < kInstructionBytes / 4; ++w) {
    in.word[w] =
        static_cast<uint32_t>(std::stoul(digits.substr(kDigits - 8 * (w + 1), 8), nullptr, 16));
  }
  // A queue that is empty shows zeros.
  return in.Get(field::kOpcode) == 0 ? "-" : Disassemble(in);
}

int Run(const std::string& file) {
  std::ifstream in(file);
  if (!file.empty() && !in) throw InputError(fmt::format("{}: cannot be opened", file));
  std::istream& lines = file.empty() ? std::cin : in;
  std::string line;
  for (int n = 1; std::getline(lines, line); ++n) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::cout << Text(line, fmt::format("{}:{}", file.empty() ? "standard input" : file, n))
              << std::endl;  // a viewer waits for it
  }
  return kAllEqual;
}

}  // namespace

void AddDisassembleCommand(CLI::App* app, std::function<int()>* action) {
  auto file = std::make_shared<std::string>();
  CLI::App* command = app->add_subcommand(
      "disassemble", "instructions (a line of hexadecimal digits each) as text");
  command->add_option("FILE", *file, "without it: standard input");
  command->callback([=] { *action = [=] { return Run(*file); }; });
}

}  // namespace systole
