#include "sw/compiler/schedule.h"

#include <algorithm>
#include <limits>

#include "sw/base/check.h"
#include "sw/compiler/emitter.h"
#include "sw/compiler/input_mapping.h"
#include "sw/compiler/instructions.h"
#include "sw/compiler/job_needs.h"
#include "sw/compiler/tensor_slots.h"
#include "sw/compiler/tile_pieces.h"
#include "sw/timing/laws.h"

namespace systole {
namespace {

constexpr int64_t kNone = -1;
constexpr Cycle kNever = std::numeric_limits<Cycle>::max() / 4;

// The stages' positions in their own job sequences.
struct Cursor {
  int image = 0;  // first image of the unit
  int tile = 0;
  int fold = 0;  // 0 where folds are joint
};

// One Matmul instruction of a job: slices [first, last) of a fold.
struct Part {
  int fold, first, last;
  After after;
};

}  // namespace

class JobScheduler::Impl {
 public:
  void Run(const std::vector<PlannedStage>& stages, const Placement& placement,
           Constants& constants, Program& program) {
    Start(stages, placement, constants, program);
    LoadMore();
    while (true) {
      int best = -1;
      Cycle best_stall = kNever;
      for (int s = static_cast<int>(stages.size()) - 1; s >= 0; --s) {
        Job job;
        if (!NextJob(s, &job) || !Eligible(job)) continue;
        const Cycle stall = Stall(job);
        if (stall < best_stall) {
          best = s;
          best_stall = stall;
          best_parts_.swap(parts_);
        }
        if (stall == 0) break;
      }
      if (best < 0) break;
      Job job;
      NextJob(best, &job);
      EmitJob(job);
      Advance(job);
    }
    for (const Cursor& cursor : cursors_)
      Check(cursor.image >= images_, "the schedule is not complete: it waits for itself");
    Check(loaded_ == images_ && stored_ == images_,
          "the schedule is not complete: an image is not loaded, or a result not stored");
    std::stable_sort(
        program.observations.begin(), program.observations.end(),
        [](const Observation& a, const Observation& b) { return a.instruction < b.instruction; });
  }

 private:
  void Start(const std::vector<PlannedStage>& stages, const Placement& placement,
             Constants& constants, Program& program) {
    stages_ = stages.data();
    num_stages_ = static_cast<int>(stages.size());
    tensors_ = placement.tensors.data();
    serialized_ = placement.serialized;
    constants_ = &constants;
    program_ = &program;
    law_ = PlanningLaws(program.config);
    images_ = program.options.images;
    batch_ = std::min(program.options.batch, images_);
    cursors_.assign(stages.size(), Cursor{});
    slots_.Clear(placement.tensors);
    emitter_.Start(&program.code);
    retire_.clear();
    matmul_free_ = post_free_ = 0;
    read_ = ReadPort();
    write_ = WritePort();
    half_ = 0;
    post_of_half_[0] = post_of_half_[1] = last_store_ = kNone;
    loaded_ = stored_ = 0;

    pieces_.Clear(stages);
    needs_.Clear(stages);
  }

  // ---- Order

  int BatchEnd(int image) const { return std::min(images_, (image / batch_ + 1) * batch_); }

  bool NextJob(int s, Job* job) const {
    const Cursor& c = cursors_[s];
    if (c.image >= images_) return false;
    const PlannedStage& p = stages_[s];
    const int images = std::min(p.images_per_tile, BatchEnd(c.image) - c.image);
    const int folds = static_cast<int>(p.mapping.folds.size());
    *job = {s,
            c.image,
            images,
            c.tile,
            p.mapping.joint ? 0 : c.fold,
            p.mapping.joint ? folds : c.fold + 1};
    return true;
  }

  // The stage's last job for these images?
  bool LastOfUnit(const Job& job) const {
    const PlannedStage& p = stages_[job.stage];
    return job.tile + 1 == static_cast<int>(p.tiles.size()) &&
           job.fold1 == static_cast<int>(p.mapping.folds.size());
  }

  bool Eligible(const Job& job) const {
    for (int i = job.image + job.images - 1; i >= job.image;
         --i) {  // the last image is complete last
      if (!slots_.Complete(job.stage, i) || !slots_.CanWrite(job.stage + 1, i)) return false;
    }
    return true;
  }

