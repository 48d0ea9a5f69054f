#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>

#include "sw/base/error.h"
#include "sw/program/layout.h"
#include "sw/program/program_folder.h"

namespace systole {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr int64_t kMaxImages = 1 << 20, kMaxSide = 1 << 20, kMaxElements = 1 << 30;
constexpr int64_t kMaxStride = int64_t{1} << 32;
constexpr uint64_t kMaxMemory = uint64_t{1} << 32;

// A value of program.json that knows its place.
class Node {
 public:
  Node(const Json& json, std::string place) : json_(json), place_(std::move(place)) {}

  [[noreturn]] void Bad(const std::string& what) const { throw InputError(place_ + ": " + what); }
  Node At(const char* key) const {
    if (!json_.is_object()) Bad("is no object");
    const auto it = json_.find(key);
    if (it == json_.end()) Bad(fmt::format("\"{}\" is missing", key));
    return Node(*it, fmt::format("{}: {}", place_, key));
  }
  size_t size() const {
    if (!json_.is_array()) Bad("is no list");
    return json_.size();
  }
  Node operator[](size_t i) const { return Node(json_[i], fmt::format("{}[{}]", place_, i)); }

  int64_t Integer(int64_t low, int64_t high) const {
    const bool big = json_.is_number_unsigned() &&
                     json_.get<uint64_t>() > uint64_t(std::numeric_limits<int64_t>::max());
    if (!json_.is_number_integer() || big || json_.get<int64_t>() < low ||
        json_.get<int64_t>() > high) {
      Bad(fmt::format("is no integer from {} to {}", low, high));
    }
    return json_.get<int64_t>();
  }
  int Int(int64_t low, int64_t high) const { return static_cast<int>(Integer(low, high)); }
  uint64_t Unsigned() const {
    if (!json_.is_number_unsigned()) Bad("is no unsigned integer");
    return json_.get<uint64_t>();
  }
  bool Bool() const {
    if (!json_.is_boolean()) Bad("is neither true nor false");
    return json_.get<bool>();
  }
  double Real() const {
    if (!json_.is_number() || !std::isfinite(json_.get<double>())) Bad("is no number");
    return json_.get<double>();
  }
  std::string Text() const {
    if (!json_.is_string()) Bad("is no text");
    return json_.get<std::string>();
  }
  const Json& json() const { return json_; }

 private:
  const Json& json_;
  const std::string place_;
};

class Parser {
 public:
  Parser(const FolderText& text, const std::string& where) : text_(text), where_(where) {}

  ProgramFolder Parse() {
    const std::string name = where_ + "/program.json";
    const Json json = Json::parse(text_.json, nullptr, false);
    if (json.is_discarded()) throw InputError(name + ": is no JSON");
    const Node root(json, name);
    if (root.At("format").Text() != "systole program") root.Bad("describes no program");
    if (const int version = root.At("version").Int(0, 1 << 30); version != kProgramFormatVersion) {
      root.Bad(fmt::format("format version {}, this program reads {}; compile the model again",
                           version, kProgramFormatVersion));
    }
    Options(root);
    Memory(root);
    Tensors(root);
    Report(root);
    Observations(root);
    f_.memory_latency = root.At("memory_latency").Int(1, 1000000);
    f_.has_images = root.At("expected").Bool();
    if (f_.has_images) Expected();
    return std::move(f_);
  }

 private:
  void Options(const Node& root) {
    f_.model = root.At("model").Text();
    f_.rounding = root.At("rounding").Text();
    const Node parameters = root.At("parameters");
    for (const ParameterInfo& p : kParameters)
      p_.config.*p.member = parameters.At(p.name).Int(0, 1 << 20);
    if (parameters.json().size() != kNumParameters) parameters.Bad("holds an unknown parameter");
    try {
      Validate(p_.config);
    } catch (const InputError& e) {
      parameters.Bad(e.what());
    }
    if (root.At("config").Text() != p_.config.Key())
      root.At("config").Bad("is not the name of the parameters");
    p_.options.images = root.At("images").Int(1, kMaxImages);
    p_.options.batch = root.At("batch").Int(1, kMaxImages);
    p_.options.fuse_pool = root.At("fuse_pool").Bool();
    p_.options.pack_pixels = root.At("pack_pixels").Bool();
  }

