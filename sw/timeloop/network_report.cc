#include "sw/timeloop/network_report.h"

#include <fmt/format.h>

namespace systole::timeloop {
namespace {

constexpr char kAdders[] =
    "0.315 and 0.20769 pJ: the published tables charge two adders, because their multiplier is of\n"
    "class adder; *_multiplier.yaml has an 8-bit multiplier's (docs/energy.md#the-files)\n";

}  // namespace

std::string NetworkText(const std::vector<NetworkAnswer>& answers) {
  std::string text =
      fmt::format("{:<30} {:>5} {:>8} {:>14} {:>13} {:>12} {:>12} {:>8}\n", "design", "batch",
                  "pJ/MAC", "MACs", "cycles", "energy uJ", "uJ x cycles", "proved");
  bool adders = false;
  for (const NetworkAnswer& one : answers) {
    size_t proved = 0;
    for (const LayerAnswer& layer : one.layers) proved += layer.proved ? 1 : 0;
    text += fmt::format("{:<30} {:>5} {:>8.5g} {:>14} {:>13.0f} {:>12.2f} {:>12.6g} {:>8}\n",
                        one.design, one.batch, one.mac_energy, one.Macs(), one.Cycles(),
                        one.Energy() * 1e-6, one.Edp() * 1e-6,
                        fmt::format("{}/{}", proved, one.layers.size()));
    adders |= one.mac_energy == 0.315 || one.mac_energy == 0.207692;
  }
  if (adders) text += kAdders;
  return text;
}

std::string NetworkCsv(const std::vector<NetworkAnswer>& answers) {
  std::string text =
      "design,batch,layer,shape,groups,macs,cycles,energy_pJ,utilization,proved,"
      "nodes,seconds,levels_pJ\n";
  for (const NetworkAnswer& one : answers) {
    for (const LayerAnswer& row : one.layers) {
      std::string levels;
      for (const auto& [name, energy] : row.levels) {
        levels += fmt::format("{}{}={:.6f}", levels.empty() ? "" : ";", name, energy);
      }
      text += fmt::format("{},{},{},{},{},{},{:.0f},{:.6f},{:.9f},{},{},{:.3f},{}\n", one.design,
                          one.batch, row.layer.name, row.layer.shape.Text(), row.layer.groups,
                          row.macs, row.cycles, row.energy, row.utilization, row.proved ? 1 : 0,
                          row.nodes, row.seconds, levels);
    }
  }
  return text;
}

Json NetworkJson(const std::string& network, const std::string& objective,
                 const std::vector<NetworkAnswer>& answers) {
  Json designs = Json::array();
  for (const NetworkAnswer& one : answers) {
    Json layers = Json::array();
    for (const LayerAnswer& row : one.layers) {
      Json levels = Json::object();
      for (const auto& [name, energy] : row.levels) levels[name] = energy;
      layers.push_back({{"name", row.layer.name},
                        {"shape", row.layer.shape.Text()},
                        {"groups", row.layer.groups},
                        {"macs", row.macs},
                        {"cycles", static_cast<int64_t>(row.cycles)},
                        {"energy_pJ", row.energy},
                        {"utilization", row.utilization},
                        {"proved", row.proved},
                        {"nodes", row.nodes},
                        {"seconds", row.seconds},
                        {"levels_pJ", levels},
                        {"nest", row.mapping}});
    }
    designs.push_back({{"design", one.design},
                       {"batch", one.batch},
                       {"macs", one.Macs()},
                       {"mac_pJ", one.mac_energy},
                       {"cycles", static_cast<int64_t>(one.Cycles())},
                       {"energy_pJ", one.Energy()},
                       {"edp_pJ_cycles", one.Edp()},
                       {"layers", layers}});
  }
  return {{"network", network}, {"objective", objective}, {"answers", designs}};
}

}  // namespace systole::timeloop
