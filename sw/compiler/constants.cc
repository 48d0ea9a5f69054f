#include "sw/compiler/constants.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/compiler/misfit.h"
#include "sw/compiler/output_mapping.h"
#include "sw/compiler/storage.h"

namespace systole {
namespace {

// The slices of a fold as rows of offsets: lanes in window order; unused lanes read on behind the
// used ones.
class OffsetPattern {
 public:
  OffsetPattern(const Stage& stage, const Fold& fold, int pitch)
      : fold_(fold),
        step_y_(stage.dilation_h * pitch),
        step_x_(stage.dilation_w * stage.cin),
        per_row_(fold.window_w * fold.nc) {}

  // Calls lane(j, offset) for the first `lanes` lanes of slice i, until it returns false.
  template <typename Take>
  bool ForEachLane(int i, int lanes, Take&& lane) const {
    const int k0 = fold_.FirstElement(i), valid = std::min(fold_.Valid(i), lanes);
    int ky = k0 / per_row_, c = k0 % fold_.nc, kx = k0 % per_row_ / fold_.nc, offset = 0;
    for (int j = 0; j < valid; ++j) {
      offset = ky * step_y_ + kx * step_x_ + c;
      if (!lane(j, offset)) return false;
      if (++c == fold_.nc) {
        c = 0;
        if (++kx == fold_.window_w) {
          kx = 0;
          ++ky;
        }
      }
    }
    for (int j = valid; j < lanes; ++j) {
      if (!lane(j, ++offset)) return false;
    }
    return true;
  }
  // Is the whole window one run of bytes, cut into slices without a gap?
  bool Contiguous() const {
    return fold_.run_slices == fold_.slices && (fold_.window_w == 1 || step_x_ == fold_.nc) &&
           (fold_.window_h == 1 || step_y_ == per_row_);
  }
  int First(int i) const {
    const int k = fold_.FirstElement(i);
    return k / per_row_ * step_y_ + k % per_row_ / fold_.nc * step_x_ + k % fold_.nc;
  }

 private:
  const Fold& fold_;
  const int step_y_, step_x_, per_row_;
};

// Do all slices read the pattern of slice 0, `step` further from slice to slice? (Only lanes that
// are used matter in the last slice.)
bool Uniform(const Fold& fold, const OffsetPattern& pattern, int step,
             const std::vector<int>& first) {
  if (pattern.Contiguous()) return true;
  for (int i = 1; i < fold.slices; ++i) {
    const int used = i + 1 == fold.slices ? fold.Valid(i) : fold.rows;
    if (!pattern.ForEachLane(i, used,
                             [&](int j, int offset) { return offset == first[j] + i * step; }))
      return false;
  }
  return true;
}

}  // namespace

void Constants::Clear(const HwConfig& config) {
  config_ = config;
  weight_rows_ = parameter_rows_ = 0;
  offsets_.clear();
  tables_.clear();
  runs_.clear();
}

int Constants::AddWeights(const Fold& fold) {
  const int first = weight_rows_;
  weight_rows_ += fold.slices * LoadCycles(fold, config_);
  return first;
}

OffsetRows Constants::AddOffsets(const Stage& stage, const Fold& fold, int pitch) {
  const OffsetPattern pattern(stage, fold, pitch);
  OffsetRows result;
  const int step = fold.slices > 1 ? pattern.First(1) - pattern.First(0) : 0;
  first_.resize(static_cast<size_t>(fold.rows));
  pattern.ForEachLane(0, fold.rows, [&](int j, int offset) {
    first_[j] = offset;
    return true;
  });
  const bool uniform = step >= 0 && step <= 0xFFFF && Uniform(fold, pattern, step, first_);
  if (uniform) result.base_inc = step;
  result.increment = !uniform;
  const size_t begin = offsets_.size();
  const int rows = uniform ? 1 : fold.slices;
  offsets_.resize(begin + static_cast<size_t>(rows) * fold.rows);
  for (int i = 0; i < rows; ++i) {
    uint16_t* const row = &offsets_[begin + static_cast<size_t>(i) * fold.rows];
    pattern.ForEachLane(i, fold.rows, [&](int j, int offset) {
      if (offset < 0 || offset > 0xFFFF) {
        throw MisfitError(
            Misfit::kTooLarge,
            fmt::format("{}: a window spans {} bytes on chip, more than 65535; the layer is too "
                        "large for this accelerator",
                        Label(stage), offset));
      }
      row[j] = static_cast<uint16_t>(offset);
      return true;
    });
  }
  result.ktab = ShareTable(begin);
  return result;
}

int Constants::ShareTable(size_t begin) {
  Table table;
  table.row = static_cast<int>(begin) / config_.rows;
  table.rows = offset_rows() - table.row;
  for (const Table& t : tables_) {
    if (t.rows == table.rows && std::equal(offsets_.begin() + begin, offsets_.end(),
                                           offsets_.begin() + int64_t{t.row} * config_.rows)) {
      offsets_.resize(begin);
      return t.row;
    }
  }
  tables_.push_back(table);
  return table.row;
}

int Constants::AddLanes(int lanes, int bytes) {
  const std::vector<uint16_t> row = LaneOffsets(lanes, bytes, config_);
  offsets_.insert(offsets_.end(), row.begin(), row.end());
  return ShareTable(offsets_.size() - row.size());
}

int Constants::AddParameters(int stage_index, const Stage& stage, const PostPiece& piece) {
  const int count = stage.by_count ? piece.count : 0;
  for (const ParameterRun& r : runs_) {
    if (r.stage == stage_index && r.first_channel == piece.first_channel &&
        r.channels == piece.channels && r.count == count) {
      return r.row;
    }
  }
  runs_.push_back({stage_index, piece.first_channel, piece.channels, count, parameter_rows_});
  parameter_rows_ += (piece.channels + config_.lanes - 1) / config_.lanes;
  return runs_.back().row;
}

void Constants::CheckFit(const std::string& model_name) const {
  auto check = [&](int need, int have, const char* parameter, int value, Misfit misfit,
                   const char* what) {
    if (need <= have) return;
    throw MisfitError(misfit, fmt::format("{}: {} need {} rows on chip, {}={} has {}", model_name,
                                          what, need, parameter, value, have));
  };
  check(weight_rows(), config_.WgtRows(), "WGT_KIB", config_.wgt_kib, Misfit::kWeight, "weights");
  check(offset_rows(), config_.KtabRows(), "KTAB_KIB", config_.ktab_kib, Misfit::kOffset,
        "window offsets");
  check(parameter_rows(), config_.ParRows(), "PAR_KIB", config_.par_kib, Misfit::kChannel,
        "biases and multipliers");
}

}  // namespace systole
