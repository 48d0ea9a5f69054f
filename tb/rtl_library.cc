#include "tb/rtl_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "sw/base/error.h"
#include "sw/driver/parameters.h"

namespace systole {
namespace {

const char* VariantName(RtlVariant variant) {
  switch (variant) {
    case RtlVariant::kNoAssert:
      return "noassert";
    case RtlVariant::kTrace:
      return "trace";
    case RtlVariant::kCoverage:
      return "cov";
    case RtlVariant::kPlain:
      break;
  }
  return "";
}

}  // namespace

std::string RtlRoot() {
  const char* root = std::getenv("SYSTOLE_RTL_DIR");
  return root != nullptr && *root != '\0' ? root : SYSTOLE_SOURCE_DIR "/build/rtl";
}

std::string RtlLibraryPath(const HwConfig& config, RtlVariant variant) {
  const std::string name = VariantName(variant);
  return RtlRoot() + "/" + config.Key() + (name.empty() ? "" : "-" + name) + "/libsystole_rtl.so";
}

void CheckRtlBuilt(const HwConfig& config, RtlVariant variant) {
  const std::string path = RtlLibraryPath(config, variant);
  if (std::filesystem::exists(path)) return;
  std::string command = "make rtl";
  if (variant != RtlVariant::kPlain) command += fmt::format(" VARIANT={}", VariantName(variant));
  if (const std::string variables = MakeVariables(config); !variables.empty())
    command += " " + variables;
  throw InputError(
      fmt::format("{}: the RTL of this configuration is not built; run: {}", path, command));
}

std::unique_ptr<RtlDevice> OpenRtl(const HwConfig& config, RtlVariant variant) {
  CheckRtlBuilt(config, variant);
  const std::string path = RtlLibraryPath(config, variant);
  // Symbols stay local: libraries of several configurations live side by side.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw InputError(fmt::format("{}: {}", path, dlerror()));
  auto* make = reinterpret_cast<RtlDevice* (*)()>(dlsym(library, "SystoleMakeRtlDevice"));
  if (make == nullptr)
    throw InputError(fmt::format("{}: no RTL library of this project; rebuild it", path));
  return std::unique_ptr<RtlDevice>(make());
}

}  // namespace systole
