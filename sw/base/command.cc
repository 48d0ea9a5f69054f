#include "sw/base/command.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>

#include "sw/base/error.h"
#include "sw/base/exit_status.h"

namespace systole {
namespace {

int Tell(const char* kind, const char* what, int status) {
  std::fprintf(stderr, "error: %s%s\n", kind, what);
  return status;
}

// Standard output took everything that was printed.
bool Flushed() {
  errno = 0;
  if (std::fflush(stdout) == 0 && !std::ferror(stdout)) return true;
  std::fprintf(stderr, "error: standard output cannot be written%s%s\n", errno ? ": " : "",
               errno ? std::strerror(errno) : "");
  return false;
}

}  // namespace

int RunCommand(const std::function<int()>& command) {
  int status = kInternalError;
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on files' sizes is a write that fails
  try {
    status = command();
  } catch (const InputError& e) {
    status = Tell("", e.what(), kBadInput);
  } catch (const HardwareFault& e) {
    status = Tell("", e.what(), kHardwareFault);
  } catch (const std::bad_alloc&) {
    status = Tell("", "there is not enough memory for this input", kBadInput);
  } catch (const std::exception& e) {
    // A library's complaint about standard output is no mistake of ours.
    if (!std::ferror(stdout)) return Tell("internal: ", e.what(), kInternalError);
    status = kAllEqual;
  }
  if (Flushed()) return status;
  return status == kAllEqual || status == kDifferent ? kBadInput : status;
}

}  // namespace systole
