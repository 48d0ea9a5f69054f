// An account and its energy as text, CSV and JSON.
#pragma once

#include <string>
#include <vector>

#include "sw/energy/account.h"
#include "sw/timeloop/network.h"
#include "sw/timeloop/report.h"

namespace systole::energy {

using Json = timeloop::Json;

// By layer and engine, by action, cycles, totals.
std::string EnergyText(const Account& account, const EnergyTable& table);

// A row for each layer and action, with count and pJ; "run" and "setup" are all of the code, and
// what is done once before it.
std::string EnergyCsv(const Account& account, const EnergyTable& table);

Json EnergyJson(const std::string& model, const Account& account, const EnergyTable& table);

// A row for each design and one for the accelerator, of an image.
std::string BesideText(const std::vector<timeloop::NetworkAnswer>& designs, const Account& account,
                       const EnergyTable& table);
Json BesideJson(const std::vector<timeloop::NetworkAnswer>& designs);

}  // namespace systole::energy
