// `systole`: finds the program of a subcommand and becomes it. `scalesim` alone runs in this
// process, which links nothing else: its answers take microseconds, and starting a program that
// links protobuf and SystemC takes ten milliseconds.
//
// A program is looked for beside this one (symbolic links resolved) and, as build trees lay them
// out, in the folder of its source beside this one's. Exit status: that of the program; 2 for an
// unknown subcommand or one that is not built.
#include <sys/auxv.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "sw/base/command.h"
#include "sw/base/exit_status.h"
#include "sw/base/version.h"
#include "sw/scalesim/cli.h"

namespace systole {
namespace {

struct Command {
  const char* name;
  const char* says;
  const char* program;  // nullptr: this process
  const char* folder;   // of the program's source, below sw
  const char* target;   // of make, that builds it
  bool own_name;        // the program reads the subcommand's name itself
};

constexpr Command kCommands[] = {
    {"run", "run a model on images, on any backend or on several and compare them", "systole-run",
     "cli", "build", true},
    {"compile", "write program, memory image, listing and $readmemh file", "systole-run", "cli",
     "build", true},
    {"info", "what a model is: tensors, layers, scales, mapping", "systole-run", "cli", "build",
     true},
    {"config", "check RTL parameters and print all of them, and the build folder's name",
     "systole-run", "cli", "build", true},
    {"disassemble", "instructions (hexadecimal digits) as text", "systole-run", "cli", "build",
     true},
    {"check", "directed programs that reach every corner of the RTL", "systole-check", "check",
     "build", false},
    {"scalesim", "drop-in for SCALE-Sim: same inputs, same reports, same traces", nullptr, nullptr,
     nullptr, false},
    {"workload", "the layer table of an ONNX model, for scalesim and explore", "systole-workload",
     "cli", "build", false},
    {"energy", "what a model's program does on the accelerator, counted, and its energy",
     "systole-energy", "cli", "build", false},
    {"map", "energy and cycles of a mapping, or the best one, from Timeloop's files", "systole-map",
     "timeloop", "build", false},
    {"run-nest", "run a Timeloop mapping as it stands, and explain every count", "systole-nest",
     "nest", "build", false},
    {"explore", "search a design space; run the best designs as RTL", "systole-explore", "explore",
     "explore", false},
};

void PrintHelp() {
  std::puts(
      "Systole: a systolic int8 accelerator as golden reference, SystemC TLM, cycle model and RTL\n"
      "Usage: systole SUBCOMMAND [OPTIONS]\n\n"
      "Subcommands (systole SUBCOMMAND -h lists the options; systole --version tells the "
      "version):");
  for (const Command& c : kCommands) std::printf("  %-11s %s\n", c.name, c.says);
}

std::string Names() {
  std::string names;
  for (const Command& c : kCommands) names += (names.empty() ? "" : ", ") + std::string(c.name);
  return names;
}

// The folder of this program, with a slash; empty if it cannot be told. By the name it was started
// with: /proc may not be mounted.
std::string OwnFolder() {
  const char* started = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  char path[PATH_MAX];
  if (started == nullptr || realpath(started, path) == nullptr) return "";
  const std::string whole = path;
  return whole.substr(0, whole.rfind('/') + 1);
}

// Becomes the command's program; returns only if that fails.
int Become(const Command& c, char** argv) {
  const std::string own = OwnFolder();
  for (const std::string& path : {own + c.program, own + "../" + c.folder + "/" + c.program}) {
    char** arguments = c.own_name ? argv : argv + 1;
    char* const kept = arguments[0];
    arguments[0] = const_cast<char*>(path.c_str());
    execv(path.c_str(), arguments);
    arguments[0] = kept;
    if (errno != ENOENT) {
      std::fprintf(stderr, "error: %s: %s\n", path.c_str(), std::strerror(errno));
      return kBadInput;
    }
  }
  std::fprintf(stderr, "error: systole %s is not built; make %s builds it\n", c.name, c.target);
  return kBadInput;
}

int Launch(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "error: a subcommand is required: %s; see systole -h\n", Names().c_str());
    return kBadInput;
  }
  const std::string name = argv[1];
  if (name == "-h" || name == "--help") {
    PrintHelp();
    return kAllEqual;
  }
  if (name == "--version") {
    std::puts("systole " SYSTOLE_VERSION);
    return kAllEqual;
  }
  for (const Command& c : kCommands) {
    if (name != c.name) continue;
    if (c.program != nullptr) return Become(c, argv);
    return scalesim::ScaleSimMain(argc - 1, argv + 1);
  }
  std::fprintf(stderr, "error: %s: unknown subcommand; choose from %s\n", argv[1], Names().c_str());
  return kBadInput;
}

}  // namespace
}  // namespace systole

int main(int argc, char** argv) {
  return systole::RunCommand([&] { return systole::Launch(argc, argv); });
}
