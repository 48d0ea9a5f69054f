#include "sw/tiling/graph_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>

#include "sw/compiler/misfit.h"
#include "sw/model/graph.h"
#include "sw/tiling/chain_planner.h"
#include "sw/tiling/chain_writer.h"
#include "sw/tiling/host_tail.h"
#include "sw/tiling/pool_unit.h"
#include "sw/tiling/post_unit.h"
#include "sw/tiling/unit_writer.h"

namespace systole {
namespace {

constexpr uint64_t kAlignment = 256;

uint64_t AlignUp(uint64_t value, uint64_t unit) { return (value + unit - 1) / unit * unit; }

// Ways to share the activation buffer between input and results: whole groups where there are
// enough.
std::vector<Zones> ZoneChoices(const HwConfig& config, bool sums) {
  std::vector<Zones> choices;
  const int bytes = config.ActBytes(), group = config.GroupBytes();
  if (sums) {
    for (int g = 1; g + 2 <= config.act_groups; g *= 2)
      choices.push_back({bytes - (g + 1) * group, g * group, group});
    return choices;
  }
  if (config.act_groups >= 2) {
    for (int g = 1; g <= config.act_groups / 2; g *= 2)
      choices.push_back({bytes - g * group, g * group, 0});
  }
  if (config.act_groups < 4) {
    choices.push_back({bytes / 4 * 3, bytes / 4, 0});
    choices.push_back({bytes / 8 * 7, bytes / 8, 0});
    choices.push_back({bytes / 2, bytes / 2, 0});
  }
  choices.push_back({bytes / 4, bytes / 4 * 3, 0});
  choices.push_back({bytes / 16 * 15, bytes / 16, 0});
  return choices;
}

class GraphWriter {
 public:
  GraphWriter(const Model& model, const HwConfig& config, const ProgramOptions& options, bool keep,
              const Way& way, const Shared& shared)
      : model_(model),
        config_(config),
        options_(options),
        loads_(way.loads),
        cuts_(way.cuts),
        parts_(shared.parts) {
    batch_ = std::min(options.batch, options.images);
    placing_ = PlaceConcats(model, config);
    units_ = LowerGraph(model, placing_, config, way.pools, way.sums, shared.layers);
    for (Unit& unit : units_) {
      for (Step& step : unit.steps) {
        const auto layer = static_cast<size_t>(step.stage.first_layer);
        if (layer < way.dataflows.size()) step.stage.dataflow = way.dataflows[layer];
      }
      if (unit.steps.empty()) continue;
      const Step& step = unit.steps[0];
      sums_ |= step.sum_layer >= 0;
      pools_ |= step.stage.last_layer > step.stage.first_layer;
    }
    on_chip_.resize(model.tensors.size());
    std::vector<std::pair<int, int>> together;
    for (int u = 0; u < static_cast<int>(units_.size()); ++u) together.push_back({u, u});
    if (way.chains) {
      planner_ = std::make_unique<ChainPlanner>(model, units_, placing_, config,
                                                options.pack_pixels, batch_, shared.parts);
      size_t number = 0;
      for (Chain& chain : planner_->Choose()) {
        if (number < way.apart.size() && way.apart[number++]) continue;
        for (const ChainTensor& t : chain.tensors) {
          if (t.kind == ChainTensor::Kind::kMade) on_chip_[t.tensor] = true;
        }
        for (int u = chain.first; u < chain.last; ++u) together[u] = {chain.first, chain.last - 1};
        chains_.emplace_back(model, config, std::move(chain));
      }
    }
    memory_.emplace(model, units_, placing_, config, options, batch_, keep, on_chip_, together);
  }

  // Is there what the way asks for?
  bool Has(const Way& way) const {
    return (!way.sums || sums_) && (!way.pools || pools_) && (!way.chains || !chains_.empty());
  }

