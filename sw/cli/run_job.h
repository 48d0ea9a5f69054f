// The work behind `systole run`: programs, the runs of them that cover all images, and one run on
// every backend with its comparison.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sw/compare/compare.h"
#include "sw/compare/target.h"
#include "sw/model/images.h"
#include "sw/model/model.h"
#include "sw/program/program.h"
#include "sw/timing/timeline.h"

namespace systole {

// Steady state: (cycles of 6 batches - cycles of 2) / (4 batch).
constexpr int kShortBatches = 2, kLongBatches = 6;

struct JobOptions {
  HwConfig config;
  int batch = 16;
  uint64_t memory = 0;        // bytes of external memory that a program may use; 0: all
  int segments = 1;           // runs to cut each program into
  bool side_by_side = false;  // the runs of a program as items of their own, where golden has what
                              // the runs before them leave
  bool fuse = true, pack = true;
  Dataflow dataflow = Dataflow::kWs;
  std::vector<std::string> backends;  // of golden, tlm, rtl
  TargetSettings target;
  Fault fault;
  bool stamps = false;      // of the first item, as text
  bool timeline = false;    // the same
  std::string trace;        // FST path; empty: none
  std::string trace_layer;  // a report row's name; empty: whole run
  uint64_t trace_first = 0, trace_last = kNever;
  // Called now and then while the RTL runs, with the cycles since the last call; may throw
  // Unfinished.
  std::function<void(uint64_t)> rtl_cycles;

  bool Has(const std::string& backend) const;
  bool Hardware() const { return Has("tlm") || Has("rtl"); }
};

// A program, its faulty twin where a weight fault is injected, and the cycle model's account of it.
struct JobProgram {
  Program program;
  std::unique_ptr<Program> faulty;
  TimingView model_setup, model_code;
  bool part = false;  // of another (PartsOf)
};

// One run, or a part of one: program index, images [first, first + program.options.images).
struct Item {
  enum class Purpose { kImages, kBatchOne, kSteadyShort, kSteadyLong };
  Purpose purpose = Purpose::kImages;
  int program = 0;
  int64_t first = 0;
};

// What one item gave.
struct ItemResult {
  std::vector<int64_t> bytes, mismatches;  // per report row
  Differences tensors, cycles;
  std::map<std::string, RowCycles> rows;          // per backend, and "model"
  std::map<std::string, uint64_t> setup, totals;  // cycles
  std::map<std::string, double> seconds;          // per backend
  std::string stamps;                             // lines of CSV (stamps.h)
  std::string timeline;                           // JSON (timeline_json.h)
  uint64_t differs = kNever;                      // the RTL's first difference, cycle of its run
  HardwareCounters counters;                      // of the last of model, tlm, rtl
};

// Results of all images, in shared memory: index image * elements.
struct Collected {
  int8_t* outputs = nullptr;     // stored by the last of tlm, rtl; else golden's
  std::vector<int8_t*> tensors;  // tensors[i] of the model, i >= 1; nullptr: not wanted
};

class Job {
 public:
  // Compiles what the images need. Throws InputError.
  Job(const Model& model, const JobOptions& options, const Images& images);

  const std::vector<Item>& items() const { return items_; }
  const JobProgram& program(int i) const { return *programs_[i]; }
  const Program& Report() const { return programs_.front()->program; }
  // Are the runs of its programs items of their own?
  bool SideBySide() const { return !parts_.empty(); }
  // Nothing stays on chip from run to run.
  bool FromMemory() const { return Report().setup.empty(); }
  int64_t ImagesOf(const Item& item) const {
    return programs_[item.program]->program.options.images;
  }

  // Cycles of the RTL in all items, by the cycle model; 0 without it.
  int64_t RtlCycles() const;

  // In a process of its own: devices are made at first use and kept.
  ItemResult Run(int item, const Collected& collected);

 private:
  int AddProgram(int images, int batch);
  void AddImages(int program, int64_t first);
  TargetRun RunOn(const std::string& backend, const Item& item, const int8_t* images,
                  const std::vector<std::vector<int8_t>>& given, ItemResult* result);
  const std::vector<std::vector<std::vector<int8_t>>>& Golden(const Item& item, ItemResult* result);

  struct Live;  // devices and sessions of this process
  const Model& model_;
  const JobOptions& options_;
  const Images& images_;
  Model faulty_model_;
  std::vector<std::unique_ptr<JobProgram>> programs_;
  std::map<int, std::vector<int>> parts_;  // of a program: those of its runs
  std::vector<Item> items_;
  std::shared_ptr<Live> live_;
};

}  // namespace systole
