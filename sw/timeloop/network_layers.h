// The layers of a network, from a table or from a model file.
#pragma once

#include <string>
#include <vector>

#include "sw/model/model.h"
#include "sw/scalesim/workload.h"
#include "sw/timeloop/conv_problem.h"

namespace systole::timeloop {

// What multiplies, for one image. Of a table's groups one after the other; a fully connected layer
// is a 1x1 convolution of a 1x1 map.
std::vector<NetworkLayer> LayersOf(const std::vector<scalesim::WorkloadLayer>& table);
std::vector<NetworkLayer> LayersOf(const Model& model);

// *.onnx (any number format), *.tflite (quantized), else a layer table. Throws InputError for what
// cannot be read or has no layer that multiplies.
std::vector<NetworkLayer> ReadNetwork(const std::string& path);

}  // namespace systole::timeloop
