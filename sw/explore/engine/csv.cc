#include "sw/explore/engine/csv.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "sw/base/error.h"

namespace systole::explore {
namespace {

void AppendCells(const std::vector<std::string>& cells, std::string* line) {
  for (size_t c = 0; c < cells.size(); ++c) {
    if (c) *line += ',';
    if (cells[c].find_first_of(",\"\n") == std::string::npos) {
      *line += cells[c];
      continue;
    }
    *line += '"';
    for (const char ch : cells[c]) *line += ch == '"' ? "\"\"" : std::string(1, ch);
    *line += '"';
  }
  *line += '\n';
}

}  // namespace

FileWriter::FileWriter(std::string path)
    : path_(std::move(path)), temporary_(fmt::format("{}.{}.tmp", path_, getpid())) {
  file_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file_ < 0) Fail();
}

FileWriter::~FileWriter() {
  if (file_ < 0) return;
  close(file_);
  unlink(temporary_.c_str());
}

void FileWriter::Write(const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const ssize_t n = write(file_, text.data() + at, text.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) Fail();
    at += static_cast<size_t>(n);
  }
}

void FileWriter::Close() {
  if (fsync(file_) != 0 && errno != EINVAL) Fail();
  if (rename(temporary_.c_str(), path_.c_str()) != 0) Fail();
  close(file_);
  file_ = -1;
}

void FileWriter::Fail() const {
  throw InputError(fmt::format("{}: cannot be written: {}; make room, or give another path", path_,
                               strerror(errno)));
}

void CheckWritable(const std::string& path) {
  if (!path.empty()) FileWriter{path};
}

void WriteCsv(const Store& store, const std::string& path) {
  FileWriter file(path);
  std::string text;
  AppendCells(store.Columns(), &text);
  store.ForEachText([&](const std::vector<std::string>& cells) {
    AppendCells(cells, &text);
    if (text.size() < 1 << 16) return;
    file.Write(text);
    text.clear();
  });
  file.Write(text);
  file.Close();
}

}  // namespace systole::explore
