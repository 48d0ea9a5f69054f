#include "sw/compiler/schedule.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <map>

#include "sw/compiler/emitter.h"
#include "sw/compiler/instructions.h"
#include "sw/compiler/tensor_slots.h"
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

// A piece of POST's work with its parameter row and channels [channel0, channel1).
struct PlacedPiece {
  PostPiece piece;
  int parameter_row, channel0, channel1;
};

struct Job {
  int stage = 0;
  int image = 0, images = 0;
  int tile = 0;
  int fold0 = 0, fold1 = 0;  // half open
};

class Scheduler {
 public:
  Scheduler(const std::vector<PlannedStage>& stages, const Placement& placement, Constants& constants, Program& program)
      : stages_(stages),
        tensors_(placement.tensors),
        serialized_(placement.serialized),
        constants_(constants),
        program_(program),
        config_(program.config),
        law_(program.config, MemoryTiming{}),
        images_(program.options.images),
        batch_(std::min(program.options.batch, program.options.images)),
        cursors_(stages.size()),
        slots_(placement.tensors) {}

  void Run() {
    LoadMore();
    while (true) {
      int best = -1;
      Cycle best_stall = kNever;
      for (int s = static_cast<int>(stages_.size()) - 1; s >= 0; --s) {
        Job job;
        if (!NextJob(s, &job) || !Eligible(job)) continue;
        const Cycle stall = Stall(job);
        if (stall < best_stall) {
          best = s;
          best_stall = stall;
        }
        if (stall == 0) break;
      }
      if (best < 0) break;
      Job job;
      NextJob(best, &job);
      EmitJob(job);
      Advance(job);
    }
    for (size_t s = 0; s < stages_.size(); ++s) assert(cursors_[s].image >= images_);
    program_.code = emitter_.Finish();
    std::stable_sort(program_.observations.begin(), program_.observations.end(),
                     [](const Observation& a, const Observation& b) { return a.instruction < b.instruction; });
  }

 private:
  // ---- Order

  int BatchEnd(int image) const { return std::min(images_, (image / batch_ + 1) * batch_); }

  bool NextJob(int s, Job* job) const {
    const Cursor& c = cursors_[s];
    if (c.image >= images_) return false;
    const PlannedStage& p = stages_[s];
    const int images = std::min(p.images_per_tile, BatchEnd(c.image) - c.image);
    const int folds = static_cast<int>(p.mapping.folds.size());
    *job = {s, c.image, images, c.tile, p.mapping.joint ? 0 : c.fold, p.mapping.joint ? folds : c.fold + 1};
    return true;
  }

  // The stage's last job for these images?
  bool LastOfUnit(const Job& job) const {
    const PlannedStage& p = stages_[job.stage];
    return job.tile + 1 == static_cast<int>(p.tiles.size()) && job.fold1 == static_cast<int>(p.mapping.folds.size());
  }

