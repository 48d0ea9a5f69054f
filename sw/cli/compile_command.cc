// `systole compile`: the program as files, for people and for RTL-only flows. `systole info`: what
// a model is.
#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "sw/arith/rounding.h"
#include "sw/base/error.h"
#include "sw/base/output_file.h"
#include "sw/base/parse_options.h"
#include "sw/cli/commands.h"
#include "sw/cli/compile_folder.h"
#include "sw/cli/dataflow_option.h"
#include "sw/cli/info.h"
#include "sw/cli/rounding_option.h"
#include "sw/driver/disassemble.h"
#include "sw/model/images.h"
#include "sw/model/load.h"
#include "sw/program/program_folder.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/quant/range_proof.h"

namespace systole {
namespace {

struct Options {
  uint64_t memory = 0;
  std::string model, folder, json, images, base = "0x10000000", rounding, dataflow = "auto";
  int count = 1, batch = 1, latency = 20;
  bool no_fuse = false, no_pack = false;
  ConfigOptions config;
};

Model Prepared(const std::string& path, const std::string& rounding) {
  Model model = LoadModel(path);
  ChooseMultipliers(model, ChosenRounding(rounding, model));
  for (const std::string& warning : ProveRanges(model))
    fmt::print(stderr, "warning: {}\n", warning);
  return model;
}

// Hexadecimal with 0x, or decimal.
uint64_t ParseBase(const std::string& text) {
  const bool hex = text.rfind("0x", 0) == 0 || text.rfind("0X", 0) == 0;
  const std::string digits = hex ? text.substr(2) : text;
  uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, value, hex ? 16 : 10);
  if (digits.empty() || rest != end || error != std::errc{} || value % 256 != 0) {
    throw InputError(
        fmt::format("--base {}: a memory address, a multiple of 256, such as 0x80000000", text));
  }
  return value;
}

Images ImagesToRun(const Options& o, const Model& model) {
  if (o.images.empty()) return {};
  const bool number = o.images.find_first_not_of("0123456789") == std::string::npos;
  if (number && !std::filesystem::exists(o.images)) {
    throw InputError(
        fmt::format("--images {}: no such file; how many images a run has is --count", o.images));
  }
  Images images = LoadImages(o.images, model, o.count);
  if (images.count < o.count) {
    throw InputError(
        fmt::format("{}: holds {} images, --count asks for {}", o.images, images.count, o.count));
  }
  return images;
}

int Compile(const Options& o) {
  const HwConfig config = o.config.Parse();
  FileSet files;
  files.AddInput("the model", o.model);
  files.AddInput("--images", o.images);
  files.AddOutputFolder("-o", o.folder);
  for (const char* name : kProgramFiles)
    files.Claim("-o", (std::filesystem::path(o.folder) / name).string());
  ProgramOptions po;
  po.images = o.count, po.batch = o.batch, po.fuse_pool = !o.no_fuse, po.pack_pixels = !o.no_pack;
  po.base = ParseBase(o.base);
  po.memory = o.memory;
  po.dataflow = ParseDataflow(o.dataflow, config);
  if (!o.rounding.empty()) ParseRounding(o.rounding);
  const Model model = Prepared(o.model, o.rounding);
  const ProgramFolder f = MakeProgramFolder(model, ChosenRounding(o.rounding, model), config, po,
                                            o.latency, ImagesToRun(o, model));
  const Program& p = f.program;
  WriteProgramFolder(
      o.folder, f,
      ListingHelp() + std::string("\nsetup\n") + Listing(p.setup) + "\ncode\n" + Listing(p.code));
  fmt::print("{}: {} + {} instructions, {} bytes of constants, {} cycles, in {}\n", o.model,
             p.setup.size(), p.code.size(), p.constants.size(), f.code_cycles, o.folder);
  return kAllEqual;
}

int Info(const Options& o) {
  FileSet files;
  files.AddInput("the model", o.model);
  files.AddOutput("--json", o.json);
  if (!o.rounding.empty()) ParseRounding(o.rounding);
  const HwConfig config = o.config.Parse();
  PrintInfo(o.model, o.rounding, config, o.batch, o.json, ParseDataflow(o.dataflow, config));
  return kAllEqual;
}

}  // namespace

void AddCompileCommand(CLI::App* app, std::function<int()>* action) {
  auto o = std::make_shared<Options>();
  CLI::App* c =
      app->add_subcommand("compile", "write program, memory image, listing and $readmemh file");
  c->add_option("model", o->model, "ONNX file, TensorFlow Lite file, or folder of text files")
      ->required();
  c->add_option("-o", o->folder, "folder to write")->required();
  c->add_option(
      "--images", o->images,
      "IDX, .npy or pictures: the first of them, and what must come of them, are written as well");
  c->add_option("--count", o->count, "images of one run")
      ->check(WholeNumber(1, kMostImages))
      ->capture_default_str();
  c->add_option("--base", o->base, "first memory address used")->capture_default_str();
  AddMemoryOption(c, &o->memory);
  c->add_option("--memory-latency", o->latency,
                "cycles from address to data, for the cycles written")
      ->check(WholeNumber(1, 100000))
      ->capture_default_str();
  c->add_option("--batch", o->batch, "images that share each weight once it is in the array")
      ->check(WholeNumber(1, kMostImages))
      ->capture_default_str();
  c->add_option("--rounding", o->rounding, RoundingHelp());
  AddDataflowOption(c, &o->dataflow);
  c->add_flag("--no-fuse", o->no_fuse, "pooling layers run on their own");
  c->add_flag("--no-pack", o->no_pack,
              "one output pixel at a time on the array, its channels alone on the columns");
  o->config.AddTo(c);
  c->callback([=] { *action = [=] { return Compile(*o); }; });
}

void AddInfoCommand(CLI::App* app, std::function<int()>* action) {
  auto o = std::make_shared<Options>();
  CLI::App* c =
      app->add_subcommand("info", "layers, shapes, quantization, MACs, and how they are mapped");
  c->add_option("model", o->model, "ONNX file, TensorFlow Lite file, or folder of text files")
      ->required();
  c->add_option("--json", o->json,
                "write tensors, layers and their constants (multipliers, shifts, clamps) as JSON");
  c->add_option("--batch", o->batch, "images that share each weight once it is in the array")
      ->check(WholeNumber(1, kMostImages))
      ->capture_default_str();
  c->add_option("--rounding", o->rounding, RoundingHelp());
  AddDataflowOption(c, &o->dataflow);
  o->config.AddTo(c);
  c->callback([=] { *action = [=] { return Info(*o); }; });
}

}  // namespace systole
