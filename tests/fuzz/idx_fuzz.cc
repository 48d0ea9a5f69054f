// Any bytes as an IDX file: refused with InputError, or an array whose shape and bytes agree.
#include <cstdint>
#include <cstdlib>

#include "sw/base/error.h"
#include "sw/model/idx.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const systole::IdxArray array = systole::ParseIdx(data, size, "fuzz");
    size_t elements = 1;
    for (int length : array.shape) elements *= static_cast<size_t>(length);
    if (elements != array.bytes.size()) std::abort();
  } catch (const systole::InputError&) {
  }
  return 0;
}
