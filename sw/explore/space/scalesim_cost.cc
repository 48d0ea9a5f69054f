#include "sw/explore/space/scalesim_cost.h"

#include <fmt/format.h>

#include "sw/base/error.h"
#include "sw/scalesim/evaluate.h"
#include "sw/scalesim/geometry.h"

namespace systole::explore {
namespace {

using scalesim::Dataflow;

enum Index {
  kDataflow = kPeBudget + 1,
  kIfmapKb,
  kFilterKb,
  kOfmapKb,
  kSramKb,
  kBandwidth,
  kIfmapBandwidth,
  kFilterBandwidth,
  kOfmapBandwidth
};
constexpr int64_t kEach = 3;  // after os, ws, is
constexpr int64_t kDefaultKb = 64, kDefaultBandwidth = 10;

const std::vector<Parameter>& ParameterTable() {
  constexpr int64_t kMany = 1 << 20;
  static const std::vector<Parameter> table = {
      {"rows", "array rows", 32, 1, kMany, {}, true},
      {"cols", "array columns", 32, 1, kMany, {}, true},
      {"pe_budget", "processing elements", 0, 1, int64_t{1} << 40, {}, true},
      {"dataflow",
       "os, ws, is, or each: the best of the three for each layer",
       0,
       0,
       3,
       {{"os", 0}, {"ws", 1}, {"is", 2}, {"each", kEach}},
       false},
      {"ifmap_kb", "kB of the ifmap buffer", 0, 1, kMany, {}, true},
      {"filter_kb", "kB of the filter buffer", 0, 1, kMany, {}, true},
      {"ofmap_kb", "kB of the ofmap buffer", 0, 1, kMany, {}, true},
      {"sram_kb", "kB of each of the three buffers", 0, 1, kMany, {}, true},
      {"bandwidth",
       "words a cycle of each of the three interfaces, or calc",
       0,
       1,
       kMany,
       {{"calc", 0}},
       true},
      {"ifmap_bandwidth", "words a cycle", 0, 1, kMany, {}, true},
      {"filter_bandwidth", "words a cycle", 0, 1, kMany, {}, true},
      {"ofmap_bandwidth", "words a cycle", 0, 1, kMany, {}, true},
  };
  return table;
}

// 0 stands for an axis that the space does not have.
int64_t First(int64_t own, int64_t common, int64_t fallback) {
  return own ? own : common ? common : fallback;
}

class ScaleSimEvaluator : public Evaluator {
 public:
  ScaleSimEvaluator(const std::vector<ScaleSimWorkload>& workloads,
                    const std::vector<int64_t>& macs, const ScaleSimOptions& options)
      : workloads_(workloads), macs_(macs), detail_(options.traffic || options.stalls) {
    options_.corrected = options.corrected;
  }

  bool Evaluate(const int64_t* p, WorkloadResult* results, std::string* reason) override {
    bool each = false;
    const scalesim::Machine machine = ScaleSimMachine(p, &each);
    for (size_t w = 0; w < workloads_.size(); ++w) {
      WorkloadResult& result = results[w];
      result = {};
      result.macs = macs_[w];
      for (const scalesim::NamedLayer& named : workloads_[w].layers) {
        try {
          Add(machine, named.layer, each, &result);
        } catch (const InputError& error) {
          *reason =
              fmt::format("scalesim: {}: {}: {}", workloads_[w].name, named.name, error.what());
          return false;
        }
      }
      if (result.cycles == 0) {  // a layer of one line counts 0 cycles in SCALE-Sim
        *reason = "scalesim: " + workloads_[w].name + ": no cycle is counted";
        return false;
      }
    }
    return true;
  }

 private:
  void Add(scalesim::Machine machine, const scalesim::Layer& layer, bool each,
           WorkloadResult* sum) const {
    if (each) {
      int64_t best = -1;
      Dataflow choice = Dataflow::kOs;
      for (const Dataflow flow : {Dataflow::kOs, Dataflow::kWs, Dataflow::kIs}) {
        machine.dataflow = flow;
        const int64_t cycles = EvaluateCycles(machine, layer, options_);
        if (best < 0 || cycles < best) best = cycles, choice = flow;
      }
      if (!detail_) {
        sum->cycles += best;
        return;
      }
      machine.dataflow = choice;
    }
    if (!detail_) {
      sum->cycles += EvaluateCycles(machine, layer, options_);
      return;
    }
    const scalesim::LayerReport report = EvaluateLayer(machine, layer, options_);
    sum->cycles += report.total_cycles;
    sum->stalls += report.stall_cycles;
    sum->traffic += report.ifmap_dram.words + report.filter_dram.words + report.ofmap_dram.words;
  }

