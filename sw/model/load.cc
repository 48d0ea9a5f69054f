#include "sw/model/load.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "sw/base/error.h"
#include "sw/model/bytes.h"
#include "sw/model/onnx_import.h"

namespace systole {

Model LoadModel(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    throw InputError(
        fmt::format("{}: is a folder; give an ONNX file (folders of text exports are not read yet)", path));
  }
  const std::vector<uint8_t> bytes = ReadFile(path);
  return ImportOnnx(bytes.data(), bytes.size(), path);
}

}  // namespace systole