  void Advance(const Job& job) {
    Cursor& c = cursors_[job.stage];
    c.fold = job.fold1;
    if (c.fold < static_cast<int>(stages_[job.stage].mapping.folds.size())) return;
    c.fold = 0;
    if (++c.tile < static_cast<int>(stages_[job.stage].tiles.size())) return;
    c.tile = 0;
    c.image += job.images;
  }

  // ---- Dependences and estimates

  Engine Source(int stage) const { return stage == 0 ? Engine::kLoad : Engine::kPost; }

  Cycle Ready(int64_t instruction) const {
    return instruction == kNone ? 0 : TokenAvailable(retire_[instruction], law_);
  }
  Cycle Ready(const After& after) const {
    Cycle ready = 0;
    for (int64_t i : after.index) ready = std::max(ready, Ready(i));
    return ready;
  }

  MatmulShape ShapeOf(const Job& job, const Fold& fold, int slices) const {
    const PlannedStage& p = stages_[job.stage];
    const Tile& tile = p.tiles[job.tile];
    if (p.mapping.OutputStationary()) return ShapeOfTiles(slices, tile.nx, law_);
    return ShapeOfMatmul(int64_t{tile.vectors} * job.images, slices, fold.columns, law_);
  }

  // Of all the Matmuls of these slices.
  int64_t CyclesOf(const Job& job, const Fold& fold, int slices) const {
    const PlannedStage& p = stages_[job.stage];
    const Tile& tile = p.tiles[job.tile];
    if (!p.mapping.InputStationary()) return ShapeOf(job, fold, slices).Occupancy();
    return InputCycles(tile.nx, tile.ny, job.images, slices, fold.columns, law_);
  }

  // The job's Matmuls (parts_), if it is next, and the cycles for which it would keep the array
  // waiting. A fold's slices are cut where later ones need what will not be there yet when the
  // earlier ones can start.
  Cycle Stall(const Job& job) {
    const PlannedStage& p = stages_[job.stage];
    const Engine source = Source(job.stage);
    parts_.clear();
    Cycle at = std::max(matmul_free_, Ready(post_of_half_[half_])), work = 0;
    for (int f = job.fold0; f < job.fold1; ++f) {
      const Fold& fold = p.mapping.folds[f];
      const auto cycles = [&](int slices) { return CyclesOf(job, fold, slices); };
      const Needs& needs = needs_.Of(job, p, f, slots_, retire_, law_);
      work += cycles(fold.slices);
      parts_.push_back({f, 0, 0, After{}});
      if (f == job.fold0) parts_.back().after.Add(Engine::kPost, post_of_half_[half_]);
      if (needs.last_ready <= at) {
        parts_.back().last = fold.slices;
        parts_.back().after.Add(source, needs.last_producer);
        at += cycles(fold.slices);
        continue;
      }
      Cycle part_start = at = std::max(at, needs.ready[0]);
      const SliceGroup* group = p.needs.begin(p.needs.ListOf(f));
      for (size_t g = 0; g < needs.ready.size(); ++g) {
        const Cycle ready = needs.ready[g];
        if (ready > part_start && !emitter_.Covers(Engine::kMatmul, source, needs.producer[g])) {
          const int first = parts_.back().last;
          parts_.push_back({f, first, first, After{}});
          part_start = at = std::max(at, ready);
        }
        parts_.back().last += group[g].slices;
        parts_.back().after.Add(source, needs.producer[g]);
        at += cycles(group[g].slices);
      }
    }
    return at - matmul_free_ - work;
  }

  // ---- Emission

  // The instruction appended last.
  int64_t Emit(const After& after, Cycle retire, int stage) {
    retire_.push_back(retire);
    const int64_t index = emitter_.Order(after);
    program_->layer_of.push_back(stage < 0 ? -1 : stages_[stage].stage->first_layer);
    program_->report_of.push_back(stage);
    return index;
  }

  void EmitJob(const Job& job) {
    const PlannedStage& p = stages_[job.stage];
    const Tile& tile = p.tiles[job.tile];
    int64_t last = kNone;
    for (const Part& part : best_parts_) last = EmitMatmul(job, p, tile, part);
    for (int i = job.image; i < job.image + job.images; ++i)
      slots_.AddReader(job.stage, i, Engine::kMatmul, last);

    for (int i = job.image; i < job.image + job.images; ++i) slots_.StartWriting(job.stage + 1, i);
    int64_t post = kNone;
    const TilePieces::Range pieces = pieces_.Of(job, p, constants_);
    for (int k = pieces.begin; k < pieces.end; ++k) {
      const int fold = pieces_[k].piece.fold;
      if (fold >= job.fold0 && fold < job.fold1) post = EmitPosts(job, p, tile, pieces_[k], last);
    }
    Check(post != kNone, "a tile has no Post");
    post_of_half_[half_] = post;
    half_ ^= 1;
    if (LastOfUnit(job)) FinishUnit(job, post);
  }

