// Stages on the array output stationary (docs/isa.md): the pixels of a tile are lines of the output
// below each other, in one column of it; tile follows tile along the lines.
//
//   lane j of tile i: pixel (line j, x = i) of a rectangle of at most ROWS lines, or its cell there
//   step k: element k of the fold's window, in the order of memory, and a row of weights
//   entry of pixel (y, x): x * ROWS + y
//
// Lanes lie a stride of lines apart, so the bank rule asks that this times the line pitch be 1
// modulo the banks, which a line pitch can be made wherever the stride is odd. The bytes of a pixel
// do not matter, nor the stride along the lines.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/compiler/mapping.h"
#include "sw/compiler/stage.h"
#include "sw/compiler/tiles.h"
#include "sw/isa/config.h"

namespace systole {

// What about the stage keeps it from the dataflow that it asks for, in a few words; "": nothing.
std::string WhyWeightStationary(const Stage& stage, const HwConfig& config);

// "ws, packing 1x2, ...", "os, ...", "is, ..."; where the stage asks for another, also why not.
std::string DescribeOn(const Stage& stage, const Mapping& mapping, const HwConfig& config);

// Lines that a tile may have: offsets of 16 bits reach them.
int MostLanes(const Stage& stage, const Mapping& mapping, const HwConfig& config);

// A row of the offset table: `lanes` lanes `bytes` apart, and the others next to the first one.
std::vector<uint16_t> LaneOffsets(int lanes, int bytes, const HwConfig& config);

// Steps of a fold as the box of one Matmul's three counters.
struct StepRun {
  int first = 0, last = 0;  // half open
  int shift = 0;            // bytes from the fold's window to the element of step `first`
  int nx = 1, ny = 1, nb = 1;
  int stride_x = 0, stride_y = 0, stride_b = 0;
};

// A fold's steps as few runs; none crosses a multiple of `per_item` steps.
std::vector<StepRun> StepRuns(const Stage& stage, const Fold& fold, int pitch, int per_item);

// Steps that pieces of a fold's weights should be multiples of.
int StepUnit(const Stage& stage, const Fold& fold);

// A fold's weights as LoadWgt's rows, a row a step, like PackWeights().
void PackStepWeights(const Stage& stage, const Mapping& mapping, const Fold& fold,
                     const HwConfig& config, std::vector<uint8_t>* image);

}  // namespace systole
