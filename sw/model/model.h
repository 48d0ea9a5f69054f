// A quantized network as every part of Systole sees it: a graph of layers on int8 tensors.
//
// A layer reads tensors by their index and alone makes one tensor, so a tensor may be read by
// several layers (a branch) and a layer may read several tensors (kConcat, kAdd). Chains are the
// special case in which layer i reads the tensor that layer i - 1 made.
//
// Layout here is the exchange format's own (ONNX): tensors C x H x W, filters N x C x KH x KW, a
// fully connected layer's K in the flattened C-H-W order of its input. The golden reference
// evaluates exactly this; the compiler alone knows about other layouts. All values are int8: a
// uint8 tensor is held with q and Z both moved by -128, exactly.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/arith/add.h"
#include "sw/arith/rounding.h"

namespace systole {

enum class DType { kInt8, kUint8 };

// real = scale * (q - zero_point); zero_point and q in the int8 domain (-128..127).
struct Tensor {
  std::string name;
  int c = 1, h = 1, w = 1;  // elements: c * h * w
  float scale = 1.0f;
  int zero_point = 0;
  DType boundary =
      DType::kInt8;  // type of the tensor in the file (what --outputs and image files hold)

  int64_t Elements() const { return int64_t{c} * h * w; }
};

enum class LayerKind {
  kConv,            // also depthwise and grouped (groups > 1)
  kFullyConnected,  // kernel 1x1 on a tensor seen as K x 1 x 1; K = c*h*w of the input, flattened
                    // C-H-W
  kMaxPool,         // 1x1 with stride 1 is an identity with a clamp (a stand-alone ReLU or Clip)
  kAveragePool,
  kConcat,   // the input tensors one after the other along the channels; scale and zero point kept
  kAdd,      // two tensors of one shape, element by element (sw/arith/add.h)
  kPad,      // `pad` positions of the input's zero point around it; scale and zero point kept
  kTable,    // y = clamp(table[channel][x + 128]): rescaling, and functions of one value
  kSoftmax,  // over the channels of a tensor C x 1 x 1; made by the host
};

// docs/arithmetic.md, "Pooling". kTflite: halves away from zero; kTfliteUint8: of the uint8 values,
// so halves up. kTfliteMean: TensorFlow Lite's MEAN, a multiplier for Sx / Sy and the count
// together, and its own scale and zero point.
enum class AverageMode { kInteger, kTflite, kTfliteUint8, kTfliteMean };

struct Padding {
  int top = 0, left = 0, bottom = 0, right = 0;
};

// One layer: a node of the graph.
struct Layer {
  std::string name;         // node name of the file, or op_type_index where the file has none
  std::string op;           // operator in the file ("QLinearConv", "fc"); may be empty
  std::vector<int> inputs;  // indices of Model::tensors; one, but for kConcat and kAdd (two)
  LayerKind kind = LayerKind::kConv;
  int kernel_h = 1, kernel_w = 1;
  int stride_h = 1, stride_w = 1;
  int dilation_h = 1, dilation_w = 1;
  int groups = 1;
  Padding
      pad;  // pads with the input's zero point (real zero); max pooling leaves padded positions out

  // kConv, kFullyConnected: N = output channels.
  std::vector<int8_t> weights;       // N x (C / groups) x KH x KW
  int weight_zero_point = 0;         // per tensor
  std::vector<float> weight_scales;  // 1 (per tensor) or N (per output channel)
  std::vector<int32_t> bias;         // N (zeros where the file has none), scale Sx * Sw[n]
  bool product_is_single = false;    // Sx * Sw is rounded to single precision in every mode
                                     // (TensorFlow Lite's uint8 and FULLY_CONNECTED layers)

  // kAveragePool.
  AverageMode average = AverageMode::kInteger;
  bool count_include_pad = false;

  // kTable: y for x = -128, ..., 127; 256 entries for all channels, or 256 for each.
  std::vector<int8_t> table;

  // kSoftmax: real = exp(beta * x) / sum of exp(beta * x).
  float beta = 1;

  // Clamp of the output, in the int8 domain; folds ReLU, ReLU6, Clip.
  int clamp_lo = -128, clamp_hi = 127;

  // Requantization: y = clamp(Zy + R(acc * m, s)). Filled by ChooseMultipliers() from the real
  // scales for a rounding mode, or set by hand. kConv, kFullyConnected: N entries. kAveragePool:
  // indexed by the number of taps counted (entry 0 unused, up to kernel_h * kernel_w). Others:
  // empty. kAdd has `add` instead.
  Rounding rounding = Rounding::kFloat32;
  std::vector<uint32_t> m;  // 0 <= m < 2^31
  std::vector<uint8_t> s;   // 0..62
  AddParams add;
};

// What a byte b of an image file stands for where the graph's input is real: b * scale - mean.
struct ImageEncoding {
  double scale = 1.0 / 255;
  double mean = 0;
  bool ties_away = false;  // reals are quantized with halves away from zero, not to even
};

// Layers stand in topological order: tensors[0] is the input of the network, layers[i] reads
// tensors of index 0..i and makes tensors[i + 1], the last of them is an output of the network.
// CheckModel() (sw/model/check.h) holds a model to that; sw/model/graph.h has views of it.
struct Model {
  std::string name;
  std::vector<Tensor> tensors;  // layers.size() + 1
  std::vector<Layer> layers;    // at least one

  // Tensors that the file names as outputs, in its order; empty: the last tensor alone.
  std::vector<int> outputs;

  // The k-th tensor that layers[i] reads, and the one that it makes.
  const Tensor& Input(size_t i, size_t k = 0) const { return tensors[layers[i].inputs[k]]; }
  const Tensor& Output(size_t i) const { return tensors[i + 1]; }

  // Dimensions of the graph's input behind N where the file reshapes it before the first layer (of
  // as many elements as tensors[0]; images may have either shape); empty: those of tensors[0].
  std::vector<int> file_input;

  // The mode whose arithmetic is that of the file's framework.
  Rounding own_rounding = Rounding::kFloat32;

  // Files of images and outputs hold N x H x W x C (TensorFlow Lite), not N x C x H x W.
  bool channels_last = false;

  // Set where the graph's input is real and QuantizeLinear follows, or where the file's metadata
  // says what an image byte stands for; images of bytes are then quantized. Otherwise their bytes
  // are the input tensor's own.
  bool quantizes_images = false;
  ImageEncoding image;
};

// The values that count as 0 in the sum of an average, and that its rounded quotient is added to.
inline bool IsTfliteAverage(const Layer& layer) {
  return layer.average == AverageMode::kTflite || layer.average == AverageMode::kTfliteUint8;
}
inline int AverageZero(const Layer& layer, const Tensor& tensor) {
  if (layer.average == AverageMode::kTflite) return 0;
  return layer.average == AverageMode::kTfliteUint8 ? -128 : tensor.zero_point;
}

// Output size of a window op along one axis: floor((in + pad - dilation*(kernel-1) - 1) / stride)
// + 1.
inline int OutputSize(int in, int pad_sum, int kernel, int stride, int dilation) {
  return (in + pad_sum - dilation * (kernel - 1) - 1) / stride + 1;
}

}  // namespace systole
