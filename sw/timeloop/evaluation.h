// What Timeloop v3.0.3 computes of a mapping: words, accesses, cycles and energy.
//
// Every rule is Timeloop's, its short cuts included (docs/energy.md): of each loop only the first
// iteration and "a later one" are looked at, a tile is thrown away where the walk turns, and
// words of neighbours are divided by all instances. kPhysical does instead what hardware would.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sw/timeloop/mapping.h"

namespace systole::timeloop {

enum class Rules {
  kTimeloop,
  kPhysical,  // a tile keeps what the next one overlaps, at every loop; links count per instance
};

// Of one kept (level, tensor). Counts are words of one instance; double as Timeloop has them.
struct Counts {
  bool kept = false;
  int64_t tile = 0, partition = 0;
  double reads = 0, fills = 0, updates = 0;
  double link_words = 0;  // words of `fills` and `reads` that come from or go to neighbours
  double energy = 0;      // pJ, all instances
};

struct LevelResult {
  int64_t instances = 0;  // used ones
  double cycles = 0;      // with the level's bandwidth
  double energy = 0;      // pJ, all tensors and instances
  Counts tensors[kMaxTensors];
};

struct Evaluation {
  bool valid = false;
  std::string reason;  // why not
  double cycles = 0, compute_cycles = 0;
  double energy = 0, mac_energy = 0;  // pJ
  double utilization = 0;             // of all MACs of the design, over all cycles
  int64_t used_macs = 0;
  std::vector<LevelResult> levels;  // as Architecture::levels
};

// Of one problem on one design, many mappings. Reused from call to call it allocates nothing; the
// problem and the design must outlive it.
class Evaluator {
 public:
  Evaluator(const Problem& problem, const Architecture& arch, Rules rules);
  Evaluator(Evaluator&&) noexcept;
  ~Evaluator();

  // `mapping` is one without MappingError.
  void Evaluate(const Mapping& mapping, Evaluation* result);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The same for one mapping.
void Evaluate(const Problem& problem, const Architecture& arch, const Mapping& mapping, Rules rules,
              Evaluation* result);

}  // namespace systole::timeloop
