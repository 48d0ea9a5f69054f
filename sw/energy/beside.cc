// The accelerator beside designs in Timeloop's files.
#include <fmt/format.h>

#include "sw/energy/report.h"

namespace systole::energy {
namespace {

constexpr char kWhatIsIn[] =
    "The designs: every layer's best mapping, multiply-adds and their memories alone, weights "
    "read\n"
    "anew for each run. systole: all of the program, with pooling, requantization, offsets,\n"
    "parameters and instructions; where weights stay on chip, setup loads them once.\n";

std::string Line(const std::string& name, double mac, double macs, double cycles, double energy,
                 double off) {
  return fmt::format("{:<30} {:>8.5g} {:>14.0f} {:>13.0f} {:>12.3f} {:>12.3f} {:>8.4g} {:>12.6g}\n",
                     name, mac, macs, cycles, energy * 1e-6, (energy - off) * 1e-6, energy / macs,
                     energy * cycles * 1e-6);
}

std::string ArrayOf(const HwConfig& c) {
  return c.engine == 0 ? fmt::format("{}x{}", c.rows, c.cols)
                       : fmt::format("row {}x{}", c.rs_rows, c.rs_cols);
}

double OuterLevel(const timeloop::NetworkAnswer& answer) {
  double sum = 0;
  for (const timeloop::LayerAnswer& layer : answer.layers) sum += layer.levels.back().second;
  return sum;
}

}  // namespace

std::string BesideText(const std::vector<timeloop::NetworkAnswer>& designs, const Account& account,
                       const EnergyTable& table) {
  std::string text =
      fmt::format("\n{:<30} {:>8} {:>14} {:>13} {:>12} {:>12} {:>8} {:>12}\n", "of an image",
                  "mac pJ", "MACs", "cycles", "energy uJ", "on chip uJ", "pJ/MAC", "uJ x cycles");
  for (const timeloop::NetworkAnswer& one : designs) {
    const auto images = static_cast<double>(one.batch);
    text += Line(one.design, one.mac_energy, static_cast<double>(one.Macs()) / images,
                 one.Cycles() / images, one.Energy() / images, OuterLevel(one) / images);
  }
  const auto images = static_cast<double>(account.images);
  const auto ours = [&](const std::string& what, int64_t cycles, double energy, double off) {
    text += Line(fmt::format("systole {}{}", ArrayOf(account.config), what), table[Action::mac],
                 static_cast<double>(account.macs) / images, static_cast<double>(cycles) / images,
                 energy / images, off / images);
  };
  const double energy = EnergyOf(account, table), off = EnergyOffChip(account.code, table);
  ours("", account.cycles, energy, off);
  if (account.setup_cycles > 0) {
    ours(", setup too", account.cycles + account.setup_cycles,
         energy + EnergyOf(account.setup, table), off + EnergyOffChip(account.setup, table));
  }
  return text + kWhatIsIn;
}

Json BesideJson(const std::vector<timeloop::NetworkAnswer>& designs) {
  Json json = Json::array();
  for (const timeloop::NetworkAnswer& one : designs) {
    json.push_back({{"design", one.design},
                    {"batch", one.batch},
                    {"macs", one.Macs()},
                    {"cycles", one.Cycles()},
                    {"energy_pJ", one.Energy()},
                    {"on_chip_pJ", one.Energy() - OuterLevel(one)}});
  }
  return json;
}

}  // namespace systole::energy
