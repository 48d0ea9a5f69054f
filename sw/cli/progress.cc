#include "sw/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace systole {

std::string ProgressLine(const std::string& label, int64_t done, int64_t total, double seconds) {
  constexpr int kWidth = 40;
  const int64_t shown = std::min(done, total);
  const int filled = static_cast<int>(shown * kWidth / total);
  std::string line = fmt::format("{} [{}{}] {}/{}", label, std::string(filled, '#'),
                                 std::string(kWidth - filled, '.'), shown, total);
  if (shown > 0 && seconds > 0) {
    const double rate = static_cast<double>(shown) / seconds;
    line += rate < 10 ? fmt::format(", {:.1f}/s", rate) : fmt::format(", {:.0f}/s", rate);
    line += fmt::format(", {:.0f} s left", std::ceil(static_cast<double>(total - shown) / rate));
  }
  return line;
}

Progress::Progress(std::string label, int64_t total)
    : label_(std::move(label)),
      total_(std::max<int64_t>(total, 1)),
      terminal_(isatty(STDERR_FILENO) != 0) {
  Draw();
}

Progress::~Progress() {
  if (terminal_) std::fputs("\r\033[K", stderr);
}

void Progress::Set(int64_t done) {
  done_ = done;
  Draw();
}

void Progress::Draw() {
  if (!terminal_) return;
  const std::chrono::duration<double> since = std::chrono::steady_clock::now() - start_;
  std::fprintf(stderr, "\r%s\033[K", ProgressLine(label_, done_, total_, since.count()).c_str());
  std::fflush(stderr);
}

}  // namespace systole
