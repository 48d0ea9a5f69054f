// systole-gates: a netlist of cells takes the inputs of a traced run; its outputs must be those of
// the run, every cycle. Writes how often each net changed (docs/silicon.md). Called by scripts/ppa.
#include <fmt/format.h>

#include <map>
#include <set>

#include "sw/base/command.h"
#include "sw/base/exit_status.h"
#include "sw/base/output_file.h"
#include "sw/base/parse_options.h"
#include "sw/gates/simulator.h"
#include "sw/gates/trace.h"

namespace systole::gates {
namespace {

// The counts as text: cycles, then a line for each net that is ever 1 or changes, and each memory.
std::string Text(const Counts& counts) {
  std::string text = fmt::format("cycles {}\n", counts.cycles);
  for (size_t net = 0; net < counts.changes.size(); ++net) {
    if (counts.changes[net] != 0 || counts.high[net] != 0)
      text += fmt::format("net {} {} {}\n", net, counts.changes[net], counts.high[net]);
  }
  for (size_t m = 0; m < counts.reads.size(); ++m)
    text += fmt::format("memory {} {} {}\n", m, counts.reads[m], counts.writes[m]);
  return text;
}

struct Options {
  std::string netlist, trace, scope, clock = "clk_i", window, inputs, out;
};

class Replay {
 public:
  explicit Replay(const Options& options)
      : options_(options), netlist_(ReadNetlist(options.netlist)), simulator_(netlist_) {
    std::set<std::string> names;
    for (const auto* ports : {&netlist_.inputs, &netlist_.outputs})
      for (const PortBit& port : *ports) names.insert(port.name);
    names.erase(options.clock);
    if (!options.window.empty()) names.insert(options.window);
    names_.assign(names.begin(), names.end());
    for (size_t i = 0; i < names_.size(); ++i) place_[names_[i]] = i;
  }

  // The cycles counted are those of the last stretch in which the window's signal is 1.
  int Run() {
    ReadTrace(options_.trace, options_.scope, options_.clock, names_,
              [this](const Values& values) { Cycle(values); });
    const Counts counts = simulator_.counts();
    WriteFile(options_.out, Text(counts));
    if (!options_.inputs.empty()) WriteFile(options_.inputs, inputs_);
    fmt::print("{} cycles, {} counted, {} bits of outputs compared, {} different\n", cycle_,
               counts.cycles, compared_, different_);
    if (different_ != 0) fmt::print("the first: {}\n", first_);
    return different_ == 0 ? kAllEqual : kDifferent;
  }

 private:
  bool Bit(const Values& values, const PortBit& port) const {
    const std::string& text = *values[place_.at(port.name)];
    return port.bit < text.size() && text[text.size() - 1 - port.bit] == '1';
  }

  void Cycle(const Values& values) {
    for (const PortBit& port : netlist_.inputs) {
      if (port.name == options_.clock) continue;
      simulator_.Set(port.net, Bit(values, port));
      if (!options_.inputs.empty()) inputs_ += Bit(values, port) ? '1' : '0';
    }
    if (!options_.inputs.empty()) inputs_ += '\n';
    simulator_.Settle();
    for (const PortBit& port : netlist_.outputs) {
      ++compared_;
      if (simulator_.Get(port.net) == Bit(values, port)) continue;
      if (different_++ == 0)
        first_ = fmt::format("{}[{}] in cycle {}", port.name, port.bit, cycle_);
    }
    const bool in = options_.window.empty() || *values[place_.at(options_.window)] == "1";
    if (in && !in_) simulator_.Clear();
    in_ = in;
    simulator_.Edge(in);
    ++cycle_;
  }

  const Options& options_;
  const Netlist netlist_;
  Simulator simulator_;
  std::vector<std::string> names_;
  std::map<std::string, size_t> place_;
  bool in_ = false;
  uint64_t cycle_ = 0, compared_ = 0, different_ = 0;
  std::string first_, inputs_;
};

int Main(int argc, char** argv) {
  CLI::App app("Replays a traced run on a netlist of cells and counts its nets' changes",
               "systole-gates");
  Options options;
  app.add_option("NETLIST", options.netlist, "of scripts/ppa/flat.py")->required();
  app.add_option("TRACE", options.trace, "FST, from reset on")->required();
  app.add_option("--scope", options.scope, "of the module in the trace, with dots")->required();
  app.add_option("--clock", options.clock, "its input")->capture_default_str();
  app.add_option("--while", options.window,
                 "a signal below the scope: only the last stretch of cycles is counted in which it "
                 "is 1");
  app.add_option("--inputs", options.inputs,
                 "write the inputs of every cycle: a line of bits in the netlist's order");
  app.add_option("-o", options.out, "the counts")->required();
  app.footer("Exit status: 0 outputs equal; 1 an output differs; 2 bad input or usage.");
  if (!ParseOptions(&app, argc, argv)) return kAllEqual;
  return Replay(options).Run();
}

}  // namespace
}  // namespace systole::gates

int main(int argc, char** argv) {
  return systole::RunCommand([&] { return systole::gates::Main(argc, argv); });
}
