#include "sw/tiling/tiling.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "sw/compiler/misfit.h"
#include "sw/quant/range_proof.h"
#include "sw/tiling/graph_program.h"
#include "sw/tiling/rect.h"
#include "sw/timing/timeline.h"

namespace systole {
namespace {

// Of all runs of the code, by the cycle model.
int64_t CyclesOf(const Program& p) {
  RunTimer timer;
  int64_t cycles = 0;
  for (const Segment& s : Segments(p)) {
    if (s.first < s.last)
      cycles +=
          timer.Time({p.code.begin() + s.first, p.code.begin() + s.last}, p.config, MemoryTiming{})
              .total;
  }
  return cycles;
}

// Does a program's memory lie where it may?
bool Reachable(const Program& p) {
  if (p.options.memory > 0 && p.memory_end - p.options.base > p.options.memory) return false;
  return p.config.axi_addr_width >= 64 || p.memory_end <= uint64_t{1} << p.config.axi_addr_width;
}

// When the array and POST are done with each row of the report, and all before it.
std::vector<int64_t> RowEnds(const Program& p) {
  std::vector<int64_t> ends(p.report.size());
  int64_t start = 0;
  for (const Segment& s : Segments(p)) {
    if (s.first == s.last) continue;
    const Timeline t =
        Simulate({p.code.begin() + s.first, p.code.begin() + s.last}, p.config, MemoryTiming{});
    for (uint32_t i = s.first; i < s.last; ++i) {
      const Engine engine = p.code[i].engine();
      if (engine != Engine::kMatmul && engine != Engine::kPost) continue;
      int64_t& end = ends[static_cast<size_t>(p.report_of[i])];
      end = std::max<int64_t>(end, start + t.retire[i - s.first]);
    }
    start += t.total;
  }
  for (size_t r = 1; r < ends.size(); ++r) ends[r] = std::max(ends[r], ends[r - 1]);
  return ends;
}

// Constants in larger loads, or in smaller ones of which more are under way.
constexpr LoadPolicy kLarge{8, 8, 4}, kMany{16, 2, 6};

// Nothing together.
Way First(const Model& model, const ProgramOptions& options) {
  Way way;
  way.loads = kLarge;
  if (options.dataflow != Dataflow::kAuto)
    way.dataflows.assign(model.layers.size(), options.dataflow);
  return way;
}

// The program with the fewest cycles among those that fit and reach their memory; none.
class Best {
 public:
  Best(const Model& model, const HwConfig& config, const ProgramOptions& options, bool reuse,
       const Shared& shared)
      : model_(model), config_(config), options_(options), reuse_(reuse), shared_(shared) {}

  std::optional<Program> Find(bool constants) {
    // Pools, then sums, with the convolutions before them.
    Way way = First(model_, options_);
    for (const bool pools : {true, false}) {
      for (const bool sums : {true, false}) Try(With(way, pools, sums, false));
    }
    if (!best_) return {};
    const GraphProgram apart = *best_;
    way = With(way_, way_.pools, way_.sums, true);
    if (std::optional<GraphProgram> all = Try(way)) {
      // The chains that are worth it.
      const std::vector<int64_t> with = RowEnds(all->program), without = RowEnds(apart.program);
      auto cycles = [](const std::vector<int64_t>& ends, const GraphProgram::Rows& rows) {
        const int64_t before = rows.first == 0 ? 0 : ends[static_cast<size_t>(rows.first) - 1];
        return ends[static_cast<size_t>(rows.last)] - before;
      };
      for (const GraphProgram::Rows& rows : all->chains)
        way.apart.push_back(cycles(with, rows) >= cycles(without, rows));
      if (std::count(way.apart.begin(), way.apart.end(), true) > 0) Try(way);
    }
    way = way_;
    way.loads = kMany;
    Try(way);
    for (const auto& [layer, dataflow] : Candidates()) {
      way = way_;
      way.dataflows.resize(model_.layers.size(), Dataflow::kWs);
      way.dataflows[layer] = dataflow;
      Try(way);
    }
    way_.cuts = Cuts(*best_);
    if (!constants && way_.cuts.empty()) return std::move(best_->program);
    return std::move(
        WriteGraph(model_, config_, options_, !reuse_, way_, constants, shared_)->program);
  }

 private:
  static Way With(Way way, bool pools, bool sums, bool chains) {
    way.pools = pools;
    way.sums = sums;
    way.chains = chains;
    return way;
  }

