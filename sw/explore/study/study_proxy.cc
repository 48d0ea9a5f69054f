#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "sw/explore/search/proxy_search.h"
#include "sw/explore/search/proxy_time.h"
#include "sw/explore/search/search_recorder.h"
#include "sw/explore/study/study_report.h"
#include "sw/scalesim/evaluate.h"

namespace systole::explore {
namespace {

std::vector<ProxyInput> InputsOf(const Space& space) {
  std::vector<ProxyInput> inputs;
  for (const Axis& axis : space.axes) {
    const bool words = std::any_of(
        axis.labels.begin(), axis.labels.end(),
        [](const std::string& label) { return label.find_first_not_of("0123456789") == 0; });
    inputs.push_back({axis.name, words ? static_cast<int>(axis.values.size()) : 0});
  }
  return inputs;
}

// A category is the index of the value, anything else the value.
std::vector<double> Describe(const Space& space, const std::vector<ProxyInput>& inputs,
                             const Point& point) {
  std::vector<double> row;
  for (size_t a = 0; a < point.size(); ++a) {
    row.push_back(inputs[a].categories > 0 ? point[a]
                                           : static_cast<double>(space.axes[a].values[point[a]]));
  }
  return row;
}

void PrintTraining(const ProxyTraining& training) {
  fmt::print(
      "  {} rows trained on, {} watched; {} epochs, the best was {}; loss {:.2g} / {:.2g}; {:.1f} "
      "s\n",
      training.training_rows, training.validation_rows, training.training_loss.size(),
      training.best_epoch + 1, training.training_loss[training.best_epoch],
      training.validation_loss[training.best_epoch], training.seconds);
}

void PrintError(const ProxyError& error) {
  fmt::print(
      "  relative error on {} other rows: mean {:.2f} %, median {:.2f} %, 95 % below {:.2f} %, "
      "worst {:.1f} %;"
      " within 1 %: {:.1f} % of them; {:.2f} us a prediction\n",
      error.rows, 100 * error.mean, 100 * error.median, 100 * error.p95, 100 * error.worst,
      100 * error.within_1_percent, error.microseconds);
}

}  // namespace

PageProxy StudyProxy(const Space& space, const Truth& truth, const StudyOptions& options) {
  const std::vector<ProxyInput> inputs = InputsOf(space);
  std::vector<int64_t> ids(static_cast<size_t>(truth.points));
  std::iota(ids.begin(), ids.end(), 0);
  std::mt19937_64 rng(MixSeed(options.proxy.seed, 20));
  std::shuffle(ids.begin(), ids.end(), rng);
  const auto sample =
      static_cast<size_t>(options.training_share * static_cast<double>(truth.points));
  std::vector<std::vector<double>> rows[2];  // trained on, the rest
  std::vector<double> targets[2];
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!truth.Feasible(ids[i])) continue;
    rows[i >= sample].push_back(Describe(space, inputs, space.grid.PointOf(ids[i])));
    targets[i >= sample].push_back(truth.values[ids[i] * truth.objectives]);
  }
  fmt::print("\nproxy of {}, trained on {} points ({:.3g} %), {} of them feasible\n",
             space.objectives[0].name, sample, 100 * options.training_share, rows[0].size());
  const Proxy proxy(inputs, rows[0], targets[0], options.proxy);
  PrintTraining(proxy.Training());
  PageProxy page;
  page.training = proxy.Training();
  page.error = proxy.Compare(rows[1], targets[1]);
  PrintError(page.error);
  const double sampling = 1e-6 * truth.microseconds * static_cast<double>(rows[0].size());
  fmt::print(
      "  exact model: {:.1f} us a point; sample {:.1f} s + training {:.1f} s + predicting the rest "
      "{:.1f} s"
      " against {:.1f} s for everything exactly (one thread)\n",
      truth.microseconds, sampling, page.training.seconds,
      1e-6 * page.error.microseconds * page.error.rows,
      1e-6 * truth.microseconds * static_cast<double>(truth.feasible));
  const size_t shown = std::min<size_t>(1500, rows[1].size());
  const std::vector<double> predictions = proxy.Predict({rows[1].begin(), rows[1].begin() + shown});
  for (size_t i = 0; i < shown; ++i)
    page.predicted_and_exact.emplace_back(predictions[i], targets[1][i]);
  page.text = fmt::format(
      "Trained on {} feasible points, {:.3g} % of the space; errors are those on the rest.",
      rows[0].size(), 100 * options.training_share);
  return page;
}

