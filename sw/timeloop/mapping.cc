#include "sw/timeloop/mapping.h"

namespace systole::timeloop {

std::string MappingError(const Problem& problem, const Mapping& mapping) {
  std::vector<int64_t> product(problem.Dims(), 1);
  unsigned kept = 0;
  for (const LevelLoops& level : mapping.levels) {
    kept |= level.keep;
    for (const auto* loops : {&level.spatial, &level.temporal}) {
      for (const Loop& loop : *loops) product[loop.dim] *= loop.bound;
    }
  }
  for (int d = 0; d < problem.Dims(); ++d) {
    if (product[d] != problem.bounds[d]) {
      return "the factors of " + problem.dims[d] + " multiply to " + std::to_string(product[d]) +
             ", the problem has " + std::to_string(problem.bounds[d]) + "; change a factor";
    }
  }
  for (int t = 0; t < problem.Tensors(); ++t) {
    if ((mapping.levels.back().keep >> t & 1) != 0) continue;
    return problem.tensors[t].name + " is bypassed " +
           ((kept >> t & 1) != 0 ? "at the outermost level" : "everywhere") +
           "; keep it at the outermost level";
  }
  return "";
}

std::string NestText(const Problem& problem, const Architecture& arch, const Mapping& mapping) {
  std::string text, indent;
  const auto line = [&](const Loop& loop, const char* kind) {
    text += indent + "for " + problem.dims[loop.dim] + " in 0.." + std::to_string(loop.bound - 1) +
            kind + "\n";
    indent += "  ";
  };
  for (int b = arch.Levels() - 1; b >= 0; --b) {
    const LevelLoops& level = mapping.levels[b];
    std::string kept;
    for (int t = 0; t < problem.Tensors(); ++t) {
      if ((level.keep >> t & 1) != 0) kept += " " + problem.tensors[t].name;
    }
    if (kept.empty() && level.spatial.empty() && level.temporal.empty()) continue;
    text += indent + arch.levels[b].name + ":" + (kept.empty() ? " passes on" : kept) + "\n";
    for (size_t i = level.temporal.size(); i-- > 0;) line(level.temporal[i], "");
    for (size_t i = level.spatial.size(); i-- > 0;) {
      line(level.spatial[i], level.spatial[i].y ? "  # side by side, Y" : "  # side by side, X");
    }
  }
  return text + indent + arch.mac_name + "\n";
}

}  // namespace systole::timeloop
