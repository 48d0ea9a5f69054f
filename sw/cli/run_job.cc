#include "sw/cli/run_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "sw/base/error.h"
#include "sw/cli/process_pool.h"
#include "sw/cli/stamps.h"
#include "sw/cli/timeline_json.h"
#include "sw/compare/first_difference.h"
#include "sw/compare/run_view.h"
#include "sw/golden/fast.h"
#include "sw/program/layout.h"
#include "sw/program/parts.h"
#include "sw/tiling/network.h"

namespace systole {
namespace {

constexpr int kBatchesPerRun = 8;

class Stopwatch {
 public:
  explicit Stopwatch(double* seconds)
      : seconds_(seconds), start_(std::chrono::steady_clock::now()) {}
  ~Stopwatch() {
    *seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  double* seconds_;
  std::chrono::steady_clock::time_point start_;
};

// Cycles [first, last] of the run that belong to a report row: from its first MATMUL's issue to the
// next row's first.
std::pair<uint64_t, uint64_t> LayerWindow(const JobProgram& p, const std::string& layer) {
  uint64_t first = kNever, last = p.model_code.total;
  std::string names;
  for (size_t r = 0; r < p.program.report.size(); ++r) {
    names += (names.empty() ? "" : ", ") + p.program.report[r].name;
    uint64_t start = kNever;
    for (size_t i = 0; i < p.program.code.size(); ++i) {
      if (IsArrayWork(p.program.code[i].opcode()) &&
          p.program.report_of[i] == static_cast<int>(r)) {
        start = std::min(start, p.model_code.stamps[i].issue);
      }
    }
    if (p.program.report[r].name == layer) {
      first = start;
    } else if (first != kNever && start > first && start < last) {
      last = start;
    }
  }
  if (first == kNever)
    throw InputError(fmt::format("--trace-layer {}: no such layer; layers: {}", layer, names));
  return {first, last};
}

void CheckSegments(const Program& p, const std::string& model) {
  const int wanted = p.options.segments;
  if (wanted < 2) return;
  if (!p.setup.empty()) {
    throw InputError(
        fmt::format("--segments {}: {} stays on chip as a whole, in one run; leave --segments out",
                    wanted, model));
  }
  if (Segments(p).size() < static_cast<size_t>(wanted)) {
    throw InputError(fmt::format("--segments {}: layers of {} meet in memory for at most {} runs",
                                 wanted, model, Segments(p).size()));
  }
}

}  // namespace

struct Job::Live {
  struct Backend {
    std::unique_ptr<Target> target;
    std::unique_ptr<Session> session;
    int program = -1;
    bool traced = false;
  };
  std::map<std::string, Backend> backends;
  std::unique_ptr<FastGolden> golden;
  // Every tensor of the images that golden saw last, [image][tensor - 1].
  std::vector<std::vector<std::vector<int8_t>>> tensors;
  int64_t first = -1, count = 0;
};

bool JobOptions::Has(const std::string& backend) const {
  return std::find(backends.begin(), backends.end(), backend) != backends.end();
}

Job::Job(const Model& model, const JobOptions& options, const Images& images)
    : model_(model),
      options_(options),
      images_(images),
      faulty_model_(options.fault.kind == Fault::Kind::kWeight ? WithFault(model, options.fault)
                                                               : Model{}),
      live_(std::make_shared<Live>()) {
  const int64_t count = images.count;
  const int batch = static_cast<int>(std::min<int64_t>(options.batch, count));
  // Whole batches in runs of up to kBatchesPerRun, then what is left as a batch of its own.
  const int64_t whole = count / batch;
  const int full =
      AddProgram(static_cast<int>(std::min<int64_t>(whole, kBatchesPerRun)) * batch, batch);
  int64_t first = 0;
  for (; first + ImagesOf({{}, full, 0}) <= count; first += ImagesOf({{}, full, 0}))
    AddImages(full, first);
  if (const int64_t batches = (count - first) / batch; batches > 0) {
    AddImages(AddProgram(static_cast<int>(batches) * batch, batch), first);
    first += batches * batch;
  }
  if (first < count) {
    const int rest = static_cast<int>(count - first);
    AddImages(AddProgram(rest, rest), first);
  }
  // A program from memory keeps nothing from one batch to the next: its steady state is its run.
  if (!options.Hardware() || FromMemory()) return;
  items_.push_back({Item::Purpose::kBatchOne, AddProgram(1, 1), 0});
  items_.push_back({Item::Purpose::kSteadyShort, AddProgram(kShortBatches * batch, batch), 0});
  items_.push_back({Item::Purpose::kSteadyLong, AddProgram(kLongBatches * batch, batch), 0});
}

// The images' run; its parts, where they can stand alone.
void Job::AddImages(int program, int64_t first) {
  if (options_.side_by_side && parts_.count(program) == 0) {
    for (Program& part : PartsOf(programs_[program]->program)) {
      parts_[program].push_back(static_cast<int>(programs_.size()));
      auto p = std::make_unique<JobProgram>();
      p->program = std::move(part);
      p->part = true;
      p->model_code = CodeTiming(p->program, {options_.target.memory_latency, {}});
      programs_.push_back(std::move(p));
    }
  }
  if (const auto parts = parts_.find(program); parts != parts_.end()) {
    for (const int part : parts->second) items_.push_back({Item::Purpose::kImages, part, first});
  } else {
    items_.push_back({Item::Purpose::kImages, program, first});
  }
}

int Job::AddProgram(int images, int batch) {
  for (size_t i = 0; i < programs_.size(); ++i) {
    if (programs_[i]->part) continue;
    const ProgramOptions& o = programs_[i]->program.options;
    if (o.images == images && o.batch == batch) return static_cast<int>(i);
  }
  auto p = std::make_unique<JobProgram>();
  ProgramOptions po;
  po.images = images;
  po.batch = batch;
  po.fuse_pool = options_.fuse;
  po.pack_pixels = options_.pack;
  po.dataflow = options_.dataflow;
  po.segments = options_.segments;
  po.memory = options_.memory;
  if (options_.Hardware()) {
    p->program = CompileNetwork(model_, options_.config, po);
    CheckSegments(p->program, model_.name);
    if (options_.fault.kind == Fault::Kind::kWeight && options_.fault.description != "golden") {
      p->faulty = std::make_unique<Program>(CompileNetwork(faulty_model_, options_.config, po));
    }
    MemoryTiming memory{options_.target.memory_latency, {}};
    if (options_.fault.kind == Fault::Kind::kLaw && options_.fault.description == "model") {
      memory.law_fault[options_.fault.engine] = options_.fault.cycles;
    }
    if (!p->program.setup.empty())  // else there is no such run
      p->model_setup = ModelTiming(p->program.setup, options_.config, memory);
    p->model_code = CodeTiming(p->program, memory);
  } else {
    p->program.config = options_.config;
    p->program.options = po;
  }
  programs_.push_back(std::move(p));
  return static_cast<int>(programs_.size()) - 1;
}

int64_t Job::RtlCycles() const {
  int64_t cycles = 0;
  for (const Item& item : items_) {
    if (options_.Has("rtl"))
      cycles += static_cast<int64_t>(programs_[item.program]->model_code.total);
  }
  return cycles;
}

// Every tensor of every image of the item, [image][tensor - 1].
const std::vector<std::vector<std::vector<int8_t>>>& Job::Golden(const Item& item,
                                                                 ItemResult* result) {
  if (live_->first == item.first && live_->count == ImagesOf(item)) return live_->tensors;
  live_->first = item.first;
  live_->count = ImagesOf(item);
  const bool faulty =
      options_.fault.kind == Fault::Kind::kWeight && options_.fault.description == "golden";
  if (!live_->golden) live_->golden = std::make_unique<FastGolden>(faulty ? faulty_model_ : model_);
  std::vector<std::vector<std::vector<int8_t>>>& tensors = live_->tensors;
  tensors.clear();
  Stopwatch watch(&result->seconds["golden"]);
  for (int64_t i = 0; i < ImagesOf(item); ++i) {
    tensors.push_back(live_->golden->Run(images_.Image((item.first + i) % images_.count)));
  }
  return tensors;
}

TargetRun Job::RunOn(const std::string& backend, const Item& item, const int8_t* images,
                     const std::vector<std::vector<int8_t>>& given, ItemResult* result) {
  const JobProgram& p = *programs_[item.program];
  const bool faulty = p.faulty && options_.fault.description == backend;
  const Program& program = faulty ? *p.faulty : p.program;
  Live::Backend& live = live_->backends[backend];
  if (!live.target) live.target = MakeTarget(backend, options_.config, options_.target);
  Stopwatch watch(&result->seconds[backend]);
  if (live.program != item.program) {
    Driver::Settings settings;
    if (backend == "rtl") settings.look = options_.rtl_cycles;
    live.session = std::make_unique<Session>(live.target.get(), &program, settings);
    live.program = item.program;
    if (!options_.target.stall) {
      CompareTiming(program.setup, "setup", p.model_setup, TimingOf(backend, live.session->setup()),
                    &result->cycles);
    }
  }
  const bool first = backend == "rtl" && !live.traced;
  const bool trace = first && !options_.trace.empty();
  if (trace) {
    std::pair<uint64_t, uint64_t> window{options_.trace_first, options_.trace_last};
    if (!options_.trace_layer.empty()) window = LayerWindow(p, options_.trace_layer);
    live.target->Trace(options_.trace, window.first, window.second);
  }
  result->setup[backend] = live.session->setup().counters.total;
  TargetRun run = [&] {
    try {
      return live.session->Run(images, given);
    } catch (const Unfinished&) {
      throw Unfinished(DescribeUnfinished(p.model_code, live.session->unfinished()));
    }
  }();
  if (trace || (first && !options_.target.trace.empty())) live.target->Trace("", 0, 0);
  live.traced = true;
  return run;
}

ItemResult Job::Run(int index, const Collected& collected) {
  const Item& item = items_[index];
  const JobProgram& p = *programs_[item.program];
  const Program& program = p.program;
  const int64_t count = ImagesOf(item);
  const size_t elements = static_cast<size_t>(images_.c) * images_.h * images_.w;
  ItemResult result;
  result.bytes.resize(program.report.size());
  result.mismatches.resize(program.report.size());

  std::vector<int8_t> images(count * elements);
  for (int64_t i = 0; i < count; ++i) {
    std::memcpy(&images[i * elements], images_.Image((item.first + i) % images_.count), elements);
  }

  // The reference: golden, else the first backend.
  TensorView reference;
  std::vector<int8_t> reference_outputs;
  std::vector<std::vector<int8_t>> given;
  if (options_.Has("golden")) {
    const auto& golden = Golden(item, &result);
    reference.name = "golden";
    for (const Observation& o : AllObservations(program))
      reference.tensors.push_back(PartOf(o, model_.tensors[o.tensor].h, model_.tensors[o.tensor].w,
                                         golden[o.image][o.tensor - 1]));
    for (const Observation& o : program.given) given.push_back(golden[o.image][o.tensor - 1]);
    const bool ends = !options_.Hardware() || program.output.h > 0;
    for (const auto& tensors : golden) {
      if (!ends) break;
      reference_outputs.insert(reference_outputs.end(), tensors.back().begin(),
                               tensors.back().end());
    }
    if (item.purpose == Item::Purpose::kImages) {
      for (int64_t i = 0; i < count; ++i) {
        for (size_t t = 1; t < collected.tensors.size(); ++t) {
          const std::vector<int8_t>& from = golden[i][t - 1];
          if (collected.tensors[t])
            std::memcpy(collected.tensors[t] + (item.first + i) * from.size(), from.data(),
                        from.size());
        }
      }
    }
  }

  std::vector<TimingView> timings;
  if (options_.Hardware()) {
    timings.push_back(p.model_code);
    result.rows["model"] = CyclesByRow(program, p.model_code.stamps, p.model_code.total);
    result.totals["model"] = p.model_code.total;
    result.setup["model"] = p.model_setup.total;
  }
  std::vector<int8_t> outputs = reference_outputs;
  for (const char* backend : {"tlm", "rtl"}) {
    if (!options_.Has(backend)) continue;
    TargetRun run = RunOn(backend, item, images.data(), given, &result);
    TensorView view;
    view.name = backend;
    view.tensors = TensorsOf(program, run);
    if (item.purpose == Item::Purpose::kImages && !options_.Has("golden")) {
      const std::vector<Observation> observed = AllObservations(program);
      for (size_t i = 0; i < observed.size(); ++i) {
        const Observation& o = observed[i];
        if (o.tensor >= static_cast<int>(collected.tensors.size()) || !collected.tensors[o.tensor])
          continue;
        if (!IsWhole(o, model_.tensors[o.tensor].h, model_.tensors[o.tensor].c)) continue;
        std::memcpy(collected.tensors[o.tensor] + (item.first + o.image) * view.tensors[i].size(),
                    view.tensors[i].data(), view.tensors[i].size());
      }
    }
    outputs = run.outputs;
    const TimingView timing = TimingOf(backend, run);
    if (backend == std::string("rtl")) {
      result.differs = FirstDifference(program, reference.name.empty() ? view : reference, view,
                                       p.model_code, timing, !options_.target.stall);
    }
    if (reference.name.empty()) {
      reference = std::move(view);
      reference_outputs = outputs;
    } else {
      CompareTensors(model_, program, item.first, reference, view, &result.bytes,
                     &result.mismatches, &result.tensors);
      CompareOutputs(model_, item.first, reference.name, reference_outputs, backend, outputs,
                     &result.tensors);
    }
    result.totals[backend] = run.counters.total;
    result.rows[backend] = CyclesByRow(program, run.record.stamps, run.counters.total);
    timings.push_back(timing);
  }
  if (!timings.empty()) result.counters = timings.back().counters;
  if (options_.timeline && index == 0) result.timeline = TimelineJson(program, timings.back());
  if (options_.stamps && index == 0) {
    for (const TimingView& t : timings) {
      const bool model = t.name == "model";
      const TimingView setup =
          model ? p.model_setup : TimingOf(t.name, live_->backends[t.name].session->setup());
      result.stamps += StampLines(program, "setup", program.setup, setup);
      result.stamps += StampLines(program, "code", program.code, t);
    }
  }
  if (!options_.target.stall) {
    for (size_t i = 1; i < timings.size(); ++i) {
      const std::string name = fmt::format("run of {} images from {}", count, item.first);
      CompareTiming(program.code, name, timings[0], timings[i], &result.cycles);
    }
  }
  if (item.purpose == Item::Purpose::kImages && !outputs.empty()) {
    std::memcpy(collected.outputs + item.first * model_.tensors.back().Elements(), outputs.data(),
                outputs.size());
  }
  return result;
}

}  // namespace systole
