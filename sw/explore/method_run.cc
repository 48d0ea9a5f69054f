#include "sw/explore/method_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "sw/base/error.h"
#include "sw/explore/engine/interrupt.h"
#include "sw/explore/engine/progress_line.h"
#include "sw/explore/search/search_bounded.h"

namespace systole::explore {
namespace {

constexpr int64_t kPredictions = 20, kMostPredictions = 50000;  // for each evaluation, in all

// Some value is a word: the values have no order.
bool Named(const Axis& axis) {
  return std::any_of(axis.labels.begin(), axis.labels.end(), [](const std::string& label) {
    return !std::isdigit(static_cast<unsigned char>(label[0]));
  });
}

}  // namespace

std::vector<ProxyInput> ProxyInputs(const Space& space) {
  std::vector<ProxyInput> inputs;
  for (const Axis& axis : space.axes) {
    if (axis.values.size() < 2) continue;
    inputs.push_back({axis.name, Named(axis) ? static_cast<int>(axis.values.size()) : 0});
  }
  if (space.derived_cols) inputs.push_back({"cols", 0});
  return inputs;
}

std::vector<double> ProxyNumbers(const Space& space, const Point& point) {
  std::vector<double> numbers;
  for (size_t a = 0; a < space.axes.size(); ++a) {
    const Axis& axis = space.axes[a];
    if (axis.values.size() < 2) continue;
    numbers.push_back(Named(axis) ? point[a] : static_cast<double>(axis.values[point[a]]));
  }
  if (space.derived_cols) {
    std::vector<int64_t> parameters(space.cost->Parameters().size());
    space.Parameters(space.grid.IdOf(point), parameters.data());
    numbers.push_back(static_cast<double>(parameters[kCols]));
  }
  return numbers;
}

namespace {

BoundedResult RunBounded(const Space& space, Engine* engine, int64_t best, int threads) {
  for (const Objective& o : space.objectives) {
    if (o.metric == Metric::kTraffic || o.metric == Metric::kStalls) {
      throw InputError(fmt::format(
          "{}: method bounded knows no bound for {}; choose cycles, utilization, pes, buffer, or "
          "method exhaustive",
          space.file, o.name));
    }
  }
  ProgressLine progress(space.grid.Points(), 0);
  BoundedOptions options;
  options.keep = best;
  options.batch = threads;
  options.bound = [engine](const Point& p, std::vector<double>* b) { return engine->Bound(p, b); };
  options.progress = [&progress](int64_t points) { progress.Advance(points); };
  options.stop = [] { return Interrupted() != 0; };
  return BoundedSearch(engine, options);
}

}  // namespace

MethodResult RunMethod(const Space& space, Engine* engine, int64_t best, int threads) {
  SearchOptions options;
  options.seed = space.seed;
  options.budget = space.budget;
  options.stop = [] { return Interrupted() != 0; };
  MethodResult result;
  if (space.method == "bounded") {
    BoundedResult bounded = RunBounded(space, engine, best, threads);
    result.search = std::move(bounded.search);
    result.hopeless = bounded.hopeless;
  } else if (space.method == "mlp") {
    ProxySearchOptions proxy;
    proxy.search = options;
    // Predictions cost little, but not nothing: in proportion to the evaluations that they lead to.
    proxy.predictions = std::clamp<int64_t>(kPredictions * std::min(space.budget, kMostPredictions),
                                            2000, kMostPredictions);
    proxy.proxy.seed = space.seed;
    proxy.inputs = ProxyInputs(space);
    proxy.describe = [&space](const Point& point) { return ProxyNumbers(space, point); };
    proxy.possible = [engine](const Point& point) { return engine->Possible(point); };
    result.proxy = ProxySearch(engine, proxy);
    result.search = std::move(result.proxy->search);
  } else {
    result.search = Search(engine, ParseMethod(space.method), options);
  }
  if (Interrupted()) throw Interruption();
  return result;
}

}  // namespace systole::explore
