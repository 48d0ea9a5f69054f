// Energy of each action, in pJ.
#pragma once

#include <array>
#include <string>

#include "sw/timing/actions.h"

namespace systole::energy {

struct EnergyTable {
  std::string name;                          // for reports
  std::array<double, kNumActions> action{};  // pJ of one, by Action
  double idle_pe = 0;                        // pJ of a cycle of a PE in which it multiplies nothing
  double cycle = 0;                          // pJ of a cycle of everything: clock, leakage

  double& operator[](Action a) { return action[static_cast<size_t>(a)]; }
  double operator[](Action a) const { return action[static_cast<size_t>(a)]; }
};

// Does the action end in the memory outside?
inline bool OffChip(Action a) {
  return a == Action::read_beat || a == Action::write_beat || a == Action::write_byte ||
         a == Action::fetch_beat;
}

// Another node or voltage: `factor` times every energy on the chip.
inline void ScaleEnergy(double factor, EnergyTable* table) {
  for (int a = 0; a < kNumActions; ++a) {
    if (!OffChip(static_cast<Action>(a))) table->action[static_cast<size_t>(a)] *= factor;
  }
  table->idle_pe *= factor;
  table->cycle *= factor;
}

}  // namespace systole::energy
