// Random data of a nest's layer, as the program reads and leaves them, and the plain convolution.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/nest/nest_program.h"

namespace systole::nest {

// inputs[n][channel][row][column], weights[m][c][s][r] (depthwise: c is 1).
struct LayerData {
  std::vector<int8_t> inputs, weights;
};
LayerData RandomData(const ConvNest& nest, uint32_t seed);

// Sums of the convolution as its definition has them, [n][m][q][p].
std::vector<int32_t> Convolve(const ConvNest& nest, const LayerData& data);

// The bytes that the program loads: rows of the weight buffer, instruction after instruction; the
// inputs in memory.
std::vector<uint8_t> WeightImage(const NestPlan& plan, const LayerData& data);
std::vector<int8_t> InputImage(const NestPlan& plan, const InputLayout& layout,
                               const LayerData& data);

// The outputs [n][m][q][p] of the bytes that the program stored.
std::vector<int8_t> Outputs(const NestPlan& plan, int64_t job_bytes,
                            const std::vector<int8_t>& stored);

}  // namespace systole::nest