  bool Eligible(const Job& job) const {
    for (int i = job.image; i < job.image + job.images; ++i) {
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

  // Rows [row0, row1) of the input tensor that slice `i` of a fold reads in a tile, and its channels.
  Written Footprint(const PlannedStage& p, const Fold& fold, const Slice& slice, const Tile& tile) const {
    const Stage& st = p.stage;
    const Lane &a = slice.lanes[0], &b = slice.lanes[slice.valid - 1];
    const int first = (tile.cy0 + fold.dy) * st.stride_h + a.ky * st.dilation_h - st.pad.top;
    const int last =
        (tile.cy0 + (tile.ny - 1) * p.mapping.ph + fold.dy) * st.stride_h + b.ky * st.dilation_h - st.pad.top;
    Written w{first, last + 1, 0, st.cin, kNone};
    if (a.ky == b.ky && a.kx == b.kx) {
      w.channel0 = a.c;
      w.channel1 = b.c + 1;
    }
    return w;
  }

  After SliceNeeds(const Job& job, const Fold& fold, const Slice& slice) const {
    const PlannedStage& p = stages_[job.stage];
    const Written need = Footprint(p, fold, slice, p.tiles[job.tile]);
    const Engine source = job.stage == 0 ? Engine::kLoad : Engine::kPost;
    After after;
    for (int i = job.image; i < job.image + job.images; ++i) slots_.AddWriters(job.stage, i, need, source, &after);
    return after;
  }

  Cycle Ready(const After& after) const {
    Cycle ready = 0;
    for (int64_t i : after.index) {
      if (i != kNone) ready = std::max(ready, retire_[i] + 1);
    }
    return ready;
  }

  MatmulShape ShapeOf(const Job& job, const Fold& fold, int slices) const {
    MatmulShape m;
    m.vectors = int64_t{stages_[job.stage].tiles[job.tile].vectors} * job.images;
    m.slices = slices;
    m.load = std::min<int64_t>(fold.columns.size(), law_.columns_per_port);
    m.period = std::max({m.vectors, m.load, int64_t{3}});
    return m;
  }

  After HalfFree() const {
    After after;
    if (post_of_half_[half_] != kNone) after.Add(Engine::kPost, post_of_half_[half_]);
    return after;
  }

  // Cuts a fold's slices where later ones need what will not be there yet when the earlier ones can start.
  std::vector<Part> Parts(const Job& job, Cycle start, Cycle* end) {
    std::vector<Part> parts;
    Cycle at = std::max(start, Ready(HalfFree()));
    for (int f = job.fold0; f < job.fold1; ++f) {
      const Fold& fold = stages_[job.stage].mapping.folds[f];
      const Cycle period = ShapeOf(job, fold, 1).period;
      Cycle part_start = at;
      for (int i = 0; i < static_cast<int>(fold.slices.size()); ++i) {
        const After need = SliceNeeds(job, fold, fold.slices[i]);
        const Cycle ready = Ready(need);
        if (i == 0 || (ready > part_start && !emitter_.Covers(Engine::kMatmul, need))) {
          parts.push_back({f, i, i, i == 0 && f == job.fold0 ? HalfFree() : After{}});
          part_start = at = std::max(at, ready);
        }
        Part& part = parts.back();
        part.last = i + 1;
        part.after.AddAll(need);
        at += period;
      }
    }
    *end = at;
    return parts;
  }

  Cycle Stall(const Job& job) {
    Cycle end = 0, work = 0;
    Parts(job, matmul_free_, &end);
    for (int f = job.fold0; f < job.fold1; ++f) {
      const Fold& fold = stages_[job.stage].mapping.folds[f];
      work += ShapeOf(job, fold, static_cast<int>(fold.slices.size())).Occupancy();
    }
    return end - matmul_free_ - work;
  }

  // ---- Emission

  int64_t Emit(const Instruction& instruction, const After& after, Cycle retire, int stage) {
    retire_.push_back(retire);
    const int64_t index = emitter_.Emit(instruction, after);
    program_.layer_of.push_back(stage < 0 ? -1 : stages_[stage].stage.first_layer);
    program_.report_of.push_back(stage);
    return index;
  }

  void EmitJob(const Job& job) {
    const PlannedStage& p = stages_[job.stage];
    const Tile& tile = p.tiles[job.tile];
    Cycle end = 0;
    const std::vector<Part> parts = Parts(job, matmul_free_, &end);
    int64_t last = kNone;
    for (const Part& part : parts) last = EmitMatmul(job, p, tile, part);
    for (int i = job.image; i < job.image + job.images; ++i) slots_.AddReader(job.stage, i, Engine::kMatmul, last);

    for (int i = job.image; i < job.image + job.images; ++i) slots_.StartWriting(job.stage + 1, i);
    int64_t post = kNone;
    for (const PlacedPiece& placed : Pieces(job)) {
      const int fold = placed.piece.fold;
      if (fold >= job.fold0 && fold < job.fold1) post = EmitPosts(job, p, tile, placed, last);
    }
    assert(post != kNone);
    post_of_half_[half_] = post;
    half_ ^= 1;
    if (LastOfUnit(job)) FinishUnit(job, post);
  }

  const std::vector<PlacedPiece>& Pieces(const Job& job) {
    const auto [it, added] = pieces_.try_emplace({job.stage, job.tile, job.images});
    if (added) {
      const PlannedStage& p = stages_[job.stage];
      std::vector<PostPiece> pieces;
      const bool ok = PlanPost(p.stage, p.mapping, p.tiles[job.tile], config_, &pieces, job.images);
      assert(ok);
      (void)ok;
      for (PostPiece& piece : pieces) {
        const int row = constants_.AddParameters(job.stage, p.stage, piece);
        const auto [c0, c1] = std::minmax_element(piece.channels.begin(), piece.channels.end());
        const int channel0 = *c0, channel1 = *c1 + 1;
        it->second.push_back({std::move(piece), row, channel0, channel1});
      }
    }
    return it->second;
  }

  int64_t EmitMatmul(const Job& job, const PlannedStage& p, const Tile& tile, const Part& part) {
    const Fold& fold = p.mapping.folds[part.fold];
    const FoldRows& rows = p.rows[part.fold];
    const int entry = (part.fold - job.fold0) * tile.vectors * job.images;
    const MatmulWork work = {p.stage,    p.mapping, tile,      fold,       rows.offsets, rows.weight_row,
                             part.first, part.last, job.image, job.images, entry,        half_};
    const MatmulShape shape = ShapeOf(job, fold, part.last - part.first);
    const Cycle issue = std::max(matmul_free_, Ready(part.after));
    matmul_free_ = issue + shape.Occupancy();
    return Emit(MatmulInstruction(work, tensors_[job.stage], config_), part.after, MatmulRetire(issue, shape, law_),
                job.stage);
  }

  // A piece for the job's images: one instruction where they lie side by side as pixels, else one each.
  int64_t EmitPosts(const Job& job, const PlannedStage& p, const Tile& tile, const PlacedPiece& placed,
                    int64_t matmul) {
    const PostPiece& piece = placed.piece;
    const Storage& out = tensors_[job.stage + 1];
    const bool together = PostTogether(piece, job.images, out);
    int64_t last = kNone;
    for (int b = 0; b < (together ? 1 : job.images); ++b) {
      const int image = job.image + b;
      const Instruction i = PostInstruction(
          {p.stage, tile, piece, placed.parameter_row, image, together ? job.images : 1, b * tile.vectors, half_}, out);
      After after;
      after.Add(Engine::kMatmul, matmul);
      const int end_image = together ? job.image + job.images : image + 1;
      for (int k = image; k < end_image; ++k) after.AddAll(slots_.ReplacedReaders(job.stage + 1, k));
      const Cycle issue = std::max(post_free_, Ready(after));
      const int64_t taps = PostTaps(i, law_);
      post_free_ = issue + taps;
      last = Emit(i, after, PostRetire(issue, taps), job.stage);
      const int row1 = piece.oy + (piece.ny - 1) * piece.step_y + 1;
      for (int k = image; k < end_image; ++k) {
        slots_.AddPart(job.stage + 1, k, {piece.oy, row1, placed.channel0, placed.channel1, last});
      }
    }
    return last;
  }

  // All tiles of a stage for some images are in the program: the output is complete, the input slots are free.
  void FinishUnit(const Job& job, int64_t post) {
    const int tensor = job.stage + 1;
    for (int i = job.image; i < job.image + job.images; ++i) {
      slots_.SetComplete(tensor, i);
      slots_.Release(job.stage, i);
      const Storage& s = tensors_[tensor];
      Observation o;
      o.instruction = static_cast<uint32_t>(post);
      o.tensor = stages_[job.stage].stage.last_layer + 1;
      o.image = i;
      o.layout = {static_cast<uint64_t>(s.Pixel(i, 0, 0)), s.h, s.w, s.c, static_cast<uint64_t>(s.pitch)};
      program_.observations.push_back(o);
    }
    if (tensor + 1 == static_cast<int>(tensors_.size())) {
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
      const Instruction i = LoadImageInstruction(program_, s, image, row0, row1);
      const Cycle issue = std::max(load_free_, Ready(after));
      int64_t bursts = 0, beats = 0;
      ForEachBurst(i, [&](uint64_t, int64_t bytes) {
        ++bursts;
        beats += Beats(bytes, law_);
      });
      load_free_ = issue + bursts + 1;
      load_data_ = std::max(load_data_, issue + law_.latency) + beats;
      last = Emit(i, after, load_data_ + 2, -1);
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
    const Storage& s = tensors_.back();
    After after;
    after.Add(Engine::kPost, post);
    int64_t last = kNone;
    const int instructions = s.h == 1 ? 1 : images;
    for (int k = 0; k < instructions; ++k) {
      const Instruction i = StoreInstruction(program_, s, image + k, s.h == 1 ? images : 1);
      last = Emit(i, after, retire_[post] + 2 * law_.latency, static_cast<int>(stages_.size()) - 1);
    }
    last_store_ = last;
    stored_ += images;
    for (int i = image; i < image + images; ++i) {
      slots_.AddReader(static_cast<int>(tensors_.size()) - 1, i, Engine::kStore, last);
      slots_.Release(static_cast<int>(tensors_.size()) - 1, i);
    }
  }

  const std::vector<PlannedStage>& stages_;
  const std::vector<Storage>& tensors_;
  const bool serialized_;
  Constants& constants_;
  Program& program_;
  const HwConfig config_;
  const LawConfig law_;
  const int images_, batch_;

  std::vector<Cursor> cursors_;
  std::map<std::array<int, 3>, std::vector<PlacedPiece>> pieces_;  // by stage, tile, images
  TensorSlots slots_;
  Emitter emitter_;
  std::vector<Cycle> retire_;  // estimated, per instruction
  Cycle matmul_free_ = 0, post_free_ = 0, load_free_ = 0, load_data_ = 0;
  int half_ = 0;
  int64_t post_of_half_[2] = {kNone, kNone};
  int64_t last_store_ = kNone;
  int loaded_ = 0, stored_ = 0;
};

}  // namespace

void ScheduleProgram(const std::vector<PlannedStage>& stages, const Placement& placement, Constants& constants,
                     Program& program) {
  Scheduler(stages, placement, constants, program).Run();
}

}  // namespace systole
