// SCALE-Sim's layers on our array: one layer, one model, one run.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>

#include "sw/base/error.h"
#include "sw/compiler/compiler.h"
#include "sw/driver/parameters.h"
#include "sw/explore/rtl/rtl_build.h"
#include "sw/explore/rtl/rtl_trial.h"
#include "sw/explore/rtl/verify_rtl.h"
#include "sw/model/graph.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/scalesim/evaluate.h"

namespace systole::explore {
namespace {

using scalesim::Dataflow;

constexpr const char* kFlowNames[] = {"os", "ws", "is"};

int64_t PowerOfTwoFrom(int64_t n) {
  int64_t p = 1;
  while (p < n) p *= 2;
  return p;
}

// The layer as a network of one convolution with random weights; a window as wide and high as a row
// of the ifmap (a GEMM is written so) becomes a 1x1 convolution over that row's words.
Model ModelOf(const scalesim::Layer& l, uint64_t seed) {
  const auto number = [](int64_t n) {
    if (n > 1 << 20)
      throw InputError(fmt::format("a size of {} is beyond any instruction field", n));
    return static_cast<int>(n);
  };
  const bool row = l.filter_h == 1 && l.filter_w == l.ifmap_w;
  Model model;
  model.tensors.resize(2);
  model.layers.resize(1);
  ConnectAsChain(model);
  Tensor& in = model.tensors[0];
  Layer& layer = model.layers[0];
  in.name = "ifmap";
  in.c = number(row ? l.ifmap_w * l.channels : l.channels);
  in.h = number(l.ifmap_h);
  in.w = row ? 1 : number(l.ifmap_w);
  layer.kernel_h = number(l.filter_h);
  layer.kernel_w = row ? 1 : number(l.filter_w);
  layer.stride_h = number(l.stride_h);
  layer.stride_w = row ? 1 : number(l.stride_w);
  Tensor& out = model.tensors[1];
  out.name = "ofmap";
  out.c = number(l.filters);
  out.h = OutputSize(in.h, 0, layer.kernel_h, layer.stride_h, 1);
  out.w = OutputSize(in.w, 0, layer.kernel_w, layer.stride_w, 1);
  layer.name = "layer";
  const int64_t k = int64_t{in.c} * layer.kernel_h * layer.kernel_w;
  if (k * out.c > int64_t{8192} * 1024)
    throw InputError(fmt::format("{} weights fit in no weight buffer", k * out.c));
  layer.weights = RandomBytes(static_cast<size_t>(k * out.c), seed);
  layer.weight_scales = {1.0f / 64};
  layer.bias.assign(out.c, 0);
  // A sum of k products of uniform bytes has a deviation of 74 * 74 * sqrt(k): outputs of
  // deviation 40.
  in.scale = 1.0f / 64;
  out.scale = in.scale * layer.weight_scales[0] *
              static_cast<float>(74 * 74 * std::sqrt(static_cast<double>(k)) / 40);
  ChooseMultipliers(model, Rounding::kFloat32);
  return model;
}

void Predict(const ScaleSimDesign& design, const scalesim::Layer& layer,
             const scalesim::Options& options, ScaleSimLayerCheck* check) {
  scalesim::Machine machine = design.machine;
  const auto cycles = [&](Dataflow flow) {
    machine.dataflow = flow;
    return EvaluateCycles(machine, layer, options);
  };
  check->dataflow = design.machine.dataflow;
  check->predicted = design.each ? cycles(Dataflow::kOs) : cycles(design.machine.dataflow);
  if (design.each) {
    check->dataflow = Dataflow::kOs;
    for (const Dataflow flow : {Dataflow::kWs, Dataflow::kIs}) {
      if (const int64_t n = cycles(flow); n < check->predicted)
        check->predicted = n, check->dataflow = flow;
    }
  }
  check->predicted_ws = cycles(Dataflow::kWs);
}

void Run(const scalesim::Layer& layer, const HwConfig& config, uint64_t seed,
         ScaleSimLayerCheck* check) {
  const Model model = ModelOf(layer, seed);
  const Program program = Compile(model, config, ProgramOptions());
  const RtlTrial trial = TryOnRtl(model, program, MemoryTiming(), seed + 1);
  uint64_t first = kNever, last = 0;
  for (size_t i = 0; i < program.code.size(); ++i) {
    if (program.code[i].opcode() != Opcode::kMatmul) continue;
    first = std::min(first, trial.rtl.stamps[i].issue);
    last = std::max(last, trial.rtl.stamps[i].retire);
  }
  check->rtl_array = first == kNever ? 0 : static_cast<int64_t>(last - first);
  check->rtl_run = static_cast<int64_t>(trial.rtl.total);
  check->differences = trial.differences.count;
}

}  // namespace

HwConfig RtlConfigOf(const scalesim::Machine& machine) {
  HwConfig config;
  const auto limited = [](int64_t n, int64_t most) { return static_cast<int>(std::min(n, most)); };
  config.rows = limited(machine.rows, 1 << 20);
  config.cols = limited(machine.cols, 1 << 20);
  config.lanes = std::min(8, config.cols);
  config.act_kib =
      limited(PowerOfTwoFrom(std::max<int64_t>(machine.ifmap_kb + machine.ofmap_kb, 1)), 4096);
  config.wgt_kib = limited(std::max<int64_t>(machine.filter_kb, 1), 8192);
  Validate(config);
  return config;
}

std::vector<ScaleSimLayerCheck> RunScaleSimDesigns(
    const std::vector<ScaleSimDesign>& designs,
    const std::vector<ScaleSimWorkloadLayers>& workloads, const scalesim::Options& options,
    const VerifySettings& settings) {
  std::vector<ScaleSimLayerCheck> checks;
  for (size_t d = 0; d < designs.size() && !settings.Stopped(); ++d) {
    const auto say = [&](const std::string& what) {
      if (settings.progress)
        settings.progress(fmt::format("design {} of {}: {}", d + 1, designs.size(), what));
    };
    HwConfig config;
    std::string not_built, hardware;
    try {
      config = RtlConfigOf(designs[d].machine);
      hardware = MakeVariables(config);
      say("building the RTL, " + (hardware.empty() ? "default parameters" : hardware));
      not_built = BuildRtl(config, settings.jobs);
    } catch (const InputError& error) {
      not_built = error.what();
    }
    for (const ScaleSimWorkloadLayers& workload : workloads) {
      say("running " + workload.name);
      for (const scalesim::NamedLayer& named : workload.layers) {
        if (settings.Stopped()) return checks;
        ScaleSimLayerCheck check;
        check.design = designs[d].name;
        check.workload = workload.name;
        check.layer = named.name;
        check.hardware = hardware;
        check.why_not = not_built;
        try {
          Predict(designs[d], named.layer, options, &check);
          if (check.why_not.empty()) Run(named.layer, config, settings.seed, &check);
        } catch (const std::exception& error) {
          check.why_not = error.what();
        }
        checks.push_back(std::move(check));
      }
    }
  }
  return checks;
}

int PrintScaleSimChecks(const std::vector<ScaleSimLayerCheck>& checks, std::FILE* out) {
  fmt::print(
      out,
      "RTL beside SCALE-Sim: not the same hardware, so the figures stand side by side and are not "
      "judged.\n"
      "  predicted  SCALE-Sim's total of the layer (stalls included) in the design's dataflow; ws: "
      "weight stationary\n"
      "  array      the RTL's cycles from the first product's issue to the last product's retire\n"
      "  run        the RTL's whole run of this layer alone: input from memory, products, output "
      "to memory\n");
  const std::string* design = nullptr;
  const std::string* workload = nullptr;
  int64_t wrong = 0;
  for (const ScaleSimLayerCheck& c : checks) {
    if (design == nullptr || *design != c.design || *workload != c.workload) {
      fmt::print(out, "\n{}, {}   (make rtl{}{})\n    {:<20} {:>13} {:>12} {:>12} {:>12}\n",
                 c.design, c.workload, c.hardware.empty() ? "" : " ", c.hardware, "layer",
                 "predicted", "ws", "array", "run");
    }
    design = &c.design, workload = &c.workload;
    fmt::print(out, "    {:<20} {:>10} {} {:>12} ", c.layer, c.predicted,
               kFlowNames[static_cast<int>(c.dataflow)], c.predicted_ws);
    if (!c.why_not.empty()) {
      fmt::print(out, "not run: {}\n", c.why_not);
      continue;
    }
    fmt::print(out, "{:>12} {:>12}{}\n", c.rtl_array, c.rtl_run,
               c.differences == 0 ? "" : "   DIFFERENT from golden or the timing laws");
    wrong += c.differences != 0;
  }
  return wrong == 0 ? 0 : 1;
}

}  // namespace systole::explore
