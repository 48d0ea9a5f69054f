#include "sw/model/bytes.h"

#include <fmt/format.h>
#include <zlib.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include "sw/base/error.h"

namespace systole {
namespace {

constexpr size_t kChunk = size_t{1} << 20;

// fopen() of a directory succeeds, reading it fails with a misleading message.
void RequireFile(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    throw InputError(fmt::format("{}: is a folder, not a file", path));
}

void RequireSize(const std::string& path, size_t size) {
  if (static_cast<int64_t>(size) > kMaxFileBytes) {
    throw InputError(fmt::format("{}: is larger than {} bytes; split it", path, kMaxFileBytes));
  }
}

}  // namespace

std::vector<uint8_t> ReadFile(const std::string& path) {
  RequireFile(path);
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) throw InputError(fmt::format("{}: cannot be opened: {}", path, std::strerror(errno)));
  std::vector<uint8_t> bytes;
  size_t got = 0;
  do {
    bytes.resize(bytes.size() + kChunk);
    got = std::fread(bytes.data() + bytes.size() - kChunk, 1, kChunk, file.get());
    bytes.resize(bytes.size() - kChunk + got);
    RequireSize(path, bytes.size());
  } while (got == kChunk);
  if (std::ferror(file.get()))
    throw InputError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  return bytes;
}

std::vector<uint8_t> ReadMaybeGzip(const std::string& path) {
  RequireFile(path);
  errno = 0;
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) throw InputError(fmt::format("{}: cannot be opened: {}", path, std::strerror(errno)));
  std::vector<uint8_t> bytes;
  int got = 0;
  do {
    bytes.resize(bytes.size() + kChunk);
    got = gzread(file.get(), bytes.data() + bytes.size() - kChunk, kChunk);
    bytes.resize(bytes.size() - kChunk + (got > 0 ? got : 0));
    RequireSize(path, bytes.size());
  } while (got > 0);
  int code = Z_OK;
  const char* message = gzerror(file.get(), &code);
  if (got < 0 || code != Z_OK) {
    throw InputError(fmt::format("{}: gzip data is damaged or truncated ({}); fetch the file again",
                                 path, message));
  }
  return bytes;
}

}  // namespace systole