  GraphProgram Write(bool pack) {
    GraphProgram result;
    Program& p = result.program;
    p.config = config_;
    p.options = options_;
    p.constants_address = memory_->end();
    Work work;
    ConstantPool pool(config_, p.constants_address, loads_, pack, &work);
    StoreLog log;
    const Plan plan = ChoosePlan();
    std::vector<int32_t> row_of;  // of a unit
    for (const Planned& u : plan.units) {
      const size_t before = p.report.size();
      AddRow(u, &p, &work);
      row_of.push_back(static_cast<int32_t>(u.unit->follows ? before - 1 : before));
    }
    for (size_t u = 0; u < plan.units.size(); ++u) {
      const Planned& planned = plan.units[u];
      if (u > 0 && !planned.unit->follows && (planned.chain == nullptr || planned.begins))
        result.borders.push_back({static_cast<int>(u), row_of[u]});
      if (!planned.begins) continue;
      const int n = planned.chain->chain().last - planned.chain->chain().first;
      result.chains.push_back({row_of[u], row_of[u + static_cast<size_t>(n) - 1]});
    }
    for (int image = 0; image < options_.images; image += batch_) {
      const int end = std::min(options_.images, image + batch_);
      if (!cuts_.empty() && image > 0) CloseRun(work, plan.zones, &p);
      for (size_t u = 0; u < plan.units.size(); ++u) {
        const Unit& unit = *plan.units[u].unit;
        if (std::count(cuts_.begin(), cuts_.end(), static_cast<int>(u)) > 0) {
          CloseRun(work, plan.zones, &p);
          log.Clear();
        }
        if (plan.units[u].chain != nullptr) {
          if (!plan.units[u].begins) continue;
          ChainWriter& chain = *plan.units[u].chain;
          const std::vector<int32_t> rows(row_of.begin() + static_cast<std::ptrdiff_t>(u),
                                          row_of.begin() + static_cast<std::ptrdiff_t>(u) +
                                              chain.chain().last - chain.chain().first);
          chain.Write(*memory_, image, end, rows, &pool, &log, &work);
        } else if (unit.host) {
          CloseRun(work, plan.zones, &p);
          log.Clear();
          for (int i = image; i < end; ++i) p.segments.back().host.push_back(HostStepOf(unit, i));
        } else if (unit.post) {
          const Planned& planned = plan.units[u];
          if (planned.post != nullptr) {
            planned.post->Write(*memory_, image, end, row_of[u], &pool, &log, &work);
          } else {
            planned.pool->Write(*memory_, image, end, row_of[u], &pool, &log, &work);
          }
        } else if (unit.steps[0].batched && end - image < batch_) {
          // The last images of the run are fewer.
          rest_.push_back(std::make_unique<UnitWriter>(unit, model_, config_, options_.pack_pixels,
                                                       end - image, plan.zones, parts_));
          rest_.back()->Write(*memory_, image, end, row_of[u], &pool, &log, &work);
        } else {
          plan.units[u].writer->Write(*memory_, image, end, row_of[u], &pool, &log, &work);
        }
      }
      log.Clear();
    }
    CloseRun(work, plan.zones, &p);
    if (p.segments.size() == 1 && p.segments[0].host.empty()) p.segments.clear();
    for (const int row : p.report_of) p.layer_of.push_back(p.report[row].first_layer);
    const uint64_t constants = pool.bytes();
    p.constants = pool.TakeBytes();
    Place(constants, &p);
    return result;
  }

 private:
  // A way to share the activation buffer, with what it makes of the units.
  struct Planned {
    const Unit* unit;
    std::unique_ptr<UnitWriter> writer;  // none of the host's, and of POST's
    std::unique_ptr<PostUnit> post;      // of additions on POST
    std::unique_ptr<PoolUnit> pool;      // of pooling on POST
    ChainWriter* chain = nullptr;        // that the unit belongs to
    bool begins = false;                 // and is the first of
  };
  struct Plan {
    Zones zones;
    std::deque<Unit> halves;
    std::vector<Planned> units;
    int64_t Cycles() const {  // an estimate
      int64_t cycles = 0;
      for (const Planned& u : units) cycles += u.writer != nullptr ? u.writer->cycles() : 0;
      return cycles;
    }
  };

