#include "sw/model/graph.h"

#include <fmt/format.h>

#include <utility>

namespace systole {

const char* KindName(LayerKind kind) {
  switch (kind) {
    case LayerKind::kConv:
      return "conv";
    case LayerKind::kFullyConnected:
      return "fully connected";
    case LayerKind::kMaxPool:
      return "max pool";
    case LayerKind::kAveragePool:
      return "average pool";
    case LayerKind::kConcat:
      return "concat";
    case LayerKind::kAdd:
      return "add";
    case LayerKind::kPad:
      return "pad";
    case LayerKind::kTable:
      return "table";
    case LayerKind::kSoftmax:
      return "softmax";
  }
  return "?";
}

std::string Label(const Layer& layer) {
  return layer.op.empty() ? fmt::format("layer '{}'", layer.name)
                          : fmt::format("layer '{}' ({})", layer.name, layer.op);
}

std::vector<std::vector<int>> Consumers(const Model& model) {
  std::vector<std::vector<int>> consumers(model.tensors.size());
  for (size_t i = 0; i < model.layers.size(); ++i) {
    for (int tensor : model.layers[i].inputs) consumers[tensor].push_back(static_cast<int>(i));
  }
  return consumers;
}

std::vector<int> Outputs(const Model& model) {
  if (!model.outputs.empty()) return model.outputs;
  return {static_cast<int>(model.tensors.size()) - 1};
}

bool IsChain(const Model& model) {
  for (size_t i = 0; i < model.layers.size(); ++i) {
    if (model.layers[i].inputs != std::vector<int>{static_cast<int>(i)}) return false;
  }
  return true;
}

void ConnectAsChain(Model& model) {
  for (size_t i = 0; i < model.layers.size(); ++i) {
    model.layers[i].inputs = {static_cast<int>(i)};
  }
}

int Append(Model& model, Layer layer, std::vector<int> inputs, Tensor output) {
  layer.inputs = std::move(inputs);
  model.layers.push_back(std::move(layer));
  model.tensors.push_back(std::move(output));
  return static_cast<int>(model.tensors.size()) - 1;
}

}  // namespace systole
