#include "sw/explore/space/workload_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "sw/base/error.h"

namespace systole::explore {
namespace {

namespace fs = std::filesystem;

// FNV-1a, 64 bits: tells files apart, not attackers.
uint64_t Checksum(const std::string& bytes) {
  uint64_t hash = 14695981039346656037ull;
  for (const char c : bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 1099511628211ull;
  return hash;
}

}  // namespace

std::string ReadWorkloadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (fs::is_directory(path) || !in)
    throw InputError(path + ": cannot be read; give the file of the workload");
  text << in.rdbuf();
  return text.str();
}

uint64_t ChecksumOf(const std::string& path) {
  if (!fs::is_directory(path)) return Checksum(ReadWorkloadFile(path));
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::string all;
  for (const fs::path& file : files)
    all += fmt::format("{}={:x};", file.filename().string(), Checksum(ReadWorkloadFile(file)));
  return Checksum(all);
}

bool IsLayerTable(const std::string& text) {
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    return line.rfind("layer,type,", 0) == 0;
  }
  return false;
}

}  // namespace systole::explore
