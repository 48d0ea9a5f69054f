// The runs of a program as programs of their own: each can be simulated by itself, beside the
// others, once what the runs before it leave in memory is known.
#pragma once

#include <vector>

#include "sw/program/program.h"

namespace systole {

// One part a run, with the host's steps behind it: its instructions and observations, in `given`
// the tensors that the parts before it have finished, in `stored` those that it finishes. A run
// begins with nothing on chip, so the cycles of the parts add up to those of the program. Empty:
// there is one run, or what runs leave for one another is not all kept in memory.
std::vector<Program> PartsOf(const Program& program);

}  // namespace systole