  int64_t EmitMatmul(const Job& job, const PlannedStage& p, const Tile& tile, const Part& part) {
    const Fold& fold = p.mapping.folds[part.fold];
    const FoldRows& rows = p.rows[part.fold];
    OffsetRows offsets = rows.offsets;
    if (p.mapping.OutputStationary()) offsets.ktab = p.lane_rows[job.tile];
    const int entry = (part.fold - job.fold0) * tile.vectors * job.images;
    const MatmulWork work = {*p.stage,   p.mapping, tile,      fold,       offsets, rows.weight_row,
                             part.first, part.last, job.image, job.images, entry,   half_};
    if (p.mapping.InputStationary()) return EmitInputMatmuls(job, work, part);
    const MatmulShape shape = ShapeOf(job, fold, part.last - part.first);
    const Cycle issue = std::max(matmul_free_, Ready(part.after));
    matmul_free_ = issue + shape.Occupancy();
    SetMatmul(work, tensors_[job.stage], program_->config, emitter_.Append());
    return Emit(part.after, MatmulRetire(issue, shape, law_), job.stage);
  }

  int64_t EmitInputMatmuls(const Job& job, const MatmulWork& work, const Part& part) {
    Instruction dense;
    SetMatmul(work, tensors_[job.stage], program_->config, &dense);
    int64_t last = kNone;
    for (const Instruction& i :
         InputMatmuls(dense, program_->config, work.tile.vectors * job.images)) {
      const After after = last == kNone ? part.after : After{};
      const MatmulShape shape = ShapeOfMatmul(i, law_);
      const Cycle issue = std::max(matmul_free_, Ready(after));
      matmul_free_ = issue + shape.Occupancy();
      *emitter_.Append() = i;
      last = Emit(after, MatmulRetire(issue, shape, law_), job.stage);
    }
    return last;
  }

  // A piece for the job's images: one instruction where they lie side by side as pixels, else one
  // each.
  int64_t EmitPosts(const Job& job, const PlannedStage& p, const Tile& tile,
                    const PlacedPiece& placed, int64_t matmul) {
    const PostPiece& piece = placed.piece;
    const Storage& out = tensors_[job.stage + 1];
    const bool together = PostTogether(piece, job.images, out);
    int64_t last = kNone;
    for (int b = 0; b < (together ? 1 : job.images); ++b) {
      const int image = job.image + b;
      Instruction* const i = emitter_.Append();
      SetPost({*p.stage, tile, piece, placed.parameter_row, image, together ? job.images : 1,
               b * tile.vectors, half_},
              out, i);
      After after;
      after.Add(Engine::kMatmul, matmul);
      const int end_image = together ? job.image + job.images : image + 1;
      for (int k = image; k < end_image; ++k)
        after.AddAll(slots_.ReplacedReaders(job.stage + 1, k));
      const Cycle issue = std::max(post_free_, Ready(after));
      const int64_t taps = PostTaps(*i, law_);
      post_free_ = issue + taps;
      last = Emit(after, PostRetire(issue, *i, law_), job.stage);
      const int row1 = piece.oy + (piece.ny - 1) * piece.step_y + 1;
      for (int k = image; k < end_image; ++k) {
        slots_.AddPart(job.stage + 1, k, {piece.oy, row1, placed.channel0, placed.channel1, last});
      }
    }
    return last;
  }

  // All tiles of a stage for some images are in the program: the output is complete, the input
  // slots are free.
  void FinishUnit(const Job& job, int64_t post) {
    const int tensor = job.stage + 1;
    for (int i = job.image; i < job.image + job.images; ++i) {
      slots_.SetComplete(tensor, i);
      slots_.Release(job.stage, i);
      const Storage& s = tensors_[tensor];
      Observation o;
      o.instruction = static_cast<uint32_t>(post);
      o.tensor = stages_[job.stage].stage->last_layer + 1;
      o.image = i;
      o.layout = {static_cast<uint64_t>(s.Pixel(i, 0, 0)), s.h, s.w, s.c,
                  static_cast<uint64_t>(s.pitch)};
      program_->observations.push_back(o);
    }
    if (tensor == num_stages_) {
      // Where STORE may read the array's groups, the whole batch is computed first.
      const int end = job.image + job.images;
      const int from = serialized_ ? stored_ : job.image;
      if (!serialized_ || end == BatchEnd(job.image)) StoreImages(from, end - from, post);
    }
    if (job.stage == 0 || serialized_) LoadMore();
  }