void StudyProxySearches(const Space& space, const Truth& truth, const StudyOptions& options) {
  const std::vector<ProxyInput> inputs = InputsOf(space);
  const auto budget = static_cast<int64_t>(options.share * static_cast<double>(truth.points));
  fmt::print(
      "\nsearch on the proxy: {} exact evaluations, four fifths to train; gap to the optimum\n",
      budget);
  int reached = 0;
  double seconds = 0;
  for (int seed = 1; seed <= options.seeds; ++seed) {
    TruthProblem problem(space, truth);
    ProxySearchOptions search;
    search.search.seed = static_cast<uint64_t>(seed);
    search.search.budget = budget;
    search.proxy = options.proxy;
    search.proxy.seed = static_cast<uint64_t>(seed);
    search.inputs = inputs;
    search.describe = [&](const Point& point) { return Describe(space, inputs, point); };
    search.possible = [&](const Point& point) { return truth.Feasible(space.grid.IdOf(point)); };
    const double start = ThreadSeconds();
    const ProxySearchResult result = ProxySearch(&problem, search);
    seconds += ThreadSeconds() - start;
    const double best = result.search.evaluations[result.search.best].objectives[0];
    reached += best <= 1.01 * truth.best;
    fmt::print("  {:.2f}%", 100 * (best / truth.best - 1));
    if (problem.Evaluations() > budget) fmt::print(" BUDGET EXCEEDED");
    std::fflush(stdout);
  }
  fmt::print("\n  within 1 % in {} of {} seeds; {:.1f} s a search, evaluations looked up\n",
             reached, options.seeds, seconds / options.seeds);
}

void StudyProducts(const StudyOptions& options) {
  constexpr int64_t kPoints = 200000;
  const std::vector<ProxyInput> inputs = {{"rows"}, {"cols"}, {"dataflow", 3}, {"kB"}, {"M"},
                                          {"N"},    {"K"}};
  std::mt19937_64 rng(MixSeed(options.proxy.seed, 21));
  const auto draw = [&](int64_t most) {
    return std::uniform_int_distribution<int64_t>(1, most)(rng);
  };
  for (const bool user : {false, true}) {
    std::vector<std::vector<double>> rows[2];
    std::vector<double> targets[2];
    const auto sample = static_cast<int64_t>(options.training_share * kPoints);
    std::vector<scalesim::Machine> machines(kPoints);
    std::vector<scalesim::Layer> layers(kPoints);
    for (int64_t i = 0; i < kPoints; ++i) {
      scalesim::Machine& machine = machines[i];
      machine.rows = draw(64);
      machine.cols = draw(64);
      machine.dataflow = static_cast<scalesim::Dataflow>(draw(3) - 1);
      machine.ifmap_kb = machine.filter_kb = machine.ofmap_kb = draw(64);
      machine.user_bandwidth = user;
      layers[i].ifmap_h = draw(256);  // M x K x N
      layers[i].filters = draw(256);
      layers[i].ifmap_w = layers[i].filter_w = draw(256);
    }
    std::vector<double> cycles(kPoints);
    const double start = ThreadSeconds();
    for (int64_t i = 0; i < kPoints; ++i) {
      cycles[i] = static_cast<double>(scalesim::EvaluateCycles(machines[i], layers[i]));
    }
    const double seconds = ThreadSeconds() - start;
    for (int64_t i = 0; i < kPoints; ++i) {
      const bool rest = i >= sample;
      rows[rest].push_back(
          {static_cast<double>(machines[i].rows), static_cast<double>(machines[i].cols),
           static_cast<double>(machines[i].dataflow), static_cast<double>(machines[i].ifmap_kb),
           static_cast<double>(layers[i].ifmap_h), static_cast<double>(layers[i].filters),
           static_cast<double>(layers[i].filter_w)});
      targets[rest].push_back(std::max(1.0, cycles[i]));
    }
    fmt::print(
        "\nproxy of single products, {}: rows, cols <= 64, kB <= 64, M, N, K <= 256, three "
        "dataflows;"
        " trained on {} of {}\n",
        user ? "USER, 10 words a cycle" : "CALC", sample, kPoints);
    const Proxy proxy(inputs, rows[0], targets[0], options.proxy);
    PrintTraining(proxy.Training());
    PrintError(proxy.Compare(rows[1], targets[1]));
    fmt::print("  exact model: {:.2f} us a point\n", 1e6 * seconds / kPoints);
  }
}

}  // namespace systole::explore
