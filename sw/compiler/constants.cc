#include "sw/compiler/constants.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/base/error.h"
#include "sw/compiler/storage.h"

namespace systole {

int Constants::AddWeights(const Stage& stage, const Fold& fold) {
  const int first = weight_rows();
  const int columns = static_cast<int>(fold.columns.size());
  const int n = config_.cols / config_.wport, wl = std::min(columns, n);
  for (const Slice& slice : fold.slices) {
    for (int q = 0; q < wl; ++q) {
      for (int g = 0; g < config_.wport; ++g) {
        const int c = g * n + wl - 1 - q;
        for (int j = 0; j < config_.rows; ++j) {
          int weight = c < columns ? stage.zw : 0;
          if (c < columns && j < slice.valid) {
            const Column& column = fold.columns[c];
            const Lane& lane = slice.lanes[j];
            const int ky = lane.ky - (column.dy - fold.dy) * stage.stride_h;
            const int kx = lane.kx - (column.dx - fold.dx) * stage.stride_w;
            if (ky >= 0 && ky < stage.kernel_h && kx >= 0 && kx < stage.kernel_w) {
              weight = stage.Weight(column.n, lane.c, ky, kx);
            }
          }
          weights_.push_back(static_cast<uint8_t>(weight));
        }
      }
    }
  }
  return first;
}

OffsetRows Constants::AddOffsets(const Stage& stage, const Fold& fold, int pitch) {
  std::vector<std::vector<int>> rows;
  for (const Slice& slice : fold.slices) rows.push_back(LaneOffsets(stage, fold, slice, pitch));
  OffsetRows result;
  // Do all slices read the same pattern, a constant step apart? (Only lanes that are used matter in the last slice.)
  const int step = rows.size() > 1 ? rows[1][0] - rows[0][0] : 0;
  bool uniform = step >= 0 && step <= 0xFFFF;
  for (size_t i = 0; i < rows.size() && uniform; ++i) {
    const int used = i + 1 == rows.size() ? fold.slices[i].valid : config_.rows;
    for (int j = 0; j < used; ++j) uniform &= rows[i][j] == rows[0][j] + static_cast<int>(i) * step;
  }
  if (uniform) {
    rows.resize(1);
    result.base_inc = step;
  }
  result.increment = !uniform;
  std::vector<uint16_t> table;
  for (const auto& row : rows) {
    for (int offset : row) {
      if (offset < 0 || offset > 0xFFFF) {
        throw InputError(
            fmt::format("layer '{}': a window spans {} bytes on chip, more than 65535; the layer is too "
                        "large for this accelerator",
                        stage.name, offset));
      }
      table.push_back(static_cast<uint16_t>(offset));
    }
  }
  const auto [it, added] = offset_tables_.emplace(table, offset_rows());
  if (added) offsets_.insert(offsets_.end(), table.begin(), table.end());
  result.ktab = it->second;
  return result;
}

int Constants::AddParameters(int stage_index, const Stage& stage, const PostPiece& piece) {
  const auto key = std::make_tuple(stage_index, piece.channels, stage.by_count ? piece.count : 0);
  const auto [it, added] = parameter_runs_.emplace(key, parameter_rows());
  if (!added) return it->second;
  const int lanes = config_.lanes;
  const int padded = (static_cast<int>(piece.channels.size()) + lanes - 1) / lanes * lanes;
  for (int i = 0; i < padded; ++i) {
    Parameter p;
    if (i < static_cast<int>(piece.channels.size())) {
      const int n = piece.channels[i], entry = stage.by_count ? piece.count : n;
      p = {stage.bias[n], stage.m[entry], stage.s[entry]};
    }
    parameters_.push_back(p);
  }
  return it->second;
}

void Constants::CheckFit(const std::string& model_name) const {
  auto check = [&](int need, int have, const char* parameter, int value, const char* what) {
    if (need > have) {
      throw InputError(fmt::format("{}: {} need {} rows on chip, {}={} has {}; use a larger {}", model_name, what, need,
                                   parameter, value, have, parameter));
    }
  };
  check(weight_rows(), config_.WgtRows(), "WGT_KIB", config_.wgt_kib, "weights");
  check(offset_rows(), config_.KtabRows(), "KTAB_KIB", config_.ktab_kib, "window offsets");
  check(parameter_rows(), config_.ParRows(), "PAR_KIB", config_.par_kib, "biases and multipliers");
}

std::vector<uint8_t> Constants::PadRows(const std::vector<uint8_t>& rows, int row_bytes) const {
  const int beat = config_.AxiBytes(), padded = (row_bytes + beat - 1) / beat * beat;
  std::vector<uint8_t> image;
  image.reserve(rows.size() / row_bytes * padded);
  for (size_t at = 0; at < rows.size(); at += row_bytes) {
    image.insert(image.end(), rows.begin() + at, rows.begin() + at + row_bytes);
    image.resize(image.size() + padded - row_bytes);
  }
  return image;
}

std::vector<uint8_t> Constants::OffsetImage() const {
  std::vector<uint8_t> bytes;
  for (uint16_t offset : offsets_) {
    bytes.push_back(static_cast<uint8_t>(offset));
    bytes.push_back(static_cast<uint8_t>(offset >> 8));
  }
  return PadRows(bytes, 2 * config_.rows);
}

std::vector<uint8_t> Constants::ParameterImage() const {
  std::vector<uint8_t> bytes;
  for (const Parameter& p : parameters_) {
    for (int b = 0; b < 4; ++b) bytes.push_back(static_cast<uint8_t>(static_cast<uint32_t>(p.bias) >> (8 * b)));
    for (int b = 0; b < 4; ++b) bytes.push_back(static_cast<uint8_t>(p.m >> (8 * b)));
    bytes.push_back(p.s);
    bytes.resize(bytes.size() + 7);
  }
  return PadRows(bytes, 16 * config_.lanes);
}

}  // namespace systole
