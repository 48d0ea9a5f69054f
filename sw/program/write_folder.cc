#include <fmt/format.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "sw/base/check.h"
#include "sw/base/error.h"
#include "sw/base/output_file.h"
#include "sw/program/layout.h"
#include "sw/program/program_folder.h"

namespace systole {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// $readmemh: one word of the bus a line, most significant byte first.
std::string Hex(const std::string& bytes, int word_bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2 + bytes.size() / word_bytes);
  for (size_t w = 0; w < bytes.size(); w += word_bytes) {
    for (int b = word_bytes - 1; b >= 0; --b) {
      const auto byte = static_cast<uint8_t>(bytes[w + b]);
      text += kDigits[byte >> 4];
      text += kDigits[byte & 15];
    }
    text += '\n';
  }
  return text;
}

// Output images as they lie in memory, whole strides.
std::string OutputLines(const ProgramFolder& folder) {
  const Program& p = folder.program;
  std::string bytes(p.options.images * p.output_stride, '\0');
  const size_t size = folder.outputs.size() / p.options.images;
  for (int i = 0; i < p.options.images; ++i) {
    const std::vector<int8_t> lines = PlanesToLines(p.output, &folder.outputs[i * size]);
    std::memcpy(&bytes[i * p.output_stride], lines.data(), lines.size());
  }
  return bytes;
}

// The expected tensors, one after the other, each H x W x C without gaps.
std::string TensorPixels(const ProgramFolder& folder) {
  std::string bytes;
  for (size_t i = 0; i < folder.expected.size(); ++i) {
    TensorLayout t = folder.program.observations[i].layout;
    t.line_stride = uint64_t(t.w) * t.c;
    const std::vector<int8_t> pixels = PlanesToLines(t, folder.expected[i].data());
    bytes.append(reinterpret_cast<const char*>(pixels.data()), pixels.size());
  }
  return bytes;
}

Json TensorJson(const TensorInfo& t) {
  return {{"name", t.name},
          {"shape", {t.c, t.h, t.w}},
          {"type", t.is_uint8 ? "uint8" : "int8"},
          {"scale", t.scale},
          {"zero_point", t.zero_point}};
}

Json LayoutJson(const TensorLayout& t) {
  return {{"address", t.address},
          {"height", t.h},
          {"width", t.w},
          {"channels", t.c},
          {"line_stride", t.line_stride}};
}

Json PlacedJson(const TensorInfo& info, const TensorLayout& t, uint64_t image_stride) {
  Json j = TensorJson(info);
  j.update(LayoutJson(t));
  j["image_stride"] = image_stride;
  return j;
}

// [[value, how often], ...]
Json RunLengths(const std::vector<int>& values) {
  Json runs = Json::array();
  for (size_t i = 0; i < values.size();) {
    size_t end = i;
    while (end < values.size() && values[end] == values[i]) ++end;
    runs.push_back({values[i], end - i});
    i = end;
  }
  return runs;
}

Json ProgramJson(const ProgramFolder& f, size_t memory_bytes) {
  const Program& p = f.program;
  Json j;
  j["format"] = "systole program";
  j["version"] = kProgramFormatVersion;
  j["model"] = f.model;
  j["rounding"] = f.rounding;
  j["config"] = p.config.Key();
  for (const ParameterInfo& parameter : kParameters)
    j["parameters"][parameter.name] = p.config.*parameter.member;
  j["images"] = p.options.images;
  j["batch"] = p.options.batch;
  j["fuse_pool"] = p.options.fuse_pool;
  j["pack_pixels"] = p.options.pack_pixels;
  j["memory"] = {{"base", p.options.base}, {"bytes", memory_bytes}, {"end", p.memory_end}};
  j["setup"] = {
      {"address", p.setup_address}, {"instructions", p.setup.size()}, {"cycles", f.setup_cycles}};
  j["code"] = {
      {"address", p.code_address}, {"instructions", p.code.size()}, {"cycles", f.code_cycles}};
  j["memory_latency"] = f.memory_latency;
  j["constants"] = {{"address", p.constants_address}, {"bytes", p.constants.size()}};
  j["input"] = PlacedJson(f.tensors.front(), p.input, p.input_stride);
  j["output"] = PlacedJson(f.tensors.back(), p.output, p.output_stride);
  j["image_files"] = {
      {"quantized", f.quantizes_images},  {"scale", f.image_scale},   {"mean", f.image_mean},
      {"channels_last", f.channels_last}, {"ties_away", f.ties_away}, {"shape", f.file_input}};
  j["expected"] = f.has_images;
  j["tensors"] = Json::array();
  for (const TensorInfo& t : f.tensors) j["tensors"].push_back(TensorJson(t));
  j["layers"] = Json::array();
  for (const auto& r : p.report) {
    j["layers"].push_back({{"name", r.name},
                           {"first_layer", r.first_layer},
                           {"last_layer", r.last_layer},
                           {"macs", r.macs},
                           {"mapping", r.mapping}});
  }
  j["layer_of_instruction"] = RunLengths(p.report_of);
  j["observations"] = Json::array();
  for (const Observation& o : p.observations) {
    Json place = {{"instruction", o.instruction}, {"tensor", o.tensor}, {"image", o.image}};
    place.update(LayoutJson(o.layout));
    j["observations"].push_back(std::move(place));
  }
  return j;
}

