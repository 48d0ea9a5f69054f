// What the compiler makes of a network: instructions, cycles by layer, steps of the host, compile
// time.
//   network_bench NAME [ACT_KIB WGT_KIB GROUPS AXI ROWS COLS LANES TAPS LATENCY BATCH [rows]]
//   network_bench NAME PARAMETER=VALUE ...    names of the RTL, behind the defaults of above
//   DATAFLOW=ws, os, is or auto among the latter: how layers lie on the array
//   NAME may be a model's file, which lies on chip where it fits
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "sw/base/error.h"
#include "sw/compare/run_view.h"
#include "sw/driver/parameters.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/tiling/network.h"
#include "sw/tiling/tiling.h"
#include "sw/timing/row_conv_law.h"
#include "sw/timing/timeline.h"
#include "sw/timing/utilization.h"
#include "tests/tiling/networks.h"

namespace systole {
namespace {

// Multiply-adds of depthwise layers, alone and of the cycles that are theirs.
void PrintDepthwise(const Model& model, const Program& p, const RowCycles& cycles, int elements) {
  uint64_t macs = 0, own = 0;
  for (size_t r = 0; r < p.report.size(); ++r) {
    const size_t first = static_cast<size_t>(p.report[r].first_layer);
    const Layer& layer = model.layers[first];
    if (layer.kind != LayerKind::kConv || layer.groups < 2 ||
        layer.groups != model.Input(first).c || layer.groups != model.Output(first).c) {
      continue;
    }
    macs += p.report[r].macs;
    own += cycles.rows[r];
  }
  if (own == 0) return;
  const double rate = static_cast<double>(macs) / static_cast<double>(own);
  fmt::print("  depthwise layers: {} MACs in {} cycles, {:.1f} a cycle, {:.1f} % of {} elements\n",
             macs, own, rate, 100 * rate / elements, elements);
}

// Where the row-stationary engine's cycles go: products of all steps; steps that are longer, for
// vectors, channels or weights; first windows; what the last steps take beyond their products.
void PrintRowConvs(const Program& p) {
  const LawConfig laws(p.config, MemoryTiming{});
  int64_t products = 0, longer = 0, windows = 0, ends = 0, convs = 0;
  for (const Instruction& i : p.code) {
    if (i.opcode() != Opcode::kRowConv) continue;
    const RowMapping m = MappingOf(i);
    const RowConvShape shape = ShapeOfRowConv(i, laws);
    const int64_t first = FirstStep(m, laws.row), own = shape.macs / m.Elements();
    ++convs;
    products += own;
    longer += shape.last - first + m.Cycles() - own;
    windows += first;
    ends += shape.occupancy - shape.last - m.Cycles();
  }
  if (convs == 0) return;
  fmt::print("  {} RowConvs: {} products, {} longer steps, {} first windows, {} ends\n", convs,
             products, longer, windows, ends);
}

Model NetworkOrFile(const std::string& name) {
  if (name.find('.') == std::string::npos) return Network(name, true);
  Model model = LoadModel(name);
  ChooseMultipliers(model, Rounding::kFloat32);
  return model;
}

}  // namespace
}  // namespace systole

int main(int argc, char** argv) {
  using namespace systole;
  std::vector<std::string> parameters = {"ACT_KIB=128", "WGT_KIB=128", "ACT_GROUPS=8", "LANES=16",
                                         "OUTSTANDING=16"};
  std::vector<char*> plain;
  ProgramOptions options;
  for (int i = 0; i < argc; ++i) {
    const std::string given = argv[i];
    if (given.rfind("DATAFLOW=", 0) == 0) {
      options.dataflow = given == "DATAFLOW=os"     ? Dataflow::kOs
                         : given == "DATAFLOW=is"   ? Dataflow::kIs
                         : given == "DATAFLOW=auto" ? Dataflow::kAuto
                                                    : Dataflow::kWs;
    } else if (std::strchr(argv[i], '=') != nullptr) {
      parameters.push_back(argv[i]);
    } else {
      plain.push_back(argv[i]);
    }
  }
  const bool named = static_cast<int>(plain.size()) < argc;
  argc = static_cast<int>(plain.size());
  argv = plain.data();
  HwConfig c;
  auto argument = [&](int i, int otherwise) { return argc > i ? std::atoi(argv[i]) : otherwise; };
  c.act_kib = argument(2, 128);
  c.wgt_kib = argument(3, 128);
  c.act_groups = argument(4, 8);
  c.axi_data_width = argument(5, 64);
  c.rows = argument(6, 16);
  c.cols = argument(7, 16);
  c.lanes = argument(8, 16);
  c.taps = argument(9, 3);
  c.outstanding = 16;
  try {
    if (named) c = ParseParameters(parameters);
    const std::string name = argc > 1 ? argv[1] : "resnet50";
    const Model model = NetworkOrFile(name);
    const auto start = std::chrono::steady_clock::now();
    options.images = options.batch = argument(11, 1);
    const Program p = name.find('.') == std::string::npos ? CompileTiled(model, c, options)
                                                          : CompileNetwork(model, c, options);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    const TimingView t = CodeTiming(p, {argument(10, 20), {}});
    if (p.segments.empty()) {  // the cycle model alone, the best of ten
      double least = 1e9;
      RunTimer timer;
      for (int i = 0; i < 10; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        timer.Time(p.code, c, {argument(10, 20), {}});
        const std::chrono::duration<double, std::milli> took =
            std::chrono::steady_clock::now() - begin;
        least = std::min(least, took.count());
      }
      fmt::print("{}: the cycle model takes {:.2f} ms\n", model.name, least);
    }
    uint64_t macs = 0;
    for (const auto& row : p.report) macs += row.macs * static_cast<uint64_t>(options.images);
    const int elements = static_cast<int>(Elements(c));
    const double peak = static_cast<double>(macs) / elements;
    fmt::print("{}: {} instructions, {} cycles, {:.1f} % of peak, compiled in {:.2f} s\n",
               model.name, p.code.size(), t.total, 100 * peak / static_cast<double>(t.total),
               seconds.count());
    int steps = 0;
    uint64_t bytes = 0;
    for (const Segment& segment : p.segments) {
      for (const HostStep& step : segment.host) {
        ++steps;
        bytes += static_cast<uint64_t>(step.output.h) * step.output.w * step.output.c;
      }
    }
    if (steps > 0) fmt::print("  {} steps of the host, {} bytes\n", steps, bytes);
    static const char* const kEngines[] = {"LOAD", "MATMUL", "POST", "STORE"};
    for (int e = 0; e < kNumEngines; ++e) {
      const auto& of = t.counters.engine[e];
      fmt::print("  {:6} busy {:9} token {:9} data {:9} empty {:9}\n", kEngines[e], of.busy,
                 of.wait_token, of.wait_data, of.empty);
    }
    PrintRowConvs(p);
    const RowCycles cycles = CyclesByRow(p, t.stamps, t.total);
    PrintDepthwise(model, p, cycles, elements);
    if (argc <= 12) return 0;
    for (size_t r = 0; r < p.report.size(); ++r) {
      const double least = static_cast<double>(p.report[r].macs) * options.images / elements;
      fmt::print("{:10} {:9} cycles, MACs {:9.0f} ({:5.1f} %)  {}\n", p.report[r].name,
                 cycles.rows[r], least, 100 * least / static_cast<double>(cycles.rows[r]),
                 p.report[r].mapping);
    }
  } catch (const InputError& e) {
    fmt::print("{}\n", e.what());
    return 2;
  }
  return 0;
}