  // A part of the memory, of `count` units of `unit` bytes; its place in memory.bin.
  const char* Part(const Node& node, uint64_t address, uint64_t count, uint64_t unit) const {
    const uint64_t size = text_.memory.size();
    if (address < p_.options.base || address - p_.options.base > size ||
        count > (size - (address - p_.options.base)) / unit) {
      node.Bad("lies outside memory.bin");
    }
    return text_.memory.data() + (address - p_.options.base);
  }

  void Memory(const Node& root) {
    const Node memory = root.At("memory");
    p_.options.base = memory.At("base").Unsigned();
    p_.memory_end = memory.At("end").Unsigned();
    if (p_.options.base % 256 != 0) memory.At("base").Bad("is no multiple of 256");
    const int bits = p_.config.axi_addr_width;
    if (p_.memory_end <= p_.options.base || p_.memory_end - p_.options.base > kMaxMemory ||
        (bits < 64 && (p_.memory_end - 1) >> bits != 0)) {
      memory.Bad("ends before it begins, or where the address lines do not reach");
    }
    const uint64_t bytes = (p_.memory_end - p_.options.base + 15) / 16 * 16;
    if (memory.At("bytes").Unsigned() != bytes || text_.memory.size() != bytes) {
      throw InputError(fmt::format("{}/memory.bin: holds {} bytes, the program {}", where_,
                                   text_.memory.size(), bytes));
    }
    Instructions(root.At("setup"), &p_.setup, &p_.setup_address, &f_.setup_cycles);
    Instructions(root.At("code"), &p_.code, &p_.code_address, &f_.code_cycles);
    if (p_.code.empty()) root.At("code").Bad("has no instruction");
    const Node constants = root.At("constants");
    p_.constants_address = constants.At("address").Unsigned();
    const uint64_t size = constants.At("bytes").Unsigned();
    const char* from = Part(constants, p_.constants_address, size, 1);
    p_.constants.assign(from, from + size);
    Placed(root.At("input"), &p_.input, &p_.input_stride);
    Placed(root.At("output"), &p_.output, &p_.output_stride);
  }

  void Instructions(const Node& node, std::vector<Instruction>* code, uint64_t* address,
                    uint64_t* cycles) {
    *address = node.At("address").Unsigned();
    *cycles = node.At("cycles").Unsigned();
    if (*address % kInstructionBytes != 0) node.Bad("starts within an instruction");
    const uint64_t count = node.At("instructions").Unsigned();
    const char* from = Part(node, *address, count, kInstructionBytes);
    if (count > std::numeric_limits<uint32_t>::max()) node.Bad("is too long");
    code->resize(count);
    if (count > 0) std::memcpy(code->data(), from, count * kInstructionBytes);
  }

  TensorLayout Layout(const Node& node) const {
    TensorLayout t;
    t.address = node.At("address").Unsigned();
    t.h = node.At("height").Int(1, kMaxSide);
    t.w = node.At("width").Int(1, kMaxSide);
    t.c = node.At("channels").Int(1, kMaxSide);
    if (int64_t{t.h} * t.w > kMaxElements || int64_t{t.h} * t.w * t.c > kMaxElements)
      node.Bad("is too large");
    t.line_stride = node.At("line_stride").Integer(int64_t{t.w} * t.c, kMaxStride);
    return t;
  }

  void Placed(const Node& node, TensorLayout* t, uint64_t* stride) {
    *t = Layout(node);
    *stride = node.At("image_stride").Integer(t->h * t->line_stride, kMaxStride);
    if (t->address % p_.config.AxiBytes() != 0 || *stride % p_.config.AxiBytes() != 0 ||
        t->line_stride % p_.config.AxiBytes() != 0) {
      node.Bad("lies across the beats of the bus");
    }
    Part(node, t->address, p_.options.images, *stride);
  }

