// PNG, by libpng.
#include <fmt/format.h>
#include <png.h>

#include <cstring>

#include "sw/base/error.h"
#include "sw/model/picture.h"

namespace systole {

Picture DecodePng(const uint8_t* data, size_t size, const std::string& name) {
  png_image image;
  std::memset(&image, 0, sizeof(image));
  image.version = PNG_IMAGE_VERSION;
  const auto refuse = [&] {
    const std::string why = image.message;
    png_image_free(&image);
    throw InputError(fmt::format("{}: is a damaged PNG file ({})", name, why));
  };
  if (png_image_begin_read_from_memory(&image, data, size) == 0) refuse();
  if ((image.format & PNG_FORMAT_FLAG_LINEAR) != 0) {
    png_image_free(&image);
    throw InputError(name + ": is a PNG file of 16 bits a channel; 8 are read");
  }
  Picture picture;
  try {
    picture = EmptyPicture(image.height, image.width, name);
  } catch (...) {
    png_image_free(&image);
    throw;
  }
  image.format = PNG_FORMAT_RGBA;
  std::vector<uint8_t> rgba(PNG_IMAGE_SIZE(image));
  if (png_image_finish_read(&image, nullptr, rgba.data(), 0, nullptr) == 0) refuse();
  for (size_t i = 0; i < picture.rgb.size(); ++i) picture.rgb[i] = rgba[i / 3 * 4 + i % 3];
  png_image_free(&image);
  return picture;
}

}  // namespace systole
