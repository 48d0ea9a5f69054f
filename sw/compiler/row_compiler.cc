#include "sw/compiler/row_compiler.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/base/check.h"
#include "sw/compiler/constants.h"
#include "sw/compiler/emitter.h"
#include "sw/compiler/instructions.h"
#include "sw/compiler/misfit.h"
#include "sw/compiler/pack.h"
#include "sw/compiler/post_plan.h"
#include "sw/compiler/row_plan.h"
#include "sw/compiler/supported.h"
#include "sw/quant/range_proof.h"

namespace systole {
namespace {

constexpr uint64_t kAlignment = 256;  // of everything in memory

uint64_t AlignUp(uint64_t value, uint64_t unit) { return (value + unit - 1) / unit * unit; }

TensorLayout MemoryLayout(const Storage& s, const HwConfig& config, uint64_t address) {
  return {address, s.h, s.w, s.c,
          AlignUp(static_cast<uint64_t>(s.w) * static_cast<uint64_t>(s.c),
                  static_cast<uint64_t>(config.AxiBytes()))};
}

class RowCompiler {
 public:
  RowCompiler(const Model& model, const HwConfig& config, const ProgramOptions& options)
      : name_(model.name), c_(config), o_(options) {
    ProveRanges(model);
    stages_ = LowerToStages(model, options.fuse_pool);
    batch_ = std::min(options.batch, options.images);
    p_.config = config;
    p_.options = options;
  }

  Program Run() {
    PlanStages();
    PlaceMemory();
    emitter_.Start(&p_.code);
    readers_.resize(tensors().size());
    for (size_t t = 0; t < tensors().size(); ++t)
      readers_[t].assign(static_cast<size_t>(tensors()[t].slots), After{});
    written_.assign(tensors().size(), std::vector<After>(static_cast<size_t>(o_.images)));
    for (int image = 0; image < o_.images; image += batch_)
      RunBatch(image, std::min(o_.images, image + batch_));
    std::stable_sort(
        p_.observations.begin(), p_.observations.end(),
        [](const Observation& a, const Observation& b) { return a.instruction < b.instruction; });
    constants_.CheckFit(name_);
    EmitSetup();
    Report();
    return std::move(p_);
  }

 private:
  std::vector<Storage>& tensors() { return placement_.tensors; }

  // ---- Plan

  void PlanStages() {
    constants_.Clear(c_);
    first_batched_ = static_cast<int>(stages_.size());
    while (first_batched_ > 0) {
      const Stage& s = stages_[static_cast<size_t>(first_batched_ - 1)];
      if (s.conv_h * s.conv_w != 1) break;
      --first_batched_;
    }
    const int most = std::min(c_.acc_depth / c_.cols, 63), tiles = (batch_ + most - 1) / most;
    for (size_t s = 0; s < stages_.size(); ++s) {
      CheckSupported(stages_[s], c_);
      const int images = static_cast<int>(s) < first_batched_ ? 1 : (batch_ + tiles - 1) / tiles;
      plans_.push_back(PlanRows(stages_[s], c_, false, images));
      plans_.back().images_per_tile = images;
      placement_.tensors.push_back(RowInputStorage(plans_.back(), c_));
    }
    placement_.tensors.push_back(OutputStorage(stages_.back()));
    PlaceTensors(first_batched_, c_, o_.images, batch_, name_, &placement_);
    PlaceConstants();
  }

  void PlaceConstants() {
    int row = 0;
    for (size_t s = 0; s < plans_.size(); ++s) {
      RowPlan& p = plans_[s];
      p.weight_row = row;
      row += p.WeightRows();
      p.ktab = AddOffsets(p, tensors()[s].pitch);
    }
    weight_rows_ = row;
    if (row > c_.WgtRows()) {
      throw MisfitError(Misfit::kWeight,
                        fmt::format("{}: weights need {} rows on chip, WGT_KIB={} has {}", name_,
                                    row, c_.wgt_kib, c_.WgtRows()));
    }
    const int rows = static_cast<int>(offsets_.size()) / c_.rows;
    if (rows > std::min(c_.KtabRows(), 255)) {
      throw MisfitError(Misfit::kOffset,
                        fmt::format("{}: window offsets need {} rows on chip, KTAB_KIB={} has {}",
                                    name_, rows, c_.ktab_kib, c_.KtabRows()));
    }
  }

