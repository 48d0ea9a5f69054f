// Views of a model's graph.
#pragma once

#include <string>
#include <vector>

#include "sw/model/model.h"

namespace systole {

// "conv", "fully connected", "max pool", "average pool", "concat", "add", "pad", "table",
// "softmax".
const char* KindName(LayerKind kind);

// "layer 'conv1' (QLinearConv)", for messages; without an operator "layer 'conv1'".
std::string Label(const Layer& layer);

// For every tensor the layers that read it, ascending. A layer that reads it twice counts twice.
std::vector<std::vector<int>> Consumers(const Model& model);

// The indices of the tensors that are outputs of the network, in the file's order.
std::vector<int> Outputs(const Model& model);

// Every layer reads the tensor of the layer before it, and no other: layers[i].inputs = {i}.
bool IsChain(const Model& model);

// Makes the layers a chain in their order: sets all inputs.
void ConnectAsChain(Model& model);

// Appends a layer that reads the tensors `inputs`, and its output tensor; returns its index, that
// of `output`.
int Append(Model& model, Layer layer, std::vector<int> inputs, Tensor output);

}  // namespace systole
