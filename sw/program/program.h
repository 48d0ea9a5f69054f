// A compiled program: instructions, the memory image they read, where inputs and outputs lie, and a
// map back to the model's layers (for reports and comparison only; the hardware sees none of it).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/arith/add.h"
#include "sw/arith/rounding.h"
#include "sw/arith/softmax.h"
#include "sw/isa/config.h"
#include "sw/isa/isa.h"

namespace systole {

// A tensor as it lies in memory or in the activation buffer (H-W-C order): H lines of W pixels of C
// bytes. Pixels lie C bytes apart, or more where the tensor is channels of a larger one.
struct TensorLayout {
  uint64_t address = 0;  // of element (h 0, w 0, c 0)
  int h = 0, w = 0, c = 0;
  uint64_t line_stride = 0;   // bytes from line to line
  uint64_t pixel_stride = 0;  // bytes from pixel to pixel; 0: c

  uint64_t PixelStride() const {
    return pixel_stride != 0 ? pixel_stride : static_cast<uint64_t>(c);
  }
};

// Where a layer's finished output can be observed: after instruction `instruction` (a Post) has
// retired, image `image` of tensor `tensor` (index into Model::tensors, 1..) lies in the activation
// buffer at `layout`: complete, or, where the layout is smaller than the tensor, its lines from y0
// and channels from c0 on.
struct Observation {
  uint32_t instruction = 0;
  int tensor = 0;
  int image = 0;
  TensorLayout layout;
  int y0 = 0, c0 = 0;
};

// What the host does between two runs of a program, on tensors in memory.
struct HostStep {
  enum class Kind { kAdd, kTable, kSoftmax };
  Kind kind = Kind::kAdd;
  std::string name;                  // for reports: "layer 'add_1' (Add)"
  std::vector<TensorLayout> inputs;  // two of kAdd
  TensorLayout output;               // of the inputs' size
  Rounding rounding = Rounding::kFloor;
  int lo = -128, hi = 127;
  AddParams add;              // kAdd
  std::vector<int8_t> table;  // kTable: 256 entries for all channels, or 256 for each
  SoftmaxParams softmax;      // kSoftmax, over the channels of each pixel
};

// A part of `code` that is a run of its own (START to DONE), and what the host does after it.
struct Segment {
  uint32_t first = 0, last = 0;  // instructions [first, last); none: no run
  uint64_t address = 0;          // of the first; 256-byte aligned, as every program
  std::vector<HostStep> host;
};

// How a layer lies on the array: its weights stay there, its sums or its inputs; auto: the fastest.
enum class Dataflow { kWs, kOs, kAuto, kIs };

struct ProgramOptions {
  int images = 1;  // images of this run
  int batch = 1;   // images that share one pass over the fully connected layers' weights
  bool fuse_pool =
      true;  // false: pooling layers run on their own, so that every tensor is observable
  bool pack_pixels = true;  // false: one output pixel a vector, its channels alone on the columns
  Dataflow dataflow = Dataflow::kWs;  // of layers that can be so
  uint64_t base = 0x10000000;         // first memory address used (256-byte aligned)
  uint64_t memory = 0;  // bytes from there on that may be used; 0: as far as addresses reach
  int segments = 1;     // runs to cut the code into, at borders of layers; only from memory
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
  // A part that makes no outputs (parts.h) has output.h = 0.
  TensorLayout input, output;
  uint64_t input_stride = 0, output_stride = 0;
  uint64_t memory_end = 0;  // first address past everything
  // What the code writes, where the host's steps make the outputs; 0: the outputs (WriteBase()).
  uint64_t write_base = 0, write_end = 0;

  // The runs that `code` consists of; empty: it is one. Cycles of a program are those of its runs
  // together; between them the accelerator does nothing.
  std::vector<Segment> segments;
  // Is every tensor that one run leaves for a later one among `stored`?
  bool keeps = false;

  std::vector<Observation> observations;  // of `code`, sorted by instruction
  // Where finished tensors lie in memory when everything has run; `instruction` means nothing.
  std::vector<Observation> stored;
  // What lies in memory before it begins, of a program that is a part of another (parts.h).
  std::vector<Observation> given;
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

// The runs of a program's code, one at least.
inline std::vector<Segment> Segments(const Program& p) {
  if (!p.segments.empty()) return p.segments;
  return {{0, static_cast<uint32_t>(p.code.size()), p.code_address, {}}};
}

// Program::observations, then Program::stored: all that a run is compared in.
inline std::vector<Observation> AllObservations(const Program& p) {
  std::vector<Observation> all = p.observations;
  all.insert(all.end(), p.stored.begin(), p.stored.end());
  return all;
}

}  // namespace systole