  // First of the rows that hold the offsets of a plan's input rows.
  int AddOffsets(const RowPlan& plan, int pitch) {
    const std::vector<uint16_t> table = RowOffsets(plan, pitch, c_);
    const size_t row = static_cast<size_t>(c_.rows);
    for (size_t at = 0; at + table.size() <= offsets_.size(); at += row) {
      if (std::equal(table.begin(), table.end(), offsets_.begin() + static_cast<long>(at)))
        return static_cast<int>(at / row);
    }
    const size_t first = offsets_.size() / row;
    offsets_.insert(offsets_.end(), table.begin(), table.end());
    return static_cast<int>(first);
  }

  // ---- Code

  int64_t Emit(const After& after, int stage) {
    const int64_t index = emitter_.Order(after);
    p_.layer_of.push_back(stage < 0 ? -1 : stages_[static_cast<size_t>(stage)].first_layer);
    p_.report_of.push_back(stage);
    return index;
  }
  After& Readers(size_t tensor, int image) {
    return readers_[tensor][static_cast<size_t>(image % tensors()[tensor].slots)];
  }

  void RunBatch(int image0, int image1) {
    const bool whole = placement_.serialized || first_batched_ == 0;
    if (whole) LoadUntil(image1);
    for (int i = image0; i < image1; ++i) {
      if (!whole) LoadUntil(std::min(o_.images, i + tensors()[0].slots));
      for (int s = 0; s < first_batched_; ++s) RunStage(s, i, 1);
      if (first_batched_ == static_cast<int>(plans_.size()) && !placement_.serialized) Store(i, 1);
    }
    for (int s = first_batched_; s < static_cast<int>(plans_.size()); ++s) {
      const int step = plans_[static_cast<size_t>(s)].images_per_tile;
      for (int i = image0; i < image1; i += step) RunStage(s, i, std::min(step, image1 - i));
    }
    if (first_batched_ < static_cast<int>(plans_.size()) || placement_.serialized)
      Store(image0, image1 - image0);
  }

  // Images in the order of their slots: the one before in a slot has its readers in the program.
  void LoadUntil(int image) {
    for (; loaded_ < image; ++loaded_)
      LoadImage(loaded_, loaded_ + 1 == std::min(o_.images, (loaded_ / batch_ + 1) * batch_));
  }

  void LoadImage(int image, bool last_of_batch) {
    After after = Readers(0, image);
    // Where zones share groups, LOAD, the engines and STORE take turns.
    if (placement_.serialized) after.AddAll(last_store_);
    Readers(0, image) = {};
    SetLoadImage(p_, tensors()[0], image, 0, tensors()[0].h, emitter_.Append());
    const int64_t index = Emit(after, -1);
    written_[0][static_cast<size_t>(image)].Add(Engine::kLoad, index);
    if (!placement_.serialized || !last_of_batch) return;
    for (int i = image / batch_ * batch_; i <= image; ++i)
      written_[0][static_cast<size_t>(i)].Add(Engine::kLoad, index);
  }

