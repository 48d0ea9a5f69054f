#include "sw/cli/run_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "sw/base/error.h"
#include "sw/base/exit_status.h"
#include "sw/cli/compile_folder.h"
#include "sw/cli/tensor_npy.h"
#include "sw/compare/run_view.h"
#include "sw/model/npy.h"
#include "sw/program/program_folder.h"
#include "sw/timing/timeline.h"

namespace systole {
namespace {

// What one run of the program gave on one backend.
struct BackendRun {
  TensorView tensors;
  std::vector<int8_t> outputs;
  TimingView timing;
};

class Runner {
 public:
  Runner(const FolderJob& job, const ProgramFolder& folder)
      : job_(job),
        folder_(folder),
        program_(folder.program),
        model_(WithoutLayers(folder)),
        settings_(job.target) {
    if (settings_.memory_latency == 0) settings_.memory_latency = folder.memory_latency;
    const MemoryTiming memory{settings_.memory_latency, {}};
    if (!program_.setup.empty())
      model_setup_ = ModelTiming(program_.setup, program_.config, memory);
    model_code_ = CodeTiming(program_, memory);
    if (settings_.memory_latency == folder.memory_latency) CompareWithFolder();
    for (const std::string& backend : job.backends) {
      targets_.push_back(MakeTarget(backend, program_.config, settings_));
      sessions_.push_back(std::make_unique<Session>(targets_.back().get(), &program_));
      if (!program_.setup.empty() && !settings_.stall) {
        CompareTiming(program_.setup, "setup", model_setup_,
                      TimingOf(backend, sessions_.back()->setup()), &differences_);
      }
    }
  }

  // program.options.images images; `own`: the folder's. Returns the outputs.
  std::vector<int8_t> Run(const int8_t* images, int64_t first, bool own) {
    BackendRun reference;
    if (own) {
      reference.tensors = {"folder", folder_.expected};
      reference.outputs = folder_.outputs;
    }
    for (size_t b = 0; b < targets_.size(); ++b) {
      BackendRun run = RunOn(b, images);
      if (!settings_.stall)
        CompareTiming(program_.code, "run", model_code_, run.timing, &differences_);
      cycles_[b] += run.timing.total;
      if (reference.tensors.name.empty()) {
        reference = std::move(run);
        continue;
      }
      std::vector<int64_t> bytes(program_.report.size()), mismatches(program_.report.size());
      CompareTensors(model_, program_, first, reference.tensors, run.tensors, &bytes, &mismatches,
                     &differences_);
      CompareOutputs(model_, first, reference.tensors.name, reference.outputs, run.tensors.name,
                     run.outputs, &differences_);
      for (int64_t n : bytes) compared_[b] += n;
      compared_[b] += static_cast<int64_t>(run.outputs.size());
    }
    return reference.outputs;
  }

  const Differences& differences() const { return differences_; }
  const Model& model() const { return model_; }

  void Print(int64_t runs) const {
    fmt::print("{:<8} {:>6} {:>14} {:>14} {:>14}\n", "backend", "runs", "bytes equal", "cycles",
               "cycle model");
    for (size_t b = 0; b < targets_.size(); ++b) {
      fmt::print("{:<8} {:>6} {:>14} {:>14} {:>14}\n", job_.backends[b], runs,
                 compared_[b] > 0 && differences_.count == 0 ? std::to_string(compared_[b]) : "-",
                 cycles_[b],
                 settings_.stall ? "-" : std::to_string(runs * int64_t(model_code_.total)));
    }
    for (const std::string& text : differences_.told) fmt::print("{}\n", text);
    if (settings_.stall) fmt::print("random stalls: cycles are not compared\n");
    fmt::print("{}\n", differences_.count == 0 ? "all equal"
                                               : fmt::format("{} differences", differences_.count));
  }

 private:
  // The cycles that compile wrote.
  void CompareWithFolder() {
    auto check = [&](const char* run, uint64_t wrote, uint64_t now) {
      if (wrote == now) return;
      differences_.Add(1, fmt::format("model: {}: the folder says {} cycles, the cycle model {}",
                                      run, wrote, now));
    };
    check("setup", folder_.setup_cycles, program_.setup.empty() ? 0 : model_setup_.total);
    check("code", folder_.code_cycles, model_code_.total);
  }

  BackendRun RunOn(size_t b, const int8_t* images) {
    const TargetRun run = sessions_[b]->Run(images);
    BackendRun result;
    result.tensors.name = job_.backends[b];
    result.tensors.tensors = TensorsOf(program_, run);
    result.outputs = run.outputs;
    result.timing = TimingOf(job_.backends[b], run);
    return result;
  }

  const FolderJob& job_;
  const ProgramFolder& folder_;
  const Program& program_;
  const Model model_;
  TargetSettings settings_;
  TimingView model_setup_, model_code_;
  std::vector<std::unique_ptr<Target>> targets_;
  std::vector<std::unique_ptr<Session>> sessions_;
  Differences differences_;
  int64_t compared_[2] = {};
  uint64_t cycles_[2] = {};
};

// Instructions that cannot run to their end are no program.
void CheckRuns(const FolderJob& job, const char* name, const std::vector<Instruction>& code,
               const HwConfig& config) {
  if (code.empty()) return;
  const RunTotals totals = Simulate(code, config, MemoryTiming{});
  if (totals.ok()) return;
  throw InputError(
      fmt::format("{}/memory.bin: the {} cannot run: {}", job.folder, name, Describe(totals)));
}

}  // namespace

int RunFolder(const FolderJob& job) {
  const ProgramFolder folder = ReadProgramFolder(job.folder);
  const Program& program = folder.program;
  CheckRuns(job, "setup", program.setup, program.config);
  CheckRuns(job, "code", program.code, program.config);
  const bool own = job.images.empty();
  if (own && !folder.has_images) {
    throw InputError(fmt::format(
        "{}: has no images of its own; give --images, or compile with --images", job.folder));
  }
  for (const std::string& backend : job.backends) {
    if (backend == "rtl") CheckRtlBuilt(program.config, job.target.rtl_variant);
  }
  Images images;
  if (own) {
    const Tensor& t = WithoutLayers(folder).tensors.front();
    images = {program.options.images, t.c, t.h, t.w, folder.images};
  } else {
    images = LoadImages(job.images, WithoutLayers(folder), job.first);
    if (images.count == 0) throw InputError(fmt::format("{}: no images", job.images));
  }

  Runner runner(job, folder);
  const size_t size = static_cast<size_t>(images.c) * images.h * images.w;
  std::vector<int8_t> outputs, run(program.options.images * size);
  int64_t runs = 0;
  for (int64_t first = 0; first < images.count; first += program.options.images, ++runs) {
    // The last run is filled up with images from the start.
    for (int i = 0; i < program.options.images; ++i)
      std::memcpy(&run[i * size], images.Image((first + i) % images.count), size);
    const std::vector<int8_t> some = runner.Run(run.data(), first, own);
    outputs.insert(outputs.end(), some.begin(), some.end());
  }
  fmt::print("{}: {} on {}x{}, {} image{}, {} a run\n", job.folder,
             folder.model.empty() ? "a program" : folder.model, program.config.rows,
             program.config.cols, images.count, images.count == 1 ? "" : "s",
             program.options.images);
  runner.Print(runs);
  if (!job.outputs.empty())
    WriteNpy(job.outputs,
             ToNpy(runner.model(), runner.model().tensors.back(), outputs.data(), images.count));
  return runner.differences().count == 0 ? kAllEqual : kDifferent;
}

}  // namespace systole
