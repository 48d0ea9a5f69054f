#include "sw/model/text_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "sw/base/error.h"
#include "sw/model/check.h"
#include "sw/model/graph.h"
#include "sw/model/text_file.h"

namespace systole {
namespace {

class TextImporter {
 public:
  explicit TextImporter(const std::string& folder)
      : folder_(folder), path_(File(kTextNetworkFile)) {
    model_.name = folder;
  }

  Model Import() {
    if (!std::filesystem::exists(path_)) {
      throw InputError(fmt::format(
          "{}: no such file; a folder of text files needs one that lists its layers", path_));
    }
    for (const TextLine& line : ReadTextLines(path_)) {
      line_ = &line;
      next_ = 1;
      Step(line.words[0]);
      if (next_ < line.words.size())
        Refuse(fmt::format("'{}' is not expected here", line.words[next_]));
    }
    if (model_.layers.empty()) throw InputError(path_ + ": lists no layer");
    CheckModel(model_);
    return std::move(model_);
  }

 private:
  std::string File(const std::string& name) const {
    return (std::filesystem::path(folder_) / name).string();
  }

  [[noreturn]] void Refuse(const std::string& what) const {
    RefuseLine(path_, line_->number, what);
  }

  const std::string& Word(const char* what) {
    if (next_ == line_->words.size()) Refuse(fmt::format("{} is missing", what));
    return line_->words[next_++];
  }

  int Int(const char* what, int lo, int hi) {
    return static_cast<int>(TextInteger(path_, line_->number, Word(what), lo, hi));
  }

  // A name that is part of file names: letters, digits, '_', '-', '.', not yet used.
  std::string Name() {
    const std::string& name = Word("a name");
    for (char c : name) {
      const bool letter =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letter && c != '_' && c != '-' && c != '.')
        Refuse(fmt::format("'{}' cannot be part of a file name", name));
    }
    for (const Tensor& tensor : model_.tensors) {
      if (tensor.name == name) Refuse(fmt::format("the name '{}' is used twice", name));
    }
    return name;
  }

  void Step(const std::string& kind) {
    if (kind == "input") return Input();
    if (kind == "image") {
      model_.quantizes_images = true;
      model_.image.scale = TextReal(path_, line_->number, Word("the scale of an image's bytes"));
      model_.image.mean = TextReal(path_, line_->number, Word("the mean of an image's bytes"));
      return;
    }
    if (kind != "conv" && kind != "fc" && kind != "maxpool" && kind != "avgpool" &&
        kind != "concat") {
      Refuse(
          fmt::format("'{}' is unknown; known are input, image, conv, fc, maxpool, avgpool, "
                      "concat",
                      kind));
    }
    if (model_.tensors.empty()) Refuse("a line 'input' must come first");
    Append(kind);
  }

  void Input() {
    if (!model_.tensors.empty()) Refuse("'input' is given twice");
    Tensor tensor;
    tensor.name = Name();
    const std::string& type = Word("the type");
    if (type != "uint8" && type != "int8")
      Refuse(fmt::format("type '{}' is unknown; known are uint8, int8", type));
    tensor.boundary = type == "uint8" ? DType::kUint8 : DType::kInt8;
    tensor.c = Int("the number of channels", 1, kMaxChannels);
    tensor.h = Int("the height", 1, kMaxSide);
    tensor.w = Int("the width", 1, kMaxSide);
    ReadScaleZero(&tensor);
    model_.tensors.push_back(tensor);
  }

  // The tensor of that name, read by the line.
  int Source(const std::string& name) const {
    for (size_t i = 0; i < model_.tensors.size(); ++i) {
      if (model_.tensors[i].name == name) return static_cast<int>(i);
    }
    Refuse(fmt::format("'{}' is no input or layer of a line before", name));
  }

