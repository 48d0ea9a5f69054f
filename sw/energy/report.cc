#include "sw/energy/report.h"

#include <fmt/format.h>

#include <algorithm>

namespace systole::energy {
namespace {

constexpr const char* kUnits[kNumEngines + 1] = {"LOAD", "MATMUL", "POST", "STORE", "fetch"};

double Ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }
double PerCent(double part, double whole) { return 100 * Ratio(part, whole); }

// The end of a long name, which tells layers apart.
std::string Short(const std::string& name) {
  constexpr size_t kWidest = 28;
  return name.size() <= kWidest ? name : "..." + name.substr(name.size() - (kWidest - 3));
}

std::string Row(const std::string& name, int64_t macs, const ActionCounts& counts,
                const EnergyTable& table, double all) {
  const double energy = EnergyOf(counts, table);
  std::string text = fmt::format("{:<28} {:>12}", Short(name), macs);
  for (int e = 0; e <= kFetchUnit; ++e) {
    text += fmt::format(" {:>13.1f}", EnergyOf(counts, table, e));
  }
  return text + fmt::format(" {:>14.1f} {:>6.2f}% {:>8}\n", energy, PerCent(energy, all),
                            macs == 0 ? "" : fmt::format("{:.3f}", energy / macs));
}

std::string Layers(const Account& account, const EnergyTable& table) {
  std::string text = fmt::format("{:<28} {:>12}", "layer, pJ", "MACs");
  for (const char* unit : kUnits) text += fmt::format(" {:>13}", unit);
  text += fmt::format(" {:>14} {:>7} {:>8}\n", "all", "share", "pJ/MAC");
  const double all = EnergyOf(account.code, table);
  for (const LayerActions& layer : account.layers) {
    if (&layer == &account.layers.back() && layer.counts == ActionCounts{}) continue;
    text +=
        Row(layer.name.empty() ? "of no layer" : layer.name, layer.macs, layer.counts, table, all);
  }
  text += Row("total", account.macs, account.code, table, all);
  if (account.setup_cycles > 0) text += Row("setup, once before", 0, account.setup, table, all);
  return text;
}

std::string Actions(const Account& account, const EnergyTable& table) {
  const int name_width = account.config.engine == 0 ? 14 : 16;
  std::string text = fmt::format("{:<{}} {:<7} {:>14} {:<8} {:>11} {:>15} {:>7}\n", "action",
                                 name_width, "in", "count", "of", "pJ", "all pJ", "share");
  const double all = EnergyOf(account, table);
  const auto line = [&](const char* name, const char* unit, int64_t count, const char* of,
                        double each) {
    const double energy = static_cast<double>(count) * each;
    text += fmt::format("{:<{}} {:<7} {:>14} {:<8} {:>11.6g} {:>15.1f} {:>6.2f}%\n", name,
                        name_width, unit, count, of, each, energy, PerCent(energy, all));
  };
  for (int a = 0; a < kNumActions; ++a) {
    const auto action = static_cast<Action>(a);
    if (account.code[action] == 0) continue;
    line(kActions[a].name, kUnits[kActions[a].engine], account.code[action], kActions[a].unit,
         table[action]);
  }
  line("idle_pe", "MATMUL", account.IdlePes(), "cycles", table.idle_pe);
  line("cycle", "", account.cycles, "cycles", table.cycle);
  return text;
}

std::string Utilization(const Account& account) {
  const auto pes = static_cast<double>(account.cycles) * Elements(account.config);
  std::string text = fmt::format(
      "PEs: {:.2f} % of their cycles in use, {:.2f} % in lanes and columns that are not, {:.2f} % "
      "without a {}\nbusy:",
      PerCent(static_cast<double>(account.code[Action::mac]), pes),
      PerCent(static_cast<double>(account.code[Action::idle_mac]), pes),
      PerCent(static_cast<double>(account.IdlePes()), pes),
      account.config.engine == 0 ? "vector" : "product");
  for (int e = 0; e < kNumEngines; ++e) {
    text += fmt::format(
        "{} {} {:.2f} %", e == 0 ? "" : ",", kUnits[e],
        PerCent(
            static_cast<double>(account.counters.cycles[e][static_cast<size_t>(reg::Cause::kBusy)]),
            static_cast<double>(account.cycles)));
  }
  return text + " of the cycles\n";
}

int64_t DramBits(const Account& account) {
  const ActionCounts& n = account.code;
  return (n[Action::read_beat] + n[Action::fetch_beat]) * account.config.axi_data_width +
         8 * n[Action::write_byte];
}

std::string Totals(const Account& account, const EnergyTable& table) {
  const double energy = EnergyOf(account, table), off = EnergyOffChip(account.code, table);
  return fmt::format(
      "energy {:.1f} pJ{}, {:.1f} of it on chip; {:.4f} pJ a multiply-add; {} bits of memory; "
      "cycles {}; energy x cycles {:.6g} pJ\ntable: {}\n",
      energy,
      account.images == 1
          ? ""
          : fmt::format(" ({} images, {:.1f} each)", account.images, energy / account.images),
      energy - off, Ratio(energy, static_cast<double>(account.macs)), DramBits(account),
      account.cycles, energy * static_cast<double>(account.cycles), table.name);
}

Json CountsJson(const ActionCounts& counts) {
  Json json = Json::object();
  for (int a = 0; a < kNumActions; ++a) json[kActions[a].name] = counts.count[a];
  return json;
}

Json EnginesJson(const ActionCounts& counts, const EnergyTable& table) {
  Json json = Json::object();
  for (int e = 0; e <= kFetchUnit; ++e) json[kUnits[e]] = EnergyOf(counts, table, e);
  return json;
}

}  // namespace

