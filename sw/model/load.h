// Model files.
#pragma once

#include <string>

#include "sw/model/model.h"

namespace systole {

// The model in an ONNX file (sw/model/onnx_import.h), a TensorFlow Lite file
// (sw/model/tflite_import.h) or a folder of text files (sw/model/text_import.h). Throws InputError
// for a file that is unreadable, damaged, or holds what is not supported. Multipliers are not
// chosen yet: ChooseMultipliers() and ProveRanges() come next.
Model LoadModel(const std::string& path);

}  // namespace systole
