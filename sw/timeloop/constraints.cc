#include "sw/timeloop/constraints.h"

namespace systole::timeloop {

Constraints NoConstraints(const Problem& problem, const Architecture& arch) {
  Constraints constraints;
  constraints.levels.resize(arch.Levels());
  for (LevelRule& level : constraints.levels) {
    level.temporal.factor.assign(problem.Dims(), 0);
    level.spatial.factor.assign(problem.Dims(), 0);
  }
  constraints.levels.back().keep = (1u << problem.Tensors()) - 1;
  return constraints;
}

}  // namespace systole::timeloop
