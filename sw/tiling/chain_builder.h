// A range of units as a chain: its tensors, its steps in their order, and how its lines lie.
#pragma once

#include <optional>

#include "sw/tiling/chain_units.h"

namespace systole {

class ChainBuilder {
 public:
  ChainBuilder(const Model& model, const HwConfig& config, ChainUnits* units)
      : model_(model), config_(config), units_(units) {}

  // Units [first, last), of a strip as yet unknown; none: they are no chain.
  std::optional<Chain> Build(size_t first, size_t last);

 private:
  bool SetLayout(Chain* chain) const;

  const Model& model_;
  HwConfig config_;
  ChainUnits* units_;
};

}  // namespace systole