  TensorInfo Info(const Node& node) const {
    TensorInfo t;
    t.name = node.At("name").Text();
    const Node shape = node.At("shape");
    if (shape.size() != 3) shape.Bad("is not channels, height, width");
    t.c = shape[0].Int(1, kMaxSide), t.h = shape[1].Int(1, kMaxSide);
    t.w = shape[2].Int(1, kMaxSide);
    if (int64_t{t.c} * t.h > kMaxElements || int64_t{t.c} * t.h * t.w > kMaxElements)
      shape.Bad("is too large");
    const std::string type = node.At("type").Text();
    if (type != "int8" && type != "uint8") node.At("type").Bad("is neither int8 nor uint8");
    t.is_uint8 = type == "uint8";
    t.scale = static_cast<float>(node.At("scale").Real());
    if (!(t.scale > 0)) node.At("scale").Bad("is not above 0");
    t.zero_point = node.At("zero_point").Int(t.is_uint8 ? 0 : -128, t.is_uint8 ? 255 : 127);
    return t;
  }

  static int64_t Elements(const TensorInfo& t) { return int64_t{t.c} * t.h * t.w; }
  static int64_t Elements(const TensorLayout& t) { return int64_t{t.c} * t.h * t.w; }

  // Told twice, where it lies and among the tensors.
  void Same(const Node& node, const TensorInfo& t, const TensorLayout& placed,
            const char* which) const {
    const TensorInfo own = Info(node);
    if (own.name != t.name || own.c != t.c || own.h != t.h || own.w != t.w ||
        own.is_uint8 != t.is_uint8 || own.scale != t.scale || own.zero_point != t.zero_point ||
        Elements(placed) != Elements(t)) {
      node.Bad(fmt::format("is not {}", which));
    }
  }

  void Tensors(const Node& root) {
    const Node tensors = root.At("tensors");
    for (size_t i = 0; i < tensors.size(); ++i) f_.tensors.push_back(Info(tensors[i]));
    if (f_.tensors.size() < 2) tensors.Bad("are fewer than two");
    Same(root.At("input"), f_.tensors.front(), p_.input, "the first of the tensors");
    Same(root.At("output"), f_.tensors.back(), p_.output, "the last of the tensors");
    const Node files = root.At("image_files");
    f_.quantizes_images = files.At("quantized").Bool();
    f_.image_scale = files.At("scale").Real();
    f_.image_mean = files.At("mean").Real();
    f_.channels_last = files.At("channels_last").Bool();
    f_.ties_away = files.At("ties_away").Bool();
    const Node shape = files.At("shape");
    int64_t elements = 1;
    for (size_t i = 0; i < shape.size() && elements <= kMaxElements; ++i) {
      f_.file_input.push_back(shape[i].Int(1, kMaxSide));
      elements *= f_.file_input.back();
    }
    if (!f_.file_input.empty() && elements != Elements(f_.tensors.front()))
      shape.Bad("has other sizes than the first of the tensors");
  }

  void Report(const Node& root) {
    const int last = static_cast<int>(f_.tensors.size()) - 2;
    const Node layers = root.At("layers");
    for (size_t i = 0; i < layers.size(); ++i) {
      const Node node = layers[i];
      Program::ReportLayer r;
      r.name = node.At("name").Text();
      r.first_layer = node.At("first_layer").Int(0, last);
      r.last_layer = node.At("last_layer").Int(r.first_layer, last);
      r.macs = node.At("macs").Unsigned();
      r.mapping = node.At("mapping").Text();
      p_.report.push_back(r);
    }
    const Node runs = root.At("layer_of_instruction");
    const int64_t rows = static_cast<int64_t>(p_.report.size());
    for (size_t i = 0; i < runs.size(); ++i) {
      if (runs[i].size() != 2) runs[i].Bad("is no pair");
      const int row = runs[i][0].Int(-1, rows - 1);
      const int64_t left = static_cast<int64_t>(p_.code.size() - p_.report_of.size());
      p_.report_of.insert(p_.report_of.end(), runs[i][1].Integer(1, left), row);
    }
    if (p_.report_of.size() != p_.code.size()) runs.Bad("is shorter than the code");
  }

