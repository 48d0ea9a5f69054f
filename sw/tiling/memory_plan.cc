#include "sw/tiling/memory_plan.h"

#include <algorithm>

#include "sw/model/graph.h"

namespace systole {
namespace {

constexpr uint64_t kAlignment = 256;

uint64_t AlignUp(uint64_t value, uint64_t unit) { return (value + unit - 1) / unit * unit; }

struct Life {
  int tensor, first, last;  // units
  uint64_t bytes;
};

// First fit by descending size; returns the arena's bytes.
uint64_t FirstFit(std::vector<Life> lives, bool reuse, std::vector<uint64_t>* offset) {
  std::stable_sort(lives.begin(), lives.end(),
                   [](const Life& a, const Life& b) { return a.bytes > b.bytes; });
  std::vector<Life> placed;
  uint64_t end = 0;
  for (const Life& life : lives) {
    std::vector<std::pair<uint64_t, uint64_t>> taken;
    for (const Life& other : placed) {
      if (reuse && (other.last < life.first || life.last < other.first)) continue;
      taken.push_back({(*offset)[other.tensor], (*offset)[other.tensor] + other.bytes});
    }
    std::sort(taken.begin(), taken.end());
    uint64_t at = 0;
    for (const auto& [from, to] : taken) {
      if (at + life.bytes <= from) break;
      at = std::max(at, to);
    }
    (*offset)[life.tensor] = at;
    placed.push_back(life);
    end = std::max(end, at + life.bytes);
  }
  return end;
}

}  // namespace

MemoryPlan::MemoryPlan(const Model& model, const std::vector<Unit>& units, const Placing& placing,
                       const HwConfig& config, const ProgramOptions& options, int batch, bool reuse)
    : model_(model), placing_(placing), batch_(batch) {
  const size_t n = model.tensors.size();
  address_.resize(n);
  line_.resize(n);
  stride_.resize(n);
  whole_run_.resize(n);
  for (size_t t = 0; t < n; ++t) {
    const Tensor& tensor = model.tensors[t];
    line_[t] = AlignUp(uint64_t(tensor.w) * tensor.c, config.AxiBytes());
    stride_[t] = line_[t] * tensor.h;
  }
  uint64_t at = AlignUp(options.base, kAlignment);
  std::vector<int> ends = Outputs(model);
  // The last tensor's place is the first of all that are written.
  ends.insert(ends.begin(), {0, static_cast<int>(n) - 1});
  for (const int t : ends) {
    if (whole_run_[t]) continue;
    whole_run_[t] = true;
    address_[t] = at;
    at = AlignUp(at + stride_[t] * options.images, kAlignment);
  }
  std::vector<Life> lives(n);
  for (size_t t = 0; t < n; ++t) {
    lives[t] = {static_cast<int>(t), static_cast<int>(units.size()), -1,
                AlignUp(stride_[t] * batch, kAlignment)};
  }
  for (size_t u = 0; u < units.size(); ++u) {
    for (const Step& step : units[u].steps) {
      for (const int t : {step.input, step.output}) {
        Life& life = lives[placing.root[t]];
        life.first = std::min(life.first, static_cast<int>(u));
        life.last = std::max(life.last, static_cast<int>(u));
      }
    }
  }
  std::vector<Life> arena;
  for (const Life& life : lives) {
    if (life.last >= 0 && !whole_run_[life.tensor]) arena.push_back(life);
  }
  std::vector<uint64_t> offset(n);
  arena_bytes_ = FirstFit(arena, reuse, &offset);
  for (const Life& life : arena) address_[life.tensor] = at + offset[life.tensor];
  end_ = AlignUp(at + arena_bytes_, kAlignment);
}

MemoryView MemoryPlan::View(int tensor, int image) const {
  const int t = placing_.root[tensor];
  MemoryView view;
  view.image_stride = stride_[t];
  view.line_stride = line_[t];
  view.pixel_stride = static_cast<uint64_t>(model_.tensors[t].c);
  view.address = address_[t] + placing_.channel[tensor] +
                 view.image_stride * (whole_run_[t] ? image : image % batch_);
  return view;
}

}  // namespace systole
