#include "sw/model/load.h"

#include <filesystem>
#include <system_error>

#include "sw/model/bytes.h"
#include "sw/model/onnx_import.h"
#include "sw/model/text_import.h"

namespace systole {

Model LoadModel(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return ImportTextFolder(path);
  const std::vector<uint8_t> bytes = ReadFile(path);
  return ImportOnnx(bytes.data(), bytes.size(), path);
}

}  // namespace systole
