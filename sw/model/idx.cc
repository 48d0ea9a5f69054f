#include "sw/model/idx.h"

#include <fmt/format.h>

#include "sw/base/error.h"
#include "sw/model/bytes.h"

namespace systole {

IdxArray ParseIdx(const uint8_t* data, size_t size, const std::string& name) {
  if (size < 4 || data[0] != 0 || data[1] != 0) {
    throw InputError(fmt::format(
        "{}: byte 0: is not an IDX file (it does not start with two zero bytes)", name));
  }
  if (data[2] != 0x08) {
    throw InputError(fmt::format(
        "{}: byte 2: element type 0x{:02x}; only unsigned bytes (0x08) are read", name, data[2]));
  }
  const int dimensions = data[3];
  if (dimensions < 1 || dimensions > 4) {
    throw InputError(fmt::format("{}: byte 3: {} dimensions; 1 to 4 are read", name, dimensions));
  }
  const size_t header = 4 + 4 * static_cast<size_t>(dimensions);
  if (size < header)
    throw InputError(fmt::format("{}: ends inside the header of {} bytes", name, header));
  IdxArray array;
  int64_t elements = 1;
  for (int i = 0; i < dimensions; ++i) {
    const uint8_t* p = data + 4 + 4 * i;
    const uint32_t length =
        uint32_t{p[0]} << 24 | uint32_t{p[1]} << 16 | uint32_t{p[2]} << 8 | p[3];
    if (length == 0 || length > INT32_MAX) {
      throw InputError(fmt::format("{}: byte {}: dimension {} is {}", name, 4 + 4 * i, i, length));
    }
    elements *= length;
    if (elements > kMaxFileBytes) {
      throw InputError(fmt::format("{}: byte {}: the header promises more than {} elements", name,
                                   4 + 4 * i, kMaxFileBytes));
    }
    array.shape.push_back(static_cast<int>(length));
  }
  if (static_cast<int64_t>(size - header) != elements) {
    throw InputError(
        fmt::format("{}: the header promises {} elements, but {} follow; fetch the file again",
                    name, elements, size - header));
  }
  array.bytes.assign(data + header, data + size);
  return array;
}

IdxArray ReadIdx(const std::string& path) {
  const std::vector<uint8_t> bytes = ReadMaybeGzip(path);
  return ParseIdx(bytes.data(), bytes.size(), path);
}

}  // namespace systole
