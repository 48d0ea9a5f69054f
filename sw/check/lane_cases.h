// Lanes that MATMUL gathers, in each of its modes: the last one in the activation buffer's last
// byte and past it, in a bank of its own and in another one's.
#pragma once

#include <functional>
#include <string>

#include "sw/check/area_run.h"

namespace systole::check {

// `gathers(base)`: an instruction that gathers `lanes` lanes, once, at the offsets of row 0 from
// `base` on. The lane behind them, which is not gathered, always lies in another one's bank.
void TryLanes(AreaRun* run, const std::string& mode, const std::string& look, int lanes,
              const std::function<Instruction(int base)>& gathers);

}  // namespace systole::check
