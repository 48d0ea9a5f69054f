// Why a model does not fit a configuration.
#pragma once

#include <string>

#include "sw/base/error.h"

namespace systole {

enum class Misfit {
  kNone,         // it fits
  kParameter,    // a parameter value, or a combination, that the hardware does not have
  kUnsupported,  // a layer needs a rounding mode or the row-sum column, which the configuration
                 // leaves out
  kAccumulator,  // ACC_DEPTH: not even one pooling window
  kActivation,   // ACT_KIB: the activations of one batch
  kWeight,       // WGT_KIB
  kOffset,       // KTAB_KIB
  kChannel,      // PAR_KIB: biases and multipliers
  kTooLarge,     // a layer is too large for an instruction field or a window for the offset table,
                 // whatever the buffers
  kTokens,       // the program needs more tokens at once than the hardware counts
};

class MisfitError : public InputError {
 public:
  MisfitError(Misfit misfit, const std::string& what) : InputError(what), misfit_(misfit) {}
  Misfit misfit() const { return misfit_; }

 private:
  Misfit misfit_;
};

}  // namespace systole
