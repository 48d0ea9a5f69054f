#include "sw/timeloop/architecture.h"

namespace systole::timeloop {

int Architecture::Find(const std::string& name) const {
  for (int c = 0; c < Levels(); ++c) {
    if (levels[c].name == name) return c;
  }
  return -1;
}

int64_t Architecture::FanoutX(int b) const {
  return (b == 0 ? mac_mesh_x : levels[b - 1].mesh_x) / levels[b].mesh_x;
}

int64_t Architecture::FanoutY(int b) const {
  return (b == 0 ? mac_mesh_y : levels[b - 1].mesh_y) / levels[b].mesh_y;
}

void Architecture::ScaleEnergy(double factor) {
  for (int b = 0; b + 1 < Levels(); ++b) {
    levels[b].read_energy *= factor;
    levels[b].write_energy *= factor;
  }
  mac_energy *= factor;
}

}  // namespace systole::timeloop
