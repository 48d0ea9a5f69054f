// A planned nest as a program: LOAD, RowConv, POST and STORE in the nest's order.
#pragma once

#include <vector>

#include "sw/nest/nest_plan.h"
#include "sw/program/program.h"

namespace systole::nest {

// Inputs in memory: planes of `block` channels, each line after line, columns side by side.
struct InputLayout {
  int64_t height = 0, width = 0, planes = 0;
  int64_t line = 0, plane = 0, image = 0;  // bytes from one to the next
  int64_t bytes = 0;                       // of all images

  int64_t At(const NestPlan& p, int64_t n, int64_t channel, int64_t row, int64_t column) const {
    return n * image + channel / p.block * plane + row * line + column * p.block +
           channel % p.block;
  }
};
InputLayout LayoutOf(const NestPlan& plan);

// `program`: input and output are one line of bytes each, inputs as InputLayout, outputs job after
// job (`job_bytes` from one to the next).
struct NestProgram {
  Program program;
  InputLayout input;
  int64_t job_bytes = 0;
  int shift = 0;  // an output is its sum / 2^shift, rounded down, within int8
  int64_t input_bytes = 0, weight_rows = 0;  // that LOAD brings
};

// `weights`: rows of the weight buffer as the program loads them (WeightImage).
NestProgram MakeProgram(const NestPlan& plan, const std::vector<uint8_t>& weights);

}  // namespace systole::nest
