#include "sw/model/picture_images.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "sw/base/error.h"
#include "sw/model/bytes.h"
#include "sw/model/picture.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

bool BeginsAsPicture(const fs::path& path) {
  char head[8] = {};
  std::ifstream file(path, std::ios::binary);
  file.read(head, sizeof(head));
  return IsPicture(reinterpret_cast<const uint8_t*>(head), static_cast<size_t>(file.gcount()));
}

}  // namespace

std::vector<std::string> PicturesIn(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.is_regular_file(error) && BeginsAsPicture(entry.path())) {
      files.push_back(entry.path().string());
    }
  }
  if (files.empty()) {
    throw InputError(folder + ": holds no PNG, JPEG or BMP file, or cannot be read");
  }
  std::sort(files.begin(), files.end());
  return files;
}

Images FromPictures(const std::vector<std::string>& files, const Model& model) {
  const Tensor& input = model.tensors.at(0);
  Images images;
  images.c = input.c;
  images.h = input.h;
  images.w = input.w;
  images.count = static_cast<int64_t>(files.size());
  images.data.reserve(images.count * input.Elements());
  for (const std::string& file : files) {
    if (input.c != 1 && input.c != 3) {
      throw InputError(
          fmt::format("{}: is a picture, but the model's input has {} channels, which "
                      "is neither grey nor RGB; give a .npy file",
                      file, input.c));
    }
    const std::array<int8_t, 256> values = ByteValues(file, model);
    const std::vector<uint8_t> bytes = ReadFile(file);
    Picture picture = DecodePicture(bytes.data(), bytes.size(), file);
    if (input.c == 1) {
      const std::vector<uint8_t> grey = Grey(picture);
      for (size_t i = 0; i < picture.rgb.size(); ++i) picture.rgb[i] = grey[i / 3];
    }
    picture = Resize(picture, input.h, input.w);
    const int64_t plane = int64_t{input.h} * input.w;
    for (int64_t c = 0; c < input.c; ++c) {
      for (int64_t p = 0; p < plane; ++p) images.data.push_back(values[picture.rgb[3 * p + c]]);
    }
    images.names.push_back(fs::path(file).filename().string());
  }
  return images;
}

}  // namespace systole
