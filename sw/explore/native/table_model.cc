#include "sw/explore/native/table_model.h"

#include <fmt/format.h>

#include <cmath>
#include <random>

#include "sw/base/error.h"
#include "sw/model/check.h"
#include "sw/model/graph.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/quant/range_proof.h"

namespace systole::explore {
namespace {

using scalesim::WorkloadLayer;

constexpr int64_t kLargestWeights = int64_t{8192} * 1024;      // bytes: WGT_KIB
constexpr int64_t kLargestActivations = int64_t{4096} * 1024;  // bytes: ACT_KIB
constexpr float kInputScale = 0.02f, kWeightScale = 0.002f;
constexpr int kLargestBias = 4000;

class TableModelBuilder {
 public:
  TableModelBuilder(const std::string& name, const WorkloadLayer& first,
                    const TableModelOptions& options)
      : options_(options), random_(options.seed) {
    model_.name = name;
    model_.tensors.push_back({"input", static_cast<int>(first.in_channels),
                              static_cast<int>(first.in_h), static_cast<int>(first.in_w),
                              kInputScale, 3, DType::kInt8});
  }

  void Append(const WorkloadLayer& row) {
    RequireChain(row);
    RequireRoom(row);
    const Tensor in = model_.tensors.back();
    Layer layer;
    layer.name = row.name;
    Tensor out = in;
    out.name = row.name + "_out";
    out.c = static_cast<int>(row.filters);
    out.h = static_cast<int>(row.OutH());
    out.w = static_cast<int>(row.OutW());
    if (row.type == "dense") {
      layer.kind = LayerKind::kFullyConnected;
      FillWeights(row.in_channels, row, &layer, &out);
    } else {
      layer.kind = row.type == "conv"      ? LayerKind::kConv
                   : row.type == "maxpool" ? LayerKind::kMaxPool
                                           : LayerKind::kAveragePool;
      layer.kernel_h = static_cast<int>(row.filter_h);
      layer.kernel_w = static_cast<int>(row.filter_w);
      layer.stride_h = static_cast<int>(row.stride_h);
      layer.stride_w = static_cast<int>(row.stride_w);
      layer.pad = {static_cast<int>(row.pad_top), static_cast<int>(row.pad_left),
                   static_cast<int>(row.pad_bottom), static_cast<int>(row.pad_right)};
      if (row.type == "conv") {
        layer.groups = static_cast<int>(row.groups);
        FillWeights(row.in_channels / row.groups * row.filter_h * row.filter_w, row, &layer, &out);
      }
    }
    const int last = static_cast<int>(model_.tensors.size()) - 1;
    systole::Append(model_, std::move(layer), {last}, std::move(out));
  }

  Model Finish() {
    CheckModel(model_);
    ChooseMultipliers(model_, options_.rounding);
    ProveRanges(model_);
    return std::move(model_);
  }

 private:
  [[noreturn]] void Refuse(const WorkloadLayer& row, const std::string& what) const {
    throw InputError(fmt::format("{}: layer '{}': {}", model_.name, row.name, what));
  }

  void RequireChain(const WorkloadLayer& row) const {
    const Tensor& in = model_.tensors.back();
    const bool flat = row.type == "dense" && row.in_channels == in.Elements();
    if (flat || (row.in_channels == in.c && row.in_h == in.h && row.in_w == in.w)) return;
    Refuse(row, fmt::format("reads {} x {} x {}, but the layer before gives {} x {} x {}: not a "
                            "chain; take its layers "
                            "one by one",
                            row.in_channels, row.in_h, row.in_w, in.c, in.h, in.w));
  }

  void RequireRoom(const WorkloadLayer& row) const {
    const int64_t weights = row.Multiplies() ? row.filters * (row.in_channels / row.groups) *
                                                   row.filter_h * row.filter_w
                                             : 0;
    if (weights > kLargestWeights) {
      Refuse(row, fmt::format("has {} bytes of weights; the largest weight buffer has {}", weights,
                              kLargestWeights));
    }
    const int64_t activations =
        row.in_channels * row.in_h * row.in_w + row.filters * row.OutH() * row.OutW();
    if (activations > kLargestActivations) {
      Refuse(row,
             fmt::format(
                 "reads and writes {} bytes of one image; the largest activation buffer has {}",
                 activations, kLargestActivations));
    }
  }

  int Uniform(int lo, int hi) {
    return lo + static_cast<int>(random_() % static_cast<uint64_t>(hi - lo + 1));
  }

  // filters x k weights; about four standard deviations of a random sum fit the output.
  void FillWeights(int64_t k, const WorkloadLayer& row, Layer* layer, Tensor* out) {
    layer->weights.resize(static_cast<size_t>(row.filters * k));
    for (int8_t& weight : layer->weights) weight = static_cast<int8_t>(Uniform(-127, 127));
    layer->weight_scales = {kWeightScale};
    for (int64_t n = 0; n < row.filters; ++n) {
      layer->bias.push_back(row.bias != 0 ? Uniform(-kLargestBias, kLargestBias) : 0);
    }
    const float in_scale = model_.tensors.back().scale;
    out->scale = in_scale * kWeightScale * 74 * 74 * std::sqrt(static_cast<float>(k)) / 32;
    out->zero_point = Uniform(-40, 40);
  }

  const TableModelOptions options_;
  std::mt19937_64 random_;
  Model model_;
};

}  // namespace

Model ModelFromTable(const std::vector<WorkloadLayer>& rows, const std::string& name,
                     const TableModelOptions& options) {
  if (rows.empty() || rows.front().type == "norm")
    throw InputError(name + ": the table must begin with a layer");
  TableModelBuilder builder(name, rows.front(), options);
  for (const WorkloadLayer& row : rows) {
    if (row.type != "norm") builder.Append(row);
  }
  return builder.Finish();
}

std::vector<RowModel> RowModelsFromTable(const std::vector<WorkloadLayer>& rows,
                                         const std::string& name,
                                         const TableModelOptions& options) {
  std::vector<RowModel> models;
  for (const WorkloadLayer& row : rows) {
    if (row.type == "norm") continue;
    RowModel m;
    m.layer = row.name;
    try {
      m.model = ModelFromTable({row}, name + "/" + row.name, options);
    } catch (const InputError& e) {
      m.why_not = e.what();
    }
    models.push_back(std::move(m));
  }
  return models;
}

}  // namespace systole::explore
