// A whole graph as a program from memory, in one of several ways.
#pragma once

#include <optional>
#include <vector>

#include "sw/model/model.h"
#include "sw/program/program.h"
#include "sw/tiling/lowered_layers.h"
#include "sw/tiling/part.h"
#include "sw/tiling/program_writer.h"

namespace systole {

struct Way {
  // What goes with the convolution before it: max pooling, sums.
  bool pools = false, sums = false;
  bool chains = false;      // tensors between units stay on chip where the planner says so
  std::vector<bool> apart;  // but not in these of its chains
  std::vector<int>
      cuts;  // units before which a run ends; if there are any, each batch's begins one
  LoadPolicy loads;
  std::vector<Dataflow> dataflows;  // by layer: asked for; empty: weight stationary
};

struct GraphProgram {
  Program program;
  struct Rows {
    int first, last;  // of the report, both inclusive
  };
  std::vector<Rows> chains;
  // Units before which a run may end, each with its first row of the report.
  struct Border {
    int unit, row;
  };
  std::vector<Border> borders;
};

// What the ways have in common: of the model, and of model and configuration.
struct Shared {
  LoweredLayers* layers;
  PartCache* parts;
};

// `pack`: with its constants, else all but their bytes. `keep`: every tensor in memory has a place
// of its own. none: there is nothing of what the way asks for. Throws MisfitError where the
// configuration has too little of a memory.
std::optional<GraphProgram> WriteGraph(const Model& model, const HwConfig& config,
                                       const ProgramOptions& options, bool keep, const Way& way,
                                       bool pack, const Shared& shared);

}  // namespace systole
