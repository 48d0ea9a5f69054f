// JPEG, by libjpeg.
#include <fmt/format.h>

#include <csetjmp>
#include <cstdio>

#include "sw/base/error.h"
#include "sw/model/picture.h"
// Needs <cstdio>.
#include <jpeglib.h>

namespace systole {
namespace {

// libjpeg leaves through `leave` on an error.
struct Errors {
  jpeg_error_mgr manager;
  jmp_buf leave;
  char message[JMSG_LENGTH_MAX];
};

void Leave(j_common_ptr info) {
  auto* errors = reinterpret_cast<Errors*>(info->err);
  (*info->err->format_message)(info, errors->message);
  longjmp(errors->leave, 1);
}

// A warning: the file is damaged.
void Warn(j_common_ptr info, int level) {
  if (level < 0) Leave(info);
}

enum class Result { kDone, kDamaged, kColors };

// Reads the header, then with room the pixels. Holds nothing that a jump would have to destroy.
Result Read(jpeg_decompress_struct* info, Errors* errors, const uint8_t* data, size_t size,
            uint8_t* rgb) {
  info->err = jpeg_std_error(&errors->manager);
  errors->manager.error_exit = Leave;
  errors->manager.emit_message = Warn;
  if (setjmp(errors->leave) != 0) return Result::kDamaged;
  jpeg_create_decompress(info);
  jpeg_mem_src(info, data, size);
  jpeg_read_header(info, TRUE);
  if (info->num_components != 1 && info->num_components != 3) return Result::kColors;
  if (rgb == nullptr) return Result::kDone;
  info->out_color_space = JCS_RGB;
  jpeg_start_decompress(info);
  while (info->output_scanline < info->output_height) {
    JSAMPROW row = rgb + size_t{3} * info->output_width * info->output_scanline;
    jpeg_read_scanlines(info, &row, 1);
  }
  jpeg_finish_decompress(info);
  return Result::kDone;
}

void Require(Result result, const Errors& errors, const std::string& name) {
  if (result == Result::kDamaged) {
    throw InputError(fmt::format("{}: is a damaged JPEG file ({})", name, errors.message));
  }
  if (result == Result::kColors) {
    throw InputError(name + ": is a JPEG file of other colors than grey or RGB");
  }
}

}  // namespace

Picture DecodeJpeg(const uint8_t* data, size_t size, const std::string& name) {
  jpeg_decompress_struct info = {};
  Errors errors = {};
  Result result = Read(&info, &errors, data, size, nullptr);
  const int64_t height = info.image_height, width = info.image_width;
  jpeg_destroy_decompress(&info);
  Require(result, errors, name);
  Picture picture = EmptyPicture(height, width, name);
  info = {};
  result = Read(&info, &errors, data, size, picture.rgb.data());
  jpeg_destroy_decompress(&info);
  Require(result, errors, name);
  return picture;
}

}  // namespace systole
