#include "sw/compiler/mapping.h"

#include <fmt/format.h>

namespace systole {

int Mapping::Slices() const {
  int slices = 0;
  for (const Fold& fold : folds) slices += fold.slices;
  return slices;
}

std::string Mapping::Describe() const {
  if (!tap_groups.empty()) {
    return fmt::format("column mode, {} column fold{}, {} K-slices", folds.size(),
                       folds.size() == 1 ? "" : "s", Slices());
  }
  return fmt::format("packing {}x{}, {} column fold{}, {} K-slices", ph, pw, folds.size(),
                     folds.size() == 1 ? "" : "s", Slices());
}

}  // namespace systole
