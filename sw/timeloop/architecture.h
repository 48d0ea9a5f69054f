// A design: storage levels around an array of multipliers, and the energy of every access.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/timeloop/problem.h"

namespace systole::timeloop {

// One storage level. A vector access moves `block` words.
struct Level {
  std::string name;  // without the range of its instances
  int64_t instances = 1, mesh_x = 1, mesh_y = 1;
  bool bounded = false;                            // false: memory without end
  int64_t capacity = 0;                            // words of one instance, all tensors together
  int64_t block = 1;                               // words of one access
  double read_bandwidth = 0, write_bandwidth = 0;  // words a cycle and instance; 0: no limit
  double read_energy = 0, write_energy = 0;        // pJ an access; an update is a write
  bool has_energy = false;  // false: no table entry; such a level may keep nothing
};

struct Architecture {
  std::vector<Level> levels;  // the innermost first; the last is the outer memory
  std::string mac_name;
  int64_t macs = 1, mac_mesh_x = 1, mac_mesh_y = 1;
  double mac_energy = 0;  // pJ of one multiply-add

  int Levels() const { return static_cast<int>(levels.size()); }
  int Find(const std::string& name) const;  // -1: there is none
  // Children of one instance of level b, side by side: instances of level b - 1, or the MACs.
  int64_t FanoutX(int b) const;
  int64_t FanoutY(int b) const;
  bool Spatial(int b) const { return FanoutX(b) * FanoutY(b) > 1; }
  // Another node or voltage: `factor` times every energy on the chip, not the outermost level's.
  void ScaleEnergy(double factor);
};

}  // namespace systole::timeloop
