// The multipliers of every layer of a model, from its scales.
#pragma once

#include "sw/model/model.h"

namespace systole {

// Fills m, s and rounding of every layer: kConv and kFullyConnected an entry per output channel;
// kAveragePool an entry per tap count (entry 0 is m = 0); kAdd its parameters (ChooseAdd); the
// others none. TensorFlow Lite's averages get rounding half_away whatever the mode;
// AverageMode::kTfliteMean is the integer average in mode float32. Throws InputError naming the
// layer for a scale that is not finite and positive.
void ChooseMultipliers(Model& model, Rounding mode);

}  // namespace systole
