// The checks of docs/isa.md that depend on an instruction's fields alone; the hardware makes them
// at issue.
#pragma once

#include "sw/isa/config.h"
#include "sw/isa/isa.h"

namespace systole {

// kNone, kBadOpcode, kBadField or kBufferRange, the first that applies in this order.
ErrorCode CheckInstruction(const Instruction& instruction, const HwConfig& config);

// Channels of the parameter memory that a PostActAdd reads, from the first of row PoPar on.
inline constexpr int kAddEntries = 3;

// Bytes of one memory row of LoadWgt, LoadKtab or LoadPar: the buffer's row padded to whole beats.
int PaddedRowBytes(Opcode opcode, const HwConfig& config);

}  // namespace systole
