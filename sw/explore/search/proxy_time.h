// CPU time of this thread, which a busy machine does not stretch.
#pragma once

#include <ctime>

namespace systole::explore {

inline double ThreadSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace systole::explore
