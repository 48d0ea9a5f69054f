#include "sw/cli/dataflow_option.h"

#include <fmt/format.h>

#include "sw/base/error.h"

namespace systole {

CLI::Option* AddDataflowOption(CLI::App* command, std::string* name) {
  return command
      ->add_option("--dataflow", *name,
                   "ws (weight stationary), os or is (output or input stationary where a layer can "
                   "be; DATAFLOWS=ws,os,is), or auto: of each layer what takes the fewest cycles")
      ->capture_default_str();
}

Dataflow ParseDataflow(const std::string& name, const HwConfig& config) {
  if (name == "ws") return Dataflow::kWs;
  if (name == "auto") return Dataflow::kAuto;
  if (name != "os" && name != "is") {
    throw InputError(fmt::format("--dataflow {}: unknown; choose auto, ws, os or is", name));
  }
  const int bit = name == "os" ? 2 : 4;
  if ((config.dataflows & bit) == 0) {
    throw InputError(
        fmt::format("--dataflow {}: not built into this accelerator (DATAFLOWS={}); build it with "
                    "DATAFLOWS={}, or choose auto or ws",
                    name, config.dataflows, config.dataflows | bit));
  }
  return name == "os" ? Dataflow::kOs : Dataflow::kIs;
}

}  // namespace systole
