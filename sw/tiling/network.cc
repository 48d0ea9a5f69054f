#include "sw/tiling/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "sw/compiler/buffers.h"
#include "sw/compiler/compiler.h"
#include "sw/compiler/misfit.h"
#include "sw/model/graph.h"
#include "sw/tiling/host_tail.h"
#include "sw/tiling/step.h"
#include "sw/tiling/tiling.h"

namespace systole {
namespace {

bool Possible(const HwConfig& config) {
  try {
    Validate(config);
    return true;
  } catch (const InputError&) {
    return false;
  }
}

// Doubles what is too small until everything fits, and says so.
[[noreturn]] void Explain(const Model& model, HwConfig config, const ProgramOptions& options,
                          const MisfitError& first) {
  std::string values;
  Misfit misfit = first.misfit();
  const HwConfig given = config;
  while (const Buffer* buffer = BufferOf(misfit)) {
    config.*buffer->member *= 2;
    if (!Possible(config)) {
      throw MisfitError(first.misfit(), fmt::format("{}; no {} that can be built is large enough",
                                                    first.what(), buffer->parameter));
    }
    try {
      CompileTiled(model, config, options);
      break;
    } catch (const MisfitError& e) {
      misfit = e.misfit();
      if (BufferOf(misfit) == nullptr) throw;
    }
  }
  for (const Buffer& buffer : kBuffers) {
    if (config.*buffer.member != given.*buffer.member)
      values += fmt::format(" {}={}", buffer.parameter, config.*buffer.member);
  }
  if (values.empty()) throw first;
  throw MisfitError(first.misfit(), fmt::format("{}; it fits with{}", first.what(), values));
}

}  // namespace

bool RunsOnHost(const Model& model, size_t i, const HwConfig& config) {
  return OnHost(model.layers[i]) && !PostDoes(model, i, PlaceConcats(model, config), config);
}

Program CompileNetwork(const Model& model, const HwConfig& config, const ProgramOptions& options) {
  const size_t tail = HostTail(model);
  const Model body = tail > 0 ? WithoutTail(model, tail) : Model{};
  const Model& chip = tail > 0 ? body : model;
  bool chain = Outputs(chip).size() == 1;
  for (size_t i = 0; chain && i < chip.layers.size(); ++i) chain = WhyNotCompiled(chip, i).empty();
  if (chain) {
    try {
      Program p = Compile(chip, config, options);
      if (tail > 0) AppendTail(model, tail, &p);
      return p;
    } catch (const MisfitError& e) {
      const bool from_memory = BufferOf(e.misfit()) != nullptr || e.misfit() == Misfit::kTooLarge ||
                               e.misfit() == Misfit::kTokens;
      if (!from_memory) throw;
    }
  }
  try {
    return CompileTiled(model, config, options);
  } catch (const MisfitError& e) {
    Explain(model, config, options, e);
  }
}

}  // namespace systole
