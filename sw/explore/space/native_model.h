// The exact timing of our own accelerator (native_cost.h) as a cost model.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sw/explore/space/cost.h"
#include "sw/explore/space/native_energy.h"
#include "sw/isa/config.h"
#include "sw/model/model.h"
#include "sw/program/program.h"

namespace systole::explore {

// What runs as one program.
struct NativePart {
  std::string layer;  // the row of a table that is taken row by row; empty: the whole network
  Model model;        // multipliers chosen
  int64_t times = 1;  // rows that differ in their name only, this one included
  bool from_memory = false;
};

// Cycles, products and traffic are the sums over its parts. A design on which one part does not fit
// is infeasible.
struct NativeWorkload {
  std::string name;
  std::string description;        // what the parts were made from: checksum of the file, rounding
  std::vector<NativePart> parts;  // at least one
  std::string note;               // for the reader, empty: none
};

const std::vector<Parameter>& NativeParameters();

// `energy`: WorkloadResult::energy is filled, by this table; `silicon`: designs that it does not
// reach cannot be. Throws InputError where the energies' file is not one.
std::unique_ptr<CostModel> NewNativeCost(std::vector<NativeWorkload> workloads,
                                         const std::optional<EnergySource>& energy = {},
                                         const std::optional<SiliconTable>& silicon = {});

// Of a cost model that NewNativeCost made.
const std::vector<NativeWorkload>& NativeWorkloads(const CostModel& cost);

// Cycles of one run of each part, of each workload, on a design that is feasible.
std::vector<std::vector<int64_t>> NativePartCycles(const std::vector<NativeWorkload>& workloads,
                                                   const int64_t* parameters);

// A design as the RTL is built: parameters[i] is the value of NativeParameters()[i].
HwConfig NativeConfig(const int64_t* parameters);
ProgramOptions NativeOptions(const int64_t* parameters);
int64_t NativeLatency(const int64_t* parameters);

}  // namespace systole::explore
