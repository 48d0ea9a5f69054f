#include "sw/scalesim/trace_file.h"

#include <charconv>

namespace systole::scalesim {
namespace {

constexpr size_t kBuffer = 1 << 16;
constexpr size_t kNumber = 32;  // room for one number with its comma

}  // namespace

TraceFile::TraceFile(const std::string& path) : file_(path), buffer_(kBuffer) {}

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
  file_.Write(buffer_.data(), used_);
  used_ = 0;
}

void TraceFile::Close() {
  Flush();
  file_.Close();
}

}  // namespace systole::scalesim
