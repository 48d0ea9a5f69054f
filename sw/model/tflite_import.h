// TensorFlow Lite files to Models.
#pragma once

#include <cstdint>
#include <string>

#include "sw/model/model.h"

namespace systole {

// The first graph of a quantized TensorFlow Lite file: 8-bit tensors, one input, batch size 1. What
// becomes what:
//   CONV_2D, DEPTHWISE_CONV_2D           kConv
//   FULLY_CONNECTED                      kFullyConnected; over several positions a 1x1 kConv
//   MAX_POOL_2D, AVERAGE_POOL_2D, MEAN   kMaxPool, kAveragePool
//   ADD, SOFTMAX                         kAdd, kSoftmax
//   CONCATENATION                        kConcat, with a kTable before an input of another scale
//   PAD                                  the padding of the convolution that alone reads it; kPad
//   RELU, RELU6, RELU_N1_TO_1            a 1x1 kMaxPool with a clamp; a kTable to another scale
//   LEAKY_RELU, LOGISTIC, TANH, HARD_SWISH
//                                        kTable
//   QUANTIZE                             nothing between int8 and uint8 of one scale, and for the
//                                        graph's real input; else a 1x1 kAveragePool, which
//                                        rescales
//   DEQUANTIZE                           nothing, at the graph's outputs
//   RESHAPE, SQUEEZE, EXPAND_DIMS, TRANSPOSE
//                                        nothing, where the order of the elements stays or the
//                                        fully connected layer that follows can follow it
// Operators whose results no output needs are left out. Layers are named after operator and index
// ("CONV_2D_3"), tensors as in the file. `file` starts every message and names the model. Throws
// InputError naming operator and tensor for anything else. The result has passed CheckModel;
// multipliers are not chosen yet: mode tflite is the file's own.
Model ImportTflite(const uint8_t* data, size_t size, const std::string& file);

}  // namespace systole
