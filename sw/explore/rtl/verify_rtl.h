// --verify-rtl: the winners of a search as hardware. Each design's library is built
// (scripts/build_rtl.sh, into build/rtl), its workloads are compiled and run through the verilated
// RTL on random images, and the RTL's cycles are put beside the predicted ones.
//
// Native designs: total, every layer's cycles, every instruction's issue and retire, every counter
// and every byte (against the golden reference) must be equal. SCALE-Sim's designs are not our
// hardware: each layer runs by itself on the weight-stationary array of the same shape, and the
// figures stand side by side without being judged.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "sw/isa/config.h"
#include "sw/model/model.h"
#include "sw/program/program.h"
#include "sw/scalesim/topology.h"
#include "sw/scalesim/types.h"
#include "sw/timing/laws.h"

namespace systole::explore {

struct VerifySettings {
  int jobs = 1;       // processes of a build
  uint64_t seed = 1;  // of images and, for SCALE-Sim's layers, weights
  // Called with a line before each build and each run ("design 2 of 5: building ROWS=8 COLS=32");
  // may be empty.
  std::function<void(const std::string&)> progress;
  // Asked before each build and each run; true ends the work with the checks so far. May be empty.
  std::function<bool()> stop;
  bool Stopped() const { return stop && stop(); }
};

// ---- Native designs

struct RtlDesign {
  std::string name;  // as the table calls it: "1: rows=8 cols=32"
  HwConfig config;
  ProgramOptions options;  // images = batch = B of the design
  MemoryTiming memory;
  std::vector<int64_t> predicted;  // cycles of each workload as the search stored them; empty: the
                                   // timing laws' alone
};

struct RtlWorkload {
  std::string name;
  Model model;  // multipliers chosen
  bool from_memory = false;
};

struct LayerCycles {
  std::string name;  // "lead-in": before the first product
  int64_t predicted = 0, rtl = 0;
};

// One workload on one design.
struct RtlCheck {
  std::string design, workload;
  std::string hardware;  // as variables of make: "ROWS=8 COLS=32"; empty: all defaults
  std::string why_not;   // one line: why it could not be built, compiled or run; empty: it ran
  int64_t predicted = 0, rtl = 0;
  std::vector<LayerCycles> layers;  // add up to the totals
  int64_t bytes = 0;                // compared with golden
  int64_t differences =
      0;  // bytes, instructions and counters that differ, predicted totals that do
  std::vector<std::string> told;  // the first of them
  bool Ran() const { return why_not.empty(); }
};

// Never throws for a design's fault: that is its why_not. Libraries are built by the source tree's
// own script.
std::vector<RtlCheck> VerifyRtl(const std::vector<RtlDesign>& designs,
                                const std::vector<RtlWorkload>& workloads,
                                const VerifySettings& settings);

// A table by design, workload and layer. Returns the exit status: 0; 1 where anything differs; 2
// where nothing ran.
int PrintRtlChecks(const std::vector<RtlCheck>& checks, std::FILE* out);

// ---- SCALE-Sim's designs

struct ScaleSimDesign {
  std::string name;
  scalesim::Machine machine;  // dataflow included, unless:
  bool each = false;          // the best dataflow of each layer
};

struct ScaleSimWorkloadLayers {
  std::string name;
  std::vector<scalesim::NamedLayer> layers;
};

struct ScaleSimLayerCheck {
  std::string design, workload, layer;
  std::string hardware;           // as variables of make
  std::string why_not;            // of the RTL; the predictions are there all the same
  scalesim::Dataflow dataflow{};  // of the prediction
  int64_t predicted = 0;          // SCALE-Sim's total of the layer, stalls included
  int64_t predicted_ws = 0;       // the same, weight stationary: the RTL's dataflow
  int64_t rtl_array = 0,
          rtl_run =
              0;  // first product's issue to last product's retire; whole run with its transfers
  int64_t differences = 0;  // bytes against golden
};

// The hardware of a SCALE-Sim machine: its rows and columns, ACT_KIB of ifmap and ofmap buffer
// together and WGT_KIB of the filter buffer, rounded up to what can be elaborated; defaults
// elsewhere. Throws InputError if it cannot be built.
HwConfig RtlConfigOf(const scalesim::Machine& machine);

std::vector<ScaleSimLayerCheck> RunScaleSimDesigns(
    const std::vector<ScaleSimDesign>& designs,
    const std::vector<ScaleSimWorkloadLayers>& workloads, const scalesim::Options& options,
    const VerifySettings& settings);

// Side by side, with what is compared. Returns 0; 1 where the RTL's bytes differ from golden.
int PrintScaleSimChecks(const std::vector<ScaleSimLayerCheck>& checks, std::FILE* out);

}  // namespace systole::explore