  void Append(const std::string& kind) {
    if (kind == "concat") return Concat();
    Layer layer;
    layer.name = Name();
    layer.op = kind;
    layer.kind = kind == "conv"      ? LayerKind::kConv
                 : kind == "fc"      ? LayerKind::kFullyConnected
                 : kind == "maxpool" ? LayerKind::kMaxPool
                                     : LayerKind::kAveragePool;
    const bool filters = kind == "conv" || kind == "fc";
    const int outputs = filters ? Int("the number of outputs", 1, kMaxChannels) : 0;
    if (kind != "fc") {
      layer.kernel_h = Int("the kernel's height", 1, kMaxSide);
      layer.kernel_w = Int("the kernel's width", 1, kMaxSide);
    }
    int from = static_cast<int>(model_.tensors.size()) - 1;
    const bool relu = ReadOptions(kind, &layer, &from);
    const Tensor source = model_.tensors[from];
    Tensor target = source;
    target.name = layer.name;
    if (filters) target.c = outputs;
    if (kind == "fc") {
      target.h = target.w = 1;
    } else {
      target.h = Side(source.h, layer.pad.top + layer.pad.bottom, layer.kernel_h, layer.stride_h,
                      layer.dilation_h);
      target.w = Side(source.w, layer.pad.left + layer.pad.right, layer.kernel_w, layer.stride_w,
                      layer.dilation_w);
    }
    if (filters) ReadFilters(source, target.c, &layer);
    if (filters || std::filesystem::exists(File(target.name + "_scale_zero.txt")))
      ReadScaleZero(&target);
    if (relu) layer.clamp_lo = target.zero_point;
    systole::Append(model_, std::move(layer), {from}, std::move(target));
  }

  void Concat() {
    Layer layer;
    layer.name = Name();
    layer.op = "concat";
    layer.kind = LayerKind::kConcat;
    std::vector<int> inputs = {Source(Word("a tensor to join"))};
    while (next_ < line_->words.size()) inputs.push_back(Source(line_->words[next_++]));
    Tensor target = model_.tensors[inputs[0]];
    const Tensor first = target;
    int64_t channels = 0;
    for (int input : inputs) {
      const Tensor& in = model_.tensors[input];
      if (in.h != first.h || in.w != first.w || in.scale != first.scale ||
          in.zero_point != first.zero_point) {
        Refuse(fmt::format("'{}' and '{}' differ in height, width, scale or zero point", first.name,
                           in.name));
      }
      channels += in.c;
    }
    if (channels > kMaxChannels) Refuse("the output has too many channels");
    target.name = layer.name;
    target.c = static_cast<int>(channels);
    systole::Append(model_, std::move(layer), std::move(inputs), std::move(target));
  }

  // The words after the fixed ones; returns whether one was relu.
  bool ReadOptions(const std::string& kind, Layer* layer, int* from) {
    bool relu = false;
    while (next_ < line_->words.size()) {
      const std::string& option = line_->words[next_++];
      if (option == "relu") {
        relu = true;
      } else if (option == "from") {
        *from = Source(Word("the tensor that it reads"));
      } else if (option == "stride" && kind != "fc") {
        layer->stride_h = Int("the vertical stride", 1, kMaxSide);
        layer->stride_w = Int("the horizontal stride", 1, kMaxSide);
      } else if (option == "pad" && kind != "fc") {
        layer->pad.top = Int("the padding at the top", 0, kMaxSide);
        layer->pad.left = Int("the padding on the left", 0, kMaxSide);
        layer->pad.bottom = Int("the padding at the bottom", 0, kMaxSide);
        layer->pad.right = Int("the padding on the right", 0, kMaxSide);
      } else if (option == "dilation" && kind == "conv") {
        layer->dilation_h = Int("the vertical dilation", 1, kMaxSide);
        layer->dilation_w = Int("the horizontal dilation", 1, kMaxSide);
      } else if (option == "groups" && kind == "conv") {
        layer->groups = Int("the number of groups", 1, kMaxChannels);
      } else if (option == "count_include_pad" && kind == "avgpool") {
        layer->count_include_pad = true;
      } else {
        Refuse(fmt::format("'{}' is no option of {}", option, kind));
      }
    }
    return relu;
  }

