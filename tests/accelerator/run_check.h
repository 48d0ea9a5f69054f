// One program on a device (RTL or TLM): everything that is observed against the golden reference and the cycle model.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/compiler/program.h"
#include "sw/driver/driver.h"
#include "sw/driver/run_record.h"
#include "sw/model/model.h"
#include "sw/timing/laws.h"

namespace systole {

// What a device showed of program.setup (stamps) and of one run of program.code.
struct DeviceRun {
  RunRecord setup;
  RunRecord record;
  HardwareCounters counters;
  std::vector<int8_t> outputs;  // images x C x H x W, read back from memory
};

// Empty if every byte of every observed tensor and of the outputs equals golden's, every instruction's issue and retire
// cycle and every counter equals the cycle model's; else the first difference.
// timing == nullptr: bytes only.
std::string CheckRun(const Model& model, const Program& program, const std::vector<int8_t>& images,
                     const DeviceRun& run, const MemoryTiming* timing);

}  // namespace systole
