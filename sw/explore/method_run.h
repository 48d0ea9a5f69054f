// Runs the search method of a space on an engine.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sw/explore/engine/engine.h"
#include "sw/explore/search/proxy_search.h"
#include "sw/explore/search/search.h"

namespace systole::explore {

struct MethodResult {
  SearchResult search;
  std::optional<ProxySearchResult> proxy;  // method mlp; its search is moved to `search`
  int64_t hopeless = 0;                    // method bounded: points that their bound decided
};

// `best`: so many designs are looked for (method bounded, one objective). Throws Interruption, and
// what the methods throw.
MethodResult RunMethod(const Space& space, Engine* engine, int64_t best, int threads);

// What a proxy is told of a design: an input for each axis that varies (of words: one of
// categories), cols where they follow from a PE budget.
std::vector<ProxyInput> ProxyInputs(const Space& space);
std::vector<double> ProxyNumbers(const Space& space, const Point& point);

}  // namespace systole::explore
