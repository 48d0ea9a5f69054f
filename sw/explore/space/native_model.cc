#include "sw/explore/space/native_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "sw/energy/area.h"
#include "sw/explore/native/native_cost.h"

namespace systole::explore {
namespace {

enum Index {
  kDataflow = kPeBudget + 1,
  kWport,
  kLanes,
  kActKib,
  kActGroups,
  kWgtKib,
  kParKib,
  kKtabKib,
  kAccDepth,
  kAxiDataWidth,
  kOutstanding,
  kQueueDepth,
  kBatch,
  kFusePool,
  kPacking,
  kLatency,
  kCount
};

MemoryTiming NativeMemory(const int64_t* p) {
  MemoryTiming memory;
  memory.latency = p[kLatency];
  return memory;
}

class NativeEvaluator : public Evaluator {
 public:
  NativeEvaluator(const std::vector<NativeWorkload>& workloads,
                  const std::optional<EnergySource>& energy)
      : workloads_(workloads), energy_(energy) {
    for (size_t w = 0; w < workloads.size(); ++w) {
      for (const NativePart& part : workloads[w].parts)
        parts_.push_back({w, part.times, NativeCost(part.model, part.from_memory), {}});
    }
  }

  bool Bound(const int64_t* p, WorkloadResult* results) override {
    const ProgramOptions options = NativeOptions(p);
    const HwConfig config = NativeConfig(p);
    for (size_t w = 0; w < workloads_.size(); ++w) results[w] = {0, p[kBatch], 0, 0, 0, 0};
    for (Part& part : parts_) {
      results[part.workload].cycles += part.times * part.cost.Least(config, options);
      results[part.workload].macs += part.times * part.cost.macs() * options.images;
    }
    return true;
  }

  bool Evaluate(const int64_t* p, WorkloadResult* results, std::string* reason) override {
    // The program does not depend on the memory: it is planned once for neighbouring points that
    // differ in it only.
    if (planned_.empty() || !std::equal(planned_.begin(), planned_.end(), p)) {
      planned_.assign(p, p + kLatency);
      plan_reason_.clear();
      const ProgramOptions options = NativeOptions(p);
      const HwConfig config = NativeConfig(p);
      for (size_t i = 0; i < parts_.size() && plan_reason_.empty(); ++i) {
        const NativeResult plan = parts_[i].cost.Plan(config, options);
        if (!plan.fits()) plan_reason_ = Reason(parts_[i], plan);
        if (plan.fits() && energy_) parts_[i].counts = CountActions(parts_[i].cost.code(), config);
      }
      if (energy_) table_ = TableOf(*energy_, config);
    }
    if (!plan_reason_.empty()) {
      *reason = plan_reason_;
      return false;
    }
    const MemoryTiming memory = NativeMemory(p);
    for (size_t w = 0; w < workloads_.size(); ++w) results[w] = {0, p[kBatch], 0, 0, 0, 0};
    for (Part& part : parts_) {
      const NativeResult time = part.cost.Time(memory);
      if (!time.fits()) {
        *reason = Reason(part, time);
        return false;
      }
      WorkloadResult& result = results[part.workload];
      result.cycles += part.times * time.cycles;
      result.macs += part.times * time.macs;
      result.traffic += part.times * (time.read_bytes + time.write_bytes);
      if (!energy_) continue;
      result.energy += static_cast<double>(part.times) *
                       EnergyOf(part.counts, time.cycles, p[kRows] * p[kCols], table_);
    }
    return true;
  }

 private:
  struct Part {
    size_t workload;
    int64_t times;
    NativeCost cost;
    ActionCounts counts;  // of the last plan, where energy is wanted
  };

  std::string Reason(const Part& part, const NativeResult& result) const {
    return fmt::format("{}: {}: {}", MisfitName(result.misfit), workloads_[part.workload].name,
                       result.reason);
  }

  const std::vector<NativeWorkload>& workloads_;
  const std::optional<EnergySource>& energy_;
  energy::EnergyTable table_;  // of the last plan
  std::vector<Part> parts_;
  std::vector<int64_t> planned_;  // parameters of the last plan, all but the latency
  std::string plan_reason_;
};

class NativeModelCost : public CostModel {
 public:
  NativeModelCost(std::vector<NativeWorkload> workloads, std::optional<EnergySource> energy)
      : workloads_(std::move(workloads)), energy_(std::move(energy)) {
    if (energy_) energy_text_ = explore::Describe(*energy_);
  }

  const std::vector<Parameter>& Parameters() const override { return NativeParameters(); }

  std::unique_ptr<Evaluator> NewEvaluator() const override {
    return std::make_unique<NativeEvaluator>(workloads_, energy_);
  }

  const std::vector<NativeWorkload>& workloads() const { return workloads_; }

  int64_t BufferKib(const int64_t* p) const override {
    return p[kActKib] + p[kWgtKib] + p[kParKib] + p[kKtabKib];
  }

  double Area(const int64_t* p) const override { return energy::AreaOf(NativeConfig(p)).Gates(); }

