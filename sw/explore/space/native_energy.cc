#include "sw/explore/space/native_energy.h"

#include <fmt/format.h>

#include "sw/energy/account.h"
#include "sw/energy/energy_law.h"
#include "sw/energy/read_energy.h"
#include "sw/timeloop/yaml_node.h"

namespace systole::explore {

EnergySource LoadEnergy(const std::string& path) { return {path, timeloop::ReadText(path)}; }

energy::EnergyTable TableOf(const EnergySource& source, const HwConfig& config) {
  return source.path.empty() ? energy::TableOf(energy::HorowitzLaw(), config)
                             : energy::ReadEnergy(source.path, source.text, config);
}

std::string Describe(const EnergySource& source) {
  const energy::EnergyTable table = TableOf(source, HwConfig{});
  std::string text = fmt::format("{:.9g} {:.9g}", table.idle_pe, table.cycle);
  for (const double energy : table.action) text += fmt::format(" {:.9g}", energy);
  return text;
}

ActionCounts CountActions(const std::vector<Instruction>& code, const HwConfig& config) {
  ActionCounts sum;
  for (const Instruction& i : code) sum += systole::CountActions(i, config);
  return sum;
}

double EnergyOf(const ActionCounts& counts, int64_t cycles, int64_t pes,
                const energy::EnergyTable& table) {
  return energy::EnergyOf(counts, table) +
         static_cast<double>(cycles * pes - counts[Action::mac] - counts[Action::idle_mac]) *
             table.idle_pe +
         static_cast<double>(cycles) * table.cycle;
}

}  // namespace systole::explore
