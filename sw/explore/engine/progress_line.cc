#include "sw/explore/engine/progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace systole::explore {

std::string Clock(double seconds) {
  const int64_t s = static_cast<int64_t>(seconds + 0.5);
  if (s < 3600) return fmt::format("{}:{:02}", s / 60, s % 60);
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

std::string Grouped(int64_t number) {
  std::string text = std::to_string(number);
  for (int64_t at = static_cast<int64_t>(text.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3)
    text.insert(at, ",");
  return text;
}

ProgressLine::ProgressLine(int64_t total, int64_t done)
    : total_(std::max<int64_t>(total, 1)),
      first_(done),
      done_(done),
      start_(std::chrono::steady_clock::now()),
      terminal_(isatty(STDERR_FILENO) != 0) {}

ProgressLine::~ProgressLine() {
  if (terminal_) std::fputs("\r\033[K", stderr);
}

void ProgressLine::Advance(int64_t points) {
  done_ += points;
  if (!terminal_) return;
  const double now =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  if (now - drawn_ >= 0.1) Draw(now);
}

void ProgressLine::Draw(double now) {
  drawn_ = now;
  constexpr int kWidth = 30;
  const int filled =
      static_cast<int>(std::min(done_, total_) * static_cast<double>(kWidth) / total_);
  const double rate = now > 0 ? (done_ - first_) / now : 0;
  fmt::print(stderr, "\r\033[K[{}{}] {}/{}  {}/s  {} left", std::string(filled, '#'),
             std::string(kWidth - filled, '.'), Grouped(done_), Grouped(total_),
             Grouped(static_cast<int64_t>(rate)), rate > 0 ? Clock((total_ - done_) / rate) : "?");
  std::fflush(stderr);
}

}  // namespace systole::explore
