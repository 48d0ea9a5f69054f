// A case of `systole check`: a program, the memory it starts from, and what has to come of it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sw/isa/isa.h"
#include "sw/isa/registers.h"
#include "tb/axi_memory.h"

namespace systole::check {

// Memory map of every case. The program, then data to read, then what is written: one image that is
// compared as a whole after each run. The read window of a case is [kCode, kOut), its write window
// [kOut, kEnd); the bytes before kCode and behind kEnd are guards that nothing may touch.
inline constexpr uint64_t kCode = 0x10000, kData = 0x20000, kOut = 0x60000, kEnd = 0x80000,
                          kImageBytes = 0x90000;
inline constexpr uint64_t kDump = 0x70000;  // where the watched activation bytes are stored
inline constexpr size_t kMaxInstructions = (kData - kCode) / kInstructionBytes;

// Bytes that a case puts into the image before the run.
struct Block {
  uint64_t address;
  std::vector<uint8_t> bytes;
};

// How a run ends: well (code kNone), or with an error that names engine (4: fetch) and instruction.
struct Outcome {
  ErrorCode code = ErrorCode::kNone;
  int engine = 0;
  uint32_t index = 0;
  bool operator==(const Outcome& o) const {
    return code == o.code && (code == ErrorCode::kNone || (engine == o.engine && index == o.index));
  }
};

struct Case {
  std::string name;
  std::string look;  // the RTL files to look at first when this case fails
  std::vector<Instruction> code;
  std::vector<Block> memory;
  Outcome expect;
  int latency = 20;    // of the memory
  bool stall = false;  // random back-pressure on every channel: bytes and sums only
  uint64_t stall_seed = 1;
  AxiFault read, fetch, write;
  uint32_t watchdog = 20000;
  // 64-bit registers (offset of the low word) that differ from the map above.
  std::vector<std::pair<uint32_t, uint64_t>> registers;
  // Told of an activation byte that differs: what it should be, and why.
  std::function<std::string(uint64_t)> explain;
  bool dump = true;  // stores the watched activation bytes at the end (a case that ends well)
};

}  // namespace systole::check
