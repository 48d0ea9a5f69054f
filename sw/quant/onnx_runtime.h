// Where mode float32 is ONNX Runtime's arithmetic, and where it is not quite.
#pragma once

#include <string>

#include "sw/model/model.h"

namespace systole {

// Why ONNX Runtime's output of the layer may differ by 1 in places, given the same input, in mode
// float32; "": equal in every byte. Empty, too, for a layer that is no ONNX operator.
std::string OnnxRuntimeDifference(const Layer& layer);

// No layer differs.
bool EqualsOnnxRuntime(const Model& model);

// One line about the model in mode float32: "equal to ONNX Runtime in every byte", or the layers
// that may differ, each with the reason. "" for a model that does not come from ONNX.
std::string OnnxRuntimeNote(const Model& model);

}  // namespace systole
