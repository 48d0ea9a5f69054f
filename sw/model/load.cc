#include "sw/model/load.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "sw/model/bytes.h"
#include "sw/model/onnx_import.h"
#include "sw/model/text_import.h"
#include "sw/model/tflite_import.h"

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
  const bool called_tflite = std::filesystem::path(path).extension() == ".tflite";
  if (called_tflite || IsTflite(bytes)) return ImportTflite(bytes.data(), bytes.size(), path);
  return ImportOnnx(bytes.data(), bytes.size(), path);
}

}  // namespace systole
