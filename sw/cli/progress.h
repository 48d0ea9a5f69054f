// A progress bar on standard error if that is a terminal; nothing otherwise.
#pragma once

#include <cstdint>
#include <string>

namespace systole {

class Progress {
 public:
  Progress(std::string label, int64_t total);
  ~Progress();  // removes the bar
  void Advance(int64_t amount);

 private:
  void Draw();
  std::string label_;
  int64_t total_, done_ = 0;
  bool terminal_;
};

}  // namespace systole