  // A unit that needs too much of the buffer is done in halves of its channels, where it can be.
  void AddTo(const Unit& unit, Plan* plan) const {
    if (unit.host) {
      plan->units.emplace_back().unit = &unit;
      return;
    }
    if (unit.post) {
      Planned& planned = plan->units.emplace_back();
      planned.unit = &unit;
      if (model_.layers[unit.layer].kind == LayerKind::kAdd) {
        planned.post = std::make_unique<PostUnit>(unit, model_, config_, plan->zones);
      } else {
        planned.pool = std::make_unique<PoolUnit>(unit, model_, config_, placing_, plan->zones);
      }
      return;
    }
    try {
      auto writer = std::make_unique<UnitWriter>(unit, model_, config_, options_.pack_pixels,
                                                 batch_, plan->zones, parts_);
      Planned& planned = plan->units.emplace_back();
      planned.unit = &unit;
      planned.writer = std::move(writer);
    } catch (const MisfitError& e) {
      std::vector<Unit> halves = HalveChannels(unit, model_, placing_, config_);
      if (halves.empty() || e.misfit() != Misfit::kActivation) throw;
      for (Unit& half : halves) AddTo(plan->halves.emplace_back(std::move(half)), plan);
    }
  }

  // The first way that fits every unit with the fewest halves. (Each is tried: the sizes of strips
  // depend on it.)
  Plan ChoosePlan() {
    std::optional<MisfitError> first;
    std::optional<Plan> best;
    for (const Zones& choice : ZoneChoices(config_, sums_)) {
      Plan plan;
      plan.zones = choice;
      try {
        auto chain = chains_.begin();
        for (size_t u = 0; u < units_.size(); ++u) {
          while (chain != chains_.end() && chain->chain().last <= static_cast<int>(u)) ++chain;
          if (chain == chains_.end() || static_cast<int>(u) < chain->chain().first) {
            AddTo(units_[u], &plan);
            continue;
          }
          Planned& planned = plan.units.emplace_back();
          planned.unit = &units_[u];
          planned.chain = &*chain;
          planned.begins = static_cast<int>(u) == chain->chain().first;
        }
      } catch (const MisfitError& e) {
        if (!first) first = e;
        if (e.misfit() != Misfit::kActivation) break;
        continue;
      }
      // The row-stationary array's cycles depend on the lines of a strip.
      const bool rows = config_.engine != 0;
      if (!best || plan.halves.size() < best->halves.size() ||
          (rows && plan.halves.size() == best->halves.size() && plan.Cycles() < best->Cycles()))
        best = std::move(plan);
      if (best->halves.empty() && !rows) break;
    }
    if (!best && !first) throw MisfitError(Misfit::kActivation, "too few address groups");
    if (!best) throw *first;
    return std::move(*best);
  }

  // Ends a run of the accelerator behind what was written since the last one.
  void CloseRun(const Work& work, const Zones& zones, Program* p) {
    const uint32_t end = static_cast<uint32_t>(work.ops.size());
    if (run_begin_ == end && !p->segments.empty()) return;
    const WrittenProgram written = WriteProgram(work, run_begin_, end, config_, zones, loads_);
    run_begin_ = end;
    for (Observation o : written.observations) {
      o.instruction += static_cast<uint32_t>(p->code.size());
      p->observations.push_back(o);
    }
    Segment segment;
    segment.first = static_cast<uint32_t>(p->code.size());
    p->code.insert(p->code.end(), written.code.begin(), written.code.end());
    p->report_of.insert(p->report_of.end(), written.row_of.begin(), written.row_of.end());
    segment.last = static_cast<uint32_t>(p->code.size());
    p->segments.push_back(segment);
  }

  HostStep HostStepOf(const Unit& unit, int image) const {
    std::vector<TensorLayout> inputs;
    for (const int t : model_.layers[unit.layer].inputs) inputs.push_back(Layout(t, image));
    return StepOf(model_, unit.layer, std::move(inputs),
                  Layout(static_cast<int>(unit.layer) + 1, image));
  }