  std::vector<std::string> Describe() const override {
    std::vector<std::string> lines;
    for (const NativeWorkload& w : workloads_)
      lines.push_back(fmt::format("model of {} = {}", w.name, w.description));
    if (energy_) lines.push_back("energy = " + energy_text_);
    return lines;
  }

  std::vector<std::string> Notes() const override {
    std::vector<std::string> notes;
    for (const NativeWorkload& w : workloads_) {
      if (!w.note.empty()) notes.push_back(fmt::format("{}: {}", w.name, w.note));
    }
    return notes;
  }

 private:
  std::vector<NativeWorkload> workloads_;
  std::optional<EnergySource> energy_;
  std::string energy_text_;
};

// A parameter of the hardware: default and bounds are those of spec/parameters.toml.
Parameter Hardware(const std::string& key, const std::string& meaning) {
  for (const ParameterInfo& p : kParameters) {
    if (key == p.key) return {key, meaning, HwConfig{}.*p.member, p.lowest, p.highest, {}, true};
  }
  throw std::logic_error("no hardware parameter " + key);
}

Parameter WithAuto(Parameter p) {
  p.fallback = 0;
  p.names = {{"auto", 0}};
  return p;
}

}  // namespace

const std::vector<Parameter>& NativeParameters() {
  static const std::vector<Parameter> table = {
      Hardware("rows", "array rows"),
      Hardware("cols", "array columns"),
      {"pe_budget", "processing elements", 0, 4, 4096, {}, true},
      {"dataflow", "ws", 0, 0, 0, {{"ws", 0}}, false},
      Hardware("wport", "weight columns loaded in a cycle, divides cols"),
      WithAuto(Hardware("lanes", "requantize lanes, or auto: min(8, cols)")),
      Hardware("act_kib", "KiB of the activation buffer"),
      Hardware("act_groups", "address groups of the activation buffer"),
      Hardware("wgt_kib", "KiB of the weight buffer"),
      Hardware("par_kib", "KiB of the parameter memory"),
      Hardware("ktab_kib", "KiB of the offset table"),
      Hardware("acc_depth", "accumulator entries per half"),
      Hardware("axi_data_width", "bits of the memory bus"),
      Hardware("outstanding", "bursts in flight"),
      Hardware("queue_depth", "instructions per engine queue"),
      {"batch", "images of a run", 1, 1, 1024, {}, true},
      {"fuse_pool",
       "yes: pooling in the requantizer; no: on its own",
       1,
       0,
       1,
       {{"no", 0}, {"yes", 1}},
       false},
      {"packing",
       "yes: pixels side by side on the columns where it pays; no: one",
       1,
       0,
       1,
       {{"no", 0}, {"yes", 1}},
       false},
      {"latency",
       "cycles from a read request to its first word",
       MemoryTiming().latency,
       1,
       100000,
       {},
       true},
  };
  static_assert(kCount == 19, "an entry for each index");
  return table;
}

std::unique_ptr<CostModel> NewNativeCost(std::vector<NativeWorkload> workloads,
                                         const std::optional<EnergySource>& energy) {
  return std::make_unique<NativeModelCost>(std::move(workloads), energy);
}

const std::vector<NativeWorkload>& NativeWorkloads(const CostModel& cost) {
  return static_cast<const NativeModelCost&>(cost).workloads();
}

HwConfig NativeConfig(const int64_t* p) {
  const auto value = [&](Index index) { return static_cast<int>(p[index]); };
  HwConfig c;
  c.rows = static_cast<int>(p[kRows]);
  c.cols = static_cast<int>(p[kCols]);
  c.wport = value(kWport);
  c.lanes = p[kLanes] ? value(kLanes) : std::min(8, c.cols);
  c.act_kib = value(kActKib);
  c.act_groups = value(kActGroups);
  c.wgt_kib = value(kWgtKib);
  c.par_kib = value(kParKib);
  c.ktab_kib = value(kKtabKib);
  c.acc_depth = value(kAccDepth);
  c.axi_data_width = value(kAxiDataWidth);
  c.outstanding = value(kOutstanding);
  c.queue_depth = value(kQueueDepth);
  return c;
}

std::vector<std::vector<int64_t>> NativePartCycles(const std::vector<NativeWorkload>& workloads,
                                                   const int64_t* p) {
  std::vector<std::vector<int64_t>> cycles(workloads.size());
  for (size_t w = 0; w < workloads.size(); ++w) {
    for (const NativePart& part : workloads[w].parts) {
      cycles[w].push_back(NativeCost(part.model, part.from_memory)
                              .Evaluate(NativeConfig(p), NativeOptions(p), NativeMemory(p))
                              .cycles);
    }
  }
  return cycles;
}

ProgramOptions NativeOptions(const int64_t* p) {
  ProgramOptions options;
  options.images = options.batch = static_cast<int>(p[kBatch]);
  options.fuse_pool = p[kFusePool] != 0;
  options.pack_pixels = p[kPacking] != 0;
  return options;
}

int64_t NativeLatency(const int64_t* parameters) { return parameters[kLatency]; }

}  // namespace systole::explore
