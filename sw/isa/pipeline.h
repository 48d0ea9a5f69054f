// Fixed sizes that the RTL and the software share.
// Generated from spec/ by `make spec`: edit the definitions there, not this file.
#pragma once

namespace systole::pipeline {

// bytes: bursts are cut at addresses that are multiples of this
inline constexpr int kBurstBytes = 256;
// instructions: in a burst of the fetch unit
inline constexpr int kFetchGroup = 8;
// bytes: of a channel in the parameter memory
inline constexpr int kParBytes = 16;
// bytes: of an offset in the offset table
inline constexpr int kKtabBytes = 2;
// code: of MmDataflow: output stationary
inline constexpr int kOutputStationary = 1;
// code: of MmDataflow: input stationary
inline constexpr int kInputStationary = 2;
// code: of MmDataflow: column mode
inline constexpr int kColumnMode = 3;
// tokens: that a counter holds
inline constexpr int kTokenMax = 255;

}  // namespace systole::pipeline
