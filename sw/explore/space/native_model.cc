#include "sw/explore/space/native_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sw/energy/area.h"
#include "sw/explore/native/native_cost.h"
#include "sw/explore/space/native_index.h"
#include "sw/timing/utilization.h"

namespace systole::explore {
namespace {

MemoryTiming NativeMemory(const int64_t* p) {
  MemoryTiming memory;
  memory.latency = p[kLatency];
  return memory;
}

int64_t NativePes(const int64_t* p) { return static_cast<int64_t>(Elements(NativeConfig(p))); }

class NativeEvaluator : public Evaluator {
 public:
  NativeEvaluator(const std::vector<NativeWorkload>& workloads,
                  const std::optional<EnergySource>& energy,
                  const std::optional<SiliconTable>& silicon)
      : workloads_(workloads), energy_(energy), silicon_(silicon) {
    for (size_t w = 0; w < workloads.size(); ++w) {
      for (const NativePart& part : workloads[w].parts)
        parts_.push_back({w, part.times, NativeCost(part.model, part.from_memory), {}});
    }
  }

  bool Bound(const int64_t* p, WorkloadResult* results) override {
    if (p[kDataflow] != static_cast<int64_t>(Dataflow::kWs)) return false;
    const ProgramOptions options = NativeOptions(p);
    const HwConfig config = NativeConfig(p);
    if (silicon_ && !silicon_->Of(config)) return false;
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
      if (silicon_ && !silicon_->Of(config))
        plan_reason_ = "silicon: no synthesised designs stand around this one";
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
                       EnergyOf(part.counts, time.cycles, NativePes(p), table_);
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
  const std::optional<SiliconTable>& silicon_;
  energy::EnergyTable table_;  // of the last plan
  std::vector<Part> parts_;
  std::vector<int64_t> planned_;  // parameters of the last plan, all but the latency
  std::string plan_reason_;
};

class NativeModelCost : public CostModel {
 public:
  NativeModelCost(std::vector<NativeWorkload> workloads, std::optional<EnergySource> energy,
                  std::optional<SiliconTable> silicon)
      : workloads_(std::move(workloads)), energy_(std::move(energy)), silicon_(std::move(silicon)) {
    if (energy_) energy_text_ = explore::Describe(*energy_);
  }

  const std::vector<Parameter>& Parameters() const override { return NativeParameters(); }

  std::unique_ptr<Evaluator> NewEvaluator() const override {
    return std::make_unique<NativeEvaluator>(workloads_, energy_, silicon_);
  }

  const std::vector<NativeWorkload>& workloads() const { return workloads_; }

  int64_t Pes(const int64_t* p) const override { return NativePes(p); }

  int64_t BufferKib(const int64_t* p) const override {
    return p[kActKib] + p[kWgtKib] + p[kParKib] + p[kKtabKib];
  }

  double Area(const int64_t* p) const override { return energy::AreaOf(NativeConfig(p)).Gates(); }

  std::optional<SiliconFigures> Silicon(const int64_t* p) const override {
    return silicon_ ? silicon_->Of(NativeConfig(p)) : std::nullopt;
  }

  std::vector<std::string> Describe() const override {
    std::vector<std::string> lines;
    for (const NativeWorkload& w : workloads_)
      lines.push_back(fmt::format("model of {} = {}", w.name, w.description));
    if (energy_) lines.push_back("energy = " + energy_text_);
    if (silicon_) lines.push_back("silicon = " + silicon_->Describe());
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
  std::optional<SiliconTable> silicon_;
  std::string energy_text_;
};

}  // namespace

std::unique_ptr<CostModel> NewNativeCost(std::vector<NativeWorkload> workloads,
                                         const std::optional<EnergySource>& energy,
                                         const std::optional<SiliconTable>& silicon) {
  return std::make_unique<NativeModelCost>(std::move(workloads), energy, silicon);
}

const std::vector<NativeWorkload>& NativeWorkloads(const CostModel& cost) {
  return static_cast<const NativeModelCost&>(cost).workloads();
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

}  // namespace systole::explore
