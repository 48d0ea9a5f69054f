// Progress with rate and time left on standard error, if that is a terminal; nothing otherwise.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace systole::explore {

class ProgressLine {
 public:
  ProgressLine(int64_t total, int64_t done);
  ~ProgressLine();  // removes the line
  void Advance(int64_t points);
  int64_t done() const { return done_; }

 private:
  void Draw(double now);
  const int64_t total_, first_;
  int64_t done_;
  const std::chrono::steady_clock::time_point start_;
  double drawn_ = -1;  // seconds after the start
  const bool terminal_;
};

// 75 -> "1:15", 4000 -> "1:06:40".
std::string Clock(double seconds);
// 1234567 -> "1,234,567".
std::string Grouped(int64_t number);

}  // namespace systole::explore
