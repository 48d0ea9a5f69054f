#include "sw/compiler/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sw/compiler/buffers.h"

namespace systole {
namespace {

constexpr int kLargest = 8192;  // no buffer takes more; Validate() knows each one's own limit

// Rows of the offset table that a stage brings: one where its slices step evenly, else one a slice.
int64_t OffsetRowsOf(const PlannedStage& p) {
  std::set<int> tables;
  int64_t rows = 0;
  for (size_t f = 0; f < p.rows.size(); ++f) {
    const OffsetRows& offsets = p.rows[f].offsets;
    if (tables.insert(offsets.ktab).second)
      rows += offsets.increment ? p.mapping.folds[f].slices : 1;
  }
  return rows;
}

// What each stage takes of a buffer that was too small in the last plan; empty: not told.
std::vector<int64_t> Shares(const Planner& planner, Misfit misfit, const HwConfig& config) {
  const std::vector<PlannedStage>& stages = planner.stages();
  std::vector<int64_t> shares(stages.size());
  for (size_t s = 0; s < stages.size(); ++s) {
    if (misfit == Misfit::kActivation) shares[s] = planner.placement().tensors[s].Bytes();
    if (misfit == Misfit::kOffset) shares[s] = OffsetRowsOf(stages[s]);
    for (const Fold& fold : stages[s].mapping.folds) {
      if (misfit == Misfit::kWeight) shares[s] += int64_t{fold.slices} * LoadCycles(fold, config);
    }
  }
  if (misfit == Misfit::kChannel) {
    for (const ParameterRun& run : planner.constants().parameters()) {
      shares[run.stage] += (run.channels + config.lanes - 1) / config.lanes;
    }
  }
  return misfit == Misfit::kAccumulator ? std::vector<int64_t>{} : shares;
}

// " (3200 of them by layer 'C5' (Gemm))": the stage that takes most; of activations, by its input.
std::string MostOfThem(const Planner& planner, Misfit misfit, const HwConfig& config) {
  const std::vector<int64_t> shares = Shares(planner, misfit, config);
  if (shares.empty()) return "";
  const auto most = std::max_element(shares.begin(), shares.end());
  return fmt::format(" ({} of them {} {})", *most,
                     misfit == Misfit::kActivation ? "the input of" : "for",
                     Label(*planner.stages()[most - shares.begin()].stage));
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
    const std::string what = buffer == nullptr
                                 ? outcome.what
                                 : outcome.what + MostOfThem(planner, outcome.misfit, fit.config);
    if (buffer == nullptr || !Enlarge(planner, *buffer, options, &fit.config)) {
      fit.misfit = outcome.misfit;
      fit.refusal = what;
      if (buffer != nullptr) {
        fit.refusal += fmt::format("; no {} that can be built is large enough", buffer->parameter);
      }
      break;
    }
    fit.shortages.push_back({outcome.misfit, what, buffer->parameter, 0});
  }
  for (Shortage& s : fit.shortages) s.fits = fit.config.*BufferOf(s.misfit)->member;
  return fit;
}

}  // namespace systole