  // Layers of which the dataflow is to be chosen, and one in which they may take fewer cycles.
  std::vector<std::pair<size_t, Dataflow>> Candidates() const {
    std::vector<std::pair<size_t, Dataflow>> layers;
    if (options_.dataflow != Dataflow::kAuto || config_.dataflows == 1) return layers;
    for (size_t i = 0; i < model_.layers.size(); ++i) {
      const LayerKind kind = model_.layers[i].kind;
      if (kind != LayerKind::kConv && kind != LayerKind::kFullyConnected) continue;
      const bool conv = kind == LayerKind::kConv;
      Stage s = Bare(conv ? shared_.layers->Of(i) : shared_.layers->Column(i));
      if (!conv) s.h = s.conv_h = s.out_h = std::min(options_.batch, options_.images);
      for (const Dataflow d : DataflowsThatMayPay(std::move(s), config_, options_.pack_pixels))
        layers.push_back({i, d});
    }
    return layers;
  }

  // Borders that divide the code into runs of about as many cycles each.
  std::vector<int> Cuts(const GraphProgram& g) const {
    std::vector<int> cuts;
    if (options_.segments < 2 || g.borders.empty()) return cuts;
    const std::vector<int64_t> ends = RowEnds(g.program);
    for (int k = 1; k < options_.segments; ++k) {
      const int64_t want = ends.back() * k / options_.segments;
      const auto off = [&](const GraphProgram::Border& b) {
        return std::abs(ends[static_cast<size_t>(b.row) - 1] - want);
      };
      const auto nearest = std::min_element(g.borders.begin(), g.borders.end(),
                                            [&](auto& a, auto& b) { return off(a) < off(b); });
      if (cuts.empty() || cuts.back() < nearest->unit) cuts.push_back(nearest->unit);
    }
    return cuts;
  }

  // The program, if it is one; kept if it is the best so far.
  std::optional<GraphProgram> Try(const Way& way) {
    if ((way.pools || way.sums || way.chains) && !options_.fuse_pool) return {};
    if (way.sums && config_.act_groups < 4) return {};
    try {
      std::optional<GraphProgram> g =
          WriteGraph(model_, config_, options_, !reuse_, way, false, shared_);
      if (!g || !Reachable(g->program)) return {};
      const int64_t cycles = CyclesOf(g->program);
      if (best_ && cycles >= least_) return g;
      best_ = g;
      least_ = cycles;
      way_ = way;
      return g;
    } catch (const MisfitError&) {  // another may need less room
      return {};
    }
  }

  const Model& model_;
  const HwConfig& config_;
  const ProgramOptions& options_;
  bool reuse_;
  Shared shared_;
  std::optional<GraphProgram> best_;
  Way way_;  // of the best
  int64_t least_ = 0;
};

}  // namespace

TiledCompiler::TiledCompiler(const Model& model) : model_(model), lowered_(model) {
  ProveRanges(model);
}

Program TiledCompiler::Compile(const HwConfig& config, const ProgramOptions& options, bool reuse,
                               bool constants) {
  if (options.images < 1 || options.batch < 1) {
    throw MisfitError(Misfit::kParameter,
                      fmt::format("images={}, batch={} are not possible; allowed: 1 or more",
                                  options.images, options.batch));
  }
  try {
    Validate(config);
  } catch (const InputError& e) {
    throw MisfitError(Misfit::kParameter, e.what());
  }
  PartCache parts;
  const Shared shared{&lowered_, &parts};
  try {
    for (const bool share : {reuse, true}) {
      std::optional<Program> best = Best(model_, config, options, share, shared).Find(constants);
      if (best) return std::move(*best);
    }
    const Way way = First(model_, options);
    std::optional<GraphProgram> g =
        WriteGraph(model_, config, options, !reuse, way, constants, shared);
    if (Reachable(g->program)) return std::move(g->program);
    g = WriteGraph(model_, config, options, false, way, constants, shared);
    if (Reachable(g->program)) return std::move(g->program);
    const Program& p = g->program;
    const uint64_t bytes = p.memory_end - options.base;
    if (options.memory > 0 && bytes > options.memory) {
      throw MisfitError(Misfit::kTooLarge,
                        fmt::format("it needs {} bytes of external memory, --memory allows {}; "
                                    "fewer images a run, or a smaller --batch, need less",
                                    bytes, options.memory));
    }
    throw MisfitError(
        Misfit::kTooLarge,
        fmt::format("its memory ends at 0x{:x}, AXI_ADDR_WIDTH={} does not reach so far; fewer "
                    "images a run need less",
                    p.memory_end, config.axi_addr_width));
  } catch (const MisfitError& e) {
    throw MisfitError(e.misfit(), fmt::format("{}: {}", model_.name, e.what()));
  }
}

Program CompileTiled(const Model& model, const HwConfig& config, const ProgramOptions& options,
                     bool reuse) {
  return TiledCompiler(model).Compile(config, options, reuse);
}

}  // namespace systole
