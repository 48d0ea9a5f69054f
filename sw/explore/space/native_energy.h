// Energy of programs in a sweep: action counts once a plan, times the table of each configuration.
#pragma once

#include <string>
#include <vector>

#include "sw/energy/energy_table.h"
#include "sw/isa/config.h"
#include "sw/isa/isa.h"

namespace systole::explore {

// An energy table's file, text of it (sw/energy/read_energy.h); no path: Horowitz's for 45 nm.
struct EnergySource {
  std::string path, text;
};

// Throws InputError where it cannot be read.
EnergySource LoadEnergy(const std::string& path);

// Throws InputError where the file is not as read_energy.h says.
energy::EnergyTable TableOf(const EnergySource& source, const HwConfig& config);

// What the table means, for comparing spaces: the energies of the default configuration, from which
// a law's others follow.
std::string Describe(const EnergySource& source);

ActionCounts CountActions(const std::vector<Instruction>& code, const HwConfig& config);

// pJ of a run of `cycles` on `pes` elements.
double EnergyOf(const ActionCounts& counts, int64_t cycles, int64_t pes,
                const energy::EnergyTable& table);

}  // namespace systole::explore
