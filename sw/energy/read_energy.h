// Energy tables from YAML (docs/energy.md#our-own-hardware): either a law,
//
//   systole_energy: {name, memories: [{kib, bits, read, write}], multiply_8, multiply_32, add_32,
//                    register_bit, dram_bit, bus_bit, idle_pe, cycle}
//
// or every action's energy in Timeloop's form,
//
//   ERT: {tables: [{name: systole, actions: [{name: mac, energy: 0.3}, ...]}]}
#pragma once

#include <string>

#include "sw/energy/energy_table.h"
#include "sw/isa/config.h"

namespace systole::energy {

// `text` of the file `path`, for a configuration. Throws InputError, which names file, line and
// place: unknown keys, an action without energy, sizes that are not above 0 and growing.
EnergyTable ReadEnergy(const std::string& path, const std::string& text, const HwConfig& config);

// The table in the second form, to be edited and read again.
std::string EnergyYaml(const EnergyTable& table);

}  // namespace systole::energy
