#include "sw/energy/read_energy.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/energy/energy_law.h"
#include "sw/timeloop/yaml_node.h"

namespace systole::energy {
namespace {

using timeloop::YamlNode;

double Energy(const YamlNode& node) {
  const double energy = node.Number();
  if (energy < 0) node.Fail("is below 0; write pJ");
  return energy;
}

double EnergyOr(const YamlNode& node, const std::string& key, double otherwise) {
  return node.Has(key) ? Energy(node.At(key)) : otherwise;
}

double Above0(const YamlNode& node, const char* unit) {
  const double value = node.Number();
  if (!(value > 0)) node.Fail(fmt::format("is not above 0; write {}", unit));
  return value;
}

EnergyLaw ReadLaw(const YamlNode& node) {
  node.Allow({"name", "memories", "multiply_8", "multiply_32", "add_32", "register_bit", "dram_bit",
              "bus_bit", "idle_pe", "cycle"});
  EnergyLaw law;
  law.name = node.At("name").Name();
  for (const YamlNode& point : node.At("memories").Items()) {
    point.Allow({"kib", "bits", "read", "write"});
    law.memories.push_back({1024 * Above0(point.At("kib"), "KiB"),
                            Above0(point.At("bits"), "the bits of an access"),
                            Above0(point.At("read"), "pJ"), Above0(point.At("write"), "pJ")});
    const size_t n = law.memories.size();
    if (n > 1 && law.memories[n - 1].bytes <= law.memories[n - 2].bytes) {
      point.At("kib").Fail("is not above the one before; write the smallest memory first");
    }
  }
  if (law.memories.empty()) node.At("memories").Fail("is empty; write at least one");
  law.multiply_8 = Energy(node.At("multiply_8"));
  law.multiply_32 = Energy(node.At("multiply_32"));
  law.add_32 = Energy(node.At("add_32"));
  law.register_bit = EnergyOr(node, "register_bit", -1);
  law.dram_bit = Energy(node.At("dram_bit"));
  law.bus_bit = EnergyOr(node, "bus_bit", 0);
  law.idle_pe = EnergyOr(node, "idle_pe", 0);
  law.cycle = EnergyOr(node, "cycle", 0);
  return law;
}

EnergyTable ReadActions(const std::string& path, const YamlNode& ert) {
  std::vector<std::string> names = {"idle_pe", "cycle"};
  for (const ActionInfo& a : kActions) names.push_back(a.name);
  ert.Allow({"tables"}, {"version"});
  EnergyTable table;
  table.name = path;
  std::vector<bool> given(names.size(), false);
  for (const YamlNode& component : ert.At("tables").Items()) {
    component.Allow({"name", "actions"});
    const std::string name = component.At("name").Name();
    if (name != "systole") component.At("name").Fail("is '" + name + "'; write systole");
    for (const YamlNode& action : component.At("actions").Items()) {
      action.Allow({"name", "energy"});
      const std::string what = action.At("name").Name();
      const auto at = std::find(names.begin(), names.end(), what);
      if (at == names.end()) {
        action.At("name").Fail("'" + what + "' is no action" + timeloop::Suggestion(what, names));
      }
      const auto i = static_cast<size_t>(at - names.begin());
      if (given[i]) action.At("name").Fail("'" + what + "' is there twice; remove one");
      given[i] = true;
      const double energy = Energy(action.At("energy"));
      if (i == 0) table.idle_pe = energy;
      if (i == 1) table.cycle = energy;
      if (i >= 2) table.action[i - 2] = energy;
    }
  }
  for (size_t i = 2; i < names.size(); ++i) {
    if (!given[i]) ert.Fail("has no energy of '" + names[i] + "'; add it (0 is possible)");
  }
  return table;
}

}  // namespace

EnergyTable ReadEnergy(const std::string& path, const std::string& text, const HwConfig& config) {
  const YamlNode root = timeloop::ParseYaml(text, &path);
  root.Allow({"systole_energy", "ERT"});
  if (root.Has("systole_energy") == root.Has("ERT")) {
    root.Fail("has none or both of 'systole_energy' and 'ERT'; write one");
  }
  return root.Has("ERT") ? ReadActions(path, root.At("ERT"))
                         : TableOf(ReadLaw(root.At("systole_energy")), config);
}

std::string EnergyYaml(const EnergyTable& table) {
  std::string text = "# pJ of each action of the accelerator, after " + table.name +
                     "\nERT:\n  version: '0.4'\n  tables:\n  - name: systole\n    actions:\n";
  const auto line = [&text](const char* name, double energy, const std::string& meaning) {
    text += fmt::format("    - {{name: {}, energy: {:.9g}}}  # {}\n", name, energy, meaning);
  };
  for (int a = 0; a < kNumActions; ++a) {
    const ActionInfo& info = kActions[a];
    line(info.name, table.action[static_cast<size_t>(a)],
         fmt::format("{}: {}", info.unit, info.meaning));
  }
  line("idle_pe", table.idle_pe, "a cycle of a PE that multiplies nothing");
  line("cycle", table.cycle, "a cycle of everything");
  return text;
}

}  // namespace systole::energy
