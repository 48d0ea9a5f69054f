// Any bytes as an .npy file: refused with InputError, or an array that is written and read back
// unchanged.
#include <cstdint>
#include <cstdlib>

#include "sw/base/error.h"
#include "sw/model/npy.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const systole::NpyArray array = systole::ParseNpy(data, size, "fuzz");
    const auto file = systole::FormatNpy(array);
    const systole::NpyArray back = systole::ParseNpy(file.data(), file.size(), "written");
    if (back.type != array.type || back.shape != array.shape || back.bytes != array.bytes)
      std::abort();
  } catch (const systole::InputError&) {
  }
  return 0;
}
