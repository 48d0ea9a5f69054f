// A design space: SPACE.toml, read and checked (docs/explore.md has the grammar).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sw/explore/space/axis.h"
#include "sw/explore/space/cost.h"
#include "sw/explore/space/objective.h"

namespace systole::explore {

enum class CostKind { kNative, kScaleSim };

struct ConstraintText {
  std::string name;  // how it is called where points are counted; the expression if it has none
  std::string expression;  // constraint.h
};

// What a cost model is made from.
struct WorkloadSource {
  std::string name;
  double weight = 1;
  std::string place;          // "space.toml:12", for messages
  std::string file;           // path, or empty
  std::string type;           // of a topology: conv or gemm
  std::vector<int64_t> gemm;  // M, N, K where there is no file
  std::string rounding;       // native: of the requantization
  bool from_memory = false;   // native: a graph of any size, everything loaded in every run
  bool per_layer = false;     // native: each row of the table by itself
  bool skip_unfit = false;    // rows that no configuration holds are left out
};

struct Space {
  std::string file, text;
  CostKind cost_kind = CostKind::kScaleSim;
  std::shared_ptr<const CostModel> cost;
  std::vector<Axis> axes;  // in the order of the file
  Grid grid;
  bool pe_exact = true;       // rows * cols == pe_budget, else <=
  bool has_budget = false;    // there is an axis pe_budget
  bool derived_cols = false;  // cols = pe_budget / rows
  std::vector<ConstraintText> constraints;
  std::vector<WorkloadSource> workloads;
  std::vector<double> weights;  // of the workloads
  std::vector<Objective> objectives;
  bool traffic = false;  // record bytes to and from memory
  bool stalls = false;   // record stall cycles
  bool silicon = false;  // objectives of synthesised designs
  std::string method = "exhaustive";
  uint64_t seed = 1;
  int64_t budget = 0;  // evaluations of a search; 0: none given

  // Parameter values of a point: those of its axes, the cost model's defaults, cols that follow
  // from pe_budget.
  void Parameters(int64_t id, int64_t* parameters) const;

  // Names that a constraint may use, and their parameters: the axes, rows and cols.
  std::vector<std::pair<std::string, int>> Variables() const;

  // All that the rows of a store depend on, a line each ("axis rows = 8 16"). Spelling, comments
  // and order of the file do not matter, what it means does; a workload counts with its layers.
  std::vector<std::string> Describe() const;
};

// The words among the values of parameters ("os"), for constraints.
std::vector<std::pair<std::string, int64_t>> ConstantsOf(const std::vector<Parameter>& parameters);

// Values of command-line options, which go before those of the file.
struct Overrides {
  std::optional<std::string> method, cost;
  std::optional<uint64_t> seed;
  std::optional<int64_t> budget;
};

// Throws InputError "<file>:<line>: <what>; <remedy>". Files of workloads are looked for next to
// `file`.
Space ParseSpace(const std::string& text, const std::string& file, const Overrides& overrides = {});

// Reads the file, too.
Space LoadSpace(const std::string& file, const Overrides& overrides = {});

}  // namespace systole::explore
