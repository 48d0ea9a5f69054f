#include "sw/nest/nest_job.h"

#include <fmt/format.h>

#include "sw/base/error.h"

namespace systole::nest {
namespace {

timeloop::Mapping Search(const timeloop::Spec& spec, const JobOptions& options,
                         std::optional<SearchResult>* found) {
  *found = SearchNests(spec, options.config, options.search);
  if ((*found)->mapping) return *(*found)->mapping;
  throw InputError(
      fmt::format("no executable nest found in {}; give more --evaluations, or more "
                  "room, such as --acc-depth",
                  options.search.evaluations));
}

}  // namespace

NestJob::NestJob(const timeloop::Spec& given, const JobOptions& options)
    : spec(given), mapping(spec.mapping ? *spec.mapping : Search(spec, options, &found)) {
  const ConvNest nest = ReadNest(spec, mapping);
  Evaluate(spec.problem, spec.arch, mapping, timeloop::Rules::kTimeloop, &evaluation);
  if (!evaluation.valid) Refuse("design", evaluation.reason);
  plan = PlanNest(nest, options.config);
  result = RunNest(plan, options.backends, options.seed, options.target);
  differences = result.differences;
  CheckCounts(Report(), &differences);
}

NestReport NestJob::Report() const {
  return {spec,
          mapping,
          plan,
          evaluation,
          CountsOf(plan, spec.problem, evaluation),
          ArrayCycles(plan, evaluation),
          result};
}

}  // namespace systole::nest