// Of the RTL-only test bench (tb/rtl_only).
std::string PlusArgs(const Program& p) {
  return fmt::format(
      "+base={} +setup={} +setup_length={} +code={} +code_length={} +output={} +output_bytes={}\n",
      p.options.base, p.setup_address, p.setup.size(), p.code_address, p.code.size(),
      p.output.address, p.options.images * p.output_stride);
}

[[noreturn]] void Fail(const fs::path& path, const std::error_code& error) {
  throw InputError(fmt::format("{}: cannot be written: {}", path.string(), error.message()));
}

// A folder that is gone with this object.
class ScratchFolder {
 public:
  explicit ScratchFolder(fs::path path) : path_(std::move(path)) {
    std::error_code error;
    fs::create_directory(path_, error);
    if (error) Fail(path_, error);
  }
  ~ScratchFolder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  const fs::path path_;
};

}  // namespace

std::vector<uint8_t> MemoryImage(const ProgramFolder& folder) {
  const Program& p = folder.program;
  std::vector<uint8_t> image((p.memory_end - p.options.base + 15) / 16 * 16);
  auto put = [&](uint64_t address, const void* data, size_t bytes) {
    Check(address >= p.options.base && address - p.options.base <= image.size() &&
              bytes <= image.size() - (address - p.options.base),
          "a part of the program lies outside its memory");
    if (bytes > 0) std::memcpy(image.data() + (address - p.options.base), data, bytes);
  };
  put(p.setup_address, p.setup.data(), p.setup.size() * kInstructionBytes);
  put(p.code_address, p.code.data(), p.code.size() * kInstructionBytes);
  put(p.constants_address, p.constants.data(), p.constants.size());
  if (folder.has_images) {
    const size_t size = folder.images.size() / p.options.images;
    for (int i = 0; i < p.options.images; ++i) {
      const std::vector<int8_t> lines = PlanesToLines(p.input, &folder.images[i * size]);
      put(p.input.address + i * p.input_stride, lines.data(), lines.size());
    }
  }
  return image;
}

std::vector<FolderFile> FolderFiles(const ProgramFolder& folder, const std::string& listing) {
  const std::vector<uint8_t> image = MemoryImage(folder);
  const std::string memory(image.begin(), image.end());
  const int beat = folder.program.config.AxiBytes();
  std::vector<FolderFile> files = {{"memory.bin", memory},
                                   {"memory.hex", Hex(memory, beat)},
                                   {"plusargs.txt", PlusArgs(folder.program)},
                                   {"listing.txt", listing}};
  if (folder.has_images) {
    const std::string outputs = OutputLines(folder);
    files.push_back({"outputs.bin", outputs});
    files.push_back({"outputs.hex", Hex(outputs, beat)});
    files.push_back({"tensors.bin", TensorPixels(folder)});
  }
  // Names of layers and files may be any bytes: those that are no UTF-8 become U+FFFD.
  const std::string json = ProgramJson(folder, image.size())
                               .dump(1, ' ', false, nlohmann::json::error_handler_t::replace);
  files.push_back({"program.json", json + "\n"});
  return files;
}

void WriteProgramFolder(const std::string& path, const ProgramFolder& folder,
                        const std::string& listing) {
  const std::vector<FolderFile> files = FolderFiles(folder, listing);
  std::error_code error;
  const bool fresh = !fs::exists(path, error);
  if (fresh) MakeFolder(path);
  std::string plain = path;
  while (plain.size() > 1 && plain.back() == '/') plain.pop_back();
  try {
    const ScratchFolder scratch(fs::path(plain) / fmt::format(".writing-{}", ::getpid()));
    for (const FolderFile& file : files) WriteFile(scratch.path() / file.name, file.bytes);
    const std::vector<FolderFile> again =
        FolderFiles(ReadProgramFolder(scratch.path().string()), listing);
    Check(again.size() == files.size(), "the program read back has other files");
    for (size_t i = 0; i < files.size(); ++i)
      Check(again[i].bytes == files[i].bytes, "the program read back is not the one written");
    // The description goes first and comes last: without it there is no program.
    fs::remove(fs::path(path) / "program.json", error);
    if (error) Fail(path, error);
    for (const char* name : kProgramFiles) {
      if (fs::exists(scratch.path() / name)) {
        fs::rename(scratch.path() / name, fs::path(path) / name, error);
      } else {
        fs::remove(fs::path(path) / name, error);
      }
      if (error) Fail(fs::path(path) / name, error);
    }
  } catch (...) {
    if (fresh) fs::remove(path, error);
    throw;
  }
}

}  // namespace systole
