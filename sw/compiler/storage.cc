#include "sw/compiler/storage.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/compiler/misfit.h"

namespace systole {
namespace {

constexpr int kImageSlots = 4;  // input images in flight: LOAD runs ahead of the array
constexpr int kPipelineSlots = 2;

int RoundUp(int64_t value, int unit) { return static_cast<int>((value + unit - 1) / unit * unit); }

// Zones of LOAD (input), the engines between, and STORE (output), each in address groups of its
// own.
bool PlaceInGroups(std::vector<Storage>& tensors, const HwConfig& config) {
  int64_t at = 0;
  for (size_t t = 0; t < tensors.size(); ++t) {
    if (t == 1 || t + 1 == tensors.size()) at = RoundUp(at, config.GroupBytes());
    tensors[t].base = static_cast<int>(at);
    at += tensors[t].Bytes();
  }
  return at <= config.ActBytes();
}

bool PlaceDensely(std::vector<Storage>& tensors, const HwConfig& config) {
  int64_t at = 0;
  for (Storage& s : tensors) {
    s.base = static_cast<int>(at);
    at += s.Bytes();
  }
  return at <= config.ActBytes();
}

// Does a slice read more than one row of the window?
bool SlicesCrossRows(const Fold& fold) {
  if (fold.window_h == 1) return false;
  const int per_row = fold.window_w * fold.nc;
  for (int i = 0; i < fold.slices; ++i) {
    const int k = fold.FirstElement(i);
    if ((k + fold.Valid(i) - 1) / per_row != k / per_row) return true;
  }
  return false;
}

// The largest offset that a fold reads: offsets grow along the window, and unused lanes of a slice
// (but the fold's last) read on behind its used ones.
int64_t Reach(const Stage& stage, const Fold& fold, int pitch) {
  auto last_of = [&](int slice) {
    const Lane lane = fold.Element(fold.FirstElement(slice) + fold.Valid(slice) - 1);
    return int64_t{LaneOffset(stage, fold, lane, pitch)};
  };
  int64_t reach = last_of(fold.slices - 1);
  const int run_end = fold.run_slices - 1;
  if (fold.Valid(run_end) == fold.rows) return reach;
  for (int i = run_end; i + 1 < fold.slices; i += fold.run_slices) {
    reach = std::max(reach, last_of(i) + fold.rows - fold.Valid(i));
  }
  return reach;
}

}  // namespace

int FoldShift(const Stage& stage, const Fold& fold, int pitch) {
  return fold.dy * stage.stride_h * pitch + fold.dx * stage.stride_w * stage.cin + fold.c0;
}

int PitchResidue(const Mapping& mapping, int cin, const HwConfig& config) {
  if (mapping.OutputStationary()) {  // times the lines from lane to lane it is 1
    const int banks = config.Banks();
    int residue = mapping.lane_lines == 0 ? -1 : 1;
    while (residue > 0 && residue * mapping.lane_lines % banks != 1) residue += 2;
    return residue;
  }
  if (mapping.order != WindowOrder::kFlattened) return -1;
  for (size_t f = 0; f < mapping.folds.size(); ++f) {
    if (f > 0 && mapping.folds[f].SamePattern(mapping.folds[f - 1])) continue;
    if (SlicesCrossRows(mapping.folds[f])) return mapping.window_w * cin % config.Banks();
  }
  return -1;
}

int64_t InputBytes(const Stage& stage, const Mapping& mapping, const std::vector<Tile>& tiles,
                   int pitch) {
  const int64_t end = int64_t{stage.h + stage.pad.top + stage.pad.bottom} * pitch;
  int64_t origin = 0, reach = 0, next = 0;  // next: lanes that a tile lacks, behind its first one
  for (const Tile& tile : tiles) {
    const int64_t y = tile.cy0 + (tile.ny - 1) * mapping.ph,
                  x = tile.cx0 + (tile.nx - 1) * mapping.pw;
    origin = std::max(origin, y * stage.stride_h * pitch + x * stage.stride_w * stage.cin);
    if (mapping.OutputStationary() && tile.ny < mapping.tile_rows) {
      next = std::max(next, int64_t{tile.cy0} * stage.stride_h * pitch +
                                x * stage.stride_w * stage.cin + mapping.tile_rows - 1);
    }
  }
  for (const Fold& fold : mapping.folds)
    reach = std::max(reach, FoldShift(stage, fold, pitch) + Reach(stage, fold, pitch));
  return std::max(end, std::max(origin, next) + reach + 1);
}

Storage ConsumerStorage(const Stage& stage, const Mapping& mapping, const std::vector<Tile>& tiles,
                        const HwConfig& config) {
  Storage s;
  s.c = stage.cin;
  s.h = stage.h;
  s.w = stage.w;
  s.halo = stage.pad;
  s.pad_value = stage.pad_value;
  s.pitch = (s.w + s.halo.left + s.halo.right) * s.c;
  const int banks = config.Banks(), want = PitchResidue(mapping, s.c, config);
  if (want >= 0) s.pitch += ((want - s.pitch) % banks + banks) % banks;
  s.slot_bytes =
      static_cast<int>(std::min<int64_t>(InputBytes(stage, mapping, tiles, s.pitch), 1 << 30));
  return s;
}

Storage OutputStorage(const Stage& stage) {
  Storage s;
  s.c = stage.cout;
  s.h = stage.out_h;
  s.w = stage.out_w;
  s.pitch = s.w * s.c;
  s.slot_bytes = s.h * s.pitch;
  return s;
}

void PlaceTensors(int first_batched, const HwConfig& config, int images, int batch,
                  const std::string& model_name, Placement* placement) {
  std::vector<Storage>& tensors = placement->tensors;
  const int last = static_cast<int>(tensors.size()) - 1;
  batch = std::min(batch, images);
  auto set_slots = [&](int input_slots, int batched_slots, int pipeline_slots) {
    for (int t = 0; t <= last; ++t) {
      const bool batched = t >= first_batched;  // consumed or produced by a batched stage
      tensors[t].slots = std::min(images, batched  ? batched_slots
                                          : t == 0 ? input_slots
                                                   : pipeline_slots);
      if (batched) tensors[t].slots = batched_slots;
    }
  };
  placement->serialized = false;
  const int choices[][3] = {{kImageSlots, 2 * batch, kPipelineSlots},
                            {kImageSlots, batch, kPipelineSlots},
                            {2, batch, kPipelineSlots},
                            {2, batch, 1},
                            {1, batch, 1}};
  for (const auto& c : choices) {
    if (c[1] > batch && images <= batch) continue;
    set_slots(c[0], c[1], c[2]);
    if (PlaceInGroups(tensors, config)) return;
  }
  // One batch after the other: the input holds a whole batch, so that LOAD is done before anything
  // else writes.
  placement->serialized = true;
  set_slots(batch, batch, 1);
  tensors[0].slots = batch;
  tensors[last].slots = batch;
  if (PlaceDensely(tensors, config)) return;
  int64_t need = 0;
  for (const Storage& s : tensors) need += s.Bytes();
  throw MisfitError(
      Misfit::kActivation,
      fmt::format("{}: activations of a batch of {} need {} bytes on chip, ACT_KIB={} has {}{}",
                  model_name, batch, need, config.act_kib, config.ActBytes(),
                  batch > 1 ? " (a smaller batch needs less)" : ""));
}

}  // namespace systole
