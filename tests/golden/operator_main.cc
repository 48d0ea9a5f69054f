// One operator of the golden reference on bytes, for comparing it with other frameworks
// (tests/python/operators_test.py):
//     golden_operator OPERATOR MODE [NAME=VALUE ...] < input > output
//   add       y for all pairs (x1, x2), x1 the slower one; no input
//   average   a global average over h x w; integer, or TensorFlow Lite's with mean=1
//   softmax   over c values
//   table     all 256 values through the table that is the input, 256 bytes
// Input and output are int8, images of c x h x w one after the other. NAME: c, h, w; scale, zero
// and unsigned of the input (x_, of the second x2_) and the output (y_); lo, hi; beta; mean.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "sw/arith/add.h"
#include "sw/base/error.h"
#include "sw/golden/golden.h"
#include "sw/model/check.h"
#include "sw/model/graph.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/quant/range_proof.h"

namespace systole {
namespace {

class Arguments {
 public:
  Arguments(int argc, char** argv) {
    for (int i = 3; i < argc; ++i) {
      const std::string text = argv[i];
      const size_t equals = text.find('=');
      if (equals == std::string::npos) throw InputError(text + ": expected NAME=VALUE");
      values_[text.substr(0, equals)] = text.substr(equals + 1);
    }
  }
  int Int(const std::string& name, int otherwise) const {
    const auto found = values_.find(name);
    return found == values_.end() ? otherwise : std::atoi(found->second.c_str());
  }
  float Float(const std::string& name, float otherwise) const {
    const auto found = values_.find(name);
    return found == values_.end() ? otherwise : std::strtof(found->second.c_str(), nullptr);
  }
  // x_scale, x_zero (in the file's type), x_unsigned.
  Tensor MakeTensor(const std::string& prefix) const {
    Tensor tensor;
    tensor.scale = Float(prefix + "_scale", 1);
    tensor.boundary = Int(prefix + "_unsigned", 0) != 0 ? DType::kUint8 : DType::kInt8;
    const int moved = tensor.boundary == DType::kUint8 ? 128 : 0;
    tensor.zero_point = Int(prefix + "_zero", 0) - moved;
    return tensor;
  }

 private:
  std::map<std::string, std::string> values_;
};

std::vector<int8_t> ReadInput() {
  std::vector<int8_t> bytes;
  int8_t block[4096];
  for (size_t n; (n = std::fread(block, 1, sizeof(block), stdin)) > 0;) {
    bytes.insert(bytes.end(), block, block + n);
  }
  return bytes;
}

AddTensor Operand(const Tensor& tensor) {
  return {tensor.scale, tensor.zero_point, tensor.boundary == DType::kUint8};
}

std::vector<int8_t> Add(const Arguments& arguments, Rounding mode) {
  const AddParams p =
      ChooseAdd(Operand(arguments.MakeTensor("x")), Operand(arguments.MakeTensor("x2")),
                Operand(arguments.MakeTensor("y")), mode, "add");
  const int lo = arguments.Int("lo", -128), hi = arguments.Int("hi", 127);
  std::vector<int8_t> y;
  for (int x1 = -128; x1 < 128; ++x1) {
    for (int x2 = -128; x2 < 128; ++x2) {
      y.push_back(static_cast<int8_t>(AddQuantized(x1, x2, p, mode, lo, hi)));
    }
  }
  return y;
}

std::vector<int8_t> Run(const std::string& name, const Arguments& arguments, Rounding mode) {
  if (name == "add") return Add(arguments, mode);
  std::vector<int8_t> input = ReadInput();
  Model model;
  model.name = name;
  Tensor x = arguments.MakeTensor("x"), y = arguments.MakeTensor("y");
  x.name = "x";
  y.name = "y";
  x.c = y.c = arguments.Int("c", 1);
  x.h = arguments.Int("h", 1);
  x.w = arguments.Int("w", 1);
  Layer layer;
  layer.name = name;
  layer.clamp_lo = arguments.Int("lo", -128);
  layer.clamp_hi = arguments.Int("hi", 127);
  if (name == "average") {
    layer.kind = LayerKind::kAveragePool;
    layer.kernel_h = x.h;
    layer.kernel_w = x.w;
    if (arguments.Int("mean", 0) != 0) layer.average = AverageMode::kTfliteMean;
  } else if (name == "softmax") {
    layer.kind = LayerKind::kSoftmax;
    layer.beta = arguments.Float("beta", 1);
  } else if (name == "table") {
    layer.kind = LayerKind::kTable;
    layer.table = input;
    for (int i = 0; i < 256; ++i) input[i] = static_cast<int8_t>(i - 128);
  } else {
    throw InputError(name + ": unknown operator");
  }
  model.tensors.push_back(x);
  Append(model, layer, {0}, y);
  ChooseMultipliers(model, mode);
  CheckModel(model);
  ProveRanges(model);
  std::vector<int8_t> output;
  for (size_t at = 0; at < input.size(); at += static_cast<size_t>(x.Elements())) {
    const std::vector<int8_t> one = RunReference(model, input.data() + at).back();
    output.insert(output.end(), one.begin(), one.end());
  }
  return output;
}

}  // namespace
}  // namespace systole

int main(int argc, char** argv) {
  try {
    if (argc < 3) throw systole::InputError("golden_operator OPERATOR MODE [NAME=VALUE ...]");
    const systole::Arguments arguments(argc, argv);
    const auto y = systole::Run(argv[1], arguments, systole::ParseRounding(argv[2]));
    std::fwrite(y.data(), 1, y.size(), stdout);
  } catch (const systole::InputError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
  return 0;
}
