#include "tests/accelerator/run_check.h"

#include <fmt/format.h>

#include "sw/golden/golden.h"
#include "sw/program/layout.h"
#include "sw/timing/timeline.h"

namespace systole {
namespace {

std::string CheckTensor(const Observation& o, const std::vector<int8_t>& golden,
                        const std::vector<int8_t>& seen) {
  if (seen.size() != golden.size() || golden.empty())
    return fmt::format("tensor {} of image {} was never seen", o.tensor, o.image);
  size_t i = 0;
  for (int y = 0; y < o.layout.h; ++y) {
    for (int x = 0; x < o.layout.w; ++x) {
      for (int c = 0; c < o.layout.c; ++c, ++i) {
        const int want = golden[(static_cast<size_t>(c) * o.layout.h + y) * o.layout.w + x];
        if (want != seen[i]) {
          return fmt::format("image {} tensor {} c={} y={} x={}: golden {}, device {}", o.image,
                             o.tensor, c, y, x, want, seen[i]);
        }
      }
    }
  }
  return "";
}

std::string CheckStamps(const std::vector<Instruction>& code, const Timeline& t,
                        const RunRecord& record) {
  if (!t.ok()) return "cycle model: " + Describe(t);
  for (size_t i = 0; i < code.size(); ++i) {
    const Stamp model = {static_cast<uint64_t>(t.issue[i]), static_cast<uint64_t>(t.retire[i])};
    const Stamp& device = record.stamps.at(i);
    if (device != model) {
      return fmt::format(
          "instruction {} (opcode {:#x}): model issue {} retire {}, device issue {} retire {}", i,
          code[i].Get(field::kOpcode), model.issue, model.retire, device.issue, device.retire);
    }
  }
  return "";
}

std::string CheckCycles(const Program& program, const TargetRun& setup_run, const TargetRun& run,
                        const MemoryTiming& timing) {
  const Timeline setup = Simulate(program.setup, program.config, timing);
  std::string problem = CheckStamps(program.setup, setup, setup_run.record);
  if (!problem.empty()) return "setup: " + problem;
  // Run by run; the cycles before each are added to its stamps.
  HardwareCounters model;
  for (const Segment& segment : Segments(program)) {
    if (segment.first == segment.last) continue;
    const std::vector<Instruction> code(program.code.begin() + segment.first,
                                        program.code.begin() + segment.last);
    const Timeline t = Simulate(code, program.config, timing);
    RunRecord part;
    for (uint32_t i = segment.first; i < segment.last; ++i) {
      const Stamp& stamp = run.record.stamps.at(i);
      part.stamps.push_back({stamp.issue - model.total, stamp.retire - model.total});
      if (stamp.retire == kNever) part.stamps.back().retire = kNever;
    }
    problem = CheckStamps(code, t, part);
    if (!problem.empty()) return fmt::format("run from instruction {}: {}", segment.first, problem);
    model += AsHardware(t.counters, t.total);
  }
  auto differ = [&problem](const std::string& what, uint64_t expected, uint64_t got) {
    if (problem.empty() && expected != got) {
      problem = fmt::format("counter {}: model {}, device {}", what, expected, got);
    }
  };
  for (const CounterInfo& c : kCounters) {
    differ(c.name, model.*c.member, run.counters.*c.member);
  }
  for (int e = 0; e < kNumEngines; ++e) {
    for (const CauseInfo& c : kCauses) {
      differ(fmt::format("{} of engine {}", c.name, e), model.engine[e].*c.member,
             run.counters.engine[e].*c.member);
    }
  }
  return problem;
}

}  // namespace

std::string CheckRun(const Model& model, const Program& program, const std::vector<int8_t>& images,
                     const TargetRun& setup, const TargetRun& run, const MemoryTiming* timing) {
  const size_t in = static_cast<size_t>(model.tensors.front().Elements());
  const size_t out = static_cast<size_t>(model.tensors.back().Elements());
  std::vector<std::vector<std::vector<int8_t>>> golden;
  for (int i = 0; i < program.options.images; ++i)
    golden.push_back(RunReference(model, &images[i * in]));
  for (size_t k = 0; k < program.observations.size(); ++k) {
    const Observation& o = program.observations[k];
    const std::string problem =
        CheckTensor(o,
                    PartOf(o, model.tensors[o.tensor].h, model.tensors[o.tensor].w,
                           golden[o.image][o.tensor - 1]),
                    run.record.tensors.at(k));
    if (!problem.empty()) return problem;
  }
  for (size_t k = 0; k < program.stored.size(); ++k) {
    const Observation& o = program.stored[k];
    if (run.stored.at(k) != golden[o.image][o.tensor - 1])
      return fmt::format("image {}: tensor {} in memory is not golden's", o.image, o.tensor);
  }
  for (int i = 0; i < program.options.images && program.output.h > 0; ++i) {
    for (size_t k = 0; k < out; ++k) {
      if (golden[i].back()[k] != run.outputs.at(i * out + k)) {
        return fmt::format("output {} of image {}: golden {}, memory {}", k, i, golden[i].back()[k],
                           run.outputs[i * out + k]);
      }
    }
  }
  if (timing == nullptr) return "";
  for (int e = 0; e < kNumEngines; ++e) {
    const auto& c = run.counters.engine[e];
    if (c.busy + c.wait_token + c.wait_data + c.empty != run.counters.total) {
      return fmt::format("engine {}: its causes do not add up to the total", e);
    }
  }
  return CheckCycles(program, setup, run, *timing);
}

}  // namespace systole