  void RunStage(int s, int image, int images) {
    const RowPlan& p = plans_[static_cast<size_t>(s)];
    int64_t post = -1;
    for (const Tile& tile : p.tiles) {
      const std::vector<PostPiece> pieces = RowPieces(p, *p.stage, tile, images, &posts_);
      for (int block = 0; block < p.Blocks(); ++block)
        post = RunJob(s, tile, block, pieces, image, images);
    }
    const size_t out = static_cast<size_t>(s) + 1;
    for (int i = image; i < image + images; ++i) {
      written_[out][static_cast<size_t>(i)].Add(Engine::kPost, post);
      const Storage& t = tensors()[out];
      Observation o;
      o.instruction = static_cast<uint32_t>(post);
      o.tensor = stages_[static_cast<size_t>(s)].last_layer + 1;
      o.image = i;
      o.layout = {static_cast<uint64_t>(t.Pixel(i, 0, 0)), t.h, t.w, t.c,
                  static_cast<uint64_t>(t.pitch)};
      p_.observations.push_back(o);
    }
  }

  int64_t RunJob(int s, const Tile& tile, int block, const std::vector<PostPiece>& pieces,
                 int image, int images) {
    const RowPlan& p = plans_[static_cast<size_t>(s)];
    const size_t in = static_cast<size_t>(s), out = in + 1;
    After after;
    after.Add(Engine::kPost, post_of_half_[half_]);
    for (int i = image; i < image + images; ++i) after.AddAll(written_[in][static_cast<size_t>(i)]);
    int64_t conv = -1;
    for (int pack = 0; pack < p.packs; ++pack) {
      if (!p.Used(block, pack)) continue;
      for (int fold = 0; fold < p.Folds(); ++fold) {
        const Storage& t = tensors()[in];
        SetRowConv({p, tile, block, pack, fold, 0, p.slices, t.Slot(image), t.pitch,
                    p.WeightRowOf(block, pack, fold), p.ktab, images, t.slot_bytes, half_},
                   emitter_.Append());
        conv = Emit(after, s);
        after = {};
      }
    }
    for (int i = image; i < image + images; ++i) Readers(in, i).Add(Engine::kMatmul, conv);
    int64_t post = -1;
    for (const PostPiece& piece : pieces) {
      if (piece.fold != block) continue;
      post = RunPosts(s, tile, piece, image, images, conv, out);
    }
    Check(post >= 0, "a job has no Post");
    post_of_half_[half_] = post;
    half_ ^= 1;
    return post;
  }

  int64_t RunPosts(int s, const Tile& tile, const PostPiece& piece, int image, int images,
                   int64_t conv, size_t out) {
    const Storage& t = tensors()[out];
    const Stage& stage = stages_[static_cast<size_t>(s)];
    const int row = constants_.AddParameters(s, stage, piece);
    const bool together = PostTogether(piece, images, t);
    int64_t last = -1;
    for (int b = 0; b < (together ? 1 : images); ++b) {
      After after;
      after.Add(Engine::kMatmul, conv);
      for (int i = image + b; i < (together ? image + images : image + b + 1); ++i) {
        after.AddAll(Readers(out, i));
        Readers(out, i) = {};
      }
      SetPost({stage, tile, piece, row, image + b, together ? images : 1, b * tile.vectors, half_},
              t, emitter_.Append());
      p_.code.back().Set(field::kPoZw, 0);  // its products are in the sums
      last = Emit(after, s);
    }
    return last;
  }

  void Store(int image, int images) {
    const size_t out = tensors().size() - 1;
    const Storage& t = tensors()[out];
    const bool one_line = t.h == 1;
    After after;
    for (int i = image; i < image + images; ++i)
      after.AddAll(written_[out][static_cast<size_t>(i)]);
    int64_t last = -1;
    for (int k = 0; k < (one_line ? 1 : images); ++k) {
      SetStore(p_, t, image + k, one_line ? images : 1, emitter_.Append());
      last = Emit(after, static_cast<int>(plans_.size()) - 1);
    }
    for (int i = image; i < image + images; ++i) Readers(out, i).Add(Engine::kStore, last);
    last_store_.Add(Engine::kStore, last);
  }

  // ---- Memory

