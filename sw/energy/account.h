// What a compiled program does, by layer: action counts and cycles.
#pragma once

#include <string>
#include <vector>

#include "sw/energy/energy_table.h"
#include "sw/program/program.h"
#include "sw/timing/timeline.h"
#include "sw/timing/utilization.h"

namespace systole::energy {

// A row of the program's report; engines apart by the actions themselves.
struct LayerActions {
  std::string name;
  int64_t macs = 0;  // of the model, all images of the run
  ActionCounts counts;
};

struct Account {
  HwConfig config;
  int64_t images = 0;
  std::vector<LayerActions> layers;  // by report row; what belongs to none (halos, tokens) is last
  ActionCounts code, setup;          // all layers together; once before the first run
  int64_t cycles = 0, setup_cycles = 0;
  RunCounters counters;  // of code: an engine's cycles by cause
  int64_t macs = 0;      // of the model, all images

  // Cycles of PEs in which they multiply nothing.
  int64_t IdlePes() const {
    return cycles * static_cast<int64_t>(Elements(config)) - code[Action::mac] -
           code[Action::idle_mac];
  }
};

// Counts are exact, cycles those of the cycle model. Throws InputError where the program does not
// end well.
Account AccountOf(const Program& program, const MemoryTiming& memory);

// pJ of an engine's actions (0 to 3 as enum Engine, kFetchUnit), -1: of all.
double EnergyOf(const ActionCounts& counts, const EnergyTable& table, int engine = -1);
// Of those that end in the memory outside.
double EnergyOffChip(const ActionCounts& counts, const EnergyTable& table);
// All of the code: actions, idle PEs, cycles.
double EnergyOf(const Account& account, const EnergyTable& table);

}  // namespace systole::energy
