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

// Energy and cycles of each layer, stacked by level; totals; energy x cycles of an image by batch
// where there are several. Self-contained.
std::string NetworkPage(const std::string& network, const std::string& objective,
                        const std::vector<NetworkAnswer>& answers);

}  // namespace systole::timeloop
