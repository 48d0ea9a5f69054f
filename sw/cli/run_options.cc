#include "sw/cli/run_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "sw/base/error.h"
#include "sw/base/parse_options.h"
#include "sw/cli/dataflow_option.h"
#include "sw/cli/rounding_option.h"

namespace systole {
namespace {

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

void ParseTraceCycles(const std::string& text, JobOptions* job) {
  if (text.empty()) return;
  unsigned long long first = 0, last = 0;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%llu:%llu%c", &first, &last, &rest) != 2 || last < first) {
    throw InputError(fmt::format("--trace-cycles {}: the form is FIRST:LAST", text));
  }
  job->trace_first = first, job->trace_last = last;
}

// What only some backends know.
void CheckBackends(const RunOptions& o, const JobOptions& job) {
  if (!job.Hardware()) {
    const std::pair<bool, const char*> hardware[] = {
        {o.no_pack, "--no-pack: golden alone packs nothing"},
        {o.no_fuse, "--no-fuse: golden alone fuses nothing"},
        {o.segments > 1, "--segments: golden has no runs"},
        {o.memory > 0, "--memory: golden has no memory"},
        {o.latency_given->count() > 0, "--memory-latency: golden has no memory"},
        {o.dataflow_given->count() > 0, "--dataflow: golden has no array"},
        {!o.stamps.empty(), "--stamps: golden has no cycles"},
        {!o.timeline.empty(), "--timeline: golden has no cycles"},
        {!o.html.empty(), "--html: golden has no cycles"}};
    for (const auto& [given, told] : hardware)
      if (given) throw InputError(fmt::format("{}; add tlm or rtl to --backend", told));
  }
  if (o.stall_given->count() && job.Has("tlm"))
    throw InputError("--stall: the TLM platform has no random stalls; leave tlm out");
  const std::pair<bool, const char*> rtl[] = {
      {!o.trace.empty(), "--trace: only backend rtl is traced"},
      {!o.trace_from_reset.empty(), "--trace-from-reset: only backend rtl is traced"},
      {!o.trace_on_difference.empty(), "--trace-on-difference: only backend rtl is traced"},
      {o.stall_given->count() > 0, "--stall: only backend rtl has random stalls"},
      {o.variant_given->count() > 0, "--rtl-variant: it is a library of backend rtl"}};
  for (const auto& [given, told] : rtl)
    if (given && !job.Has("rtl")) throw InputError(fmt::format("{}; add it to --backend", told));
}

void CheckFault(const RunOptions& o, const JobOptions& job) {
  const Fault& fault = job.fault;
  const bool hardware = fault.kind != Fault::Kind::kNone && fault.description != "model";
  if (hardware && !job.Has(fault.description)) {
    throw InputError(fmt::format("--inject {}: '{}' is not among the backends; add it to --backend",
                                 o.inject, fault.description));
  }
  if (fault.kind == Fault::Kind::kWeight && job.backends.size() < 2) {
    throw InputError(
        fmt::format("--inject {}: nothing to compare with; name two backends", o.inject));
  }
  if (fault.kind == Fault::Kind::kLaw && (!job.Hardware() || o.stall_given->count())) {
    throw InputError(fmt::format(
        "--inject {}: cycles are compared with backend tlm or rtl, without --stall", o.inject));
  }
}

void CheckTrace(const RunOptions& o) {
  if (o.trace.empty() && !(o.trace_layer.empty() && o.trace_cycles.empty()))
    throw InputError("--trace-layer, --trace-cycles: they need --trace FILE");
  if (!o.trace_layer.empty() && !o.trace_cycles.empty())
    throw InputError("--trace-layer, --trace-cycles: choose one");
  if (!o.trace_on_difference.empty() && !o.trace.empty())
    throw InputError("--trace-on-difference, --trace: choose one");
  if (!o.trace_from_reset.empty() && !(o.trace.empty() && o.trace_on_difference.empty()))
    throw InputError("--trace-from-reset, --trace, --trace-on-difference: choose one");
  for (const auto& [given, name] :
       {std::make_pair(!o.trace.empty(), "--trace"),
        std::make_pair(!o.trace_from_reset.empty(), "--trace-from-reset")}) {
    if (given && o.variant_given->count()) {
      throw InputError(fmt::format(
          "{}, --rtl-variant: the tracing library is its own variant; choose one", name));
    }
    if (given && o.jobs > 1) {
      throw InputError(
          fmt::format("{}, --jobs: a traced run is one process; leave --jobs out", name));
    }
  }
}

}  // namespace

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

