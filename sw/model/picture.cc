#include "sw/model/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "sw/base/error.h"

namespace systole {
namespace {

constexpr uint8_t kPng[] = {0x89, 'P', 'N', 'G'};
constexpr uint8_t kJpeg[] = {0xFF, 0xD8, 0xFF};
constexpr uint8_t kBmp[] = {'B', 'M'};

template <size_t kBytes>
bool Begins(const uint8_t* data, size_t size, const uint8_t (&with)[kBytes]) {
  return size >= kBytes && std::memcmp(data, with, kBytes) == 0;
}

// The weights of one output position: source positions first, first + 1, ..., in units of 2^-22.
struct Weights {
  int first = 0;
  std::vector<int32_t> w;
};

constexpr int kFraction = 22;

std::vector<Weights> WeightsOf(int in, int out) {
  const double scale = static_cast<double>(in) / out, wide = std::max(scale, 1.0);
  std::vector<Weights> all(out);
  for (int i = 0; i < out; ++i) {
    const double center = (i + 0.5) * scale;
    const int first = std::max(static_cast<int>(center - wide + 0.5), 0);
    const int last = std::min(static_cast<int>(center + wide + 0.5), in);
    std::vector<double> triangle;
    double sum = 0;
    for (int x = first; x < last; ++x) {
      const double distance = std::fabs((x - center + 0.5) * (1.0 / wide));
      triangle.push_back(distance < 1 ? 1 - distance : 0);
      sum += triangle.back();
    }
    all[i].first = first;
    for (double w : triangle) {
      all[i].w.push_back(static_cast<int32_t>(0.5 + w / sum * (1 << kFraction)));
    }
  }
  return all;
}

// Lines of `in` pixels of three channels to lines of `out`, in an array of any strides.
void ResizeLines(const uint8_t* from, int lines, int64_t line, int in, int64_t pixel, int out,
                 int64_t to_line, int64_t to_pixel, uint8_t* to) {
  const std::vector<Weights> weights = WeightsOf(in, out);
  for (int y = 0; y < lines; ++y) {
    for (int x = 0; x < out; ++x) {
      const Weights& w = weights[x];
      for (int c = 0; c < 3; ++c) {
        int64_t sum = int64_t{1} << (kFraction - 1);
        for (size_t k = 0; k < w.w.size(); ++k) {
          sum += int64_t{w.w[k]} * from[y * line + (w.first + static_cast<int64_t>(k)) * pixel + c];
        }
        to[y * to_line + x * to_pixel + c] =
            static_cast<uint8_t>(std::clamp<int64_t>(sum >> kFraction, 0, 255));
      }
    }
  }
}

}  // namespace

bool IsPicture(const uint8_t* data, size_t size) {
  return Begins(data, size, kPng) || Begins(data, size, kJpeg) || Begins(data, size, kBmp);
}

Picture DecodePicture(const uint8_t* data, size_t size, const std::string& name) {
  if (Begins(data, size, kPng)) return DecodePng(data, size, name);
  if (Begins(data, size, kJpeg)) return DecodeJpeg(data, size, name);
  if (Begins(data, size, kBmp)) return DecodeBmp(data, size, name);
  throw InputError(name + ": is no PNG, JPEG or BMP file");
}

Picture EmptyPicture(int64_t height, int64_t width, const std::string& name) {
  if (height < 1 || width < 1 || height > kMostPixels || width > kMostPixels ||
      height * width > kMostPixels) {
    throw InputError(fmt::format("{}: a picture of {} x {} pixels; up to {} in all are read", name,
                                 width, height, kMostPixels));
  }
  Picture picture;
  picture.height = static_cast<int>(height);
  picture.width = static_cast<int>(width);
  picture.rgb.resize(height * width * 3);
  return picture;
}

Picture Resize(const Picture& picture, int height, int width) {
  Picture across = picture;
  if (width != picture.width) {
    across = EmptyPicture(picture.height, width, "resized");
    ResizeLines(picture.rgb.data(), picture.height, int64_t{3} * picture.width, picture.width, 3,
                width, int64_t{3} * width, 3, across.rgb.data());
  }
  if (height == picture.height) return across;
  Picture down = EmptyPicture(height, width, "resized");
  const int64_t row = int64_t{3} * width;
  ResizeLines(across.rgb.data(), width, 3, picture.height, row, height, 3, row, down.rgb.data());
  return down;
}

std::vector<uint8_t> Grey(const Picture& picture) {
  std::vector<uint8_t> grey(picture.rgb.size() / 3);
  for (size_t i = 0; i < grey.size(); ++i) {
    const uint8_t* const p = picture.rgb.data() + 3 * i;
    grey[i] = static_cast<uint8_t>((19595 * p[0] + 38470 * p[1] + 7471 * p[2] + (1 << 15)) >> 16);
  }
  return grey;
}

}  // namespace systole
