// IDX files: the format of the MNIST family. Big-endian header: 0, 0, type, number of dimensions,
// then each dimension as 32 bits, then the elements.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace systole {

struct IdxArray {
  std::vector<int> shape;      // images N x H x W, labels N
  std::vector<uint8_t> bytes;  // one per element, C order
};

// Only elements of type unsigned byte (0x08), 1 to 4 dimensions. The file must end with the last
// element. Throws InputError starting with `name`.
IdxArray ParseIdx(const uint8_t* data, size_t size, const std::string& name);

// Plain or gzip.
IdxArray ReadIdx(const std::string& path);

}  // namespace systole
