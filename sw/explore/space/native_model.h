// The exact timing of our own accelerator (native_cost.h) as a cost model.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sw/explore/space/cost.h"
#include "sw/isa/config.h"
#include "sw/model/model.h"

namespace systole::explore {

struct NativeWorkload {
  std::string name;
  std::string description;  // what the model was made from: file, its size and checksum, rounding
  Model model;              // multipliers chosen
};

const std::vector<Parameter>& NativeParameters();

std::unique_ptr<CostModel> NewNativeCost(std::vector<NativeWorkload> workloads);

// Of a cost model that NewNativeCost made.
const std::vector<NativeWorkload>& NativeWorkloads(const CostModel& cost);

// A design as the RTL is built: parameters[i] is the value of NativeParameters()[i].
HwConfig NativeConfig(const int64_t* parameters);
int64_t NativeBatch(const int64_t* parameters);
int64_t NativeLatency(const int64_t* parameters);
bool NativeFusesPool(const int64_t* parameters);

}  // namespace systole::explore
