// A trace file being written: numbers joined by commas, in the two spellings SCALE-Sim uses.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace systole::scalesim {

class TraceFile {
 public:
  explicit TraceFile(const std::string& path);  // throws InputError
  ~TraceFile();
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;

  void Int(int64_t value) { Number(value, false); }  // "12"
  void Real(int64_t value) { Number(value, true); }  // "12.0"
  void EndRow();
  void Close();  // throws InputError when anything could not be written

 private:
  void Number(int64_t value, bool point);
  void Flush();

  std::string path_;
  std::FILE* file_;
  std::vector<char> buffer_;
  size_t used_ = 0;
  bool row_open_ = false;
  bool failed_ = false;
};

}  // namespace systole::scalesim
