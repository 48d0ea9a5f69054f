#include "sw/explore/search/search.h"

#include <fmt/format.h>

#include "sw/base/error.h"
#include "sw/explore/search/search_methods.h"
#include "sw/explore/search/search_recorder.h"

namespace systole::explore {
namespace {

constexpr const char* kNames[] = {"random", "genetic", "nsga2",
                                  "annealing"};  // in the order of Method
constexpr int kBatch = 256;

void Check(Problem* problem, Method method, const SearchOptions& options) {
  const std::string name = MethodName(method);
  const int objectives = problem->Objectives();
  if (objectives < 1) throw InputError(fmt::format("{}: there is no objective; name one", name));
  if (method == Method::kNsga2 && objectives < 2) {
    throw InputError("nsga2: there is one objective only; name another or search with genetic");
  }
  if (options.objective < 0 || options.objective >= objectives) {
    throw InputError(
        fmt::format("{}: objective {} of {}; count from 0", name, options.objective, objectives));
  }
  if (options.budget < 1)
    throw InputError(fmt::format("{}: a budget of {}; take 1 or more", name, options.budget));
  const bool multiple = method != Method::kNsga2 || options.population % 4 == 0;
  const int least = method == Method::kNsga2 ? 8 : method == Method::kGenetic ? 2 : 1;
  if (options.population != 0 && (options.population < least || !multiple)) {
    throw InputError(fmt::format("{}: a population of {}; take {} or more{}", name,
                                 options.population, least,
                                 method == Method::kNsga2 ? ", a multiple of 4" : ""));
  }
  for (const Point& start : options.start) {
    bool inside = start.size() == problem->Radix().size();
    for (size_t axis = 0; inside && axis < start.size(); ++axis) {
      inside = start[axis] >= 0 && start[axis] < problem->Radix()[axis];
    }
    if (!inside)
      throw InputError(
          fmt::format("{}: a starting point lies outside the space; leave it out", name));
  }
}

}  // namespace

Method ParseMethod(const std::string& name) {
  for (int i = 0; i < 4; ++i) {
    if (name == kNames[i]) return static_cast<Method>(i);
  }
  throw InputError(
      fmt::format("method '{}' is no search; choose from random, genetic, nsga2, annealing", name));
}

std::string MethodName(Method method) { return kNames[static_cast<int>(method)]; }

void RunRandom(SearchRecorder* recorder, const SearchOptions& options) {
  std::mt19937_64 rng(MixSeed(options.seed, 0));
  for (;;) recorder->Evaluate(recorder->FreshPoints(kBatch, &rng));
}

SearchResult Search(Problem* problem, Method method, const SearchOptions& options) {
  Check(problem, method, options);
  SearchRecorder recorder(problem, options);
  try {
    switch (method) {
      case Method::kRandom:
        RunRandom(&recorder, options);
        break;
      case Method::kGenetic:
        RunGenetic(&recorder, options);
        break;
      case Method::kNsga2:
        RunNsga2(&recorder, options, problem->Objectives());
        break;
      case Method::kAnnealing:
        RunAnnealing(&recorder, options);
        break;
    }
  } catch (const SearchFinished&) {
  }
  return std::move(recorder.result_);
}

SearchResult RandomSearch(Problem* problem, const SearchOptions& options) {
  return Search(problem, Method::kRandom, options);
}
SearchResult GeneticSearch(Problem* problem, const SearchOptions& options) {
  return Search(problem, Method::kGenetic, options);
}
SearchResult Nsga2Search(Problem* problem, const SearchOptions& options) {
  return Search(problem, Method::kNsga2, options);
}
SearchResult AnnealingSearch(Problem* problem, const SearchOptions& options) {
  return Search(problem, Method::kAnnealing, options);
}

}  // namespace systole::explore
