#include "sw/explore/space/workload_load.h"

#include <fmt/format.h>

#include <filesystem>

#include "sw/base/error.h"
#include "sw/explore/space/native_model.h"
#include "sw/explore/space/native_workload.h"
#include "sw/explore/space/scalesim_cost.h"
#include "sw/explore/space/workload_file.h"
#include "sw/scalesim/onnx_workload.h"
#include "sw/scalesim/workload.h"

namespace systole::explore {
namespace {

namespace fs = std::filesystem;

std::vector<scalesim::NamedLayer> ScaleSimLayers(const WorkloadSource& source) {
  using namespace scalesim;
  if (source.file.empty()) {
    scalesim::Layer layer;
    layer.ifmap_h = source.gemm[0];
    layer.filters = source.gemm[1];
    layer.ifmap_w = layer.filter_w = source.gemm[2];
    return {{source.name, layer}};
  }
  if (fs::path(source.file).extension() == ".onnx") {
    return ParseTopology(ToTopologyText(WorkloadFromOnnx(source.file)), source.file,
                         InputType::kConv, Compat::kV2);
  }
  const std::string text = ReadWorkloadFile(source.file);
  if (IsLayerTable(text)) {
    if (!source.type.empty()) {
      throw InputError("type is for topologies of SCALE-Sim; " + source.file +
                       " is a layer table, leave type out");
    }
    return ParseTopology(ToTopologyText(ParseWorkload(text, source.file)), source.file,
                         InputType::kConv, Compat::kV2);
  }
  return ParseTopology(text, source.file,
                       source.type == "gemm" ? InputType::kGemm : InputType::kConv, Compat::kV2);
}

}  // namespace

std::shared_ptr<const CostModel> LoadCost(CostKind kind,
                                          const std::vector<WorkloadSource>& workloads,
                                          const CostOptions& options) {
  std::vector<ScaleSimWorkload> tables;
  std::vector<NativeWorkload> models;
  for (const WorkloadSource& source : workloads) {
    try {
      if (kind == CostKind::kNative) {
        models.push_back(LoadNativeWorkload(source));
      } else {
        tables.push_back({source.name, ScaleSimLayers(source)});
        if (tables.back().layers.empty())
          throw InputError(source.file + ": no layer that multiplies");
        NewScaleSimCost({tables.back()}, {});  // judges every layer
      }
    } catch (const InputError& error) {
      throw InputError(fmt::format("{}: workload {}: {}", source.place, source.name, error.what()));
    }
  }
  if (kind == CostKind::kNative)
    return NewNativeCost(std::move(models), options.energy, options.silicon);
  return NewScaleSimCost(std::move(tables), {options.traffic, options.stalls, options.corrected});
}

}  // namespace systole::explore
