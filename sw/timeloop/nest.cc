#include "sw/timeloop/nest.h"

namespace systole::timeloop {
namespace {

std::string TooLarge(const Architecture& arch, int level, int64_t words) {
  return arch.levels[level].name + ": the tiles are " + std::to_string(words) + " words, " +
         std::to_string(arch.levels[level].capacity) + " fit";
}

std::string TooMany(const std::string& child, int64_t x, int64_t y, int64_t mesh_x,
                    int64_t mesh_y) {
  return child + ": " + std::to_string(x) + " x " + std::to_string(y) +
         " instances are used, there are " + std::to_string(mesh_x) + " x " +
         std::to_string(mesh_y);
}

}  // namespace

void Products(const Architecture& arch, const Mapping& mapping, Nest* nest) {
  const int levels = arch.Levels();
  Extents extents;
  extents.fill(1);
  int temporal = 0, spatial = 0;
  for (int b = 0; b < levels; ++b) {
    const LevelLoops& level = mapping.levels[b];
    nest->first_spatial[b] = spatial;
    nest->fan[b] = 1;
    for (const Loop& loop : level.spatial) {
      nest->spatial[spatial++] = {loop.dim, loop.y, loop.bound, extents[loop.dim]};
      nest->fan[b] *= loop.bound;
      extents[loop.dim] *= loop.bound;
    }
    nest->spread[b] = extents;
    nest->first_temporal[b] = temporal;
    for (const Loop& loop : level.temporal) {
      nest->temporal[temporal++] = {loop.dim, false, loop.bound, extents[loop.dim]};
      extents[loop.dim] *= loop.bound;
    }
    nest->tile[b] = extents;
  }
  nest->first_spatial[levels] = spatial;
  nest->first_temporal[levels] = temporal;
  nest->above[temporal] = 1;
  for (int i = temporal - 1; i >= 0; --i) {
    nest->above[i] = nest->above[i + 1] * static_cast<double>(nest->temporal[i].bound);
  }
  nest->steps = nest->above[0];
  int64_t instances = 1;
  for (int b = levels - 1; b >= 0; --b) {
    nest->used[b] = instances;
    instances *= nest->fan[b];
  }
  nest->used_macs = instances;
}

std::string Misfit(const Architecture& arch, const int64_t* words, const Nest& nest) {
  for (int c = 0; c < arch.Levels(); ++c) {
    const Level& level = arch.levels[c];
    if (level.bounded && words[c] > level.capacity) return TooLarge(arch, c, words[c]);
  }
  int64_t x = 1, y = 1;  // of the spatial loops outside
  for (int b = arch.Levels() - 1; b >= 0; --b) {
    for (int i = nest.first_spatial[b]; i < nest.first_spatial[b + 1]; ++i) {
      (nest.spatial[i].y ? y : x) *= nest.spatial[i].bound;
    }
    const int64_t mesh_x = b == 0 ? arch.mac_mesh_x : arch.levels[b - 1].mesh_x;
    const int64_t mesh_y = b == 0 ? arch.mac_mesh_y : arch.levels[b - 1].mesh_y;
    if (x <= mesh_x && y <= mesh_y) continue;
    return TooMany(b == 0 ? arch.mac_name : arch.levels[b - 1].name, x, y, mesh_x, mesh_y);
  }
  return "";
}

}  // namespace systole::timeloop
