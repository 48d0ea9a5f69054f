// How a run ends (docs/timing.md, End and Errors).
#pragma once

#include "sw/timing/law_config.h"

namespace systole {

// DONE is seen by the register port after the last retire.
inline Cycle DoneAfter(Cycle last_retire, const LawConfig& c) {
  return last_retire + c.pipeline.retire_to_done;
}

// Run control is told of an error in `told`: it drains from the next cycle on, until nothing is
// open on the bus, and DONE is seen one cycle later.
inline Cycle DoneAfterError(Cycle told, Cycle bus_idle) { return std::max(told + 1, bus_idle) + 1; }

// The watchdog expires after `patience` cycles without progress (being told of an error counts as
// progress), and DONE is seen one cycle later.
inline Cycle WatchdogExpires(Cycle last_progress, Cycle patience) {
  return last_progress + patience + 1;
}
inline Cycle DoneAfterWatchdog(Cycle expired) { return expired + 1; }

// Everything waits for tokens that nobody will give: noticed after the last thing that happened,
// and not before the dispatcher is blocked, too.
inline Cycle DeadlockSeen(Cycle last_event, Cycle blocked_from) {
  return std::max(last_event + 1, blocked_from);
}

}  // namespace systole
