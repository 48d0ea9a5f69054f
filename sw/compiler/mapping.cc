#include "sw/compiler/mapping.h"

#include <fmt/format.h>

namespace systole {

int Mapping::Slices() const {
  int slices = 0;
  for (const Fold& fold : folds) slices += fold.slices;
  return slices;
}

std::string Mapping::Describe() const {
  const std::string all =
      fmt::format("{} column fold{}", folds.size(), folds.size() == 1 ? "" : "s");
  if (!tap_groups.empty()) return fmt::format("column mode, {}, {} K-slices", all, Slices());
  if (InputStationary() && Blocks() > 1)
    return fmt::format("packing {}x{}, {} of {} filters, {} K-slices", ph, pw, all, cols, Slices());
  if (OutputStationary()) return fmt::format("packing {}x{}, {}, {} steps", ph, pw, all, Slices());
  return fmt::format("packing {}x{}, {}, {} K-slices", ph, pw, all, Slices());
}

}  // namespace systole
