#include "sw/timeloop/nest.h"

namespace systole::timeloop {

Nest Products(const Architecture& arch, const Mapping& mapping) {
  Nest nest;
  Extents extents;
  extents.fill(1);
  for (int b = 0; b < arch.Levels(); ++b) {
    const LevelLoops& level = mapping.levels[b];
    nest.fan[b] = 1;
    for (const Loop& loop : level.spatial) {
      nest.fan[b] *= loop.bound;
      extents[loop.dim] *= loop.bound;
    }
    nest.spread[b] = extents;
    for (const Loop& loop : level.temporal) {
      nest.steps *= static_cast<double>(loop.bound);
      extents[loop.dim] *= loop.bound;
    }
    nest.tile[b] = extents;
  }
  int64_t instances = 1;
  for (int b = arch.Levels() - 1; b >= 0; --b) {
    nest.used[b] = instances;
    instances *= nest.fan[b];
  }
  nest.used_macs = instances;
  return nest;
}

std::string Misfit(const Problem& problem, const Architecture& arch, const Mapping& mapping,
                   const Nest& nest) {
  for (int c = 0; c < arch.Levels(); ++c) {
    const Level& level = arch.levels[c];
    if (!level.bounded) continue;
    int64_t words = 0;
    for (int t = 0; t < problem.Tensors(); ++t) {
      if ((mapping.levels[c].keep >> t & 1) != 0) {
        words += problem.tensors[t].Words(nest.tile[c].data());
      }
    }
    if (words > level.capacity) {
      return level.name + ": the tiles are " + std::to_string(words) + " words, " +
             std::to_string(level.capacity) + " fit";
    }
  }
  int64_t x = 1, y = 1;  // of the spatial loops outside
  for (int b = arch.Levels() - 1; b >= 0; --b) {
    int64_t block_x = 1, block_y = 1;
    for (const Loop& loop : mapping.levels[b].spatial) (loop.y ? block_y : block_x) *= loop.bound;
    x *= block_x;
    y *= block_y;
    const std::string child = b == 0 ? arch.mac_name : arch.levels[b - 1].name;
    const int64_t mesh_x = b == 0 ? arch.mac_mesh_x : arch.levels[b - 1].mesh_x;
    const int64_t mesh_y = b == 0 ? arch.mac_mesh_y : arch.levels[b - 1].mesh_y;
    if (x <= mesh_x && y <= mesh_y) continue;
    return child + ": " + std::to_string(x) + " x " + std::to_string(y) +
           " instances are used, there are " + std::to_string(mesh_x) + " x " +
           std::to_string(mesh_y);
  }
  return "";
}

}  // namespace systole::timeloop
