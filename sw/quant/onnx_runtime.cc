#include "sw/quant/onnx_runtime.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "sw/model/graph.h"

namespace systole {
namespace {

// "Conv"; operators of a text folder are written small, TensorFlow Lite's in capitals alone.
bool IsOnnx(const Layer& layer) {
  const auto lower = [](unsigned char c) { return std::islower(c) != 0; };
  return !layer.op.empty() && std::isupper(static_cast<unsigned char>(layer.op[0])) != 0 &&
         std::any_of(layer.op.begin(), layer.op.end(), lower);
}

}  // namespace

std::string OnnxRuntimeDifference(const Layer& layer) {
  if (!IsOnnx(layer) || layer.kind != LayerKind::kAveragePool) return "";
  const bool global = layer.op.find("GlobalAveragePool") != std::string::npos;
  if (global && layer.average == AverageMode::kInteger) return "";
  if (IsTfliteAverage(layer)) return "its average is TensorFlow Lite's";
  return "ONNX Runtime averages dequantized values in single precision";
}

bool EqualsOnnxRuntime(const Model& model) {
  return std::all_of(model.layers.begin(), model.layers.end(),
                     [](const Layer& layer) { return OnnxRuntimeDifference(layer).empty(); });
}

std::string OnnxRuntimeNote(const Model& model) {
  std::string text;
  bool onnx = false;
  for (const Layer& layer : model.layers) {
    onnx = onnx || IsOnnx(layer);
    const std::string why = OnnxRuntimeDifference(layer);
    if (!why.empty()) text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", Label(layer), why);
  }
  if (!onnx) return "";
  if (text.empty()) return "equal to ONNX Runtime in every byte";
  return "within 1 of ONNX Runtime, given the same input, at " + text + "; all else is equal";
}

}  // namespace systole
