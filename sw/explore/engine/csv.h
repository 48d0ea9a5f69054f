// The points of a store as CSV, sorted by id; the same bytes whatever the threads, shards and
// interruptions were.
#pragma once

#include <string>

#include "sw/explore/engine/store.h"

namespace systole::explore {

void WriteCsv(const Store& store, const std::string& path);

// Throws InputError where a FileWriter could not begin: to be said before hours of work. An empty
// path is none.
void CheckWritable(const std::string& path);

// Writes the text to a temporary file beside `path`, then renames it: `path` is never half-written.
// Throws InputError.
class FileWriter {
 public:
  explicit FileWriter(std::string path);
  ~FileWriter();  // removes what was not closed
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;
  void Write(const std::string& text);
  void Close();

 private:
  [[noreturn]] void Fail() const;
  std::string path_, temporary_;
  int file_ = -1;
};

}  // namespace systole::explore
