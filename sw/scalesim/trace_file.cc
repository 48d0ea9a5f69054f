#include "sw/scalesim/trace_file.h"

#include <cerrno>
#include <charconv>
#include <cstring>

#include "sw/base/error.h"

namespace systole::scalesim {
namespace {

constexpr size_t kBuffer = 1 << 16;
constexpr size_t kNumber = 32;  // room for one number with its comma

}  // namespace

TraceFile::TraceFile(const std::string& path)
    : path_(path), file_(std::fopen(path.c_str(), "wb")), buffer_(kBuffer) {
  if (!file_) throw InputError(path_ + ": cannot be written: " + std::strerror(errno));
  std::setvbuf(file_, nullptr, _IONBF, 0);
}

TraceFile::~TraceFile() {
  if (file_) std::fclose(file_);
}

void TraceFile::Number(int64_t value, bool point) {
  if (used_ + kNumber > kBuffer) Flush();
  char* p = buffer_.data() + used_;
  if (row_open_) *p++ = ',';
  row_open_ = true;
  if (value == -1) {  // most words of most rows
    *p++ = '-';
    *p++ = '1';
  } else {
    p = std::to_chars(p, p + kNumber - 4, value).ptr;
  }
  if (point) {
    *p++ = '.';
    *p++ = '0';
  }
  used_ = p - buffer_.data();
}

void TraceFile::EndRow() {
  if (used_ + 1 > kBuffer) Flush();
  buffer_[used_++] = '\n';
  row_open_ = false;
}

void TraceFile::Flush() {
  if (std::fwrite(buffer_.data(), 1, used_, file_) != used_) failed_ = true;
  used_ = 0;
}

void TraceFile::Close() {
  Flush();
  if (std::fclose(file_) != 0) failed_ = true;
  file_ = nullptr;
  if (failed_) throw InputError(path_ + ": cannot be written: " + std::strerror(errno));
}

}  // namespace systole::scalesim
