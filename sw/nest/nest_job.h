// One layer with its nest: found or given, planned, run, counted and compared.
#pragma once

#include "sw/nest/nest_report.h"
#include "sw/nest/nest_search.h"

namespace systole::nest {

struct JobOptions {
  HwConfig config;
  SearchOptions search;  // where the files have no mapping
  std::vector<std::string> backends;
  TargetSettings target;
  uint32_t seed = 1;
};

struct NestJob {
  NestJob(const timeloop::Spec& spec, const JobOptions& options);

  timeloop::Spec spec;
  std::optional<SearchResult> found;  // none: the mapping was given
  timeloop::Mapping mapping;
  timeloop::Evaluation evaluation;
  NestPlan plan;
  NestResult result;
  Differences differences;  // of bytes, cycles and counts

  NestReport Report() const;
};

}  // namespace systole::nest
