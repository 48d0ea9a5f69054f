// When in a run a difference shows first.
#pragma once

#include <cstdint>

#include "sw/compare/compare.h"

namespace systole {

// The cycle of `program`'s code in which `view` first leaves `reference` (its tensors: of
// AllObservations()) or `timing` first leaves `model`: a tensor shows when its last Post, one in
// memory when its last Store retires; an instruction when it is issued or retires. kNever: nowhere.
// Compares bytes only where `times` is false.
uint64_t FirstDifference(const Program& program, const TensorView& reference,
                         const TensorView& view, const TimingView& model, const TimingView& timing,
                         bool times);

}  // namespace systole
