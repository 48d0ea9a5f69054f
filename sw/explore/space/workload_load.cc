#include "sw/explore/space/workload_load.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sw/arith/multiplier.h"
#include "sw/arith/range_proof.h"
#include "sw/base/error.h"
#include "sw/explore/native/table_model.h"
#include "sw/explore/space/native_model.h"
#include "sw/explore/space/scalesim_cost.h"
#include "sw/model/load.h"
#include "sw/scalesim/onnx_workload.h"
#include "sw/scalesim/workload.h"

namespace systole::explore {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (fs::is_directory(path) || !in) throw InputError(path + ": cannot be read; give the file of the workload");
  text << in.rdbuf();
  return text.str();
}

// FNV-1a, 64 bits: tells files apart, not attackers.
uint64_t Checksum(const std::string& bytes) {
  uint64_t hash = 14695981039346656037ull;
  for (const char c : bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 1099511628211ull;
  return hash;
}

// Of a file, or of all files of a folder in the order of their names.
uint64_t ChecksumOf(const std::string& path) {
  if (!fs::is_directory(path)) return Checksum(ReadFile(path));
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::string all;
  for (const fs::path& file : files) all += fmt::format("{}={:x};", file.filename().string(), Checksum(ReadFile(file)));
  return Checksum(all);
}

bool IsLayerTable(const std::string& text) {
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    return line.rfind("layer,type,", 0) == 0;
  }
  return false;
}

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
    return ParseTopology(ToTopologyText(WorkloadFromOnnx(source.file)), source.file, InputType::kConv, Compat::kV2);
  }
  const std::string text = ReadFile(source.file);
  if (IsLayerTable(text)) {
    if (!source.type.empty()) {
      throw InputError("type is for topologies of SCALE-Sim; " + source.file + " is a layer table, leave type out");
    }
    return ParseTopology(ToTopologyText(ParseWorkload(text, source.file)), source.file, InputType::kConv, Compat::kV2);
  }
  return ParseTopology(text, source.file, source.type == "gemm" ? InputType::kGemm : InputType::kConv, Compat::kV2);
}

NativeWorkload LoadNative(const WorkloadSource& source) {
  const Rounding rounding = ParseRounding(source.rounding.empty() ? "float32" : source.rounding);
  NativeWorkload workload;
  workload.name = source.name;
  TableModelOptions table;
  table.rounding = rounding;
  if (source.file.empty()) {  // a 1x1 convolution of M positions
    scalesim::WorkloadLayer layer{
        source.name, "conv", source.gemm[0], 1, source.gemm[2], source.gemm[1], 1, 1, 1, 1, 0, 0, 0, 0, 1, 0};
    workload.model = ModelFromTable({layer}, source.name, table);
    workload.description = fmt::format("gemm {}, rounding {}", fmt::join(source.gemm, " "), RoundingName(rounding));
    return workload;
  }
  if (fs::path(source.file).extension() == ".csv") {
    const std::string text = ReadFile(source.file);
    if (!IsLayerTable(text)) {
      throw InputError("the native cost model reads quantized models and layer tables, not SCALE-Sim's topologies");
    }
    workload.model = ModelFromTable(scalesim::ParseWorkload(text, source.file), source.name, table);
  } else {
    workload.model = LoadModel(source.file);
    ChooseMultipliers(workload.model, rounding);
    ProveRanges(workload.model);
  }
  workload.description = fmt::format("checksum {:016x}, rounding {}", ChecksumOf(source.file), RoundingName(rounding));
  return workload;
}

}  // namespace

std::shared_ptr<const CostModel> LoadCost(CostKind kind, const std::vector<WorkloadSource>& workloads,
                                          const CostOptions& options) {
  std::vector<ScaleSimWorkload> tables;
  std::vector<NativeWorkload> models;
  for (const WorkloadSource& source : workloads) {
    try {
      if (kind == CostKind::kNative) {
        models.push_back(LoadNative(source));
      } else {
        tables.push_back({source.name, ScaleSimLayers(source)});
        if (tables.back().layers.empty()) throw InputError(source.file + ": no layer that multiplies");
        NewScaleSimCost({tables.back()}, {});  // judges every layer
      }
    } catch (const InputError& error) {
      throw InputError(fmt::format("{}: workload {}: {}", source.place, source.name, error.what()));
    }
  }
  if (kind == CostKind::kNative) return NewNativeCost(std::move(models));
  return NewScaleSimCost(std::move(tables), {options.traffic, options.stalls, options.corrected});
}

}  // namespace systole::explore
