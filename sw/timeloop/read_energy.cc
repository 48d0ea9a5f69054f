#include "sw/timeloop/read_parts.h"

namespace systole::timeloop {

void ReadEnergy(const YamlNode& ert, Architecture* arch) {
  ert.Allow({"tables"}, {"version"});
  bool has_macs = false;
  for (const YamlNode& table : ert.At("tables").Items()) {
    table.Allow({"name", "actions"});
    const std::string name = PlainName(table.At("name"), table.At("name").Name(), nullptr);
    const int c = arch->Find(name);
    if (c < 0 && name != arch->mac_name) continue;  // a component that is no level: Timeloop too
    for (const YamlNode& action : table.At("actions").Items()) {
      action.Allow({"name", "energy"}, {"arguments"});
      const std::string what = action.At("name").Text();
      const double energy = action.At("energy").Number();
      if (energy < 0) action.At("energy").Fail("is below 0; write pJ an access");
      if (c < 0) {
        if (what == "compute") {
          arch->mac_energy = energy;
          has_macs = true;
        } else if (what != "leak") {
          action.At("name").Fail("'" + what + "' is not known here" +
                                 Suggestion(what, {"compute", "leak"}));
        }
        continue;
      }
      Level& level = arch->levels[c];
      if (what == "read") {
        level.read_energy = energy;
        level.has_energy = true;
      } else if (what == "write") {
        level.write_energy = energy;
      } else if (what != "update" && what != "leak") {
        action.At("name").Fail("'" + what + "' is not known here" +
                               Suggestion(what, {"read", "write", "update", "leak"}));
      }
    }
  }
  if (!has_macs) ert.Fail("has no 'compute' of " + arch->mac_name + "; add it");
}

}  // namespace systole::timeloop
