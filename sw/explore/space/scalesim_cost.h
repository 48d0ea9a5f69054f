// SCALE-Sim's model (sw/scalesim) as a cost model: its figures, without its bugs where asked for.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sw/explore/space/cost.h"
#include "sw/scalesim/topology.h"

namespace systole::explore {

struct ScaleSimWorkload {
  std::string name;
  std::vector<scalesim::NamedLayer> layers;
};

struct ScaleSimOptions {
  bool traffic = false;  // needed in the results: costs a whole report a layer
  bool stalls = false;
  bool corrected = false;  // without the known bugs of docs/scalesim.md
};

const std::vector<Parameter>& ScaleSimParameters();

std::unique_ptr<CostModel> NewScaleSimCost(std::vector<ScaleSimWorkload> workloads,
                                           const ScaleSimOptions& options);

// Of a cost model that NewScaleSimCost made.
const std::vector<ScaleSimWorkload>& ScaleSimWorkloads(const CostModel& cost);
scalesim::Options ScaleSimModelOptions(const CostModel& cost);

// The machine of a design: parameters[i] is the value of ScaleSimParameters()[i]. `each`: every
// layer has its best dataflow; the machine's is then os.
scalesim::Machine ScaleSimMachine(const int64_t* parameters, bool* each);

}  // namespace systole::explore
