#include "sw/nest/nest_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/compare/run_view.h"
#include "sw/nest/nest_data.h"
#include "sw/timing/row_conv_law.h"

namespace systole::nest {
namespace {

// As POST makes them: divided by 2^shift, rounded down, within int8.
std::vector<int8_t> Requantized(const std::vector<int32_t>& sums, int shift) {
  std::vector<int8_t> bytes(sums.size());
  for (size_t i = 0; i < sums.size(); ++i) {
    const int64_t divided =
        (int64_t{sums[i]} - (sums[i] < 0 ? (int64_t{1} << shift) - 1 : 0)) / (int64_t{1} << shift);
    bytes[i] = static_cast<int8_t>(std::clamp<int64_t>(divided, -128, 127));
  }
  return bytes;
}

int64_t LoneSyncs(const Program& program, const std::vector<Stamp>& stamps) {
  const LawConfig laws(program.config, MemoryTiming{});
  int64_t lone = 0;
  uint64_t free = 0;
  for (size_t i = 0; i < program.code.size(); ++i) {
    const Instruction& instruction = program.code[i];
    if (instruction.opcode() == Opcode::kRowConv)
      free = stamps[i].issue + static_cast<uint64_t>(ShapeOfRowConv(instruction, laws).occupancy);
    if (instruction.opcode() == Opcode::kSyncMatmul) lone += stamps[i].issue >= free;
  }
  return lone;
}

void CompareBytes(const ConvNest& nest, const std::vector<int8_t>& right,
                  const std::vector<int8_t>& got, BackendResult* result, Differences* differences) {
  const timeloop::ConvShape& s = nest.shape;
  int64_t first = -1;
  for (size_t i = 0; i < right.size(); ++i) {
    if (right[i] == got[i]) continue;
    if (first < 0) first = static_cast<int64_t>(i);
    ++result->wrong;
  }
  if (first < 0) return;
  differences->Add(
      result->wrong,
      fmt::format("{}: output n {} m {} q {} p {}: golden {}, {} {}, {} of {} bytes differ",
                  result->name, first / (s.m * s.q * s.p), first / (s.q * s.p) % s.m,
                  first / s.p % s.q, first % s.p, right[static_cast<size_t>(first)], result->name,
                  got[static_cast<size_t>(first)], result->wrong, right.size()));
}

}  // namespace

NestResult RunNest(const NestPlan& plan, const std::vector<std::string>& backends, uint32_t seed,
                   const TargetSettings& settings) {
  const LayerData data = RandomData(plan.nest, seed);
  NestResult result;
  result.made = MakeProgram(plan, WeightImage(plan, data));
  const Program& program = result.made.program;
  const std::vector<int8_t> inputs = InputImage(plan, result.made.input, data);
  const std::vector<int8_t> right = Requantized(Convolve(plan.nest, data), result.made.shift);
  const MemoryTiming memory{settings.memory_latency};
  const TimingView setup = ModelTiming(program.setup, program.config, memory);
  result.law = CodeTiming(program, memory);
  result.lone_syncs = LoneSyncs(program, result.law.stamps);
  for (const std::string& backend : backends) {
    const auto target = MakeTarget(backend, program.config, settings);
    Session session(target.get(), &program);
    CompareTiming(program.setup, "setup", setup, TimingOf(backend, session.setup()),
                  &result.differences);
    const auto* rtl = dynamic_cast<const RtlDevice*>(target->device());
    const bool counts = rtl != nullptr && settings.rtl_variant == RtlVariant::kActions;
    const ActionCounts before = counts ? rtl->Actions() : ActionCounts{};
    const TargetRun run = session.Run(inputs.data());
    BackendResult& of = result.backends.emplace_back();
    of.name = backend;
    of.cycles = run.counters.total;
    of.counters = run.counters;
    of.lone_syncs = LoneSyncs(program, run.record.stamps);
    if (counts) of.actions = rtl->Actions() - before;
    CompareTiming(program.code, "run", result.law, TimingOf(backend, run), &result.differences);
    CompareBytes(plan.nest, right, Outputs(plan, result.made.job_bytes, run.outputs), &of,
                 &result.differences);
  }
  return result;
}

}  // namespace systole::nest
