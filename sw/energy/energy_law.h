// From energies of arithmetic and of memories of a few sizes to the table of a configuration.
//
//   memory of S bytes, n bits of it: between two known sizes energy goes as a power of S, below the
//   smallest as its root, above the largest as between the last two; in proportion to n
//   register of n bits: register_bit n, or a memory of n bits
//   mac = multiply_8 + add_32            pass = registers of 8 and 32 bits
//   drain = register of 32 bits
//   tap = 2 add_32                       correction = 4 multiply_8 + add_32
//   row stationary: mac = multiply_8 + 24 bits of an addition + register of 16 bits; spads are
//   memories of their size, of 8, 8 and 24 bits, and ifmap_read writes a register of 8 bits, too;
//   vector = register of 8 bits
//   chain_add, chain_pass = addition, register of 24 + log2(RS_ROWS) bits
//   operand = 4 multiply_8 + add_32      requantize = multiply_32 + 3 add_32
#pragma once

#include <string>
#include <vector>

#include "sw/energy/energy_table.h"
#include "sw/isa/config.h"

namespace systole::energy {

// A memory whose energies are known.
struct MemoryPoint {
  double bytes = 0, bits = 64;  // its size; bits of an access
  double read = 0, write = 0;   // pJ of one
};

struct EnergyLaw {
  std::string name;
  std::vector<MemoryPoint> memories;                   // the smallest first; one at least
  double multiply_8 = 0, multiply_32 = 0, add_32 = 0;  // pJ; 16 bits add for half
  double register_bit = -1;                            // pJ of writing one; below 0: not known
  double dram_bit = 0, bus_bit = 0, idle_pe = 0, cycle = 0;
};

// Horowitz, "Computing's energy problem", ISSCC 2014: 45 nm, 0.9 V.
// models/energy/horowitz_45nm.yaml says the same.
EnergyLaw HorowitzLaw();

// pJ of reading or writing `bits` of a memory.
double MemoryEnergy(const EnergyLaw& law, double bytes, double bits, bool write);

// Buffers are memories of their whole size, accumulators of a column's two halves.
EnergyTable TableOf(const EnergyLaw& law, const HwConfig& config);

}  // namespace systole::energy
