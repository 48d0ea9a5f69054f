// Image and label files for a model: to int8 tensors, exactly as the model's own QuantizeLinear
// would make them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sw/model/model.h"

namespace systole {

struct Images {
  int64_t count = 0;
  int c = 1, h = 1, w = 1;              // of the model's input
  std::vector<int8_t> data;             // count x C x H x W, int8 domain
  std::vector<std::string> names = {};  // of the files, where each image is one

  const int8_t* Image(int64_t i) const { return data.data() + i * c * h * w; }
};

// ONNX QuantizeLinear to the tensor's type, then moved to the int8 domain:
//   saturate(round_half_even(real / S) + Z), the quotient in single precision.
// `ties_away`: TensorFlow Lite's QUANTIZE, which rounds halves away from zero. real must not be
// NaN; infinities saturate.
int8_t QuantizeReal(float real, const Tensor& tensor, bool ties_away = false);

// What the bytes 0..255 of an image stand for. model.quantizes_images: byte b is the real value
// b * image.scale - image.mean (in double, then to float), quantized; otherwise the value of a
// uint8 input (b - 128 in the int8 domain). TensorFlow Lite's int8 inputs take pixels less 128,
// too; other int8 inputs have no such meaning: throws InputError, starting with `path`.
std::array<int8_t, 256> ByteValues(const std::string& path, const Model& model);

// By the file's own type:
//   IDX (plain or .gz), N x H x W or N x C x H x W:
//     each byte a value by ByteValues()
//   .npy, N x C x H x W (N x H x W x C where Model::channels_last), or N x H x W where C = 1, or
//   N x K where the input is K x 1 x 1 (a leading N is required), the shape that the file declares
//   (Model::file_input) or the one that the first layer reads:
//     uint8, int8   quantized values of the input's own type
//     float32       real values, quantized
//   PNG, JPEG or BMP, or a folder of them, sorted by name: sw/model/picture_images.h
// `first` >= 0: only that many from the start (fewer if the file holds fewer).
// Throws InputError for sizes that are not the model's, another type, NaN, or an unreadable file.
Images LoadImages(const std::string& path, const Model& model, int64_t first = -1);

// IDX with one dimension, plain or .gz, or .npy of uint8 with one.
std::vector<uint8_t> LoadLabels(const std::string& path);

}  // namespace systole
