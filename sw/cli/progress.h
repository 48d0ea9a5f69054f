// A progress bar on standard error if that is a terminal; nothing otherwise.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace systole {

class Progress {
 public:
  // `label`: what is counted, in the plural.
  Progress(std::string label, int64_t total);
  ~Progress();  // removes the bar
  void Advance(int64_t amount) { Set(done_ + amount); }
  void Set(int64_t done);

 private:
  void Draw();
  std::string label_;
  int64_t total_, done_ = 0;
  bool terminal_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// "RTL cycles [####....] 1200000/2400000, 400000/s, 3 s left"; rate and time left once something is
// done.
std::string ProgressLine(const std::string& label, int64_t done, int64_t total, double seconds);

}  // namespace systole