  int Side(int64_t in, int64_t pads, int64_t kernel, int64_t stride, int64_t dilation) const {
    const int64_t room = in + pads - dilation * (kernel - 1) - 1;
    if (room < 0)
      Refuse(fmt::format("a window of {} does not fit into {} with its padding", kernel, in));
    if (room / stride >= kMaxSide) Refuse("the output is too large");
    return static_cast<int>(room / stride + 1);
  }

  void ReadFilters(const Tensor& source, int64_t n, Layer* layer) {
    const bool conv = layer->kind == LayerKind::kConv;
    if (source.c % layer->groups != 0 || n % layer->groups != 0) {
      Refuse(fmt::format("{} groups do not divide {} inputs and {} outputs", layer->groups,
                         source.c, n));
    }
    const int64_t k = conv ? int64_t{source.c / layer->groups} * layer->kernel_h * layer->kernel_w
                           : source.Elements();
    if (k > kMaxWeightElements / n) Refuse("the layer has too many weights");
    const std::string what =
        conv ? fmt::format("weights of {} x {} x {} x {}", n, source.c / layer->groups,
                           layer->kernel_h, layer->kernel_w)
             : fmt::format("weights of {} x {}", n, k);
    for (int64_t value :
         ReadTextIntegers(File(layer->name + ".weight.txt"), n * k, -128, 127, what)) {
      layer->weights.push_back(static_cast<int8_t>(value));
    }
    layer->bias.assign(n, 0);
    const std::string bias = File(layer->name + ".bias.txt");
    if (std::filesystem::exists(bias)) {
      using Limits = std::numeric_limits<int32_t>;
      const std::vector<int64_t> values = ReadTextIntegers(bias, n, Limits::min(), Limits::max(),
                                                           fmt::format("biases of {} outputs", n));
      std::copy(values.begin(), values.end(), layer->bias.begin());
    }
    ReadWeightScales(File(layer->name + ".weight_scale_zero.txt"), n, layer);
  }

  void ReadWeightScales(const std::string& path, int64_t n, Layer* layer) {
    const std::vector<TextLine> lines = ReadTextLines(path);
    if (lines.size() != 1 && static_cast<int64_t>(lines.size()) != n) {
      throw InputError(
          fmt::format("{}: holds {} lines; one, or one for each of {} outputs, is needed", path,
                      lines.size(), n));
    }
    for (const TextLine& line : lines) {
      RequirePair(path, line);
      layer->weight_scales.push_back(TextScale(path, line.number, line.words[0]));
      const int zero = static_cast<int>(TextInteger(path, line.number, line.words[1], -128, 127));
      if (&line != &lines[0] && zero != layer->weight_zero_point) {
        RefuseLine(path, line.number,
                   "the zero point differs from the first line's; all outputs share one");
      }
      layer->weight_zero_point = zero;
    }
  }

  static void RequirePair(const std::string& path, const TextLine& line) {
    if (line.words.size() != 2)
      RefuseLine(path, line.number, "a scale and a zero point are needed, and nothing else");
  }

  void ReadScaleZero(Tensor* tensor) const {
    const std::string path = File(tensor->name + "_scale_zero.txt");
    const std::vector<TextLine> lines = ReadTextLines(path);
    if (lines.size() != 1)
      throw InputError(fmt::format("{}: holds {} lines; one is needed", path, lines.size()));
    RequirePair(path, lines[0]);
    const int moved = tensor->boundary == DType::kUint8 ? 128 : 0;
    tensor->scale = TextScale(path, lines[0].number, lines[0].words[0]);
    tensor->zero_point = static_cast<int>(TextInteger(path, lines[0].number, lines[0].words[1],
                                                      moved - 128, moved + 127)) -
                         moved;
  }

  const std::string folder_, path_;
  const TextLine* line_ = nullptr;  // of network.txt
  size_t next_ = 0;                 // the next word of it
  Model model_;
};

}  // namespace

Model ImportTextFolder(const std::string& folder) { return TextImporter(folder).Import(); }

}  // namespace systole
