#include "sw/cli/dataflow_option.h"

#include <fmt/format.h>

#include "sw/base/error.h"

namespace systole {

CLI::Option* AddDataflowOption(CLI::App* command, std::string* name) {
  return command
      ->add_option("--dataflow", *name,
                   "ws (weight stationary), os (output stationary where a layer can be; "
                   "DATAFLOWS=ws,os), or auto: of each layer what takes fewer cycles")
      ->capture_default_str();
}

Dataflow ParseDataflow(const std::string& name, const HwConfig& config) {
  if (name == "ws") return Dataflow::kWs;
  if (name == "auto") return Dataflow::kAuto;
  if (name != "os") {
    throw InputError(fmt::format("--dataflow {}: unknown; choose auto, ws or os", name));
  }
  if ((config.dataflows & 2) == 0) {
    throw InputError(
        fmt::format("--dataflow os: not built into this accelerator (DATAFLOWS={}); build it with "
                    "DATAFLOWS=3, or choose auto or ws",
                    config.dataflows));
  }
  return Dataflow::kOs;
}

}  // namespace systole
