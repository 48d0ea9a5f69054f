#include "sw/tiling/memory_plan.h"

#include <algorithm>
#include <set>

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
uint64_t FirstFit(std::vector<Life> lives, std::vector<uint64_t>* offset) {
  std::stable_sort(lives.begin(), lives.end(),
                   [](const Life& a, const Life& b) { return a.bytes > b.bytes; });
  std::vector<Life> placed;
  uint64_t end = 0;
  for (const Life& life : lives) {
    std::vector<std::pair<uint64_t, uint64_t>> taken;
    for (const Life& other : placed) {
      if (other.last < life.first || life.last < other.first) continue;
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

// What a unit reads and writes.
std::vector<int> TensorsOf(const Model& model, const Unit& unit) {
  if (unit.host || unit.post) {
    std::vector<int> tensors = model.layers[unit.layer].inputs;
    tensors.push_back(static_cast<int>(unit.layer) + 1);
    return tensors;
  }
  std::vector<int> tensors;
  for (const Step& step : unit.steps) {
    tensors.insert(tensors.end(), {step.input, step.output});
    if (step.other >= 0) tensors.push_back(step.other);
  }
  return tensors;
}

}  // namespace

std::vector<int> MadeInMemory(const Model& model, const std::vector<Unit>& units,
                              const Placing& placing, const std::vector<bool>& on_chip) {
  std::set<int> made;
  for (const Unit& unit : units) {
    for (const int t : TensorsOf(model, unit)) {
      if (!on_chip[t]) made.insert(t);
    }
  }
  // A concatenation whose parts were all made in their places is there without a unit.
  for (int t = 0; t < static_cast<int>(model.tensors.size()); ++t) {
    if (made.count(placing.root[t])) made.insert(placing.root[t]);
  }
  return {made.begin(), made.end()};
}

MemoryPlan::MemoryPlan(const Model& model, const std::vector<Unit>& units, const Placing& placing,
                       const HwConfig& config, const ProgramOptions& options, int batch, bool keep,
                       const std::vector<bool>& on_chip,
                       const std::vector<std::pair<int, int>>& together)
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
  if (keep) {
    for (const Unit& unit : units) {
      for (const int t : TensorsOf(model, unit)) {
        if (!on_chip[t]) ends.push_back(placing.root[t]);
      }
    }
  }
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
    for (const int t : TensorsOf(model, units[u])) {
      if (on_chip[t]) continue;
      Life& life = lives[placing.root[t]];
      life.first = std::min(life.first, together[u].first);
      life.last = std::max(life.last, together[u].second);
    }
  }
  std::vector<Life> arena;
  for (const Life& life : lives) {
    if (life.last >= 0 && !whole_run_[life.tensor]) arena.push_back(life);
  }
  std::vector<uint64_t> offset(n);
  arena_bytes_ = FirstFit(arena, &offset);
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
