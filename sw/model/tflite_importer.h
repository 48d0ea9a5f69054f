// The walk through a TensorFlow Lite graph that builds a Model, an operator at a time in the file's
// order: the inside of ImportTflite().
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sw/arith/tflite_functions.h"
#include "sw/model/model.h"
#include "sw/model/tflite_file.h"

namespace systole {

class TfliteImporter {
 public:
  explicit TfliteImporter(const TfliteFile& file) : file_(file) { model_.name = file.file(); }

  // Once.
  Model Import();

 private:
  using Operator = TfliteFile::Operator;
  using Dims = std::vector<int64_t>;

  // A tensor of the file that depends on the graph's input: a tensor of the model, whose elements
  // the file orders H-W-C, seen with some dimensions.
  struct Value {
    int tensor = 0;
    Dims dims;
    bool is_real = false;    // float: the graph's input before QUANTIZE, or an output
    bool is_planar = false;  // the file orders the elements C-H-W
  };
  struct Quantization {
    float scale = 1;
    int zero_point = 0;  // in the int8 domain
    DType type = DType::kInt8;
  };
  struct Shape {
    int64_t c = 1, h = 1, w = 1;
  };
  struct Entry {
    TfliteOperator code;
    size_t least, most;  // inputs
    void (TfliteImporter::*read)(const Operator&);
  };
  static const std::vector<Entry>& Entries();

  // --- tflite_import.cc: the walk, and what every operator does.
  std::vector<bool> Needed() const;
  const Entry& Find(const Operator& op) const;
  void ReadInput();
  void SetOutputs();
  int Copy(int output);

  Quantization QuantizationOf(const Operator& op, int tensor) const;
  // A value of the graph that the operator reads; refuses constants and, but for QUANTIZE, reals.
  const Value& Read(const Operator& op, size_t k);
  // Its shape; refuses one that the model's tensor has not.
  Shape Image(const Operator& op, const Value& value);
  static std::optional<Shape> ShapeOf(const Dims& dims);
  // How many operators of the walk, and outputs, read a tensor of the file.
  int Readers(int tensor) const;

  // Appends a layer and makes its output the operator's. `quantization`: the output's own.
  Layer& Append(const Operator& op, Layer layer, std::vector<int> inputs, Shape shape, Dims dims);
  Layer& Append(const Operator& op, Layer layer, std::vector<int> inputs, Shape shape, Dims dims,
                const Quantization& quantization);
  // The operator's output is a value that is there.
  void Alias(const Operator& op, const Value& value, Dims dims);
  std::string UniqueName(int tensor) const;
  void RequireKept(const Operator& op, int from) const;

  // Narrows the layer's clamp to an activation: NONE 0, RELU 1, RELU_N1_TO_1 2, RELU6 3.
  void Activate(const Operator& op, int activation, Layer& layer) const;

  // --- tflite_import_filters.cc
  void Conv2d(const Operator& op);
  void DepthwiseConv2d(const Operator& op);
  void FullyConnected(const Operator& op);
  // Weights and their quantization; the elements keep the file's order. `axis`: of output channels.
  void ReadFilters(const Operator& op, size_t axis, int64_t channels, Layer& layer) const;

  // --- tflite_import_window.cc
  void Pool(const Operator& op);
  void Mean(const Operator& op);
  void Pad(const Operator& op);
  bool IsFolded(const Operator& op) const;
  int Number(const Operator& op, int64_t value, int64_t most, const char* what) const;
  // Output size and padding of one axis.
  int64_t Side(const Operator& op, int padding, int64_t in, int64_t kernel, int64_t stride,
               int64_t dilation, int& before, int& after) const;
  // Sizes of the window are set; sets the padding, returns height and width of the output.
  Shape Window(const Operator& op, int padding, const Shape& in, Layer& layer) const;

  // --- tflite_import_shape.cc
  void Reshape(const Operator& op);
  void Transpose(const Operator& op);
  void Concatenation(const Operator& op);
  int Rescaled(const Operator& op, size_t k, const Value& value, const Quantization& out);
  static TfliteScales Pair(const Quantization& in, const Quantization& out);
  void Add(const Operator& op);
  void Softmax(const Operator& op);

  // --- tflite_import_table.cc
  void Quantize(const Operator& op);
  void Dequantize(const Operator& op);
  void Relu(const Operator& op);
  void Function(const Operator& op);
  void Table(const Operator& op, std::vector<int8_t> table);

  const TfliteFile& file_;
  Model model_;
  std::vector<std::optional<Value>> values_;  // by tensor of the file
  std::vector<bool> needed_;                  // by operator
  std::vector<Padding> folded_;               // of PADs that became a convolution's own
  std::vector<int> padded_by_;                // by tensor of the file: its index there, or -1
  bool is_read_ = false;                      // a layer has read the model's input
  bool is_quantized_ = false;                 // its real input has a scale
};

// `bound` as the quantized value nearest to it, in -128..127; halves away from zero.
int QuantizedBound(float bound, float scale, int zero_point);

}  // namespace systole
