// Comparison of descriptions: every byte of observed tensors, every instruction's cycles, the
// counters.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/device/run_record.h"
#include "sw/driver/driver.h"
#include "sw/model/model.h"
#include "sw/program/program.h"

namespace systole {

// Differences found so far: all counted, the first few of each description told. A text starts with
// its description's name and a colon.
struct Differences {
  static constexpr int kTold = 6;
  int64_t count = 0;
  std::vector<std::string> told;
  void Add(int64_t n, const std::string& text) {
    count += n;
    Tell(text);
  }
  void Tell(const std::string& text) {
    const std::string who = text.substr(0, text.find(':') + 1);
    int same = 0;
    for (const std::string& t : told) same += t.compare(0, who.size(), who) == 0;
    if (same < kTold) told.push_back(text);
  }
};

// One description's view of a run: tensors as C x H x W, one per observation of the program
// (AllObservations(); empty: not seen).
struct TensorView {
  std::string name;  // "golden", "tlm", "rtl"
  std::vector<std::vector<int8_t>> tensors;
};

// H x W x C (a RunRecord's, dense) to C x H x W.
std::vector<int8_t> ToPlanes(const std::vector<int8_t>& pixels, const TensorLayout& layout);

// Index of the report row that tensor `t` belongs to, -1: none.
int RowOfTensor(const Program& program, int tensor);

// Compares `view` with `reference`, byte by byte; adds to bytes[row] and mismatches[row]. A tensor
// that was never seen counts as different in every byte. The smallest image is told first. Tells
// "<view>: image 3, layer C3+S4 (tensor t), element c 4 h 2 w 1: golden 17, rtl 16, 5 of 400 bytes
// differ"; `first_image` is the number of the run's first image.
void CompareTensors(const Model& model, const Program& program, int64_t first_image,
                    const TensorView& reference, const TensorView& view,
                    std::vector<int64_t>* bytes, std::vector<int64_t>* mismatches,
                    Differences* differences);

// Compares the outputs that were stored to memory (images x C x H x W).
void CompareOutputs(const Model& model, int64_t first_image, const std::string& reference_name,
                    const std::vector<int8_t>& reference, const std::string& name,
                    const std::vector<int8_t>& outputs, Differences* differences);

// One description's timing of a run.
struct TimingView {
  std::string name;  // "rtl", "tlm", "model"
  std::vector<Stamp> stamps;
  uint64_t total = 0;
  HardwareCounters counters;
};

// Issue and retire of every instruction, the total, and every counter.
void CompareTiming(const std::vector<Instruction>& code, const std::string& run,
                   const TimingView& reference, const TimingView& view, Differences* differences);

// "cycle 1200 of 5675; issue and retire of 90 of 350 instructions compared, 0 differences": a run
// that was left, `record` what it had come to, held to `reference` as far as it goes.
std::string DescribeUnfinished(const TimingView& reference, const RunRecord& record);

// Cycles by report row, and those before the first MATMUL: each cycle of the run belongs to the row
// of the last MATMUL issued up to then, so rows and lead-in add up to the total.
struct RowCycles {
  uint64_t lead_in = 0;
  std::vector<uint64_t> rows;
};
RowCycles CyclesByRow(const Program& program, const std::vector<Stamp>& stamps, uint64_t total);

}  // namespace systole
