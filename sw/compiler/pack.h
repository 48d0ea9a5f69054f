// The bytes of resident constants, as memory images of their buffers: every row padded to whole AXI
// beats.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/compiler/constants.h"
#include "sw/compiler/mapping.h"
#include "sw/compiler/stage.h"
#include "sw/isa/config.h"

namespace systole {

// Bytes of a row of each buffer in memory.
inline int PaddedRow(int row_bytes, const HwConfig& config) {
  return (row_bytes + config.AxiBytes() - 1) / config.AxiBytes() * config.AxiBytes();
}
inline int WeightRowBytes(const HwConfig& config) { return PaddedRow(config.rows, config); }
inline int OffsetRowBytes(const HwConfig& config) { return PaddedRow(2 * config.rows, config); }
inline int ParameterRowBytes(const HwConfig& config) {
  return PaddedRow(16 * config.lanes, config);
}

// Appends a fold's weight rows: for each slice and row, WPORT banks of ROWS weights.
void PackWeights(const Stage& stage, const Mapping& mapping, const Fold& fold,
                 const HwConfig& config, std::vector<uint8_t>* image);
void PackOffsets(const Constants& constants, const HwConfig& config, std::vector<uint8_t>* image);
void PackParameters(const ParameterRun& run, const Stage& stage, const HwConfig& config,
                    std::vector<uint8_t>* image);

}  // namespace systole
