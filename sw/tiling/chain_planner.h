// Which units are done in chains: the cover of all units with the fewest cycles, by an estimate.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sw/tiling/chain_builder.h"
#include "sw/tiling/chain_units.h"

namespace systole {

constexpr int kLongestCut = 8;  // units of a chain of several strips

class ChainPlanner {
 public:
  ChainPlanner(const Model& model, const std::vector<Unit>& units, const Placing& placing,
               const HwConfig& config, bool pack, int batch, PartCache* cache)
      : config_(config),
        units_(model, units, placing, config, pack, batch, cache),
        builder_(model, config, &units_) {}

  // Chains that take fewer cycles than their units apart, in order. They refer to the planner's
  // writers.
  std::vector<Chain> Choose();

 private:
  struct Found {
    std::optional<Chain> best;
    bool chain = false, blocks = false;  // are the units one, and some of them in blocks?
    int tries = 0;                       // numbers of strips that fit
  };
  Found Best(size_t a, size_t b);
  static void ShareItems(Chain* chain);
  bool Focus(Chain* chain) const;
  bool Fit(Chain* chain) const;
  int64_t Estimate(Chain* chain);
  int64_t Apart(size_t u);

  HwConfig config_;
  ChainUnits units_;
  ChainBuilder builder_;
};

}  // namespace systole
