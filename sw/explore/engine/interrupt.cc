#include "sw/explore/engine/interrupt.h"

#include <signal.h>

namespace systole::explore {
namespace {

volatile sig_atomic_t caught = 0;
static_assert(sizeof(sig_atomic_t) >= 4, "read and written in one piece by every thread");

void Handle(int signal) { caught = signal; }

}  // namespace

void CatchSignals() {
  struct sigaction action = {};
  action.sa_handler = Handle;
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGXFSZ, SIG_IGN);
}

int Interrupted() { return caught; }

}  // namespace systole::explore
