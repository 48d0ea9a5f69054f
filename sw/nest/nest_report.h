// What a nest did, as text and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "sw/nest/nest_counts.h"
#include "sw/nest/nest_run.h"
#include "sw/timeloop/spec.h"

namespace systole::nest {

using Json = nlohmann::ordered_json;

struct NestReport {
  const timeloop::Spec& spec;
  const timeloop::Mapping& mapping;
  const NestPlan& plan;
  const timeloop::Evaluation& evaluation;  // Timeloop's
  std::vector<Quantity> counts;
  Quantity cycles;  // ArrayCycles()
  const NestResult& result;
};

// "element M4 C2 R3; Y S3 C2 M2; X Q2 M7; shared_glb P4 Q4 C2; DRAM M2".
std::string DescribeNest(const ConvNest& nest);

// Counts of the RTL that are not the machine's, and counts that no rule explains, told to
// `differences`.
void CheckCounts(const NestReport& report, Differences* differences);

std::string NestText(const NestReport& report);
Json NestJson(const NestReport& report, const Differences& differences);

}  // namespace systole::nest