  void PlaceMemory() {
    const auto images = static_cast<uint64_t>(o_.images);
    const Storage &in = tensors().front(), &out = tensors().back();
    p_.input = MemoryLayout(in, c_, AlignUp(o_.base, kAlignment));
    p_.input_stride = p_.input.line_stride * static_cast<uint64_t>(in.h);
    const uint64_t at = AlignUp(p_.input.address + p_.input_stride * images, kAlignment);
    p_.output = MemoryLayout(out, c_, at);
    p_.output_stride = p_.output.line_stride * static_cast<uint64_t>(out.h);
    p_.constants_address = AlignUp(at + p_.output_stride * images, kAlignment);
  }

  void EmitSetup() {
    std::vector<uint8_t>* bytes = &p_.constants;
    const auto load = [&](Opcode opcode, size_t from) {
      if (bytes->size() == from) return;
      SetLoadRows(opcode, p_.constants_address + from, bytes->size() - from,
                  &p_.setup.emplace_back());
    };
    for (const RowPlan& p : plans_) PackRowWeights(p, c_, bytes);
    load(Opcode::kLoadWgt, 0);
    bytes->resize(AlignUp(bytes->size(), kAlignment));
    size_t from = bytes->size();
    for (size_t i = 0; i < offsets_.size(); ++i) {
      bytes->push_back(static_cast<uint8_t>(offsets_[i]));
      bytes->push_back(static_cast<uint8_t>(offsets_[i] >> 8));
      if ((i + 1) % static_cast<size_t>(c_.rows) == 0)
        bytes->resize(bytes->size() + static_cast<size_t>(OffsetRowBytes(c_) - 2 * c_.rows));
    }
    load(Opcode::kLoadKtab, from);
    bytes->resize(AlignUp(bytes->size(), kAlignment));
    from = bytes->size();
    for (const ParameterRun& run : constants_.parameters())
      PackParameters(run, stages_[static_cast<size_t>(run.stage)], c_, bytes);
    load(Opcode::kLoadPar, from);
    for (const Storage& s : tensors()) SetFill(s, &p_.setup.emplace_back());
    p_.setup_address = AlignUp(p_.constants_address + bytes->size(), kAlignment);
    p_.code_address = AlignUp(p_.setup_address + p_.setup.size() * kInstructionBytes, kAlignment);
    p_.memory_end = p_.code_address + p_.code.size() * kInstructionBytes;
  }

  void Report() {
    for (const RowPlan& p : plans_) {
      Program::ReportLayer row;
      row.name = p.stage->name;
      row.first_layer = p.stage->first_layer;
      row.last_layer = p.stage->last_layer;
      row.macs = p.stage->macs;
      row.mapping = fmt::format("{}, {} tile{}", p.Describe(), p.tiles.size(),
                                p.tiles.size() == 1 ? "" : "s");
      if (p.images_per_tile > 1) row.mapping += fmt::format(" of {} images", p.images_per_tile);
      p_.report.push_back(row);
    }
  }

  const std::string name_;
  const HwConfig c_;
  const ProgramOptions o_;
  int batch_ = 1, first_batched_ = 0, weight_rows_ = 0;
  std::vector<Stage> stages_;
  std::vector<RowPlan> plans_;
  Placement placement_;
  Constants constants_;  // parameters alone
  std::vector<uint16_t> offsets_;
  PostPlanner posts_;
  Program p_;
  Emitter emitter_;
  int half_ = 0, loaded_ = 0;
  int64_t post_of_half_[2] = {-1, -1};
  // Of each tensor's slot: who read it last; of each image of a tensor: what it needs to be there.
  std::vector<std::vector<After>> readers_, written_;
  After last_store_;
};

}  // namespace

Program CompileRows(const Model& model, const HwConfig& config, const ProgramOptions& options) {
  for (const auto& [name, value] :
       {std::pair{"images", options.images}, {"batch", options.batch}}) {
    if (value < 1)
      throw MisfitError(Misfit::kParameter,
                        fmt::format("{}={} is not possible; allowed: 1 or more", name, value));
  }
  return RowCompiler(model, config, options).Run();
}

}  // namespace systole