  void Observations(const Node& root) {
    const Node observations = root.At("observations");
    for (size_t i = 0; i < observations.size(); ++i) {
      const Node node = observations[i];
      Observation o;
      o.instruction = static_cast<uint32_t>(
          node.At("instruction").Integer(0, static_cast<int64_t>(p_.code.size()) - 1));
      o.tensor = node.At("tensor").Int(1, static_cast<int64_t>(f_.tensors.size()) - 1);
      o.image = node.At("image").Int(0, p_.options.images - 1);
      o.layout = Layout(node);
      if (i > 0 && o.instruction < p_.observations.back().instruction)
        node.Bad("comes after a later instruction");
      if (Elements(o.layout) != Elements(f_.tensors[o.tensor]))
        node.Bad("has other sizes than its tensor");
      const uint64_t buffer = p_.config.ActBytes();
      if (o.layout.address >= buffer || SpanBytes(o.layout) > buffer - o.layout.address)
        node.Bad("lies outside the activation buffer");
      p_.observations.push_back(o);
    }
  }

  void Expected() {
    const int64_t in = Elements(p_.input), out = Elements(p_.output);
    const uint64_t bytes = p_.options.images * p_.output_stride;
    if (text_.outputs.size() != bytes) {
      throw InputError(fmt::format("{}/outputs.bin: holds {} bytes, the images {}", where_,
                                   text_.outputs.size(), bytes));
    }
    f_.images.resize(p_.options.images * in);
    f_.outputs.resize(p_.options.images * out);
    const char* from = text_.memory.data() + (p_.input.address - p_.options.base);
    for (int64_t i = 0; i < p_.options.images; ++i) {
      LinesToPlanes(p_.input, reinterpret_cast<const int8_t*>(from + i * p_.input_stride),
                    &f_.images[i * in]);
      LinesToPlanes(p_.output,
                    reinterpret_cast<const int8_t*>(&text_.outputs[i * p_.output_stride]),
                    &f_.outputs[i * out]);
    }
    size_t at = 0;
    for (const Observation& o : p_.observations) {
      TensorLayout t = o.layout;
      t.line_stride = uint64_t(t.w) * t.c;
      const size_t size = static_cast<size_t>(Elements(t));
      if (size > text_.tensors.size() - at) at = text_.tensors.size() + 1;
      if (at > text_.tensors.size()) break;
      f_.expected.emplace_back(size);
      LinesToPlanes(t, reinterpret_cast<const int8_t*>(text_.tensors.data() + at),
                    f_.expected.back().data());
      at += size;
    }
    if (at != text_.tensors.size()) {
      throw InputError(fmt::format("{}/tensors.bin: its {} bytes are not those of the observations",
                                   where_, text_.tensors.size()));
    }
  }

  const FolderText& text_;
  const std::string where_;
  ProgramFolder f_;
  Program& p_ = f_.program;
};

std::string ReadWhole(const fs::path& path) {
  std::error_code error;
  const uintmax_t size = fs::is_regular_file(path, error) ? fs::file_size(path, error) : 0;
  if (size > kMaxMemory + 16) throw InputError(path.string() + ": is too large");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw InputError(path.string() + ": cannot be read; compile writes it");
  std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (in.bad()) throw InputError(path.string() + ": cannot be read");
  return bytes;
}

}  // namespace

ProgramFolder ParseProgramFolder(const FolderText& text, const std::string& where) {
  return Parser(text, where).Parse();
}

bool IsProgramFolder(const std::string& path) {
  std::error_code error;
  return fs::exists(fs::path(path) / "program.json", error);
}

ProgramFolder ReadProgramFolder(const std::string& path) {
  const fs::path folder = path;
  FolderText text{ReadWhole(folder / "program.json"), ReadWhole(folder / "memory.bin"), "", ""};
  std::error_code error;
  const bool images = fs::exists(folder / "outputs.bin", error);
  if (images) {
    text.outputs = ReadWhole(folder / "outputs.bin");
    text.tensors = ReadWhole(folder / "tensors.bin");
  }
  return ParseProgramFolder(text, path);
}

}  // namespace systole
