// From the workloads of a space to a cost model.
#pragma once

#include <memory>
#include <optional>

#include "sw/explore/space/native_energy.h"
#include "sw/explore/space/space.h"

namespace systole::explore {

struct CostOptions {
  bool traffic = false, stalls = false;  // wanted in the results
  bool corrected = false;                // scalesim without its bugs
  std::optional<EnergySource> energy;    // native: wanted, by this table
  std::optional<SiliconTable> silicon;   // native: objectives of synthesised designs
};

// scalesim reads layer tables (sw/scalesim/workload.h), topologies of SCALE-Sim, ONNX files and M,
// N, K; native reads what native_workload.h says. Throws InputError "<place of the workload>: ...".
std::shared_ptr<const CostModel> LoadCost(CostKind kind,
                                          const std::vector<WorkloadSource>& workloads,
                                          const CostOptions& options);

}  // namespace systole::explore
