#include "sw/explore/space/native_workload.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <map>
#include <tuple>

#include "sw/base/error.h"
#include "sw/explore/native/table_model.h"
#include "sw/explore/space/workload_file.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/quant/range_proof.h"
#include "sw/scalesim/topology.h"
#include "sw/scalesim/workload.h"

namespace systole::explore {
namespace {

using scalesim::WorkloadLayer;

// A 1x1 convolution of M positions.
WorkloadLayer GemmRow(const std::string& name, int64_t m, int64_t n, int64_t k) {
  return {name, "conv", m, 1, k, n, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0};
}

// As in the corrected model of SCALE-Sim: no window reaches beyond the ifmap.
std::vector<WorkloadLayer> TopologyRows(const std::string& text, const WorkloadSource& source) {
  using namespace scalesim;
  const bool gemm = source.type == "gemm";
  std::vector<WorkloadLayer> rows;
  for (const auto& [name, l] :
       ParseTopology(text, source.file, gemm ? InputType::kGemm : InputType::kConv, Compat::kV2)) {
    rows.push_back(gemm ? GemmRow(name, l.ifmap_h, l.filters, l.ifmap_w)
                        : WorkloadLayer{name, "conv", l.ifmap_h, l.ifmap_w, l.channels, l.filters,
                                        l.filter_h, l.filter_w, l.stride_h, l.stride_w, 0, 0, 0, 0,
                                        1, 0});
  }
  return rows;
}

// Rows of the same shape have equal keys.
auto ShapeOf(const WorkloadLayer& r) {
  return std::tuple(r.type, r.in_h, r.in_w, r.in_channels, r.filters, r.filter_h, r.filter_w,
                    r.stride_h, r.stride_w, r.pad_top, r.pad_bottom, r.pad_left, r.pad_right,
                    r.groups, r.bias);
}

void AddParts(const std::vector<WorkloadLayer>& rows, const WorkloadSource& source,
              const TableModelOptions& options, NativeWorkload* workload) {
  std::map<decltype(ShapeOf(rows.front())), size_t>
      known;  // shape, index of its part; kNone: no part
  constexpr size_t kNone = SIZE_MAX;
  std::vector<std::string> left_out;
  int64_t taken = 0, macs = 0, macs_left_out = 0;
  for (const WorkloadLayer& row : rows) {
    if (row.type == "norm") continue;
    macs += row.Macs();
    const auto [at, unknown] = known.emplace(ShapeOf(row), kNone);
    if (unknown) {
      RowModel model = std::move(RowModelsFromTable({row}, source.name, options).front());
      if (model.why_not.empty()) {
        at->second = workload->parts.size();
        workload->parts.push_back({row.name, std::move(model.model), 0});
      } else if (!source.skip_unfit) {
        throw InputError(model.why_not + "; skip_unfit = true leaves out such rows");
      }
    }
    if (at->second == kNone) {
      left_out.push_back(row.name);
      macs_left_out += row.Macs();
    } else {
      ++workload->parts[at->second].times;
      ++taken;
    }
  }
  if (workload->parts.empty()) throw InputError(source.file + ": no row that can run by itself");
  workload->note = fmt::format(
      "{} rows, each by itself, {} of them different; activations go through memory in between",
      taken, workload->parts.size());
  if (!left_out.empty()) {
    workload->note += fmt::format(
        "; left out, as no buffer could hold them: {} ({:.1f} % of the products)",
        fmt::join(left_out, ", "),
        macs > 0 ? 100.0 * static_cast<double>(macs_left_out) / static_cast<double>(macs) : 0);
  }
  workload->description += ", per layer";
  if (!left_out.empty())
    workload->description += fmt::format(" without {}", fmt::join(left_out, " "));
}

void FromMemory(NativeWorkload* workload) {
  workload->parts[0].from_memory = true;
  workload->description += ", from memory";
  workload->note = "from memory: activations, weights and tables are loaded in every run";
}

}  // namespace

NativeWorkload LoadNativeWorkload(const WorkloadSource& source) {
  const Rounding rounding = ParseRounding(source.rounding.empty() ? "float32" : source.rounding);
  NativeWorkload workload;
  workload.name = source.name;
  TableModelOptions table;
  table.rounding = rounding;
  if (source.file.empty()) {
    const WorkloadLayer row = GemmRow(source.name, source.gemm[0], source.gemm[1], source.gemm[2]);
    workload.parts.push_back({"", ModelFromTable({row}, source.name, table)});
    workload.description =
        fmt::format("gemm {}, rounding {}", fmt::join(source.gemm, " "), RoundingName(rounding));
    if (source.from_memory) FromMemory(&workload);
    return workload;
  }
  workload.description =
      fmt::format("checksum {:016x}, rounding {}", ChecksumOf(source.file), RoundingName(rounding));
  if (std::filesystem::path(source.file).extension() == ".csv") {
    const std::string text = ReadWorkloadFile(source.file);
    const bool is_table = IsLayerTable(text);
    if (is_table && !source.type.empty()) {
      throw InputError("type is for topologies of SCALE-Sim; " + source.file +
                       " is a layer table, leave type out");
    }
    if (source.per_layer) {
      AddParts(is_table ? scalesim::ParseWorkload(text, source.file) : TopologyRows(text, source),
               source, table, &workload);
      return workload;
    }
    if (!is_table) {
      throw InputError(
          "a topology of SCALE-Sim is no network of our accelerator; per_layer = true takes its "
          "rows");
    }
    workload.parts.push_back(
        {"", ModelFromTable(scalesim::ParseWorkload(text, source.file), source.name, table)});
    if (source.from_memory) FromMemory(&workload);
    return workload;
  }
  if (source.per_layer)
    throw InputError("per_layer is for layer tables and topologies (.csv); leave it out");
  Model model = LoadModel(source.file);
  ChooseMultipliers(model, rounding);
  ProveRanges(model);
  workload.parts.push_back({"", std::move(model)});
  if (source.from_memory) FromMemory(&workload);
  return workload;
}

}  // namespace systole::explore
