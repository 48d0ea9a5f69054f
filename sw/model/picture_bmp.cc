// BMP: 24 and 32 bits a pixel, and 8 with a palette, uncompressed.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "sw/base/error.h"
#include "sw/model/picture.h"

namespace systole {
namespace {

// Little-endian fields at fixed places; those behind the end are 0.
class Fields {
 public:
  Fields(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  uint32_t At(size_t place, int bytes) const {
    uint32_t value = 0;
    for (int i = 0; i < bytes; ++i) {
      if (place + i < size_) value |= static_cast<uint32_t>(data_[place + i]) << (8 * i);
    }
    return value;
  }

 private:
  const uint8_t* data_;
  size_t size_;
};

}  // namespace

Picture DecodeBmp(const uint8_t* data, size_t size, const std::string& name) {
  const Fields fields(data, size);
  const uint32_t start = fields.At(10, 4), header = fields.At(14, 4);
  const auto width = static_cast<int32_t>(fields.At(18, 4));
  const auto signed_height = static_cast<int32_t>(fields.At(22, 4));
  const uint32_t bits = fields.At(28, 2), compression = fields.At(30, 4);
  const bool plain = compression == 0 || (compression == 3 && bits == 32);
  if (size < 54 || header < 40 || !plain || (bits != 8 && bits != 24 && bits != 32)) {
    throw InputError(
        fmt::format("{}: a BMP file of {} bits a pixel, compression {}; 8, 24 and 32 "
                    "bits, uncompressed, are read",
                    name, bits, compression));
  }
  const int64_t height = signed_height < 0 ? -int64_t{signed_height} : signed_height;
  Picture picture = EmptyPicture(height, width, name);
  const int64_t line = (int64_t{width} * bits + 31) / 32 * 4;
  const uint64_t palette = 14 + uint64_t{header};
  if (start + static_cast<uint64_t>(line * height) > size) {
    throw InputError(fmt::format("{}: is truncated: {} bytes, {} are needed", name, size,
                                 start + static_cast<uint64_t>(line * height)));
  }
  const int bytes = static_cast<int>(bits / 8);
  for (int64_t y = 0; y < height; ++y) {
    const uint8_t* from = data + start + (signed_height < 0 ? y : height - 1 - y) * line;
    uint8_t* to = picture.rgb.data() + y * width * 3;
    for (int64_t x = 0; x < width; ++x, to += 3) {
      if (bits == 8) {
        const uint32_t color = fields.At(palette + 4 * uint64_t{from[x]}, 3);
        for (int c = 0; c < 3; ++c) to[c] = static_cast<uint8_t>(color >> (8 * (2 - c)));
      } else {
        std::reverse_copy(from + x * bytes, from + x * bytes + 3, to);
      }
    }
  }
  return picture;
}

}  // namespace systole
