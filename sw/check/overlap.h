// Programs that keep all four engines busy at once, as compiled ones do: LOAD fills one buffer
// while MATMUL reads the other, and so on down to STORE.
#pragma once

#include <string>

#include "sw/check/case.h"
#include "sw/isa/config.h"

namespace systole::check {

// `tiles` random tiles; the same for the same arguments. Also what shows, after an error or a
// reset, that everything works. With one address group or with ENGINE=row the tiles follow one
// another.
Case OverlapCase(const HwConfig& config, const std::string& name, int tiles, uint64_t seed = 1);

}  // namespace systole::check
