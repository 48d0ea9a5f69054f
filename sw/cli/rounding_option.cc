#include "sw/cli/rounding_option.h"

namespace systole {

std::string RoundingHelp() {
  return "one of " + RoundingNames() +
         " (default: the file's framework's own, tflite for TensorFlow Lite files, else float32)";
}

Rounding ChosenRounding(const std::string& name, const Model& model) {
  return name.empty() ? model.own_rounding : ParseRounding(name);
}

}  // namespace systole
