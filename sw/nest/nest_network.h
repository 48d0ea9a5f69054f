// The layers of a network, each with its best executable nest, as a table.
#pragma once

#include "sw/nest/nest_job.h"
#include "sw/timeloop/conv_problem.h"

namespace systole::nest {

// One layer as a problem: groups of one channel are a depthwise layer, of other layers one group.
timeloop::Problem ProblemOf(const timeloop::NetworkLayer& layer);

// Each shape once, under its first name; `only`: names, all if empty. Throws InputError for a name
// that there is not.
std::vector<timeloop::NetworkLayer> DifferentLayers(const std::vector<timeloop::NetworkLayer>& all,
                                                    const std::vector<std::string>& only);

std::string NetworkHead();
std::string NetworkRow(const std::string& name, const NestJob& job);

}  // namespace systole::nest
