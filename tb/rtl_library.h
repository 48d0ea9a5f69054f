// Finds, loads and instantiates the verilated accelerator of a configuration.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sw/isa/config.h"
#include "tb/rtl_device.h"

namespace systole {

// What the library was built for: kPlain for speed with assertions on; kNoAssert without them;
// kTrace writes FST; kCoverage counts lines and toggles; in kRandom memories and registers without
// reset start with random bits; kActions counts actions (tb/systole_actions.sv).
enum class RtlVariant { kPlain, kNoAssert, kTrace, kCoverage, kRandom, kActions };

// Folder of all libraries: SYSTOLE_RTL_DIR, or build/rtl of the source tree this binary was built
// from.
std::string RtlRoot();

// <root>/<key>[-noassert|-trace|-cov|-random|-actions]/libsystole_rtl.so
std::string RtlLibraryPath(const HwConfig& config, RtlVariant variant);

// Throws InputError with the make command that builds the library where there is none.
void CheckRtlBuilt(const HwConfig& config, RtlVariant variant);

// A new instance, after reset. Throws InputError as CheckRtlBuilt does. `plusargs` go to the
// simulation: +systole_any_program switches off the assertions on what a program promises;
// +verilator+seed+N chooses the random bits of kRandom (else SYSTOLE_RTL_SEED in the environment,
// else 1).
std::unique_ptr<RtlDevice> OpenRtl(const HwConfig& config, RtlVariant variant = RtlVariant::kPlain,
                                   std::vector<std::string> plusargs = {});

}  // namespace systole
