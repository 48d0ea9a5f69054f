#include "sw/cli/stamps.h"

#include <fmt/format.h>

#include "sw/driver/disassemble.h"

namespace systole {
namespace {

std::string Cycle(uint64_t cycle) { return cycle == kNever ? "" : std::to_string(cycle); }

// A cell of CSV: in quotes where it needs them.
std::string Quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

std::string StampLines(const Program& program, const std::string& run,
                       const std::vector<Instruction>& instructions, const TimingView& view) {
  std::string lines;
  const bool rows = &instructions == &program.code;
  for (size_t i = 0; i < instructions.size(); ++i) {
    const Instruction& in = instructions[i];
    const int row = rows ? program.report_of[i] : -1;
    lines += fmt::format("{},{},{},{},{},{},{},{}\n", view.name, run, i,
                         EngineName(static_cast<int>(in.engine())), OpcodeName(in.opcode()),
                         row < 0 ? "" : Quoted(program.report[static_cast<size_t>(row)].name),
                         Cycle(view.stamps[i].issue), Cycle(view.stamps[i].retire));
  }
  return lines;
}

}  // namespace systole
