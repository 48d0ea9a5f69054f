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
    case RtlVariant::kRandom:
      return "random";
    case RtlVariant::kActions:
      return "actions";
    case RtlVariant::kPlain:
      break;
  }
  return "";
}

// Verilator's seeds: 1 .. 2^31 - 1.
std::string Seed() {
  const char* seed = std::getenv("SYSTOLE_RTL_SEED");
  if (seed == nullptr || *seed == '\0') return "1";
  char* end = nullptr;
  const unsigned long value = std::strtoul(seed, &end, 10);
  if (*seed < '0' || *seed > '9' || *end != '\0' || value < 1 || value > 0x7FFFFFFF) {
    throw InputError(fmt::format(
        "SYSTOLE_RTL_SEED={}: a seed of the random variant is a number from 1 to 2147483647",
        seed));
  }
  return seed;
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
  const char* root = std::getenv("SYSTOLE_RTL_DIR");
  if ((root == nullptr || *root == '\0') && !std::filesystem::exists(SYSTOLE_SOURCE_DIR)) {
    throw InputError("the folder this program was built in, " SYSTOLE_SOURCE_DIR
                     ", is gone (moved?); run make build where it is now, or set SYSTOLE_RTL_DIR");
  }
  std::string command = "make rtl";
  if (variant != RtlVariant::kPlain) command += fmt::format(" VARIANT={}", VariantName(variant));
  if (const std::string variables = MakeVariables(config); !variables.empty())
    command += " " + variables;
  throw InputError(
      fmt::format("{}: the RTL of this configuration is not built; run: {}", path, command));
}

std::unique_ptr<RtlDevice> OpenRtl(const HwConfig& config, RtlVariant variant,
                                   std::vector<std::string> plusargs) {
  CheckRtlBuilt(config, variant);
  const std::string path = RtlLibraryPath(config, variant);
  // Symbols stay local: libraries of several configurations live side by side.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw InputError(fmt::format("{}: {}", path, dlerror()));
  auto* make = reinterpret_cast<RtlDevice* (*)(int, const char* const*)>(
      dlsym(library, "SystoleMakeRtlDevice"));
  if (make == nullptr)
    throw InputError(fmt::format("{}: no RTL library of this project; rebuild it", path));
  if (variant == RtlVariant::kRandom) {
    const std::string seed = Seed();
    plusargs.insert(plusargs.begin(), {"+verilator+rand+reset+2", "+verilator+seed+" + seed});
  }
  std::vector<const char*> arguments{"systole"};
  for (const std::string& argument : plusargs) arguments.push_back(argument.c_str());
  return std::unique_ptr<RtlDevice>(make(static_cast<int>(arguments.size()), arguments.data()));
}

}  // namespace systole