JobOptions RunOptions::Job() const {
  JobOptions job;
  job.config = config.Parse();
  job.backends = ParseBackends(backends);
  job.batch = batch;
  job.segments = segments;
  job.memory = memory;
  // Alone each knows its own cycles, and nothing of the whole run's.
  job.side_by_side = job.Has("golden") && job.Has("rtl") && jobs != 1 && inject.empty() &&
                     trace.empty() && trace_from_reset.empty() && stamps.empty() &&
                     timeline.empty() && stall_given->count() == 0;
  job.fuse = !no_fuse;
  job.pack = !no_pack;
  job.fault = ParseFault(inject);
  job.stamps = !stamps.empty();
  job.timeline = !timeline.empty();
  job.trace = trace;
  job.trace_layer = trace_layer;
  job.dataflow = ParseDataflow(dataflow, job.config);
  CheckBackends(*this, job);
  CheckFault(*this, job);
  CheckTrace(*this);
  ParseTraceCycles(trace_cycles, &job);
  job.target.memory_latency = memory_latency;
  job.target.stall = stall_given->count() > 0;
  job.target.stall_seed = stall;
  job.target.trace = trace_from_reset;
  const bool traced = !trace.empty() || !trace_from_reset.empty();
  job.target.rtl_variant = traced                      ? RtlVariant::kTrace
                           : rtl_variant == "noassert" ? RtlVariant::kNoAssert
                           : rtl_variant == "cov"      ? RtlVariant::kCoverage
                           : rtl_variant == "random"   ? RtlVariant::kRandom
                                                       : RtlVariant::kPlain;
  if (job.fault.kind == Fault::Kind::kLaw && job.fault.description == "tlm")
    job.target.law_fault = job.fault;
  return job;
}

void RunOptions::AddTo(CLI::App* c) {
  c->add_option("model", model,
                "ONNX file (int8 or uint8, QDQ or QLinear), TensorFlow Lite file, folder of text "
                "files, or folder that compile wrote")
      ->required();
  c->add_option("--images", images,
                "IDX (plain or .gz), .npy, PNG, JPEG or BMP, or a folder of pictures, which are "
                "resized to the model's input (a folder of compile may have its own)");
  c->add_option("--labels", labels,
                "labels of the model's classes, IDX or .npy (uint8): accuracy is printed");
  c->add_option("--classes", classes,
                "the classes' names, one a line: the best five of every image are printed");
  c->add_option("--first", first, "only the first N images")->check(WholeNumber(1, kMostImages));
  c->add_option("--batch", batch,
                "images that go through together: layers too small to fill the array take them as "
                "one, each weight used for all of them")
      ->check(WholeNumber(1, kMostImages))
      ->capture_default_str();
  c->add_option(
       "--backend", backends,
       "of golden, tlm, rtl, joined by commas; tlm takes its cycles from the timing laws, only "
       "rtl can contradict them")
      ->capture_default_str();
  dataflow_given = AddDataflowOption(c, &dataflow);
  c->add_option("--rounding", rounding, RoundingHelp());
  c->add_option("--outputs", outputs, "write the raw quantized outputs (.npy)");
  c->add_option("--outputs-dir", outputs_dir, "write every layer's output: DIR/<index>_<name>.npy");
  c->add_option("--json", json, "write the report as JSON (docs/json.md)");
  c->add_option("--html", html,
                "write a page: cycles, utilization and traffic of every layer, what each engine "
                "waited for, the roofline");
  c->add_option(
      "--timeline", timeline,
      "write the first run for Perfetto or chrome://tracing (JSON): engines, instructions, "
      "tokens, layers, the bus");
  c->add_option("--stamps", stamps,
                "write issue and retire cycle of every instruction of setup and of the first run, "
                "by every description, as CSV");
  c->add_option("--trace", trace, "write an FST trace of the RTL's first run");
  c->add_option("--trace-layer", trace_layer,
                "trace the cycles of this layer only (a row of the table)");
  c->add_option("--trace-cycles", trace_cycles, "trace cycles FIRST:LAST only");
  c->add_option("--trace-from-reset", trace_from_reset,
                "write an FST trace of the RTL from reset to the end of its first run, setup too");
  c->add_option(
      "--trace-on-difference", trace_on_difference,
      "where the RTL differs: run it again and write an FST trace of the cycles around the "
      "first difference");
  c->add_flag("--no-fuse", no_fuse,
              "pooling layers run on their own, so that every tensor is compared");
  AddMemoryOption(c, &memory);
  c->add_option(
       "--segments", segments,
       "cut the program into N runs, each from START to DONE, where layers meet in memory; "
       "with golden and rtl they are simulated side by side (not with --jobs 1)")
      ->check(WholeNumber(1, 1000))
      ->capture_default_str();
  c->add_flag("--no-pack", no_pack,
              "one output pixel at a time on the array, its channels alone on the columns");
  c->add_option("--inject", inject,
                "one fault in one description: weight:LAYER:K:N:BIT[@golden|tlm|rtl] or "
                "law:ENGINE:+1[@model|tlm]");
  latency_given = c->add_option("--memory-latency", memory_latency, "cycles from address to data")
                      ->check(WholeNumber(1, 100000))
                      ->capture_default_str();
  stall_given = c->add_option("--stall", stall,
                              "random back-pressure on every bus channel, from this seed (rtl)")
                    ->check(WholeNumber(0, UINT64_MAX));
  c->add_option("--jobs", jobs, "processes (default: one per core)")->check(WholeNumber(1, 1024));
  variant_given =
      c->add_option("--rtl-variant", rtl_variant,
                    "library of the RTL: plain, noassert, cov or random (make rtl VARIANT=...)")
          ->check(CLI::IsMember({"plain", "noassert", "cov", "random"}))
          ->capture_default_str();
  config.AddTo(c);
}

}  // namespace systole
