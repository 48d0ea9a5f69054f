// `systole run`: inference on any backend, or on several at once and compared.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <memory>
#include <thread>

#include "sw/arith/rounding.h"
#include "sw/base/error.h"
#include "sw/base/output_file.h"
#include "sw/cli/classes.h"
#include "sw/cli/commands.h"
#include "sw/cli/html_report.h"
#include "sw/cli/item_text.h"
#include "sw/cli/labels.h"
#include "sw/cli/process_pool.h"
#include "sw/cli/progress.h"
#include "sw/cli/report.h"
#include "sw/cli/rounding_option.h"
#include "sw/cli/run_folder.h"
#include "sw/cli/run_options.h"
#include "sw/cli/stamps.h"
#include "sw/cli/tensor_npy.h"
#include "sw/model/load.h"
#include "sw/model/npy.h"
#include "sw/program/layout.h"
#include "sw/program/program_folder.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/quant/onnx_runtime.h"
#include "sw/quant/range_proof.h"

namespace systole {
namespace {

// DIR/<index>_<name>.npy; names of nodes may be of any length, and of any bytes.
std::string LayerFile(const std::string& folder, const Model& model, size_t tensor) {
  constexpr size_t kLongest = 200;
  std::string name = model.layers[tensor - 1].name.substr(0, kLongest);
  for (char& c : name) {
    if (c == '/' || std::iscntrl(static_cast<unsigned char>(c))) c = '_';
  }
  return fmt::format("{}/{}_{}.npy", folder, tensor - 1, name);
}

// After Ctrl-C: what was compared until then.
void PrintUnfinished(const Job& job, const std::vector<ItemResult>& results,
                     const std::vector<char>& finished,
                     const std::vector<std::string>& unfinished) {
  int64_t runs = 0, bytes = 0, differences = 0;
  for (size_t i = 0; i < results.size(); ++i) {
    if (finished[i] == 0) continue;
    ++runs;
    for (const int64_t n : results[i].bytes) bytes += n;
    differences += results[i].tensors.count + results[i].cycles.count;
    for (const Differences* d : {&results[i].tensors, &results[i].cycles}) {
      for (const std::string& told : d->told) fmt::print("DIFFERENT: {}\n", told);
    }
  }
  fmt::print(
      "stopped by Ctrl-C: {} of {} runs finished, {} bytes compared in them, {} differences\n",
      runs, results.size(), bytes, differences);
  for (size_t i = 0; i < results.size(); ++i) {
    if (unfinished[i].empty()) continue;
    const int64_t first = job.items()[i].first;
    fmt::print("not finished: images {} to {}, rtl: {}; bytes not compared\n", first,
               first + job.ImagesOf(job.items()[i]) - 1, unfinished[i]);
  }
}

// The cycles around the RTL's first difference, from a run of its own.
constexpr uint64_t kTracedBefore = 2000, kTracedAfter = 100;

void TraceDifference(const Model& model, const Images& images, JobOptions options,
                     const std::vector<ItemResult>& results, const std::string& path) {
  const auto different = std::find_if(results.begin(), results.end(),
                                      [](const ItemResult& r) { return r.differs != kNever; });
  if (different == results.end()) {
    fmt::print("--trace-on-difference: the RTL does not differ, nothing is traced\n");
    return;
  }
  const uint64_t cycle = different->differs;
  options.target.rtl_variant = RtlVariant::kTrace;
  options.trace = path;
  options.trace_first = cycle - std::min(cycle, kTracedBefore);
  options.trace_last = cycle + kTracedAfter;
  Job job(model, options, images);
  const int item = static_cast<int>(different - results.begin());
  SharedMemory outputs(static_cast<size_t>(images.count * model.tensors.back().Elements()));
  Collected collected;
  collected.outputs = static_cast<int8_t*>(outputs.data());
  ForkAndRun(
      1, 1, [&](int) { return Serialize(job.Run(item, collected)); },
      [](int, const std::string&) {});
  fmt::print("{}: cycles {} to {} of the run of images from {}; the first difference is in {}\n",
             path, options.trace_first, options.trace_last, job.items()[item].first, cycle);
}

int Run(const RunOptions& o) {
  if (o.images.empty()) throw InputError("--images is required; see systole run -h");
  const auto start = std::chrono::steady_clock::now();
  JobOptions options = o.Job();
  SharedMemory cycles(sizeof(std::atomic<int64_t>));
  auto* simulated = new (cycles.data()) std::atomic<int64_t>(0);  // by the RTL of all processes
  options.rtl_cycles = [simulated](uint64_t n) {
    *simulated += static_cast<int64_t>(n);
    if (Stopped()) throw Unfinished("");
  };
  FileSet files;
  files.AddInput("the model", o.model);
  files.AddInput("--images", o.images);
  files.AddInput("--labels", o.labels);
  files.AddInput("--classes", o.classes);
  files.AddOutput("--outputs", o.outputs);
  files.AddOutput("--json", o.json);
  files.AddOutput("--html", o.html);
  files.AddOutput("--timeline", o.timeline);
  files.AddOutput("--stamps", o.stamps);
  files.AddOutput("--trace", o.trace);
  files.AddOutput("--trace-from-reset", o.trace_from_reset);
  files.AddOutput("--trace-on-difference", o.trace_on_difference);
  files.AddOutputFolder("--outputs-dir", o.outputs_dir);
  if (!o.rounding.empty()) ParseRounding(o.rounding);
  Model model = LoadModel(o.model);
  const Rounding rounding = ChosenRounding(o.rounding, model);
  if (options.Hardware() && !(options.config.roundings >> static_cast<int>(rounding) & 1)) {
    throw InputError(fmt::format("--rounding {}: not among the accelerator's ROUNDINGS",
                                 RoundingName(rounding)));
  }
  for (size_t t = 1; t < model.tensors.size() && !o.outputs_dir.empty(); ++t)
    files.Claim("--outputs-dir", LayerFile(o.outputs_dir, model, t));
  ChooseMultipliers(model, rounding);
  for (const std::string& warning : ProveRanges(model))
    fmt::print(stderr, "warning: {}\n", warning);
  const Images images = LoadImages(o.images, model, o.first);
  if (images.count == 0) throw InputError(fmt::format("{}: no images", o.images));
  std::vector<uint8_t> labels;
  if (!o.labels.empty()) {
    labels = LoadLabels(o.labels);
    CheckLabels(o.labels, labels, images.count, model.tensors.back());
  }

  std::vector<std::string> classes;
  if (!o.classes.empty()) classes = ReadClasses(o.classes, model.tensors.back());

  Job job(model, options, images);  // compiles: what does not fit is told before RTL is asked for
  if (!o.trace_on_difference.empty()) CheckRtlBuilt(options.config, RtlVariant::kTrace);
  if (options.Has("rtl")) CheckRtlBuilt(options.config, options.target.rtl_variant);
  const int64_t out_size = model.tensors.back().Elements();
  SharedMemory outputs(static_cast<size_t>(images.count * out_size));
  std::vector<std::unique_ptr<SharedMemory>> tensors(model.tensors.size());
  Collected collected;
  collected.outputs = static_cast<int8_t*>(outputs.data());
  collected.tensors.resize(model.tensors.size());
  std::vector<char> observed(model.tensors.size(), options.Has("golden"));
  if (options.Hardware()) {
    for (const Observation& obs : job.Report().observations) {
      const Tensor& t = model.tensors[obs.tensor];
      if (IsWhole(obs, t.h, t.c)) observed[obs.tensor] = 1;
    }
  }
  if (!o.outputs_dir.empty()) {
    for (size_t t = 1; t < model.tensors.size(); ++t) {
      if (!observed[t]) continue;
      tensors[t] = std::make_unique<SharedMemory>(
          static_cast<size_t>(images.count * model.tensors[t].Elements()));
      collected.tensors[t] = static_cast<int8_t*>(tensors[t]->data());
    }
  }

  RunSummary s;
  s.model = model.name.empty() ? std::filesystem::path(o.model).stem().string() : model.name;
  s.config = options.config;
  s.batch = static_cast<int>(std::min<int64_t>(o.batch, images.count));
  s.images = images.count;
  s.backends = options.backends;
  s.layers = job.Report().report;
  s.bytes.resize(s.layers.size());
  s.mismatches.resize(s.layers.size());
  s.cycles_compared = !options.target.stall;
  if (rounding == Rounding::kFloat32 && !EqualsOnnxRuntime(model)) {
    s.within_one = OnnxRuntimeNote(model);
  }

  int processes =
      o.jobs > 0 ? o.jobs : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  if (!o.trace.empty() || !o.trace_from_reset.empty()) processes = 1;
  std::vector<ItemResult> results(job.items().size());
  std::vector<char> finished(results.size());
  std::vector<std::string> unfinished(results.size());
  bool all = false;
  {
    const bool rtl = options.Has("rtl");
    int64_t work = job.RtlCycles();
    for (const Item& item : job.items()) work += rtl ? 0 : job.ImagesOf(item);
    Progress progress(rtl ? "RTL cycles" : "images", work);
    all = ForkAndRun(
        processes, static_cast<int>(results.size()),
        [&](int i) { return Serialize(job.Run(i, collected)); },
        [&](int i, const std::string& text) {
          results[i] = ParseItem(text);
          finished[i] = 1;
          if (!rtl) progress.Advance(job.ImagesOf(job.items()[i]));
        },
        {[&] {
           if (rtl) progress.Set(*simulated);
         },
         [&](int i, const std::string& text) { unfinished[i] = text; }});
  }
  if (!all) {
    PrintUnfinished(job, results, finished, unfinished);
    return kSignal + SIGINT;
  }
  s.Add(job, results);
  if (!labels.empty()) s.accuracy = Accuracy(collected.outputs, out_size, images.count, labels);
  s.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  PrintReport(s);
  if (!classes.empty()) {
    fmt::print("{}", BestClasses(classes, images, model.tensors.back(), collected.outputs));
  }
  if (!o.outputs.empty())
    WriteNpy(o.outputs, ToNpy(model, model.tensors.back(), collected.outputs, images.count));
  if (!o.outputs_dir.empty()) {
    MakeFolder(o.outputs_dir);
    for (size_t t = 1; t < model.tensors.size(); ++t) {
      if (!collected.tensors[t]) continue;
      WriteNpy(LayerFile(o.outputs_dir, model, t),
               ToNpy(model, model.tensors[t], collected.tensors[t], images.count));
    }
  }
  if (!o.stamps.empty()) WriteFile(o.stamps, kStampsHeader + results[0].stamps);
  if (!o.timeline.empty()) WriteFile(o.timeline, results[0].timeline);
  if (!o.html.empty()) WriteFile(o.html, HtmlReport(s));
  if (!o.json.empty()) WriteJson(o.json, s);
  if (!o.trace_on_difference.empty())
    TraceDifference(model, images, options, results, o.trace_on_difference);
  return s.Mismatches() == 0 ? kAllEqual : kDifferent;
}

// A folder that compile wrote: the program is made, so only what runs it can be chosen.
int RunCompiled(const RunOptions& o, const CLI::App* app) {
  const std::vector<std::string> allowed = {
      "model",     "--images", "--first",          "--backend",
      "--outputs", "--stall",  "--memory-latency", "--rtl-variant"};
  for (const CLI::Option* option : app->get_options()) {
    const std::string name = option->get_name();
    if (option->count() == 0 || std::find(allowed.begin(), allowed.end(), name) != allowed.end())
      continue;
    throw InputError(
        fmt::format("{}: not for a compiled folder ({}), whose program is fixed; run it with {}",
                    name, o.model, fmt::join(allowed.begin() + 1, allowed.end(), ", ")));
  }
  FolderJob job;
  job.folder = o.model, job.images = o.images, job.first = o.first, job.outputs = o.outputs;
  job.backends = ParseBackends(app->count("--backend") > 0 ? o.backends : "tlm");
  if (std::count(job.backends.begin(), job.backends.end(), "golden") > 0) {
    throw InputError(fmt::format(
        "--backend {}: golden runs models; a compiled folder has its results", o.backends));
  }
  if (o.images.empty() && o.first > 0)
    throw InputError("--first: the images of a compiled folder are run together");
  JobOptions settings = [&] {
    RunOptions plain = o;
    plain.backends = fmt::format("{}", fmt::join(job.backends, ","));
    return plain.Job();
  }();
  job.target = settings.target;
  if (app->count("--memory-latency") == 0) job.target.memory_latency = 0;
  FileSet files;
  for (const char* name : kProgramFiles)
    files.AddInput("the program", (std::filesystem::path(o.model) / name).string());
  files.AddInput("--images", o.images);
  files.AddOutput("--outputs", o.outputs);
  return RunFolder(job);
}

}  // namespace

void AddRunCommand(CLI::App* app, std::function<int()>* action) {
  auto o = std::make_shared<RunOptions>();
  CLI::App* c = app->add_subcommand(
      "run", "run a model on images, on any backend or on several and compare them");
  o->AddTo(c);
  c->callback(
      [=] { *action = [=] { return IsProgramFolder(o->model) ? RunCompiled(*o, c) : Run(*o); }; });
}

}  // namespace systole
