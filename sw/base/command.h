// What every program's main() does around its work.
#pragma once

#include <functional>

namespace systole {

// Runs `command` and returns its exit status (sw/base/exit_status.h), with standard output flushed.
// An exception becomes one line on standard error and a status: InputError, no memory left, and
// standard output that cannot be written (a full disk) give kBadInput, HardwareFault gives
// kHardwareFault, any other kInternalError.
int RunCommand(const std::function<int()>& command);

}  // namespace systole