  const std::vector<ScaleSimWorkload>& workloads_;
  const std::vector<int64_t>& macs_;
  scalesim::Options options_;
  const bool detail_;
};

class ScaleSimCost : public CostModel {
 public:
  ScaleSimCost(std::vector<ScaleSimWorkload> workloads, const ScaleSimOptions& options)
      : workloads_(std::move(workloads)), options_(options) {
    scalesim::Options model;
    model.corrected = options.corrected;
    for (const ScaleSimWorkload& workload : workloads_) {
      int64_t macs = 0;
      for (const scalesim::NamedLayer& named : workload.layers) {
        const scalesim::Geometry g = MakeGeometry(scalesim::Machine(), named.layer, model);
        macs += g.m * g.n * g.k;
      }
      macs_.push_back(macs);
    }
  }

  const std::vector<Parameter>& Parameters() const override { return ParameterTable(); }

  std::unique_ptr<Evaluator> NewEvaluator() const override {
    return std::make_unique<ScaleSimEvaluator>(workloads_, macs_, options_);
  }

  const std::vector<ScaleSimWorkload>& workloads() const { return workloads_; }
  const ScaleSimOptions& options() const { return options_; }

  int64_t BufferKib(const int64_t* p) const override {
    return First(p[kIfmapKb], p[kSramKb], kDefaultKb) +
           First(p[kFilterKb], p[kSramKb], kDefaultKb) + First(p[kOfmapKb], p[kSramKb], kDefaultKb);
  }

  std::vector<std::string> Describe() const override {
    std::vector<std::string> lines = {fmt::format("corrected = {}", options_.corrected)};
    for (const ScaleSimWorkload& workload : workloads_) {
      std::string line = fmt::format("layers of {} =", workload.name);
      for (const scalesim::NamedLayer& n : workload.layers) {
        const scalesim::Layer& l = n.layer;
        line += fmt::format(" {}x{}x{}/{}x{}x{}/{}x{}", l.ifmap_h, l.ifmap_w, l.channels,
                            l.filter_h, l.filter_w, l.filters, l.stride_h, l.stride_w);
      }
      lines.push_back(line);
    }
    return lines;
  }

 private:
  std::vector<ScaleSimWorkload> workloads_;
  std::vector<int64_t> macs_;
  ScaleSimOptions options_;
};

}  // namespace

const std::vector<Parameter>& ScaleSimParameters() { return ParameterTable(); }

std::unique_ptr<CostModel> NewScaleSimCost(std::vector<ScaleSimWorkload> workloads,
                                           const ScaleSimOptions& options) {
  return std::make_unique<ScaleSimCost>(std::move(workloads), options);
}

const std::vector<ScaleSimWorkload>& ScaleSimWorkloads(const CostModel& cost) {
  return static_cast<const ScaleSimCost&>(cost).workloads();
}

scalesim::Options ScaleSimModelOptions(const CostModel& cost) {
  scalesim::Options options;
  options.corrected = static_cast<const ScaleSimCost&>(cost).options().corrected;
  return options;
}

scalesim::Machine ScaleSimMachine(const int64_t* p, bool* each) {
  scalesim::Machine machine;
  machine.rows = p[kRows];
  machine.cols = p[kCols];
  machine.ifmap_kb = First(p[kIfmapKb], p[kSramKb], kDefaultKb);
  machine.filter_kb = First(p[kFilterKb], p[kSramKb], kDefaultKb);
  machine.ofmap_kb = First(p[kOfmapKb], p[kSramKb], kDefaultKb);
  machine.user_bandwidth =
      p[kBandwidth] || p[kIfmapBandwidth] || p[kFilterBandwidth] || p[kOfmapBandwidth];
  machine.ifmap_bandwidth = First(p[kIfmapBandwidth], p[kBandwidth], kDefaultBandwidth);
  machine.filter_bandwidth = First(p[kFilterBandwidth], p[kBandwidth], kDefaultBandwidth);
  machine.ofmap_bandwidth = First(p[kOfmapBandwidth], p[kBandwidth], kDefaultBandwidth);
  *each = p[kDataflow] == kEach;
  machine.dataflow = *each ? Dataflow::kOs : static_cast<Dataflow>(p[kDataflow]);
  return machine;
}

}  // namespace systole::explore
