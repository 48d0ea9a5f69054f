// The result of an exploration as one HTML page that needs nothing else: style, script, d3 and data
// are inside it.
//
// Rows are given flat and complete; of many rows the page shows a selection (front, best, a seeded
// sample) and says so. Heat maps are computed from all of them.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sw/explore/search/proxy.h"

namespace systole::explore {

struct PageAxis {
  std::string name;
  std::string unit;                 // may be empty
  std::vector<std::string> values;  // spelled as the reader sees them, in the order of the axis
};

// A number of each feasible row, as the reader sees it (not negated).
struct PageMeasure {
  std::string name;
  std::string unit;
  bool objective = true;  // false: shown in the table only
  bool maximise = false;
};

struct PageCurve {
  std::string method;
  uint64_t seed = 0;
  std::vector<std::pair<int64_t, double>>
      best;                 // (evaluations, best so far) of the first objective
  int64_t evaluations = 0;  // where the curve ends
};

struct PageProxy {
  ProxyTraining training;
  ProxyError error;
  std::vector<std::pair<double, double>> predicted_and_exact;
  std::string text;  // a sentence of what was trained on what
};

// Any further table, such as predicted cycles beside those of the RTL.
struct PageTable {
  std::string title;
  std::string text;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};

struct PageData {
  std::string title;
  std::string summary;  // a sentence or two
  std::vector<std::pair<std::string, std::string>>
      facts;  // seed, method, workload, versions, time, ...
  std::vector<PageAxis> axes;
  std::vector<PageMeasure> measures;  // the first objective is the one the best are sorted by
  std::vector<int32_t> points;        // feasible rows x axes: indices of values
  std::vector<double> values;         // feasible rows x measures
  std::vector<std::pair<std::string, int64_t>> infeasible;  // reason, number of points
  int64_t space_points = 0;                                 // points of the whole space; 0: unknown
  std::optional<double> optimum;  // of the first objective, where it is known
  std::vector<PageCurve> curves;
  std::optional<PageProxy> proxy;
  std::vector<PageTable> tables;
  std::string space_text;  // the file the space was read from
};

struct PageOptions {
  int64_t max_rows = 6000;  // embedded rows at most (the front and the best first)
  int64_t best_rows = 25;   // of the table
  uint64_t seed = 1;        // of the sample
};

// Throws InputError when the rows do not fit axes and measures.
std::string PageJson(const PageData& data, const PageOptions& options = {});
void WritePage(std::ostream& out, const PageData& data, const PageOptions& options = {});

}  // namespace systole::explore
