#include "sw/tiling/strips.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sw/compiler/misfit.h"
#include "sw/compiler/pack.h"

namespace systole {
namespace {

int RoundUp(int value, int unit) { return (value + unit - 1) / unit * unit; }
int Ceil(int value, int unit) { return (value + unit - 1) / unit; }

// Lines of strips of which there is one more, or the next number that makes a difference.
int Fewer(int lines, int rows) {
  if (rows == 1) return 0;
  const int strips = Ceil(lines, rows);
  return std::min(rows - 1, Ceil(lines, strips + 1));
}

// Maps the part for the rectangle; false: nothing of its size would fit.
bool Focus(const Rect& rect, const Zones& zones, Part* part) {
  const Stage& s = rect.stage;
  if (part->row() == nullptr) return true;
  if (int64_t{s.h} * s.w * s.cin > zones.input) return false;
  try {
    part->Focus(rect);
    return true;
  } catch (const MisfitError&) {  // a pooling window that does not fit
    return false;
  }
}

int Channels(const OutputNeed& need, const Part& part, const HwConfig& config) {
  if (!need.blocks) return need.channels;
  return std::min(need.channels, std::lcm(part.FoldChannels(), config.AxiBytes()));
}

}  // namespace

StripChoice ChooseStrips(Part& part, const OutputNeed& need, const HwConfig& config,
                         const Zones& zones) {
  const Stage& s = part.stage();
  const int unit_y = part.UnitY(), unit_x = part.UnitX();
  const int64_t weights = part.WeightRows() * config.wport * WeightRowBytes(config);
  const bool resident = weights <= int64_t{config.wgt_kib} * 1024;
  StripChoice best;
  Rect focus;
  bool found = false;
  int64_t least = 1 << 30;
  // Strips of whole lines; where none fits, narrower ones.
  for (int cols = s.out_w; cols >= 1 && (!found || part.narrow());) {
    for (int rows = RoundUp(s.out_h, unit_y); rows >= unit_y;
         rows = part.row() == nullptr ? rows - unit_y : Fewer(s.out_h, rows)) {
      const int r = std::min(rows, s.out_h), c = std::min(cols, s.out_w);
      // In the middle, where no padding is: the largest.
      const int oy0 = std::min(s.out_h - r, unit_y * (Ceil(s.out_h - r, unit_y) / 2));
      const int ox0 = std::min(s.out_w - c, c < s.out_w ? c : 0);
      const Rect middle = CutRect(s, oy0, oy0 + r, ox0, ox0 + c);
      if (!Focus(middle, zones, &part)) {
        least = std::min<int64_t>(least, int64_t{middle.stage.h} * middle.stage.w * s.cin);
        continue;
      }
      const RectPlan* plan = part.Plan(middle);
      if (plan == nullptr) continue;
      const RectPlan* first = part.Plan(CutRect(s, 0, r, 0, c));
      if (first == nullptr && part.row() != nullptr) continue;
      const int bytes = std::max(plan->Bytes(), first == nullptr ? 0 : first->Bytes());
      const int64_t out = int64_t{r} * c * Channels(need, part, config);
      least = std::min<int64_t>(least, bytes);
      if (bytes > zones.input || (need.sum ? 3 * out : out) > zones.output) continue;
      if (need.sum && out > zones.residual) continue;
      const int64_t strips = int64_t{Ceil(s.out_h, rows)} * Ceil(s.out_w, cols);
      const int64_t array = part.ArrayCycles(*plan) * strips;
      const int64_t input =
          int64_t{plan->stage.h} * plan->stage.w * s.cin * strips / config.AxiBytes();
      const int64_t stream = (resident ? weights : weights * strips) / config.AxiBytes();
      StripChoice choice{rows, cols, 0};
      // The first strip is waited for; the others too where two do not fit.
      const int64_t first_wait = bytes / config.AxiBytes();
      choice.cycles = strips > 1 && 2 * bytes > zones.input
                          ? std::max(array, stream) + input
                          : std::max(array, stream + input) + first_wait;
      choice.cycles += strips * 40 + out / config.AxiBytes();
      if (found && choice.cycles >= best.cycles) continue;
      best = choice;
      focus = middle;
      found = true;
    }
    int step = std::max(unit_x, need.column_step);
    if (step % need.column_step != 0) step = std::lcm(unit_x, need.column_step);
    const int halved = Ceil(cols, 2);
    const int next = RoundUp(halved, step);
    if (cols <= step) break;
    cols = next < cols ? next : cols - step;
  }
  if (!found) {
    throw MisfitError(
        Misfit::kActivation,
        fmt::format("{}: one piece of its output needs {} bytes of input on chip; of ACT_KIB={}, "
                    "{} are for input and {} for results",
                    Label(s), least, config.act_kib, zones.input, zones.output));
  }
  part.Focus(focus);
  return best;
}

}  // namespace systole
