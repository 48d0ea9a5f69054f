// The checks of docs/isa.md that depend on an instruction's fields alone; the hardware makes them
// at issue.
#pragma once

#include "sw/isa/config.h"
#include "sw/isa/isa.h"

namespace systole {

// kNone, kBadOpcode, kBadField or kBufferRange, the first that applies in this order.
ErrorCode CheckInstruction(const Instruction& instruction, const HwConfig& config);

// Bytes of one memory row of LoadWgt, LoadKtab or LoadPar: the buffer's row padded to whole beats.
int PaddedRowBytes(Opcode opcode, const HwConfig& config);

}  // namespace systole
