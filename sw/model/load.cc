#include "sw/model/load.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "sw/base/error.h"
#include "sw/model/bytes.h"
#include "sw/model/onnx_import.h"
#include "sw/model/text_import.h"

namespace systole {
namespace {

// FlatBuffers with the file identifier of TensorFlow Lite.
bool IsTflite(const std::vector<uint8_t>& bytes) {
  return bytes.size() >= 8 && std::equal(bytes.begin() + 4, bytes.begin() + 8, "TFL3");
}

}  // namespace

Model LoadModel(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return ImportTextFolder(path);
  const std::vector<uint8_t> bytes = ReadFile(path);
  if (IsTflite(bytes)) {
    throw InputError(path +
                     ": is a TensorFlow Lite file; ONNX files and folders of text files are "
                     "read: convert it to ONNX in QDQ form");
  }
  return ImportOnnx(bytes.data(), bytes.size(), path);
}

}  // namespace systole
