// What a cost model is to the explorer: named integer parameters in, cycles and traffic of each
// workload out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sw/explore/space/silicon.h"

namespace systole::explore {

struct Parameter {
  std::string name;
  std::string meaning;   // a few words, with the unit
  int64_t fallback = 0;  // value where the space has no such axis
  int64_t least = 1, most = 1;
  std::vector<std::pair<std::string, int64_t>> names;  // values that are spelled as a word
  bool numbers = true;                                 // false: only the words
};

// The first parameters of every cost model.
enum CommonParameter { kRows = 0, kCols = 1, kPeBudget = 2 };

// Of one workload on one design.
struct WorkloadResult {
  int64_t cycles = 0;   // of the whole run
  int64_t images = 1;   // of the model, in the run
  int64_t macs = 0;     // of the run
  int64_t stalls = 0;   // cycles, scalesim
  int64_t traffic = 0;  // bytes to and from memory
  double energy = 0;    // pJ of the run, where it is wanted
};

// Serves one thread.
class Evaluator {
 public:
  virtual ~Evaluator() = default;
  // parameters[i] is the value of CostModel::Parameters()[i]. Fills one result per workload and
  // returns true; or sets `reason` to a line that says why the design cannot be ("CATEGORY:
  // workload: ..."), and returns false.
  virtual bool Evaluate(const int64_t* parameters, WorkloadResult* results,
                        std::string* reason) = 0;
  // Fills cycles that no design of these parameters comes below, and its products; false: nothing
  // is known.
  virtual bool Bound(const int64_t* /*parameters*/, WorkloadResult* /*results*/) { return false; }
};

class CostModel {
 public:
  virtual ~CostModel() = default;
  virtual const std::vector<Parameter>& Parameters() const = 0;
  virtual std::unique_ptr<Evaluator> NewEvaluator() const = 0;
  // Processing elements of a design.
  virtual int64_t Pes(const int64_t* parameters) const {
    return parameters[kRows] * parameters[kCols];
  }
  // KiB of all on-chip buffers of a design.
  virtual int64_t BufferKib(const int64_t* parameters) const = 0;
  // Gates of a design, flip-flops and memories as gates; 0: not known.
  virtual double Area(const int64_t*) const { return 0; }
  // Where the space names a table of synthesised designs, and it reaches this one.
  virtual std::optional<SiliconFigures> Silicon(const int64_t*) const { return {}; }
  // The workloads as the model sees them, one line each: what makes two runs comparable.
  virtual std::vector<std::string> Describe() const = 0;
  // What a reader of the results should know of the workloads, one line each.
  virtual std::vector<std::string> Notes() const { return {}; }
};

}  // namespace systole::explore
