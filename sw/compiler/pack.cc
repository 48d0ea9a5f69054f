#include "sw/compiler/pack.h"

#include <algorithm>

#include "sw/compiler/column_mapping.h"
#include "sw/compiler/output_mapping.h"

namespace systole {
namespace {

void Pad(size_t bytes, std::vector<uint8_t>* image) { image->resize(image->size() + bytes); }

void PutLittleEndian(uint32_t value, int bytes, std::vector<uint8_t>* image) {
  for (int b = 0; b < bytes; ++b) image->push_back(static_cast<uint8_t>(value >> (8 * b)));
}

}  // namespace

void PackWeights(const Stage& stage, const Mapping& mapping, const Fold& fold,
                 const HwConfig& config, std::vector<uint8_t>* image) {
  if (!mapping.tap_groups.empty()) return PackColumnWeights(stage, mapping, fold, config, image);
  if (mapping.OutputStationary()) return PackStepWeights(stage, mapping, fold, config, image);
  const int n = config.cols / config.wport, wl = LoadCycles(fold, config);
  const int padding = WeightRowBytes(config) - config.rows;
  for (int i = 0; i < fold.slices; ++i) {
    const int k0 = fold.FirstElement(i), valid = fold.Valid(i);
    for (int q = 0; q < wl; ++q) {
      for (int g = 0; g < config.wport; ++g) {
        const int c = fold.input ? q : g * n + wl - 1 - q;
        const Column column = c < fold.columns ? mapping.ColumnOf(stage, fold, c) : Column{};
        for (int j = 0; j < config.rows; ++j) {
          int weight = c < fold.columns ? stage.zw : 0;
          if (c < fold.columns && j < valid) {
            const Lane lane = fold.Element(k0 + j);
            const int ky = lane.ky - (column.dy - fold.dy) * stage.stride_h;
            const int kx = lane.kx - (column.dx - fold.dx) * stage.stride_w;
            if (ky >= 0 && ky < stage.kernel_h && kx >= 0 && kx < stage.kernel_w) {
              weight = stage.Weight(column.n, lane.c, ky, kx);
            }
          }
          image->push_back(static_cast<uint8_t>(weight));
        }
        Pad(padding, image);
      }
    }
  }
}

void PackOffsets(const Constants& constants, const HwConfig& config, std::vector<uint8_t>* image) {
  const std::vector<uint16_t>& offsets = constants.offsets();
  for (size_t i = 0; i < offsets.size(); ++i) {
    PutLittleEndian(offsets[i], 2, image);
    if ((i + 1) % config.rows == 0) Pad(OffsetRowBytes(config) - 2 * config.rows, image);
  }
}

void PackParameters(const ParameterRun& run, const Stage& stage, const HwConfig& config,
                    std::vector<uint8_t>* image) {
  const int lanes = config.lanes, padded = (run.channels + lanes - 1) / lanes * lanes;
  for (int i = 0; i < padded; ++i) {
    if (i < run.channels) {
      const int n = (run.first_channel + i) % stage.cout, entry = stage.by_count ? run.count : n;
      PutLittleEndian(static_cast<uint32_t>(stage.bias[n]), 4, image);
      PutLittleEndian(stage.m[entry], 4, image);
      PutLittleEndian(stage.s[entry], 1, image);
      Pad(7, image);
    } else {
      Pad(16, image);
    }
    if ((i + 1) % lanes == 0) Pad(ParameterRowBytes(config) - 16 * lanes, image);
  }
}

}  // namespace systole
