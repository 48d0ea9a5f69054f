// Depths of the RTL's pipelines and fixed sizes, from which the timing laws (sw/timing) are built.
// Generated from spec/ by `make spec`: edit the definitions there, not this file.
#pragma once

namespace systole::pipeline {

// cycles: last vector in the array -> retire, beside ROWS + COLS
inline constexpr int kMatmulTail = 5;
// cycles: read-modify-write of an accumulator entry: shortest period of a fold
inline constexpr int kAccTurn = 3;
// cycles: last accumulator read -> byte written and retire
inline constexpr int kPostTail = 10;
// cycles: a STORE burst's first slot -> its address and first beat on the bus
inline constexpr int kStoreLead = 3;
// bytes: bursts are cut at addresses that are multiples of this
inline constexpr int kBurstBytes = 256;
// instructions: in a burst of the fetch unit
inline constexpr int kFetchGroup = 8;
// bytes: of a channel in the parameter memory
inline constexpr int kParBytes = 16;
// bytes: of an offset in the offset table
inline constexpr int kKtabBytes = 2;
// tokens: that a counter holds
inline constexpr int kTokenMax = 255;

}  // namespace systole::pipeline
