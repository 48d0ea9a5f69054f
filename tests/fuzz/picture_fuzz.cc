// Any bytes as a picture: refused with InputError, or decoded, made grey and resized.
#include <cstdint>

#include "sw/base/error.h"
#include "sw/model/picture.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr int kSide = 512;  // of pictures that are resized
  try {
    const systole::Picture picture = systole::DecodePicture(data, size, "fuzz");
    if (picture.width > kSide || picture.height > kSide) return 0;
    systole::Grey(picture);
    systole::Resize(picture, 7, 11);
  } catch (const systole::InputError&) {
  }
  return 0;
}
