// A TensorFlow Lite file, verified: every offset lies inside it, every index has its object. What
// its operators mean is sw/model/tflite_importer.h's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/model/model.h"
#include "tflite_generated.h"  // flatc, from sw/model/tflite.fbs

namespace systole {

// The numbers of the schema that are read; all operators' and types' names: tflite_names.h.
enum class TfliteOperator {
  kAdd = 0,
  kAveragePool2d = 1,
  kConcatenation = 2,
  kConv2d = 3,
  kDepthwiseConv2d = 4,
  kDequantize = 6,
  kFullyConnected = 9,
  kLogistic = 14,
  kMaxPool2d = 17,
  kRelu = 19,
  kReluN1To1 = 20,
  kRelu6 = 21,
  kReshape = 22,
  kSoftmax = 25,
  kTanh = 28,
  kPad = 34,
  kTranspose = 39,
  kMean = 40,
  kSqueeze = 43,
  kExpandDims = 70,
  kLeakyRelu = 98,
  kQuantize = 114,
  kHardSwish = 117,
};
inline constexpr int kTfliteFloat32 = 0, kTfliteInt32 = 2, kTfliteUint8 = 3, kTfliteInt64 = 4,
                     kTfliteInt8 = 9;

// A tensor of the file. Scales and zero points: none, one, or one for each index of `axis`.
struct TfliteTensor {
  std::string name;  // printable
  std::vector<int64_t> dims;
  int type = 0;
  std::vector<float> scales;
  std::vector<int64_t> zero_points;
  int axis = 0;
  const uint8_t* data = nullptr;  // of a constant; nullptr: none
  size_t bytes = 0;
  bool is_sparse = false;

  bool IsConstant() const { return data != nullptr; }
  std::string Label() const;  // the name, short enough for a message
};

// "1x49x10x1"; of none "a scalar".
std::string ListText(const std::vector<int64_t>& numbers, const char* between = "x");

class TfliteFile {
 public:
  // `data` is used as long as the object lives. Throws InputError, starting with `file`, for bytes
  // that are damaged or no TensorFlow Lite file.
  TfliteFile(const uint8_t* data, size_t size, std::string file);

  struct Operator {
    int index = 0;
    int code = 0;              // of the schema's BuiltinOperator
    std::string custom;        // the name of a custom operator
    std::vector<int> inputs;   // indices of tensors(); -1: left out
    std::vector<int> outputs;  // at least one
    const tflite::Operator* raw = nullptr;
  };

  const std::string& file() const { return file_; }
  const std::vector<TfliteTensor>& tensors() const { return tensors_; }
  const std::vector<Operator>& operators() const { return operators_; }
  const std::vector<int>& inputs() const { return inputs_; }
  const std::vector<int>& outputs() const { return outputs_; }

  static std::string OperatorName(const Operator& op);

  // The options of an operator as a table T whose number in the schema's union is `type`; nullptr:
  // it has none. Refuses others, and damaged ones.
  template <typename T>
  const T* Options(const Operator& op, int type) const {
    const tflite::Options* const raw = op.raw->builtin_options();
    if (raw == nullptr || op.raw->builtin_options_type() == 0) return nullptr;
    if (op.raw->builtin_options_type() != type) Refuse(op, "its options are another operator's");
    const auto* options = reinterpret_cast<const T*>(raw);
    flatbuffers::Verifier verifier(data_, size_);
    if (!options->Verify(verifier)) Refuse(op, "its options are damaged; convert the model again");
    return options;
  }

  // The values of a constant INT32 or INT64 tensor. Refuses others; `what` names it: "its
  // paddings".
  std::vector<int64_t> Integers(const Operator& op, int tensor, const char* what) const;

  // The values of a constant UINT8 or INT8 tensor in the int8 domain.
  std::vector<int8_t> Bytes(const Operator& op, int tensor, const char* what) const;

  // "<file>: <what>", "<file>: operator 3 (CONV_2D, makes 'name'): <what>".
  [[noreturn]] void Refuse(const std::string& what) const;
  [[noreturn]] void Refuse(const Operator& op, const std::string& what) const;

 private:
  void ReadTensors(const tflite::Model& model, const tflite::SubGraph& graph);
  void ReadOperators(const tflite::Model& model, const tflite::SubGraph& graph);
  std::vector<int> Indices(const flatbuffers::Vector<int32_t>* list, int least,
                           const std::string& what) const;
  // Checks that the tensor is a constant of `element` bytes each, and all there.
  const TfliteTensor& Constant(const Operator& op, int tensor, const char* what,
                               size_t element) const;

  const uint8_t* data_;
  size_t size_;
  std::string file_;
  std::vector<TfliteTensor> tensors_;
  std::vector<Operator> operators_;
  std::vector<int> inputs_, outputs_;
};

}  // namespace systole
