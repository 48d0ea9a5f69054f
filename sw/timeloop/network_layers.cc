#include "sw/timeloop/network_layers.h"

#include <filesystem>

#include "sw/base/error.h"
#include "sw/model/load.h"
#include "sw/scalesim/onnx_workload.h"
#include "sw/timeloop/yaml_node.h"

namespace systole::timeloop {

std::vector<NetworkLayer> LayersOf(const std::vector<scalesim::WorkloadLayer>& table) {
  std::vector<NetworkLayer> layers;
  for (const scalesim::WorkloadLayer& row : table) {
    if (!row.Multiplies()) continue;
    ConvShape shape;
    shape.c = row.in_channels / row.groups;
    shape.m = row.filters / row.groups;
    shape.r = row.filter_w;
    shape.s = row.filter_h;
    shape.p = row.OutW();
    shape.q = row.OutH();
    shape.wstride = row.stride_w;
    shape.hstride = row.stride_h;
    layers.push_back({row.name, shape, row.groups});
  }
  return layers;
}

std::vector<NetworkLayer> LayersOf(const Model& model) {
  std::vector<NetworkLayer> layers;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    const systole::Tensor &in = model.Input(i), &out = model.Output(i);
    ConvShape shape;
    if (layer.kind == LayerKind::kFullyConnected) {
      shape.c = in.Elements();
      shape.m = out.c;
    } else if (layer.kind == LayerKind::kConv) {
      shape.c = in.c / layer.groups;
      shape.m = out.c / layer.groups;
      shape.r = layer.kernel_w;
      shape.s = layer.kernel_h;
      shape.p = out.w;
      shape.q = out.h;
      shape.wstride = layer.stride_w;
      shape.hstride = layer.stride_h;
      shape.wdilation = layer.dilation_w;
      shape.hdilation = layer.dilation_h;
    } else {
      continue;
    }
    layers.push_back({layer.name, shape, layer.groups});
  }
  return layers;
}

std::vector<NetworkLayer> ReadNetwork(const std::string& path) {
  const std::string kind = std::filesystem::path(path).extension().string();
  std::vector<NetworkLayer> layers;
  if (kind == ".onnx") {
    layers = LayersOf(scalesim::WorkloadFromOnnx(path));
  } else if (kind == ".tflite") {
    layers = LayersOf(LoadModel(path));
  } else {
    layers = LayersOf(scalesim::ParseWorkload(ReadText(path), path));
  }
  if (layers.empty()) throw InputError(path + ": no layer multiplies; give a network with one");
  return layers;
}

}  // namespace systole::timeloop
