// --rounding of `systole run`, `compile` and `info`.
#pragma once

#include <string>

#include "sw/arith/rounding.h"
#include "sw/model/model.h"

namespace systole {

std::string RoundingHelp();

// A mode's name, or "" for the mode whose arithmetic is that of the model's framework. Throws
// InputError for another name.
Rounding ChosenRounding(const std::string& name, const Model& model);

}  // namespace systole