  // ---- LOAD and STORE

  void LoadMore() {
    while (loaded_ < images_) {
      if (serialized_) {
        // A batch is loaded when the one before has been stored.
        if (loaded_ % batch_ == 0 && stored_ < loaded_) return;
      } else if (!slots_.Released(0, loaded_)) {
        return;
      }
      LoadImage(loaded_++);
    }
  }

  void LoadImage(int image) {
    const Storage& s = tensors_[0];
    slots_.StartWriting(0, image);
    After after = slots_.ReplacedReaders(0, image);
    if (serialized_ && last_store_ != kNone) after.Add(Engine::kStore, last_store_);
    // The very first image comes in pieces, so that its first tile need not wait for all of it.
    const int pieces = image == 0 ? std::min(4, s.h) : 1;
    int64_t last = kNone;
    for (int k = 0; k < pieces; ++k) {
      const int row0 = s.h * k / pieces, row1 = s.h * (k + 1) / pieces;
      Instruction* const i = emitter_.Append();
      SetLoadImage(*program_, s, image, row0, row1, i);
      const Cycle issue = std::max(read_.free(), Ready(after));
      ForEachBurst(*i,
                   [&](uint64_t, int64_t bytes) { read_.Next(issue, Beats(bytes, law_), law_); });
      last = Emit(after, read_.Retire(law_), -1);
      slots_.AddPart(0, image, {row0, row1, 0, s.c, last});
    }
    slots_.SetComplete(0, image);
    if (serialized_ && image + 1 == BatchEnd(image)) {
      // LOAD and POST may share groups: nothing is computed before the whole batch is there.
      for (int i = image / batch_ * batch_; i <= image; ++i) {
        slots_.ReplaceParts(0, i, {-(1 << 20), 1 << 20, 0, s.c, last});
      }
    }
  }

  void StoreImages(int image, int images, int64_t post) {
    const Storage& s = tensors_[num_stages_];
    After after;
    after.Add(Engine::kPost, post);
    int64_t last = kNone;
    const int instructions = s.h == 1 ? 1 : images;
    for (int k = 0; k < instructions; ++k) {
      Instruction* const i = emitter_.Append();
      SetStore(*program_, s, image + k, s.h == 1 ? images : 1, i);
      const Cycle issue = std::max(write_.free(), Ready(after));
      ForEachBurst(*i,
                   [&](uint64_t, int64_t bytes) { write_.Next(issue, Beats(bytes, law_), law_); });
      last = Emit(after, write_.Retire(), num_stages_ - 1);
    }
    last_store_ = last;
    stored_ += images;
    for (int i = image; i < image + images; ++i) {
      slots_.AddReader(num_stages_, i, Engine::kStore, last);
      slots_.Release(num_stages_, i);
    }
  }

  // Of the program being scheduled.
  const PlannedStage* stages_ = nullptr;
  const Storage* tensors_ = nullptr;
  int num_stages_ = 0;
  bool serialized_ = false;
  Constants* constants_ = nullptr;
  Program* program_ = nullptr;
  LawConfig law_ = PlanningLaws(HwConfig{});
  int images_ = 0, batch_ = 0;

  std::vector<Cursor> cursors_;
  TensorSlots slots_;
  Emitter emitter_;
  std::vector<Cycle> retire_;  // estimated, per instruction
  Cycle matmul_free_ = 0, post_free_ = 0;
  ReadPort read_;
  WritePort write_;
  int half_ = 0;
  int64_t post_of_half_[2] = {kNone, kNone};
  int64_t last_store_ = kNone;
  int loaded_ = 0, stored_ = 0;

  std::vector<Part> parts_, best_parts_;  // of the job judged last; of the best so far
  JobNeeds needs_;
  TilePieces pieces_;
};

JobScheduler::JobScheduler() : impl_(std::make_unique<Impl>()) {}
JobScheduler::~JobScheduler() = default;

void JobScheduler::Run(const std::vector<PlannedStage>& stages, const Placement& placement,
                       Constants& constants, Program& program) {
  impl_->Run(stages, placement, constants, program);
}

}  // namespace systole
