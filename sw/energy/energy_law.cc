#include "sw/energy/energy_law.h"

#include <cmath>

namespace systole::energy {
namespace {

// pJ of one bit.
double PerBit(const MemoryPoint& p, bool write) { return (write ? p.write : p.read) / p.bits; }

double RegisterEnergy(const EnergyLaw& law, double bits) {
  return law.register_bit >= 0 ? law.register_bit * bits
                               : MemoryEnergy(law, bits / 8, bits, /*write=*/true);
}

}  // namespace

EnergyLaw HorowitzLaw() {
  EnergyLaw law;
  law.name = "Horowitz, 45 nm";
  law.memories = {{8 * 1024, 64, 10, 10}, {32 * 1024, 64, 20, 20}, {1024 * 1024, 64, 100, 100}};
  law.multiply_8 = 0.2;
  law.multiply_32 = 3.1;
  law.add_32 = 0.1;
  law.dram_bit = 20.3125;
  return law;
}

double MemoryEnergy(const EnergyLaw& law, double bytes, double bits, bool write) {
  const std::vector<MemoryPoint>& known = law.memories;
  const MemoryPoint& least = known.front();
  if (bytes <= least.bytes || known.size() == 1) {
    return PerBit(least, write) * std::sqrt(bytes / least.bytes) * bits;
  }
  size_t upper = 1;
  while (upper + 1 < known.size() && bytes > known[upper].bytes) ++upper;
  const MemoryPoint &a = known[upper - 1], &b = known[upper];
  const double low = PerBit(a, write), high = PerBit(b, write);
  const double power = std::log(high / low) / std::log(b.bytes / a.bytes);
  return low * std::pow(bytes / a.bytes, power) * bits;
}

namespace {

// The row-stationary engine's elements and their spads.
void RowEnergies(const EnergyLaw& law, const HwConfig& c, EnergyTable* table) {
  constexpr double kProductBits = 16, kPsumBits = 24;
  const double chain_bits = kPsumBits + std::ceil(std::log2(c.rs_rows));
  EnergyTable& t = *table;
  const auto spad = [&](int words, double bits, bool write) {
    return MemoryEnergy(law, words * bits / 8, bits, write);
  };
  const auto used_or_not = [&](Action used, Action idle, double energy) {
    t[used] = t[idle] = energy;
  };
  used_or_not(Action::mac, Action::idle_mac,
              law.multiply_8 + law.add_32 * kPsumBits / 32 + RegisterEnergy(law, kProductBits));
  used_or_not(Action::ifmap_fill, Action::idle_ifmap_fill, spad(c.ifmap_spad, 8, true));
  used_or_not(Action::ifmap_read, Action::idle_ifmap_read,
              spad(c.ifmap_spad, 8, false) + RegisterEnergy(law, 8));
  used_or_not(Action::filter_fill, Action::idle_filter_fill, spad(c.wgt_spad, 8, true));
  used_or_not(Action::filter_read, Action::idle_filter_read, spad(c.wgt_spad, 8, false));
  used_or_not(Action::psum_read, Action::idle_psum_read, spad(c.psum_spad, kPsumBits, false));
  used_or_not(Action::psum_write, Action::idle_psum_write, spad(c.psum_spad, kPsumBits, true));
  t[Action::vector] = RegisterEnergy(law, 8);
  t[Action::chain_add] = law.add_32 * chain_bits / 32;
  t[Action::chain_pass] = RegisterEnergy(law, chain_bits);
}

}  // namespace

EnergyTable TableOf(const EnergyLaw& law, const HwConfig& c) {
  const auto read = [&](double bytes, double bits) {
    return MemoryEnergy(law, bytes, bits, /*write=*/false);
  };
  const auto write = [&](double bytes, double bits) {
    return MemoryEnergy(law, bytes, bits, /*write=*/true);
  };
  const double activations = c.ActBytes(), weights = 1024.0 * c.wgt_kib,
               offsets = 1024.0 * c.ktab_kib, parameters = 1024.0 * c.par_kib,
               sums = 2.0 * 4 * c.acc_depth;
  const double byte_register = RegisterEnergy(law, 8);
  constexpr double kChannelBits = 69;
  EnergyTable t;
  t.name = law.name;
  t[Action::mac] = t[Action::idle_mac] = law.multiply_8 + law.add_32;
  t[Action::pass] = byte_register + RegisterEnergy(law, 32);
  t[Action::drain] = RegisterEnergy(law, 32);
  t[Action::row_sum] = law.add_32 / 2 + RegisterEnergy(law, 16);
  t[Action::weight_shift] = t[Action::weight_swap] = t[Action::skew] = byte_register;
  t[Action::weight_read] = read(weights, 8);
  t[Action::offset_read] = read(offsets, 8);
  t[Action::gather_read] = t[Action::post_read] = t[Action::store_read] = read(activations, 8);
  t[Action::sum_read] = t[Action::tap_read] = read(sums, 32);
  t[Action::sum_write] = write(sums, 32) + law.add_32;
  t[Action::tap] = 2 * law.add_32;
  t[Action::correction] = t[Action::operand] = 4 * law.multiply_8 + law.add_32;
  t[Action::param_read] = read(parameters, kChannelBits);
  t[Action::requantize] = law.multiply_32 + 3 * law.add_32;
  t[Action::post_write] = t[Action::load_write] = write(activations, 8);
  t[Action::weight_write] = write(weights, 8);
  t[Action::offset_write] = write(offsets, 8);
  t[Action::param_write] = write(parameters, kChannelBits);
  t[Action::read_beat] = t[Action::fetch_beat] = c.axi_data_width * (law.dram_bit + law.bus_bit);
  t[Action::write_beat] = c.axi_data_width * law.bus_bit;
  t[Action::write_byte] = 8 * law.dram_bit;
  if (c.engine != 0) RowEnergies(law, c, &t);
  t.idle_pe = law.idle_pe;
  t.cycle = law.cycle;
  return t;
}

}  // namespace systole::energy
