#include "sw/nest/nest_energy.h"

namespace systole::nest {

double MachineEnergy(const std::vector<Quantity>& counts, const timeloop::Architecture& arch,
                     int64_t macs) {
  const auto level = [&](const std::string& name) -> const timeloop::Level& {
    const int b = arch.Find(name);
    return arch.levels[static_cast<size_t>(b < 0 ? arch.Find("shared_glb") : b)];
  };
  const auto read = [&](const std::string& name) {
    return level(name).read_energy / static_cast<double>(level(name).block);
  };
  const auto write = [&](const std::string& name) {
    return level(name).write_energy / static_cast<double>(level(name).block);
  };
  double energy = static_cast<double>(macs) * arch.mac_energy;
  for (const Quantity& q : counts) {
    const int64_t each = q.level == "accumulators" ? 4 : 1;
    const auto words = static_cast<double>(q.machine * each);
    const std::string last = q.what.substr(q.what.rfind(' ') + 1);
    energy += words * (last == "read" ? read(q.level) : write(q.level));
    // What comes from memory is written into a buffer, what goes there is read from one.
    if (q.level != "DRAM") continue;
    energy += words * (last == "read" ? write("shared_glb") : read("shared_glb"));
  }
  return energy;
}

}  // namespace systole::nest
