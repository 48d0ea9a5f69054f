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

}  // namespace systole::timeloop
