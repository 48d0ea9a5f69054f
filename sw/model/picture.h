// Pictures: PNG, JPEG and BMP files as RGB bytes, and their size changed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace systole {

// height x width x 3 bytes, red, green, blue; from the top left, row by row.
struct Picture {
  int height = 0, width = 0;
  std::vector<uint8_t> rgb;
};

inline constexpr int64_t kMostPixels = int64_t{1} << 26;

// The bytes begin as a PNG, JPEG or BMP file does.
bool IsPicture(const uint8_t* data, size_t size);

// Decoded: 8 bits a channel; grey as three equal channels, transparency left out. `name` starts the
// message of the InputError for a damaged file, or one of a kind that is not read.
Picture DecodePicture(const uint8_t* data, size_t size, const std::string& name);

// The size changed by interpolation between neighbours; where a side shrinks, each pixel is the
// average over all that it covers, weighted by a triangle. Byte for byte what Pillow's
// Image.resize(..., Resampling.BILINEAR) makes, to the new width first, then to the new height,
// both rounded to bytes (Pillow 13 by itself takes the height first where that is less work, which
// can differ by one). Sides are not kept in proportion.
Picture Resize(const Picture& picture, int height, int width);

// One byte a pixel, (19595 R + 38470 G + 7471 B + 2^15) / 2^16, the luma of ITU-R 601, as Pillow's
// convert("L") makes it.
std::vector<uint8_t> Grey(const Picture& picture);

// ---- One format each; of DecodePicture.
Picture DecodePng(const uint8_t* data, size_t size, const std::string& name);
Picture DecodeJpeg(const uint8_t* data, size_t size, const std::string& name);
Picture DecodeBmp(const uint8_t* data, size_t size, const std::string& name);

// Room for the pixels. Throws InputError for sides below 1, and for more than kMostPixels.
Picture EmptyPicture(int64_t height, int64_t width, const std::string& name);

}  // namespace systole
