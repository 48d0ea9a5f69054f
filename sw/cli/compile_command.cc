// `systole compile`: the program as files, for people and for RTL-only flows. `systole info`: what
// a model is.
#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "sw/arith/rounding.h"
#include "sw/base/error.h"
#include "sw/base/output_file.h"
#include "sw/cli/commands.h"
#include "sw/cli/info.h"
#include "sw/compiler/compiler.h"
#include "sw/driver/disassemble.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/quant/range_proof.h"

namespace systole {
namespace {

struct Options {
  std::string model, folder, json, rounding = "float32";
  int images = 1, batch = 1;
  bool no_fuse = false, no_pack = false;
  ConfigOptions config;
};

Model Prepared(const std::string& path, const std::string& rounding) {
  const Rounding mode = ParseRounding(rounding);
  Model model = LoadModel(path);
  ChooseMultipliers(model, mode);
  for (const std::string& warning : ProveRanges(model))
    fmt::print(stderr, "warning: {}\n", warning);
  return model;
}

// Setup, code and constants as one block of memory from `base` on.
std::vector<uint8_t> MemoryImage(const Program& p) {
  std::vector<uint8_t> image;
  auto put = [&](uint64_t address, const void* data, size_t bytes) {
    const size_t at = address - p.options.base;
    if (image.size() < at + bytes) image.resize(at + bytes);
    std::memcpy(image.data() + at, data, bytes);
  };
  put(p.setup_address, p.setup.data(), p.setup.size() * kInstructionBytes);
  put(p.code_address, p.code.data(), p.code.size() * kInstructionBytes);
  if (!p.constants.empty()) put(p.constants_address, p.constants.data(), p.constants.size());
  image.resize((image.size() + 15) / 16 * 16);
  return image;
}

// Names of layers and files may be any bytes: those that are no UTF-8 become U+FFFD.
std::string Text(const nlohmann::ordered_json& j, int indent) {
  return j.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

// $readmemh: one word of the bus a line, most significant byte first.
std::string Hex(const std::vector<uint8_t>& image, int word_bytes) {
  std::string text;
  for (size_t w = 0; w < image.size(); w += word_bytes) {
    for (int b = word_bytes - 1; b >= 0; --b) text += fmt::format("{:02x}", image[w + b]);
    text += '\n';
  }
  return text;
}

nlohmann::ordered_json LayoutJson(const TensorLayout& t, uint64_t image_stride) {
  return {{"address", t.address},
          {"height", t.h},
          {"width", t.w},
          {"channels", t.c},
          {"line_stride", t.line_stride},
          {"image_stride", image_stride}};
}

int Compile(const Options& o) {
  const HwConfig config = o.config.Parse();
  FileSet().AddOutputFolder("-o", o.folder);
  ProgramOptions po;
  po.images = o.images, po.batch = o.batch, po.fuse_pool = !o.no_fuse, po.pack_pixels = !o.no_pack;
  const Program p = CompileOrExplain(Prepared(o.model, o.rounding), config, po);
  const std::vector<uint8_t> image = MemoryImage(p);

  MakeFolder(o.folder);
  const std::filesystem::path folder = o.folder;
  WriteFile(folder / "listing.txt", "setup\n" + Listing(p.setup) + "\ncode\n" + Listing(p.code));
  WriteFile(folder / "memory.bin", std::string(image.begin(), image.end()));
  WriteFile(folder / "memory.hex", Hex(image, config.AxiBytes()));
  nlohmann::ordered_json j;
  j["config"] = config.Key();
  j["images"] = po.images;
  j["batch"] = po.batch;
  j["memory"] = {{"base", po.base}, {"bytes", image.size()}, {"end", p.memory_end}};
  j["setup"] = {{"address", p.setup_address}, {"instructions", p.setup.size()}};
  j["code"] = {{"address", p.code_address}, {"instructions", p.code.size()}};
  j["constants"] = {{"address", p.constants_address}, {"bytes", p.constants.size()}};
  j["input"] = LayoutJson(p.input, p.input_stride);
  j["output"] = LayoutJson(p.output, p.output_stride);
  for (const auto& r : p.report)
    j["layers"].push_back({{"name", r.name}, {"macs", r.macs}, {"mapping", r.mapping}});
  WriteFile(folder / "program.json", Text(j, 2));
  fmt::print("{}: {} + {} instructions, {} bytes of constants, in {}\n", o.model, p.setup.size(),
             p.code.size(), p.constants.size(), o.folder);
  return kAllEqual;
}

int Info(const Options& o) {
  FileSet files;
  files.AddInput("the model", o.model);
  files.AddOutput("--json", o.json);
  const Rounding mode = ParseRounding(o.rounding);
  PrintInfo(o.model, mode, o.config.Parse(), o.batch, o.json);
  return kAllEqual;
}

}  // namespace

void AddCompileCommand(CLI::App* app, std::function<int()>* action) {
  auto o = std::make_shared<Options>();
  CLI::App* c =
      app->add_subcommand("compile", "write program, memory image, listing and $readmemh file");
  c->add_option("model", o->model, "ONNX file, or folder of text files")->required();
  c->add_option("-o", o->folder, "folder to write")->required();
  c->add_option("--images", o->images, "images of one run")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  c->add_option("--batch", o->batch, "images per pass over the fully connected layers")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  c->add_option("--rounding", o->rounding, "one of " + RoundingNames())->capture_default_str();
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
  c->add_option("model", o->model, "ONNX file, or folder of text files")->required();
  c->add_option("--json", o->json,
                "write tensors, layers and their constants (multipliers, shifts, clamps) as JSON");
  c->add_option("--batch", o->batch, "images per pass over the fully connected layers")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  c->add_option("--rounding", o->rounding, "one of " + RoundingNames())->capture_default_str();
  o->config.AddTo(c);
  c->callback([=] { *action = [=] { return Info(*o); }; });
}

}  // namespace systole