std::string EnergyText(const Account& account, const EnergyTable& table) {
  return Layers(account, table) + "\n" + Actions(account, table) + "\n" + Utilization(account) +
         Totals(account, table);
}

std::string EnergyCsv(const Account& account, const EnergyTable& table) {
  std::string text = "layer,action,engine,unit,count,pJ_each,pJ\n";
  const auto add = [&](const std::string& layer, const ActionCounts& counts) {
    std::string name = "\"";
    for (const char c : layer) name += c == '"' ? "\"\"" : std::string(1, c);
    for (int a = 0; a < kNumActions; ++a) {
      const auto action = static_cast<Action>(a);
      if (counts[action] == 0) continue;
      text += fmt::format("{}\",{},{},{},{},{:.9g},{:.6f}\n", name, kActions[a].name,
                          kUnits[kActions[a].engine], kActions[a].unit, counts[action],
                          table[action], static_cast<double>(counts[action]) * table[action]);
    }
  };
  for (const LayerActions& layer : account.layers) add(layer.name, layer.counts);
  add("run", account.code);
  add("setup", account.setup);
  return text;
}

Json EnergyJson(const std::string& model, const Account& account, const EnergyTable& table) {
  Json energies = Json::object(), layers = Json::array();
  for (int a = 0; a < kNumActions; ++a) energies[kActions[a].name] = table.action[a];
  energies["idle_pe"] = table.idle_pe;
  energies["cycle"] = table.cycle;
  for (const LayerActions& layer : account.layers) {
    layers.push_back({{"name", layer.name},
                      {"macs", layer.macs},
                      {"energy_pJ", EnergyOf(layer.counts, table)},
                      {"engines_pJ", EnginesJson(layer.counts, table)},
                      {"counts", CountsJson(layer.counts)}});
  }
  const double energy = EnergyOf(account, table);
  return {{"model", model},
          {"images", account.images},
          {"table", {{"name", table.name}, {"pJ", energies}}},
          {"macs", account.macs},
          {"cycles", account.cycles},
          {"energy_pJ", energy},
          {"on_chip_pJ", energy - EnergyOffChip(account.code, table)},
          {"dram_bits", DramBits(account)},
          {"idle_pe_cycles", account.IdlePes()},
          {"counts", CountsJson(account.code)},
          {"engines_pJ", EnginesJson(account.code, table)},
          {"layers", layers},
          {"setup",
           {{"cycles", account.setup_cycles},
            {"energy_pJ", EnergyOf(account.setup, table)},
            {"counts", CountsJson(account.setup)}}}};
}

}  // namespace systole::energy
