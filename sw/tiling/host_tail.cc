#include "sw/tiling/host_tail.h"

#include <fmt/format.h>

#include <utility>

#include "sw/model/graph.h"
#include "sw/program/layout.h"
#include "sw/quant/softmax_of.h"
#include "sw/tiling/step.h"

namespace systole {
namespace {

constexpr uint64_t kAlignment = 256;

uint64_t AlignUp(uint64_t value, uint64_t unit) { return (value + unit - 1) / unit * unit; }

HostStep::Kind KindOf(LayerKind kind) {
  return kind == LayerKind::kAdd     ? HostStep::Kind::kAdd
         : kind == LayerKind::kTable ? HostStep::Kind::kTable
                                     : HostStep::Kind::kSoftmax;
}

}  // namespace

HostStep StepOf(const Model& model, size_t i, std::vector<TensorLayout> inputs,
                const TensorLayout& output) {
  const Layer& layer = model.layers[i];
  HostStep step;
  step.kind = KindOf(layer.kind);
  step.name = Label(layer);
  step.inputs = std::move(inputs);
  step.output = output;
  step.rounding = layer.rounding;
  step.lo = layer.clamp_lo;
  step.hi = layer.clamp_hi;
  step.add = layer.add;
  step.table = layer.table;
  if (layer.kind == LayerKind::kSoftmax)
    step.softmax = SoftmaxOf(layer, model.Input(i), model.Output(i));
  return step;
}

size_t HostTail(const Model& model) {
  if (Outputs(model).size() != 1) return 0;
  size_t tail = 0, n = model.layers.size();
  while (tail + 1 < n) {
    const size_t i = n - 1 - tail;
    if (!OnHost(model.layers[i]) || model.layers[i].inputs != std::vector<int>{static_cast<int>(i)})
      break;
    ++tail;
  }
  return tail;
}

Model WithoutTail(const Model& model, size_t layers) {
  Model m = model;
  m.layers.resize(m.layers.size() - layers);
  m.tensors.resize(m.tensors.size() - layers);
  m.outputs.clear();
  return m;
}

void AppendTail(const Model& model, size_t layers, Program* p) {
  const int images = p->options.images;
  p->write_base = p->output.address;
  p->write_end = WriteEnd(*p);
  Segment run{0, static_cast<uint32_t>(p->code.size()), p->code_address, {}};
  std::vector<std::vector<HostStep>> steps(static_cast<size_t>(images));
  for (size_t i = model.layers.size() - layers; i < model.layers.size(); ++i) {
    const Tensor& t = model.Output(i);
    const TensorLayout from = p->output;
    const uint64_t from_stride = p->output_stride;
    p->output = {AlignUp(p->memory_end, kAlignment), t.h, t.w, t.c, uint64_t(t.w) * t.c, 0};
    p->output_stride = AlignUp(SpanBytes(p->output), kAlignment);
    p->memory_end = p->output.address + p->output_stride * static_cast<uint64_t>(images);
    for (int image = 0; image < images; ++image) {
      TensorLayout in = from, out = p->output;
      in.address += from_stride * static_cast<uint64_t>(image);
      out.address += p->output_stride * static_cast<uint64_t>(image);
      p->stored.push_back({0, static_cast<int>(i), image, in});
      steps[static_cast<size_t>(image)].push_back(StepOf(model, i, {in}, out));
    }
    Program::ReportLayer row;
    row.name = model.layers[i].name;
    row.first_layer = row.last_layer = static_cast<int>(i);
    row.mapping = fmt::format("host: {}", KindName(model.layers[i].kind));
    p->report.push_back(row);
  }
  for (auto& of_image : steps) {
    for (HostStep& step : of_image) run.host.push_back(std::move(step));
  }
  p->segments = {std::move(run)};
}

}  // namespace systole
