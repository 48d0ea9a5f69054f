#include "sw/tiling/tiling.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "sw/compiler/misfit.h"
#include "sw/quant/range_proof.h"
#include "sw/tiling/unit_writer.h"

namespace systole {
namespace {

constexpr uint64_t kAlignment = 256;

uint64_t AlignUp(uint64_t value, uint64_t unit) { return (value + unit - 1) / unit * unit; }

// Ways to share the activation buffer between input and results: whole groups where there are
// enough.
std::vector<Zones> ZoneChoices(const HwConfig& config) {
  std::vector<Zones> choices;
  const int bytes = config.ActBytes(), group = config.GroupBytes();
  if (config.act_groups >= 2) {
    for (int g = 1; g <= config.act_groups / 2; g *= 2)
      choices.push_back({bytes - g * group, g * group});
  }
  if (config.act_groups < 4) {
    choices.push_back({bytes / 4 * 3, bytes / 4});
    choices.push_back({bytes / 8 * 7, bytes / 8});
    choices.push_back({bytes / 2, bytes / 2});
  }
  choices.push_back({bytes / 4, bytes / 4 * 3});
  choices.push_back({bytes / 16 * 15, bytes / 16});
  return choices;
}

class Tiling {
 public:
  Tiling(const Model& model, const HwConfig& config, const ProgramOptions& options, bool reuse)
      : model_(model), config_(config), options_(options) {
    batch_ = std::min(options.batch, options.images);
    placing_ = PlaceConcats(model, config);
    units_ = LowerGraph(model, placing_, config, options.fuse_pool);
    memory_.emplace(model, units_, placing_, config, options, batch_, reuse);
  }

  Program Write() {
    Program p;
    p.config = config_;
    p.options = options_;
    p.constants_address = memory_->end();
    Work work;
    ConstantPool pool(config_, p.constants_address, &work);
    StoreLog log;
    Zones zones;
    std::vector<std::unique_ptr<UnitWriter>> writers = Writers(&zones);
    for (size_t u = 0; u < units_.size(); ++u) AddRow(units_[u], *writers[u], &p, &work);
    for (int image = 0; image < options_.images; image += batch_) {
      log.Clear();
      const int end = std::min(options_.images, image + batch_);
      for (size_t u = 0; u < units_.size(); ++u) {
        if (units_[u].steps[0].batched && end - image < batch_) {
          // The last images of the run are fewer.
          rest_.push_back(std::make_unique<UnitWriter>(units_[u], model_, config_,
                                                       options_.pack_pixels, end - image, zones));
          rest_.back()->Write(*memory_, image, end, static_cast<int32_t>(u), &pool, &log, &work);
        } else {
          writers[u]->Write(*memory_, image, end, static_cast<int32_t>(u), &pool, &log, &work);
        }
      }
    }
    WrittenProgram written = WriteProgram(work, config_, zones);
    p.code = std::move(written.code);
    p.report_of.assign(written.row_of.begin(), written.row_of.end());
    for (const int row : p.report_of) p.layer_of.push_back(p.report[row].first_layer);
    p.constants = pool.TakeBytes();
    Place(&p);
    return p;
  }

 private:
  // The first way to share the buffer that fits every unit. (Each is tried: the sizes of strips
  // depend on it.)
  std::vector<std::unique_ptr<UnitWriter>> Writers(Zones* zones) {
    std::optional<MisfitError> first;
    for (const Zones& choice : ZoneChoices(config_)) {
      try {
        std::vector<std::unique_ptr<UnitWriter>> writers;
        for (const Unit& unit : units_) {
          writers.push_back(std::make_unique<UnitWriter>(unit, model_, config_,
                                                         options_.pack_pixels, batch_, choice));
        }
        *zones = choice;
        return writers;
      } catch (const MisfitError& e) {
        if (!first) first = e;
        if (e.misfit() != Misfit::kActivation) break;
      }
    }
    throw *first;
  }

  void AddRow(const Unit& unit, const UnitWriter& writer, Program* p, Work* work) const {
    Program::ReportLayer row;
    const Stage& s = unit.steps[0].stage;
    row.name = s.name;
    row.first_layer = s.first_layer;
    row.last_layer = s.last_layer;
    row.macs = s.macs;
    row.mapping = writer.Describe();
    p->report.push_back(row);
    work->names.push_back(Label(s));
  }

  void Place(Program* p) const {
    const int last = static_cast<int>(model_.tensors.size()) - 1;
    auto layout = [&](int tensor) {
      const MemoryView view = memory_->View(tensor, 0);
      const Tensor& t = model_.tensors[tensor];
      return TensorLayout{view.address, t.h, t.w, t.c, view.line_stride};
    };
    p->input = layout(0);
    p->input_stride = memory_->stride(0);
    p->output = layout(last);
    p->output_stride = memory_->stride(last);
    p->setup_address = p->code_address =
        AlignUp(p->constants_address + p->constants.size(), kAlignment);
    p->memory_end = p->code_address + p->code.size() * kInstructionBytes;
  }

  const Model& model_;
  HwConfig config_;
  ProgramOptions options_;
  int batch_ = 1;
  Placing placing_;
  std::vector<Unit> units_;
  std::optional<MemoryPlan> memory_;
  std::vector<std::unique_ptr<UnitWriter>> rest_;
};

}  // namespace

Program CompileTiled(const Model& model, const HwConfig& config, const ProgramOptions& options,
                     bool reuse) {
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
  ProveRanges(model);
  Tiling tiling(model, config, options, reuse);
  try {
    return tiling.Write();
  } catch (const MisfitError& e) {
    throw MisfitError(e.misfit(), fmt::format("{}: {}", model.name, e.what()));
  }
}

}  // namespace systole
