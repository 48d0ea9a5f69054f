#include "sw/compiler/fit.h"

#include <fmt/format.h>

namespace systole {
namespace {

struct Buffer {
  Misfit misfit;
  const char* parameter;
  int HwConfig::*member;
};
constexpr Buffer kBuffers[] = {
    {Misfit::kAccumulator, "ACC_DEPTH", &HwConfig::acc_depth},
    {Misfit::kActivation, "ACT_KIB", &HwConfig::act_kib},
    {Misfit::kWeight, "WGT_KIB", &HwConfig::wgt_kib},
    {Misfit::kOffset, "KTAB_KIB", &HwConfig::ktab_kib},
    {Misfit::kChannel, "PAR_KIB", &HwConfig::par_kib},
};
constexpr int kLargest = 8192;  // no buffer takes more; Validate() knows each one's own limit

const Buffer* BufferOf(Misfit misfit) {
  for (const Buffer& buffer : kBuffers) {
    if (buffer.misfit == misfit) return &buffer;
  }
  return nullptr;
}

struct Outcome {
  Misfit misfit = Misfit::kNone;
  std::string what;
};

Outcome Try(Planner& planner, const HwConfig& config, const ProgramOptions& options) {
  try {
    planner.Plan(config, options);
    return {};
  } catch (const MisfitError& e) {
    return {e.misfit(), e.what()};
  }
}

// Values of the buffer above its present one that the hardware can have.
std::vector<int> LargerValues(HwConfig config, const Buffer& buffer) {
  std::vector<int> values;
  for (int value = config.*buffer.member + 1; value <= kLargest; ++value) {
    config.*buffer.member = value;
    try {
      Validate(config);
      values.push_back(value);
    } catch (const InputError&) {
    }
  }
  return values;
}

// Sets the buffer to a value with which its misfit is gone; false: none has it gone.
bool Enlarge(Planner& planner, const Buffer& buffer, const ProgramOptions& options,
             HwConfig* config) {
  const std::vector<int> values = LargerValues(*config, buffer);
  const auto fits = [&](size_t i) {
    HwConfig larger = *config;
    larger.*buffer.member = values[i];
    return Try(planner, larger, options).misfit != buffer.misfit;
  };
  if (values.empty() || !fits(values.size() - 1)) return false;
  size_t low = 0, high = values.size() - 1;  // high fits
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (fits(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  config->*buffer.member = values[high];
  return true;
}

// Without the model's name in front.
std::string Bare(const std::string& what, const std::string& model_name) {
  const std::string front = model_name + ": ";
  return what.rfind(front, 0) == 0 ? what.substr(front.size()) : what;
}

}  // namespace

std::string Fit::Text(const std::string& model_name) const {
  std::string text = model_name + ": ", values;
  for (const Shortage& s : shortages) {
    text += Bare(s.what, model_name) + "; ";
    values += fmt::format(" {}={}", s.parameter, s.fits);
  }
  if (!refusal.empty()) return text + Bare(refusal, model_name);
  return text + "it fits with" + values;
}

Fit FindFit(Planner& planner, const HwConfig& config, const ProgramOptions& options) {
  Fit fit;
  fit.config = config;
  while (true) {
    const Outcome outcome = Try(planner, fit.config, options);
    if (outcome.misfit == Misfit::kNone) break;
    const Buffer* const buffer = BufferOf(outcome.misfit);
    if (buffer == nullptr || !Enlarge(planner, *buffer, options, &fit.config)) {
      fit.misfit = outcome.misfit;
      fit.refusal = outcome.what;
      if (buffer != nullptr) {
        fit.refusal += fmt::format("; no {} that can be built is large enough", buffer->parameter);
      }
      break;
    }
    fit.shortages.push_back({outcome.misfit, outcome.what, buffer->parameter, 0});
  }
  for (Shortage& s : fit.shortages) s.fits = fit.config.*BufferOf(s.misfit)->member;
  return fit;
}

}  // namespace systole
