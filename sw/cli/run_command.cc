// `systole run`: inference on any backend, or on several at once and compared.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "sw/arith/rounding.h"
#include "sw/base/error.h"
#include "sw/base/output_file.h"
#include "sw/cli/commands.h"
#include "sw/cli/process_pool.h"
#include "sw/cli/progress.h"
#include "sw/cli/report.h"
#include "sw/cli/run_folder.h"
#include "sw/cli/run_job.h"
#include "sw/model/load.h"
#include "sw/model/npy.h"
#include "sw/program/program_folder.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/quant/onnx_runtime.h"
#include "sw/quant/range_proof.h"

namespace systole {
namespace {

struct RunOptions {
  std::string model, images, labels, backends = "golden,tlm", dataflow = "auto",
                                     rounding = "float32";
  std::string outputs, outputs_dir, json, trace, trace_layer, trace_cycles, inject;
  int64_t first = -1;
  int batch = 16, memory_latency = 20, jobs = 0;
  uint64_t stall = 0;
  bool has_stall = false, no_fuse = false, no_pack = false;
  std::string rtl_variant = "plain";
  ConfigOptions config;
};

std::vector<std::string> SplitList(const std::string& text) {
  std::vector<std::string> parts(1);
  for (char c : text) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::vector<std::string> ParseBackends(const std::string& text) {
  std::vector<std::string> backends = SplitList(text);
  for (size_t i = 0; i < backends.size(); ++i) {
    if (backends[i] != "golden" && backends[i] != "tlm" && backends[i] != "rtl") {
      throw InputError(fmt::format("--backend {}: '{}' is unknown; choose from golden, tlm, rtl",
                                   text, backends[i]));
    }
    if (std::count(backends.begin(), backends.end(), backends[i]) > 1) {
      throw InputError(fmt::format("--backend {}: '{}' twice; name each once", text, backends[i]));
    }
  }
  return backends;
}

void ParseTraceCycles(const std::string& text, JobOptions* job) {
  if (text.empty()) return;
  unsigned long long first = 0, last = 0;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%llu:%llu%c", &first, &last, &rest) != 2 || last < first) {
    throw InputError(fmt::format("--trace-cycles {}: the form is FIRST:LAST", text));
  }
  job->trace_first = first, job->trace_last = last;
}

JobOptions MakeJobOptions(const RunOptions& o) {
  JobOptions job;
  job.config = o.config.Parse();
  job.backends = ParseBackends(o.backends);
  job.batch = o.batch;
  job.fuse = !o.no_fuse;
  job.pack = !o.no_pack;
  job.fault = ParseFault(o.inject);
  job.trace = o.trace;
  job.trace_layer = o.trace_layer;
  if (o.dataflow != "auto" && o.dataflow != "ws") {
    throw InputError(fmt::format("--dataflow {}: not built yet; choose auto or ws", o.dataflow));
  }
  if (o.no_pack && !job.Hardware()) {
    throw InputError("--no-pack: golden alone packs nothing; add tlm or rtl to --backend");
  }
  if (o.batch < 1) throw InputError(fmt::format("--batch {}: at least 1", o.batch));
  if (o.memory_latency < 1 || o.memory_latency > 100000) {
    throw InputError(fmt::format("--memory-latency {}: 1 to 100000 cycles", o.memory_latency));
  }
  const std::string faulty =
      job.fault.kind == Fault::Kind::kNone || job.fault.description == "model"
          ? ""
          : job.fault.description;
  if (!faulty.empty() && !job.Has(faulty)) {
    throw InputError(fmt::format("--inject {}: '{}' is not among the backends; add it to --backend",
                                 o.inject, faulty));
  }
  if (job.fault.kind == Fault::Kind::kWeight && job.backends.size() < 2) {
    throw InputError(
        fmt::format("--inject {}: nothing to compare with; name two backends", o.inject));
  }
  if (job.fault.kind == Fault::Kind::kLaw && (!job.Hardware() || o.has_stall)) {
    throw InputError(fmt::format(
        "--inject {}: cycles are compared with backend tlm or rtl, without --stall", o.inject));
  }
  if (!o.trace.empty() && !job.Has("rtl"))
    throw InputError("--trace: only backend rtl is traced; add it to --backend");
  if (o.trace.empty() && !(o.trace_layer.empty() && o.trace_cycles.empty())) {
    throw InputError("--trace-layer, --trace-cycles: they need --trace FILE");
  }
  if (!o.trace_layer.empty() && !o.trace_cycles.empty())
    throw InputError("--trace-layer, --trace-cycles: choose one");
  ParseTraceCycles(o.trace_cycles, &job);
  job.target.memory_latency = o.memory_latency;
  job.target.stall = o.has_stall;
  job.target.stall_seed = o.stall;
  if (o.has_stall && job.Has("tlm"))
    throw InputError("--stall: the TLM platform has no random stalls; leave tlm out");
  job.target.rtl_variant = !o.trace.empty()              ? RtlVariant::kTrace
                           : o.rtl_variant == "noassert" ? RtlVariant::kNoAssert
                           : o.rtl_variant == "cov"      ? RtlVariant::kCoverage
                           : o.rtl_variant == "random"   ? RtlVariant::kRandom
                                                         : RtlVariant::kPlain;
  if (!o.trace.empty() && o.rtl_variant != "plain") {
    throw InputError("--trace, --rtl-variant: the tracing library is its own variant; choose one");
  }
  if (job.fault.kind == Fault::Kind::kLaw && job.fault.description == "tlm")
    job.target.law_fault = job.fault;
  return job;
}

// N x C x H x W of the tensor's own file type.
NpyArray ToNpy(const Tensor& t, const int8_t* values, int64_t count) {
  NpyArray array;
  array.type = t.boundary == DType::kUint8 ? NpyType::kUint8 : NpyType::kInt8;
  array.shape = {count, t.c, t.h, t.w};
  array.bytes.resize(count * t.Elements());
  const uint8_t flip = t.boundary == DType::kUint8 ? 0x80 : 0;
  for (size_t i = 0; i < array.bytes.size(); ++i)
    array.bytes[i] = static_cast<uint8_t>(values[i]) ^ flip;
  return array;
}

double Accuracy(const Model& model, const int8_t* outputs, int64_t count,
                const std::vector<uint8_t>& labels) {
  const int64_t size = model.tensors.back().Elements();
  int64_t right = 0;
  for (int64_t i = 0; i < count; ++i) {
    const int8_t* begin = outputs + i * size;
    right += std::max_element(begin, begin + size) - begin == labels[i];
  }
  return static_cast<double>(right) / static_cast<double>(count);
}

using nlohmann::json;

json ToJson(const RowCycles& c) { return {{"lead_in", c.lead_in}, {"rows", c.rows}}; }
RowCycles RowCyclesFrom(const json& j) {
  return {j.at("lead_in").get<uint64_t>(), j.at("rows").get<std::vector<uint64_t>>()};
}
json ToJson(const Differences& d) { return {{"count", d.count}, {"told", d.told}}; }
void AddFrom(const json& j, Differences* d) {
  d->count += j.at("count").get<int64_t>();
  for (const json& text : j.at("told")) {
    d->Tell(text.get<std::string>());
  }
}

std::string Serialize(const ItemResult& r) {
  json rows = json::object();
  for (const auto& [who, c] : r.rows) rows[who] = ToJson(c);
  return json({{"bytes", r.bytes},
               {"mismatches", r.mismatches},
               {"tensors", ToJson(r.tensors)},
               {"cycles", ToJson(r.cycles)},
               {"rows", rows},
               {"totals", r.totals},
               {"seconds", r.seconds}})
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

void Accumulate(const RowCycles& from, RowCycles* to) {
  to->rows.resize(from.rows.size());
  to->lead_in += from.lead_in;
  for (size_t i = 0; i < from.rows.size(); ++i) to->rows[i] += from.rows[i];
}

// Adds one item's result to the summary.
void AddItem(const Job& job, const Item& item, const json& j,
             std::map<std::string, uint64_t>* steady_short,
             std::map<std::string, uint64_t>* steady_long, RunSummary* s) {
  AddFrom(j.at("tensors"), &s->tensor_differences);
  AddFrom(j.at("cycles"), &s->cycle_differences);
  s->cycle_checks += static_cast<int64_t>(job.program(item.program).program.code.size());
  for (const auto& [who, seconds] : j.at("seconds").items())
    s->seconds[who] += seconds.get<double>();
  const auto totals = j.at("totals").get<std::map<std::string, uint64_t>>();
  switch (item.purpose) {
    case Item::Purpose::kImages:
      for (size_t r = 0; r < s->layers.size(); ++r) {
        s->bytes[r] += j.at("bytes")[r].get<int64_t>();
        s->mismatches[r] += j.at("mismatches")[r].get<int64_t>();
      }
      for (const auto& [who, c] : j.at("rows").items())
        Accumulate(RowCyclesFrom(c), &s->cycles[who]);
      for (const auto& [who, total] : totals) s->totals[who] += total;
      break;
    case Item::Purpose::kBatchOne:
      s->batch_one = totals;
      for (const auto& [who, c] : j.at("rows").items()) s->batch_one_rows[who] = RowCyclesFrom(c);
      break;
    case Item::Purpose::kSteadyShort:
      *steady_short = totals;
      break;
    case Item::Purpose::kSteadyLong:
      *steady_long = totals;
      break;
  }
}

int Run(const RunOptions& o) {
  if (o.images.empty()) throw InputError("--images is required; see systole run -h");
  const auto start = std::chrono::steady_clock::now();
  const JobOptions options = MakeJobOptions(o);
  FileSet files;
  files.AddInput("the model", o.model);
  files.AddInput("--images", o.images);
  files.AddInput("--labels", o.labels);
  files.AddOutput("--outputs", o.outputs);
  files.AddOutput("--json", o.json);
  files.AddOutput("--trace", o.trace);
  files.AddOutputFolder("--outputs-dir", o.outputs_dir);
  const Rounding rounding = ParseRounding(o.rounding);
  if (options.Hardware() && !(options.config.roundings >> static_cast<int>(rounding) & 1)) {
    throw InputError(
        fmt::format("--rounding {}: not among the accelerator's ROUNDINGS", o.rounding));
  }

  Model model = LoadModel(o.model);
  ChooseMultipliers(model, rounding);
  for (const std::string& warning : ProveRanges(model))
    fmt::print(stderr, "warning: {}\n", warning);
  const Images images = LoadImages(o.images, model, o.first);
  if (images.count == 0) throw InputError(fmt::format("{}: no images", o.images));
  std::vector<uint8_t> labels;
  if (!o.labels.empty()) {
    labels = LoadLabels(o.labels);
    if (static_cast<int64_t>(labels.size()) < images.count) {
      throw InputError(
          fmt::format("{}: {} labels for {} images", o.labels, labels.size(), images.count));
    }
  }

  Job job(model, options, images);  // compiles: what does not fit is told before RTL is asked for
  if (options.Has("rtl")) CheckRtlBuilt(options.config, options.target.rtl_variant);
  const int64_t out_size = model.tensors.back().Elements();
  SharedMemory outputs(static_cast<size_t>(images.count * out_size));
  std::vector<std::unique_ptr<SharedMemory>> tensors(model.tensors.size());
  Collected collected;
  collected.outputs = static_cast<int8_t*>(outputs.data());
  collected.tensors.resize(model.tensors.size());
  std::vector<char> observed(model.tensors.size(), options.Has("golden"));
  if (options.Hardware()) {
    for (const Observation& obs : job.Report().observations) observed[obs.tensor] = 1;
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
  s.cycles_compared = !o.has_stall;
  if (rounding == Rounding::kFloat32 && !EqualsOnnxRuntime(model)) {
    s.within_one = OnnxRuntimeNote(model);
  }

  int processes =
      o.jobs > 0 ? o.jobs : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  if (!o.trace.empty()) processes = 1;
  std::map<std::string, uint64_t> steady_short, steady_long;
  {
    int64_t work = 0;
    for (const Item& item : job.items()) work += job.ImagesOf(item);
    Progress progress("images", work);
    ForkAndRun(
        processes, static_cast<int>(job.items().size()),
        [&](int i) { return Serialize(job.Run(i, collected)); },
        [&](int i, const std::string& text) {
          AddItem(job, job.items()[i], json::parse(text), &steady_short, &steady_long, &s);
          progress.Advance(job.ImagesOf(job.items()[i]));
        });
  }
  for (const auto& [who, total] : steady_long) {
    s.steady[who] = static_cast<double>(total - steady_short[who]) / (4.0 * s.batch);
  }
  if (!labels.empty()) s.accuracy = Accuracy(model, collected.outputs, images.count, labels);
  s.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  PrintReport(s);
  if (!o.outputs.empty())
    WriteNpy(o.outputs, ToNpy(model.tensors.back(), collected.outputs, images.count));
  if (!o.outputs_dir.empty()) {
    MakeFolder(o.outputs_dir);
    for (size_t t = 1; t < model.tensors.size(); ++t) {
      if (!collected.tensors[t]) continue;
      std::string name = model.layers[t - 1].name;
      std::replace(name.begin(), name.end(), '/', '_');
      WriteNpy(fmt::format("{}/{}_{}.npy", o.outputs_dir, t - 1, name),
               ToNpy(model.tensors[t], collected.tensors[t], images.count));
    }
  }
  if (!o.json.empty()) WriteJson(o.json, s);
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
  JobOptions settings = MakeJobOptions([&] {
    RunOptions plain = o;
    plain.backends = fmt::format("{}", fmt::join(job.backends, ","));
    return plain;
  }());
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
  c->add_option("model", o->model,
                "ONNX file (int8 or uint8, QDQ or QLinear), folder of text files, or folder that "
                "compile wrote")
      ->required();
  c->add_option("--images", o->images,
                "IDX (plain or .gz) or .npy (a folder of compile may have its own)");
  c->add_option("--labels", o->labels, "IDX labels: accuracy is printed");
  c->add_option("--first", o->first, "only the first N images")->check(CLI::PositiveNumber);
  c->add_option("--batch", o->batch, "images that share one pass over the fully connected layers")
      ->capture_default_str();
  c->add_option(
       "--backend", o->backends,
       "of golden, tlm, rtl, joined by commas; tlm takes its cycles from the timing laws, only "
       "rtl can contradict them")
      ->capture_default_str();
  c->add_option("--dataflow", o->dataflow, "auto or ws")->capture_default_str();
  c->add_option("--rounding", o->rounding, "one of " + RoundingNames())->capture_default_str();
  c->add_option("--outputs", o->outputs, "write the raw quantized outputs (.npy)");
  c->add_option("--outputs-dir", o->outputs_dir,
                "write every layer's output: DIR/<index>_<name>.npy");
  c->add_option("--json", o->json, "write the report as JSON");
  c->add_option("--trace", o->trace, "write an FST trace of the RTL's first run");
  c->add_option("--trace-layer", o->trace_layer,
                "trace the cycles of this layer only (a row of the table)");
  c->add_option("--trace-cycles", o->trace_cycles, "trace cycles FIRST:LAST only");
  c->add_flag("--no-fuse", o->no_fuse,
              "pooling layers run on their own, so that every tensor is compared");
  c->add_flag("--no-pack", o->no_pack,
              "one output pixel at a time on the array, its channels alone on the columns");
  c->add_option("--inject", o->inject,
                "one fault in one description: weight:LAYER:K:N:BIT[@golden|tlm|rtl] or "
                "law:ENGINE:+1[@model|tlm]");
  c->add_option("--memory-latency", o->memory_latency, "cycles from address to data")
      ->capture_default_str();
  c->add_option("--stall", o->stall,
                "random back-pressure on every bus channel, from this seed (rtl)")
      ->each([o](const std::string&) { o->has_stall = true; });
  c->add_option("--jobs", o->jobs, "processes (default: one per core)")->check(CLI::PositiveNumber);
  c->add_option("--rtl-variant", o->rtl_variant,
                "library of the RTL: plain, noassert, cov or random (make rtl VARIANT=...)")
      ->check(CLI::IsMember({"plain", "noassert", "cov", "random"}))
      ->capture_default_str();
  o->config.AddTo(c);
  c->callback(
      [=] { *action = [=] { return IsProgramFolder(o->model) ? RunCompiled(*o, c) : Run(*o); }; });
}

}  // namespace systole