  void AddRow(const Planned& planned, Program* p, Work* work) const {
    const Unit& unit = *planned.unit;
    if (unit.follows) {
      p->report.back().macs += unit.steps[0].stage.macs;
      return;
    }
    Program::ReportLayer row;
    if (unit.host || unit.post) {
      row.name = model_.layers[unit.layer].name;
      row.first_layer = row.last_layer = static_cast<int>(unit.layer);
      row.mapping = planned.chain != nullptr
                        ? planned.chain->Describe(static_cast<int>(&unit - units_.data()))
                        : fmt::format("{}: {}", unit.host ? "host" : "POST",
                                      KindName(model_.layers[unit.layer].kind));
      work->names.push_back(Label(model_.layers[unit.layer]));
    } else {
      const Stage& s = unit.steps[0].stage;
      row.name = s.name;
      row.first_layer = s.first_layer;
      row.last_layer = s.last_layer;
      row.macs = s.macs;
      row.mapping = planned.chain != nullptr
                        ? planned.chain->Describe(static_cast<int>(&unit - units_.data()))
                        : planned.writer->Describe();
      work->names.push_back(Label(s));
    }
    p->report.push_back(row);
    if (unit.steps.empty() || unit.steps[0].sum_layer < 0) return;
    row.first_layer = row.last_layer = unit.steps[0].sum_layer;
    row.mapping = fmt::format("POST, behind {}", row.name);
    row.name = model_.layers[row.first_layer].name;
    row.macs = 0;
    p->report.push_back(row);
    work->names.push_back(Label(model_.layers[row.first_layer]));
  }

  TensorLayout Layout(int tensor, int image) const {
    const MemoryView view = memory_->View(tensor, image);
    const Tensor& t = model_.tensors[tensor];
    return {view.address, t.h, t.w, t.c, view.line_stride, view.pixel_stride};
  }

  void Place(uint64_t constants, Program* p) const {
    const int last = static_cast<int>(model_.tensors.size()) - 1;
    p->input = Layout(0, 0);
    p->input_stride = memory_->stride(0);
    p->output = Layout(last, 0);
    p->output_stride = memory_->stride(last);
    p->setup_address = p->code_address = AlignUp(p->constants_address + constants, kAlignment);
    p->memory_end = p->code_address + p->code.size() * kInstructionBytes;
    uint64_t at = p->code_address;
    for (Segment& segment : p->segments) {
      segment.address = at;
      p->memory_end = at + uint64_t{segment.last - segment.first} * kInstructionBytes;
      at = AlignUp(p->memory_end, kAlignment);
    }
    p->keeps = true;
    for (const int tensor : MadeInMemory(model_, units_, placing_, on_chip_)) {
      p->keeps &= memory_->Stays(tensor);
      if (tensor == 0 || !memory_->Stays(tensor)) continue;
      for (int i = 0; i < options_.images; ++i)
        p->stored.push_back({0, tensor, i, Layout(tensor, i)});
    }
  }

  const Model& model_;
  HwConfig config_;
  ProgramOptions options_;
  LoadPolicy loads_;
  std::vector<int> cuts_;
  PartCache* parts_;
  int batch_ = 1;
  Placing placing_;
  std::vector<Unit> units_;
  std::unique_ptr<ChainPlanner> planner_;
  std::deque<ChainWriter> chains_;
  std::vector<bool> on_chip_;
  std::optional<MemoryPlan> memory_;
  std::vector<std::unique_ptr<UnitWriter>> rest_;
  bool sums_ = false, pools_ = false;  // behind convolutions
  uint32_t run_begin_ = 0;             // the first operation of the run that is being written
};

}  // namespace

std::optional<GraphProgram> WriteGraph(const Model& model, const HwConfig& config,
                                       const ProgramOptions& options, bool keep, const Way& way,
                                       bool pack, const Shared& shared) {
  GraphWriter writer(model, config, options, keep, way, shared);
  if (!writer.Has(way)) return {};
  return writer.Write(pack);
}

}  // namespace systole
