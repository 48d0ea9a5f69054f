#include "sw/model/images.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "sw/base/error.h"
#include "sw/model/bytes.h"
#include "sw/model/idx.h"
#include "sw/model/npy.h"
#include "sw/model/picture.h"
#include "sw/model/picture_images.h"

namespace systole {
namespace {

std::string ShapeName(const std::vector<int64_t>& shape) {
  std::string text;
  for (int64_t length : shape) text += fmt::format("{}{}", text.empty() ? "" : " x ", length);
  return text.empty() ? "a scalar" : text;
}

// Shapes of one image that stand for c x h x w in files.
void AddShapes(const Model& model, int64_t c, int64_t h, int64_t w,
               std::vector<std::vector<int64_t>>* shapes) {
  shapes->push_back(model.channels_last ? std::vector<int64_t>{h, w, c}
                                        : std::vector<int64_t>{c, h, w});
  if (c == 1) shapes->push_back({h, w});
  if (h == 1 && w == 1) shapes->push_back({c});
}

// The number of images in an array of this shape; refuses any that is not the input's, as the file
// has it or as the first layer reads it.
int64_t CountImages(const std::string& path, const std::vector<int64_t>& shape,
                    const Model& model) {
  const Tensor& input = model.tensors[0];
  std::vector<std::vector<int64_t>> accepted;
  AddShapes(model, input.c, input.h, input.w, &accepted);
  const std::vector<int>& file = model.file_input;
  if (!file.empty()) AddShapes(model, file[0], file[1], file[2], &accepted);
  for (const auto& image : accepted) {
    if (shape.size() == image.size() + 1 &&
        std::equal(image.begin(), image.end(), shape.begin() + 1))
      return shape[0];
  }
  const auto name = [&](size_t i) { return "N x " + ShapeName(accepted[i]); };
  std::vector<std::vector<int64_t>> of_input;
  AddShapes(model, input.c, input.h, input.w, &of_input);
  const std::string also = file.empty() ? "" : ", reshaped from " + name(of_input.size());
  throw InputError(fmt::format("{}: holds {}, but the model's input is {}{}", path,
                               ShapeName(shape), name(0), also));
}

int64_t Limit(int64_t count, int64_t first) { return first >= 0 ? std::min(count, first) : count; }

void FromIdx(const std::string& path, const std::vector<uint8_t>& bytes, const Model& model,
             int64_t first, Images& images) {
  const Tensor& input = model.tensors[0];
  const IdxArray array = ParseIdx(bytes.data(), bytes.size(), path);
  images.count = Limit(CountImages(path, {array.shape.begin(), array.shape.end()}, model), first);
  const std::array<int8_t, 256> table = ByteValues(path, model);
  images.data.resize(images.count * input.Elements());
  for (size_t i = 0; i < images.data.size(); ++i) images.data[i] = table[array.bytes[i]];
}

void FromNpy(const std::string& path, const std::vector<uint8_t>& bytes, const Model& model,
             int64_t first, Images& images) {
  const Tensor& input = model.tensors[0];
  const NpyArray array = ParseNpy(bytes.data(), bytes.size(), path);
  images.count = Limit(CountImages(path, array.shape, model), first);
  images.data.resize(images.count * input.Elements());
  const NpyType own = input.boundary == DType::kUint8 ? NpyType::kUint8 : NpyType::kInt8;
  if (array.type == own) {
    const int offset = input.boundary == DType::kUint8 ? 128 : 0;
    for (size_t i = 0; i < images.data.size(); ++i)
      images.data[i] = static_cast<int8_t>(array.bytes[i] - offset);
  } else if (array.type == NpyType::kFloat32) {
    for (size_t i = 0; i < images.data.size(); ++i) {
      float real;
      std::memcpy(&real, array.bytes.data() + 4 * i, 4);
      if (std::isnan(real))
        throw InputError(fmt::format("{}: element {} is not a number", path, i));
      images.data[i] = QuantizeReal(real, input, model.image.ties_away);
    }
  } else {
    throw InputError(fmt::format("{}: holds {}, but the model's input '{}' takes {} or float32",
                                 path, NpyTypeName(array.type), input.name, NpyTypeName(own)));
  }
}

// H x W x C of the file to C x H x W.
void ChannelsFirst(Images* images) {
  const int64_t plane = int64_t{images->h} * images->w, c = images->c;
  if (c == 1 || plane == 1) return;
  std::vector<int8_t> image(plane * c);
  for (int64_t i = 0; i < images->count; ++i) {
    int8_t* const to = images->data.data() + i * plane * c;
    std::copy(to, to + plane * c, image.begin());
    for (int64_t p = 0; p < plane; ++p) {
      for (int64_t k = 0; k < c; ++k) to[k * plane + p] = image[p * c + k];
    }
  }
}

}  // namespace

int8_t QuantizeReal(float real, const Tensor& tensor, bool ties_away) {
  const float quotient =
      std::clamp(real / tensor.scale, -65536.0f, 65536.0f);  // so that the sum below is exact
  const float steps = ties_away ? std::round(quotient) : std::nearbyint(quotient);
  const int q = static_cast<int>(steps) + tensor.zero_point;
  return static_cast<int8_t>(std::clamp(q, -128, 127));
}

std::array<int8_t, 256> ByteValues(const std::string& path, const Model& model) {
  const Tensor& input = model.tensors.at(0);
  const bool is_value = input.boundary == DType::kUint8 || model.channels_last;
  if (!model.quantizes_images && !is_value) {
    throw InputError(
        fmt::format("{}: its bytes have no meaning for the int8 input '{}'; give an int8 or "
                    "float32 .npy file, or a model with the "
                    "metadata systole.input_scale",
                    path, input.name));
  }
  std::array<int8_t, 256> values;
  for (int b = 0; b < 256; ++b) {
    values[b] = model.quantizes_images
                    ? QuantizeReal(static_cast<float>(b * model.image.scale - model.image.mean),
                                   input, model.image.ties_away)
                    : static_cast<int8_t>(b - 128);
  }
  return values;
}

Images LoadImages(const std::string& path, const Model& model, int64_t first) {
  const Tensor& input = model.tensors.at(0);
  Images images;
  images.c = input.c;
  images.h = input.h;
  images.w = input.w;
  std::error_code error;
  const bool is_folder = std::filesystem::is_directory(path, error);
  const std::vector<uint8_t> bytes = is_folder ? std::vector<uint8_t>{} : ReadMaybeGzip(path);
  if (is_folder || IsPicture(bytes.data(), bytes.size())) {
    std::vector<std::string> files = is_folder ? PicturesIn(path) : std::vector{path};
    files.resize(Limit(static_cast<int64_t>(files.size()), first));
    return FromPictures(files, model);
  }
  if (!bytes.empty() && bytes[0] == 0x93) {
    FromNpy(path, bytes, model, first, images);
  } else {
    FromIdx(path, bytes, model, first, images);
  }
  if (images.count == 0)
    throw InputError(fmt::format("{}: no image in it, or none asked for", path));
  if (model.channels_last) ChannelsFirst(&images);
  return images;
}

std::vector<uint8_t> LoadLabels(const std::string& path) {
  std::vector<uint8_t> bytes = ReadMaybeGzip(path);
  if (!bytes.empty() && bytes[0] == 0x93) {
    NpyArray labels = ParseNpy(bytes.data(), bytes.size(), path);
    const bool is_list = labels.shape.size() == 1 && labels.type == NpyType::kUint8;
    if (!is_list) {
      throw InputError(fmt::format("{}: holds {} of {}; labels are a list of uint8", path,
                                   ShapeName(labels.shape), NpyTypeName(labels.type)));
    }
    return std::move(labels.bytes);
  }
  IdxArray array = ParseIdx(bytes.data(), bytes.size(), path);
  if (array.shape.size() != 1) {
    throw InputError(
        fmt::format("{}: has {} dimensions; a label file has one", path, array.shape.size()));
  }
  return std::move(array.bytes);
}

}  // namespace systole
