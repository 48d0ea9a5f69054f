// NumPy's .npy files, versions 1 to 3, little-endian, C order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace systole {

enum class NpyType { kUint8, kInt8, kInt32, kFloat32 };

struct NpyArray {
  NpyType type = NpyType::kUint8;
  std::vector<int64_t> shape;  // empty: a scalar
  std::vector<uint8_t> bytes;  // elements in C order, little-endian

  int64_t Elements() const;
};

int ElementBytes(NpyType type);
const char* NpyTypeName(NpyType type);  // "uint8", ...

// Throws InputError starting with `name` for any other element type, Fortran order, a malformed
// header, or a size that does not match the shape.
NpyArray ParseNpy(const uint8_t* data, size_t size, const std::string& name);
NpyArray ReadNpy(const std::string& path);

// Version 1.0, header padded to 64 bytes as NumPy does.
std::vector<uint8_t> FormatNpy(const NpyArray& array);

// Writes beside the target and renames, so that a failure leaves nothing half-written. Throws
// InputError if it cannot be written.
void WriteNpy(const std::string& path, const NpyArray& array);

}  // namespace systole
