// A compiled program: instructions, the memory image they read, where inputs and outputs lie, and a
// map back to the model's layers (for reports and comparison only; the hardware sees none of it).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/isa/config.h"
#include "sw/isa/isa.h"

namespace systole {

// A tensor as it lies in memory or in the activation buffer: H lines of W*C bytes, pixels C bytes
// apart (H-W-C order).
struct TensorLayout {
  uint64_t address = 0;  // of element (h 0, w 0, c 0)
  int h = 0, w = 0, c = 0;
  uint64_t line_stride = 0;  // bytes from line to line
};

// Where a layer's finished output can be observed: after instruction `instruction` (a Post) has
// retired, image `image` of tensor `tensor` (index into Model::tensors, 1..) lies complete in the
// activation buffer at `layout`.
struct Observation {
  uint32_t instruction = 0;
  int tensor = 0;
  int image = 0;
  TensorLayout layout;
};

struct ProgramOptions {
  int images = 1;  // images of this run
  int batch = 1;   // images that share one pass over the fully connected layers' weights
  bool fuse_pool =
      true;  // false: pooling layers run on their own, so that every tensor is observable
  bool pack_pixels = true;  // false: one output pixel a vector, its channels alone on the columns
  uint64_t base = 0x10000000;  // first memory address used (256-byte aligned)
};

struct Program {
  HwConfig config;
  ProgramOptions options;
  // Two programs, run one after the other on the same device: `setup` once (resident weights,
  // tables, halos), then `code` for the images, as often as wanted: the buffers keep what setup put
  // there. Each is a run of its own (START to DONE); cycles are reported for `code`, and compared
  // for both.
  std::vector<Instruction> setup;
  uint64_t setup_address = 0;
  std::vector<Instruction> code;
  uint64_t code_address = 0;
  std::vector<uint8_t> constants;  // weights, offset tables, parameters
  uint64_t constants_address = 0;
  // Input and output images: image i at layout.address + i * stride. Bytes are int8-domain values.
  TensorLayout input, output;
  uint64_t input_stride = 0, output_stride = 0;
  uint64_t memory_end = 0;  // first address past everything

  std::vector<Observation> observations;  // of `code`, sorted by instruction
  std::vector<int>
      layer_of;  // per instruction of `code`: index of the model layer it works for, -1: none
  // Rows of the printed report: fused layers share a row (conv + its pool).
  struct ReportLayer {
    std::string name;                     // e.g. "C1+S2"
    int first_layer = 0, last_layer = 0;  // inclusive
    uint64_t macs = 0;                    // of the model, one image
    std::string mapping;  // e.g. "ws, packing 1x2, 2 K-slices x 1 column fold, 4 tiles"
  };
  std::vector<ReportLayer> report;
  std::vector<int> report_of;  // per instruction: index into report, -1: none (lead-in)
};

}  // namespace systole
