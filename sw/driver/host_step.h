// What the host does between the runs of a program: the steps of a network that are not built into
// the accelerator, on its tensors in memory, by the definitions of sw/arith.
#pragma once

#include "sw/device/device.h"
#include "sw/program/program.h"

namespace systole {

// Reads the step's inputs, image by image, and writes its output. Throws HardwareFault where a
// tensor does not lie in memory.
void RunHostStep(const HostStep& step, Device* device);

}  // namespace systole
