// A network's answers as text, CSV, JSON and one HTML page.
#pragma once

#include <string>
#include <vector>

#include "sw/timeloop/network.h"
#include "sw/timeloop/report.h"

namespace systole::timeloop {

// Totals, one line a design and batch.
std::string NetworkText(const std::vector<NetworkAnswer>& answers);

// One row a design, batch and layer; pJ by level as "name=pJ" separated by ';'.
std::string NetworkCsv(const std::vector<NetworkAnswer>& answers);

Json NetworkJson(const std::string& network, const std::string& objective,
                 const std::vector<NetworkAnswer>& answers);

// Totals of an image by batch; of several designs the front of energy and cycles; energy and cycles
// of each layer, stacked by level. Self-contained.
std::string NetworkPage(const std::string& network, const std::string& objective,
                        const std::vector<NetworkAnswer>& answers);

}  // namespace systole::timeloop
