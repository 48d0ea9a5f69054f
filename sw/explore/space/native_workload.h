// From a workload of a space to the models that the native cost model plans.
#pragma once

#include "sw/explore/space/native_model.h"
#include "sw/explore/space/space.h"

namespace systole::explore {

// A quantized model, a layer table that is a chain, or M, N, K: one part. per_layer: each row of a
// layer table or of a SCALE-Sim topology by itself, rows that differ in their name only once.
// Throws InputError, also for a row that no configuration holds unless skip_unfit leaves it out.
NativeWorkload LoadNativeWorkload(const WorkloadSource& source);

}  // namespace systole::explore
