#include "sw/compiler/supported.h"

#include <fmt/format.h>

#include "sw/arith/rounding.h"
#include "sw/compiler/misfit.h"

namespace systole {

void CheckSupported(const Stage& stage, const HwConfig& config) {
  if (!(config.roundings >> static_cast<int>(stage.rounding) & 1)) {
    throw MisfitError(
        Misfit::kUnsupported,
        fmt::format("{}: rounding mode {} is not in this accelerator (ROUNDINGS={:#x}); build it "
                    "in or choose another",
                    Label(stage), RoundingName(stage.rounding), config.roundings));
  }
  // The row-stationary array has sets of weights for it (RowPlan::passes).
  if (stage.zw != 0 && config.row_sum == 0 && config.engine == 0) {
    throw MisfitError(
        Misfit::kUnsupported,
        fmt::format("{}: its weights are asymmetric (zero point {}) and ROW_SUM=0; build with "
                    "ROW_SUM=1",
                    Label(stage), stage.zw));
  }
}

}  // namespace systole
