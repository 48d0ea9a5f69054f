#include "sw/cli/info.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sw/base/error.h"
#include "sw/base/output_file.h"
#include "sw/cli/rounding_option.h"
#include "sw/cli/table.h"
#include "sw/compiler/stage.h"
#include "sw/model/graph.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/quant/onnx_runtime.h"
#include "sw/quant/range_proof.h"
#include "sw/tiling/network.h"

namespace systole {
namespace {

uint64_t MacsOf(const Model& model, size_t i) {
  const Layer& l = model.layers[i];
  if (l.weights.empty()) return 0;
  return l.weights.size() / l.bias.size() * static_cast<uint64_t>(model.Output(i).Elements());
}

// The constants as the hardware gets them: zero points and clamps in the int8 domain, multipliers m
// and shifts s.
nlohmann::ordered_json ConstantsJson(const Model& model, const HwConfig& config) {
  nlohmann::ordered_json j;
  for (const Tensor& t : model.tensors) {
    j["tensors"].push_back({{"name", t.name},
                            {"shape", {t.c, t.h, t.w}},
                            {"type", t.boundary == DType::kUint8 ? "uint8" : "int8"},
                            {"scale", t.scale},
                            {"zero_point", t.zero_point}});
  }
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& l = model.layers[i];
    j["layers"].push_back({{"name", l.name},
                           {"operator", l.op},
                           {"kind", KindName(l.kind)},
                           {"inputs", l.inputs},
                           {"weights", l.weights.size()},
                           {"macs", MacsOf(model, i)},
                           {"weight_zero_point", l.weight_zero_point},
                           {"clamp", {l.clamp_lo, l.clamp_hi}},
                           {"m", l.m},
                           {"s", l.s},
                           {"runs_on", RunsOnHost(model, i, config) ? "host" : "accelerator"},
                           {"onnx_runtime_differs", OnnxRuntimeDifference(l)}});
  }
  return j;
}

std::string Describe(const Tensor& t) {
  return fmt::format("{}x{}x{} {} scale {:.6g} zero {}", t.c, t.h, t.w,
                     t.boundary == DType::kUint8 ? "uint8" : "int8", t.scale,
                     t.boundary == DType::kUint8 ? t.zero_point + 128 : t.zero_point);
}

// "0" or "0,3": the layers whose outputs it reads, "in" for the input.
std::string Sources(const Layer& l) {
  std::string text;
  for (int tensor : l.inputs) {
    text += (text.empty() ? "" : ",") + (tensor == 0 ? "in" : std::to_string(tensor - 1));
  }
  return text;
}

void PrintLayers(const Model& model, const HwConfig& config) {
  size_t names = 12, sources = 0;
  for (const Layer& l : model.layers) {
    names = std::max(names, Letters(ShortName(l.name)));
    sources = std::max(sources, Sources(l).size());
  }
  uint64_t macs = 0, weights = 0;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& l = model.layers[i];
    fmt::print("{:>2} {:<{}} {:<16} ", i, ShortName(l.name), names, KindName(l.kind));
    if (!IsChain(model)) fmt::print("of {:<{}} ", Sources(l), sources);
    fmt::print("kernel {}x{} stride {}x{} pad {},{},{},{} -> {}", l.kernel_h, l.kernel_w,
               l.stride_h, l.stride_w, l.pad.top, l.pad.left, l.pad.bottom, l.pad.right,
               Describe(model.Output(i)));
    if (!l.weights.empty()) {
      fmt::print(", weights {} B per {}{}, {} MACs", l.weights.size(),
                 l.weight_scales.size() > 1 ? "channel" : "tensor",
                 l.weight_zero_point != 0 ? fmt::format(" zero {}", l.weight_zero_point) : "",
                 MacsOf(model, i));
    }
    fmt::print(", clamp {}..{}{}\n", l.clamp_lo, l.clamp_hi,
               RunsOnHost(model, i, config) ? ", on the host" : "");
    macs += MacsOf(model, i), weights += l.weights.size();
  }
  fmt::print("{} MACs an image, {} bytes of weights\n", macs, weights);
}

// Why nothing runs at all; "": it does.
std::string Unproven(const Model& model) {
  try {
    for (const std::string& warning : ProveRanges(model)) {
      fmt::print(stderr, "warning: {}\n", warning);
    }
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

void PrintMapping(const Model& model, const HwConfig& config, Dataflow dataflow, int batch) {
  ProgramOptions po;
  po.dataflow = dataflow;
  po.images = po.batch = batch;
  const std::string on = fmt::format("on {}x{}, batch {}", config.rows, config.cols, batch);
  try {
    const Program p = CompileNetwork(model, config, po);
    size_t names = 14;
    for (const auto& r : p.report) names = std::max(names, Letters(ShortName(r.name)));
    fmt::print("{}:\n", on);
    for (const auto& r : p.report)
      fmt::print("   {:<{}} {}\n", ShortName(r.name), names, r.mapping);
  } catch (const InputError& e) {
    fmt::print("{}: does not run: {}\n", on, e.what());
  }
}

}  // namespace

void PrintInfo(const std::string& path, const std::string& rounding, const HwConfig& config,
               int batch, const std::string& json, Dataflow dataflow) {
  Model model = LoadModel(path);
  const Rounding mode = ChosenRounding(rounding, model);
  ChooseMultipliers(model, mode);
  const std::string unproven = Unproven(model);
  if (!json.empty()) {  // names may be any bytes: those that are no UTF-8 become U+FFFD
    WriteFile(
        json,
        ConstantsJson(model, config).dump(1, ' ', false, nlohmann::json::error_handler_t::replace) +
            "\n");
  }
  fmt::print("{}: input {}\n", model.name.empty() ? path : model.name, Describe(model.tensors[0]));
  PrintLayers(model, config);
  const std::string note = OnnxRuntimeNote(model);
  if (mode == Rounding::kFloat32 && !note.empty()) fmt::print("mode float32: {}\n", note);
  if (!unproven.empty()) {
    fmt::print("does not run, on no backend: {}\n", unproven);
  } else {
    PrintMapping(model, config, dataflow, batch);
  }
}

}  // namespace systole
