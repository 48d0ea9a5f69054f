#include "sw/compiler/output_mapping.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/compiler/input_mapping.h"
#include "sw/compiler/misfit.h"
#include "sw/compiler/pack.h"

namespace systole {
namespace {

constexpr int kMaxCount = 1023;     // Nx, Ny, Nb are 10-bit fields
constexpr int kMaxStride = 0xFFFF;  // StrideX, StrideY have 16 bits
constexpr int kMaxOffset = 0xFFFF;

// Are the elements of a window's line one run of bytes?
bool LineIsRun(const Stage& stage, const Fold& fold) {
  return fold.window_w == 1 || (stage.dilation_w == 1 && fold.nc == stage.cin);
}

// `count` bytes behind one another as ny lines of nx.
void SetBytes(int count, StepRun* run) {
  run->nx = std::min(count, kMaxCount);
  while (count % run->nx != 0) --run->nx;
  run->ny = count / run->nx;
  run->stride_x = run->nx > 1 ? 1 : 0;
  run->stride_y = run->ny > 1 ? run->nx : 0;
}

}  // namespace

std::string WhyWeightStationary(const Stage& stage, const HwConfig& config) {
  if (stage.dataflow == Dataflow::kWs) return "";
  if (stage.dataflow == Dataflow::kIs) return WhyNotInputStationary(stage, config);
  if ((config.dataflows & 2) == 0) return "not built";
  if (stage.groups > 1 && stage.OutGroup() == 1) return "a filter a channel";
  if (stage.zw != 0) return "weight zero point";
  if (stage.conv_h > 1 && stage.stride_h % 2 == 0)
    return fmt::format("stride {} from line to line", stage.stride_h);
  return "";
}

std::string DescribeOn(const Stage& stage, const Mapping& mapping, const HwConfig& config) {
  if (mapping.OutputStationary()) return "os, " + mapping.Describe();
  if (mapping.InputStationary()) return "is, " + mapping.Describe();
  if (stage.dataflow == Dataflow::kWs) return "ws, " + mapping.Describe();
  std::string why = WhyWeightStationary(stage, config);
  if (why.empty()) why = "too few accumulator entries";
  return fmt::format("ws ({}), {}", why, mapping.Describe());
}

int MostLanes(const Stage& stage, const Mapping& mapping, const HwConfig& config) {
  if (mapping.lane_lines == 0) return 1;
  // Of a pitch that may be more than this stage's own: that of a tensor with other readers.
  const int pitch =
      (stage.w + stage.pad.left + stage.pad.right + 8) * stage.cin + 2 * config.Banks();
  return std::min(config.rows, 1 + kMaxOffset / (mapping.lane_lines * pitch));
}

std::vector<uint16_t> LaneOffsets(int lanes, int bytes, const HwConfig& config) {
  if (int64_t{lanes - 1} * bytes > kMaxOffset) {
    throw MisfitError(Misfit::kTooLarge,
                      fmt::format("the pixels of a tile span {} bytes on chip, more than {}; the "
                                  "layer is too large for this accelerator",
                                  int64_t{lanes - 1} * bytes, kMaxOffset));
  }
  std::vector<uint16_t> offsets;
  for (int j = 0; j < config.rows; ++j)
    offsets.push_back(static_cast<uint16_t>(j < lanes ? j * bytes : j));
  return offsets;
}

int StepUnit(const Stage& stage, const Fold& fold) {
  return LineIsRun(stage, fold) ? fold.window_w * fold.nc : fold.nc;
}

std::vector<StepRun> StepRuns(const Stage& stage, const Fold& fold, int pitch, int per_item) {
  const int step_x = stage.dilation_w * stage.cin, step_y = stage.dilation_h * pitch;
  const int line = fold.window_w * fold.nc, unit = StepUnit(stage, fold);
  const bool bytes = LineIsRun(stage, fold);
  std::vector<StepRun> runs;
  for (int first = 0; first < fold.slices;) {
    const int end = std::min(fold.slices, (first / per_item + 1) * per_item);
    const int ky = first / line, kx = first % line / fold.nc, c = first % fold.nc;
    StepRun run;
    run.first = first;
    run.shift = ky * step_y + kx * step_x + c;
    const bool lines = first % line == 0 && end - first >= line;
    if (bytes && lines) {
      SetBytes(line, &run);
      if (run.ny <= kMaxCount) run.nb = std::min((end - first) / line, kMaxCount);
      run.stride_b = run.nb > 1 ? step_y : 0;
    } else if (!bytes && c == 0 && end - first >= unit && unit <= kMaxCount &&
               step_x <= kMaxStride) {
      run.nx = unit;
      run.stride_x = unit > 1 ? 1 : 0;
      run.ny = lines ? fold.window_w : std::min((end - first) / unit, fold.window_w - kx);
      run.ny = std::min(run.ny, kMaxCount);
      run.stride_y = run.ny > 1 ? step_x : 0;
      if (lines && run.ny == fold.window_w) run.nb = std::min((end - first) / line, kMaxCount);
      run.stride_b = run.nb > 1 ? step_y : 0;
    } else {  // a part of a line, or of a pixel
      const int to = bytes ? line - first % line : unit - c;
      SetBytes(std::min(end - first, to), &run);
    }
    if (run.ny > kMaxCount) SetBytes(kMaxCount, &run);  // a line of a prime length
    run.last = first + run.nx * run.ny * run.nb;
    first = run.last;
    runs.push_back(run);
  }
  return runs;
}

void PackStepWeights(const Stage& stage, const Mapping& mapping, const Fold& fold,
                     const HwConfig& config, std::vector<uint8_t>* image) {
  const int n = config.cols / config.wport;
  const size_t row_bytes = static_cast<size_t>(WeightRowBytes(config));
  size_t at = image->size();
  image->resize(at + static_cast<size_t>(fold.slices) * config.wport * row_bytes);
  std::vector<Column> columns;
  for (int c = 0; c < fold.columns; ++c) columns.push_back(mapping.ColumnOf(stage, fold, c));
  for (int k = 0; k < fold.slices; ++k) {
    const Lane lane = fold.Element(k);
    for (int c = 0; c < fold.columns; ++c) {
      const Column& column = columns[static_cast<size_t>(c)];
      const int ky = lane.ky - (column.dy - fold.dy) * stage.stride_h;
      const int kx = lane.kx - (column.dx - fold.dx) * stage.stride_w;
      if (ky < 0 || ky >= stage.kernel_h || kx < 0 || kx >= stage.kernel_w) continue;
      (*image)[at + static_cast<size_t>(c / n) * row_bytes + static_cast<size_t>(c % n)] =
          static_cast<uint8_t>(stage.Weight(column.n, lane.c, ky, kx));
    }
    at += static_cast<size_t>(config.wport) * row_bytes;
  }
}

}  // namespace systole
