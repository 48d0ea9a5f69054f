// A trace file being written: numbers joined by commas, in the two spellings SCALE-Sim uses.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/base/output_file.h"

namespace systole::scalesim {

class TraceFile {
 public:
  explicit TraceFile(const std::string& path);  // throws InputError

  void Int(int64_t value) { Number(value, false); }  // "12"
  void Real(int64_t value) { Number(value, true); }  // "12.0"
  void EndRow();
  void Close();  // until then, the file is not there

 private:
  void Number(int64_t value, bool point);
  void Flush();

  OutputFile file_;
  std::vector<char> buffer_;
  size_t used_ = 0;
  bool row_open_ = false;
};

}  // namespace systole::scalesim
