#include "sw/tiling/program_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sw/base/check.h"
#include "sw/compiler/emitter.h"
#include "sw/tiling/act_space.h"
#include "sw/tiling/group_order.h"
#include "sw/tiling/put.h"
#include "sw/tiling/ring.h"
#include "sw/timing/matmul_law.h"

namespace systole {
namespace {

// A need of an item: from operation `from` to operation `to`.
struct Need {
  uint32_t from, to;
  int item;
};

// Loads that may stand ahead of an input that waits to be made.
constexpr size_t kAheadOfInput = 2;

struct ItemState {
  int address = 0;
  bool resident = false;
  int needed = 0;                    // needs known whose last operation is still to come
  After made;                        // loads that bring it (LOAD: the last piece)
  After wait;                        // what used its place before
  After users;                       // operations that used it
  std::vector<int64_t> piece_index;  // instruction of each piece
  struct Made {
    ItemArea area;
    int64_t index;
  };
  std::vector<Made> posts;  // into a placed item
};

bool InActivations(Ring ring) {
  return ring == Ring::kInput || ring == Ring::kOutput || ring == Ring::kResidual ||
         ring == Ring::kPlaced;
}

// Rows of the offset table that MATMUL's instructions reach.
int ReachedOffsetRows(const HwConfig& config) {
  return config.engine == 0 ? config.KtabRows()
                            : std::min(config.KtabRows(), 1 << field::kRcKtab.width);
}

class Writer {
 public:
  Writer(const Work& work, uint32_t first, uint32_t last, const HwConfig& config,
         const Zones& zones, const LoadPolicy& loads)
      : work_(work),
        first_(first),
        last_(last),
        config_(config),
        loads_(loads),
        space_(zones, config.ActBytes()),
        rings_{ItemRing(0, config.WgtRows()), ItemRing(0, ReachedOffsetRows(config)),
               ItemRing(0, config.ParRows())},
        groups_(config),
        state_(work.items.size()) {}

  WrittenProgram Run() {
    ListNeeds();
    emitter_.Start(&out_.code);
    index_of_.resize(last_ - first_);
    for (now_ = first_; now_ < last_; ++now_) {
      for (Queue& queue : queues_) {
        for (; queue.next < queue.needs.size() && queue.needs[queue.next].from <= now_;
             ++queue.next)
          Check(Bring(queue.needs[queue.next]),
                "an item's place on chip is needed by what needs it");
      }
      for (; next_output_ < outputs_.size() && outputs_[next_output_].from <= now_; ++next_output_)
        Check(Bring(outputs_[next_output_]), "the place of a result is still needed");
      PrefetchAll();
      EmitOp(work_.ops[now_]);
      for (; next_release_ < releases_.size() && releases_[next_release_].first <= now_;
           ++next_release_)
        --state_[releases_[next_release_].second].needed;
      while (!ahead_.empty() && ahead_.front() <= now_) ahead_.erase(ahead_.begin());
    }
    for (const Sight& sight : work_.sights) {
      if (sight.op < first_ || sight.op >= last_) continue;
      Observation& o = out_.observations.emplace_back(sight.observation);
      o.instruction = index_of_[sight.op - first_];
      o.layout.address += static_cast<uint64_t>(work_.items[sight.item].place);
    }
    return std::move(out_);
  }

 private:
  void ListNeeds() {
    std::vector<bool> begun(work_.items.size());
    std::vector<uint32_t> last_use(work_.items.size());
    for (uint32_t i = first_; i < last_; ++i) {
      const Op& op = work_.ops[i];
      for (const int item : {op.input, op.input2, op.output}) {
        if (item != kNoItem) last_use[item] = i;
      }
    }
    for (uint32_t i = first_; i < last_; ++i) {
      const Op& op = work_.ops[i];
      for (const int item : {op.input, op.input2, op.output}) {
        if (item == kNoItem || work_.items[item].ring != Ring::kPlaced || begun[item]) continue;
        begun[item] = true;
        queues_[static_cast<size_t>(Ring::kPlaced)].needs.push_back({i, last_use[item], item});
      }
      for (const int item : {op.offset, op.weight, op.parameter, op.input, op.input2}) {
        if (item != kNoItem && work_.items[item].ring == Ring::kPlaced) continue;
        // A result that POST reads again is on chip.
        if (item == kNoItem || work_.items[item].ring == Ring::kOutput) continue;
        queues_[static_cast<size_t>(work_.items[item].ring)].needs.push_back({i, i, item});
      }
      if (op.output != kNoItem && !begun[op.output]) {
        begun[op.output] = true;
        outputs_.push_back({i, work_.last_of_item[op.output], op.output});
      }
    }
    for (const Queue& queue : queues_) Reserve(queue.needs);
    Reserve(outputs_);
    std::sort(releases_.begin(), releases_.end());
  }

  void Reserve(const std::vector<Need>& needs) {
    for (const Need& need : needs) {
      const Item& item = work_.items[need.item];
      const int capacity = InActivations(item.ring) ? space_.capacity(item.ring)
                                                    : ConstantRing(item.ring).capacity();
      if (item.size > capacity) Refuse(need, capacity);
      releases_.push_back({need.to, need.item});
    }
  }

  [[noreturn]] void Refuse(const Need& need, int capacity) const {
    static constexpr Misfit kMisfit[] = {
        Misfit::kActivation, Misfit::kActivation, Misfit::kActivation, Misfit::kWeight,
        Misfit::kOffset,     Misfit::kChannel,    Misfit::kActivation};
    static constexpr const char* kWhat[] = {
        "bytes of input",  "bytes of results",       "bytes to be added",
        "rows of weights", "rows of window offsets", "rows of biases and multipliers",
        "bytes of a chain"};
    const std::pair<const char*, int> parameters[] = {
        {"ACT_KIB", config_.act_kib}, {"ACT_KIB", config_.act_kib},   {"ACT_KIB", config_.act_kib},
        {"WGT_KIB", config_.wgt_kib}, {"KTAB_KIB", config_.ktab_kib}, {"PAR_KIB", config_.par_kib},
        {"ACT_KIB", config_.act_kib}};
    const Item& item = work_.items[need.item];
    const int ring = static_cast<int>(item.ring);
    throw MisfitError(kMisfit[ring],
                      fmt::format("{}: {} {} are needed on chip at once, {}={} has {}",
                                  Name(need.from), item.size, kWhat[ring], parameters[ring].first,
                                  parameters[ring].second, capacity));
  }

  // Finds or loads the item; false: its place is not free yet.
  bool Bring(const Need& need) {
    ItemState& s = state_[need.item];
    const Item& item = work_.items[need.item];
    if (!s.resident) {
      if (!Place(need.item)) return false;
      s.resident = true;
      s.made = s.users = After{};
      s.posts.clear();
      s.piece_index.clear();
      for (uint32_t p = item.piece0; p < item.piece1; ++p) EmitPiece(work_.pieces[p], need, &s);
    }
    ++s.needed;
    return true;
  }

  ItemRing& ConstantRing(Ring ring) {
    return rings_[static_cast<size_t>(ring) - static_cast<size_t>(Ring::kWeight)];
  }

  // Gives an item its place, and notes what used that before.
  bool Place(int index) {
    const Item& item = work_.items[index];
    ItemState& s = state_[index];
    auto needed = [&](int i) { return state_[i].needed > 0; };
    auto gone = [&](int i) {
      state_[i].resident = false;
      After users = state_[i].users;
      if (work_.items[i].ring == Ring::kPlaced) users.AddAll(state_[i].made);
      return users;
    };
    if (InActivations(item.ring))
      return space_.Allocate(item.ring, item.place, index, item.size, needed, gone, &s.address,
                             &s.wait);
    After& evicted = evicted_[static_cast<size_t>(item.ring)];
    if (!ConstantRing(item.ring).Allocate(
            index, item.size, needed, [&](int i) { evicted.AddAll(gone(i)); }, &s.address))
      return false;
    s.wait = evicted;
    return true;
  }

  // Would an item brought now stand in the way of one that an earlier operation needs? (Rings keep
  // their own order.)
  bool InTheWay(const Need& need) const {
    const Item& item = work_.items[need.item];
    if (item.ring == Ring::kPlaced) {
      const int end = item.place + item.size;
      for (const Ring ring : {Ring::kInput, Ring::kResidual}) {
        const Queue& queue = queues_[static_cast<size_t>(ring)];
        if (!queue.Done() && queue.First().from < need.from && space_.Meets(ring, item.place, end))
          return true;
      }
      return next_output_ < outputs_.size() && outputs_[next_output_].from < need.from &&
             space_.Meets(Ring::kOutput, item.place, end);
    }
    if (!InActivations(item.ring)) return false;
    const Queue& placed = queues_[static_cast<size_t>(Ring::kPlaced)];
    for (size_t i = placed.next; i < placed.needs.size() && placed.needs[i].from < need.from; ++i) {
      const Item& other = work_.items[placed.needs[i].item];
      if (space_.Meets(item.ring, other.place, other.place + other.size)) return true;
    }
    return false;
  }

  // In the order of the operations that need them; but constants do not wait behind an input that
  // nobody has made yet.
  void PrefetchAll() {
    std::array<bool, kNumRings> waits{};
    size_t ahead = static_cast<size_t>(std::max(1, config_.queue_depth - 2));
    while (true) {
      int best = -1;
      for (int r = 0; r < kNumRings; ++r) {
        if (waits[r] || queues_[r].Done()) continue;
        if (best < 0 || queues_[r].First().from < queues_[best].First().from) best = r;
      }
      if (best < 0) return;
      if (Prefetch(queues_[best].First(), ahead)) {
        ++queues_[best].next;
      } else {
        waits[best] = true;
        const int waiting = queues_[best].First().item;
        if (Loads(waiting)) ahead = std::min(ahead, Passing(work_.items[waiting].ring));
      }
    }
  }

  size_t Passing(Ring ring) const {
    return InActivations(ring) ? kAheadOfInput : static_cast<size_t>(loads_.ahead);
  }

  // Does the item come from memory (not from POST, with padding around it)?
  bool Loads(int index) const {
    const Item& item = work_.items[index];
    return std::any_of(work_.pieces.begin() + item.piece0, work_.pieces.begin() + item.piece1,
                       [](const LoadPiece& p) { return p.instruction.opcode() != Opcode::kFill; });
  }

  // Brings an item that a later operation needs, if that keeps nobody waiting: what it reads is
  // stored by then, and the queue of LOAD holds it and all that are to come before its user.
  bool Prefetch(const Need& need, size_t most) {
    const Item& item = work_.items[need.item];
    if (state_[need.item].resident) return Bring(need);
    if (InTheWay(need)) return false;
    const size_t pieces = item.piece1 - item.piece0;
    if (!ahead_.empty() && ahead_.size() + pieces > most) return false;
    for (uint32_t p = item.piece0; p < item.piece1; ++p) {
      if (work_.pieces[p].after >= static_cast<int64_t>(now_)) return false;
    }
    return Bring(need);
  }

  void EmitPiece(const LoadPiece& piece, const Need& need, ItemState* s) {
    const Item& item = work_.items[need.item];
    Instruction* i = emitter_.Append();
    *i = piece.instruction;
    const int banks = item.ring == Ring::kWeight ? config_.wport : 1;
    AddTo(field::kLsBuf, int64_t{s->address} * banks, Name(need.from), i);
    After after = s->wait;
    if (piece.after >= first_)
      after.Add(Engine::kStore, index_of_[static_cast<size_t>(piece.after - first_)]);
    int64_t begin = 0, end = 0;
    if (InActivations(item.ring)) {
      begin = static_cast<int64_t>(i->Get(field::kLsBuf));
      end =
          begin + static_cast<int64_t>((i->Get(field::kLsLines) - 1) * i->Get(field::kLsBufStride) +
                                       i->Get(field::kLsBytes));
      groups_.Order(Engine::kLoad, true, begin, end, &after);
    }
    const int64_t index = Finish(after, work_.ops[need.from].row);
    if (end > 0) groups_.Note(Engine::kLoad, true, begin, end, index);
    s->made.Add(Engine::kLoad, index);
    s->piece_index.push_back(index);
    if (need.from > now_)
      ahead_.insert(std::upper_bound(ahead_.begin(), ahead_.end(), need.from), need.from);
  }

  // The instruction appended last.
  int64_t Finish(const After& after, int32_t row) {
    out_.row_of.push_back(row);
    return emitter_.Order(after);
  }

  const std::string& Name(uint32_t op) const { return work_.names[work_.ops[op].row]; }

  void EmitOp(const Op& op) {
    switch (op.instruction.engine()) {
      case Engine::kMatmul:
        EmitMatmul(op);
        break;
      case Engine::kPost:
        EmitPost(op);
        break;
      default:
        EmitStore(op);
    }
  }

  void EmitMatmul(const Op& op) {
    ItemState &input = state_[op.input], &weight = state_[op.weight], &offset = state_[op.offset];
    // Weights are read before the Matmul takes its tokens; else than weight stationary, with its
    // vectors.
    const bool with_vectors =
        op.instruction.opcode() == Opcode::kMatmul &&
        (IsOutputStationary(op.instruction) || IsInputStationary(op.instruction));
    const int64_t weights = weight.made.index[static_cast<int>(Engine::kLoad)];
    if (!with_vectors && !emitter_.Covers(Engine::kMatmul, Engine::kLoad, weights)) {
      Instruction* sync = emitter_.Append();
      *sync = Instruction{};
      sync->Set(field::kOpcode, static_cast<uint64_t>(Opcode::kSyncMatmul));
      Finish(weight.made, op.row);
    }
    Instruction* i = emitter_.Append();
    *i = op.instruction;
    AddTo(field::kMmBase, input.address, Name(now_), i);
    AddTo(field::kMmWgtRow, weight.address, Name(now_), i);
    // Both opcodes of MATMUL have the other fields in the same places.
    static_assert(field::kRcBase.lsb == field::kMmBase.lsb &&
                  field::kRcWgtRow.lsb == field::kMmWgtRow.lsb &&
                  field::kRcHalf.lsb == field::kMmHalf.lsb);
    AddTo(i->opcode() == Opcode::kRowConv ? field::kRcKtab : field::kMmKtab, offset.address,
          Name(now_), i);
    After after = offset.made;
    if (with_vectors) after.AddAll(weight.made);
    const Item& item = work_.items[op.input];
    for (uint32_t p = item.piece0; p < item.piece1; ++p) {
      const LoadPiece& piece = work_.pieces[p];
      if (piece.row0 < op.row1 && op.row0 < piece.row1)
        after.Add(Engine::kLoad, input.piece_index[p - item.piece0]);
    }
    const ItemArea reads{op.row0, op.row1, op.channel0, op.channel1};
    for (auto post = input.posts.rbegin(); post != input.posts.rend(); ++post) {
      if (!post->area.Meets(reads)) continue;
      after.Add(Engine::kPost, post->index);  // and with it all before it
      break;
    }
    if (op.job != matmul_job_) {  // its half was emptied by the Posts of the job before the last
      matmul_job_ = op.job;
      half_ ^= 1;
      after.Add(Engine::kPost, post_of_half_[half_]);
    }
    i->Set(field::kMmHalf, half_);
    const int64_t begin = input.address, end = begin + item.size;
    groups_.Order(Engine::kMatmul, false, begin, end, &after);
    const int64_t index = Finish(after, op.row);
    groups_.Note(Engine::kMatmul, false, begin, end, index);
    for (ItemState* s : {&input, &weight, &offset}) s->users.Add(Engine::kMatmul, index);
    last_matmul_ = index;
    index_of_[now_ - first_] = static_cast<uint32_t>(index);
  }

  void EmitPost(const Op& op) {
    ItemState &parameter = state_[op.parameter], &output = state_[op.output];
    Instruction* i = emitter_.Append();
    *i = op.instruction;
    AddTo(field::kPoPar, parameter.address, Name(now_), i);
    AddTo(field::kPoOut, output.address, Name(now_), i);
    After after = parameter.made;
    after.AddAll(output.wait);
    const bool placed = work_.items[op.output].ring == Ring::kPlaced;
    if (placed) after.AddAll(output.users);  // of what lay there before
    const bool sums = op.input == kNoItem;   // of the array, not operands in the activation buffer
    if (sums) {
      i->Set(field::kPoHalf, half_);
      after.Add(Engine::kMatmul, last_matmul_);
    } else {
      AddTo(field::kPaSrc, state_[op.input].address, Name(now_), i);
      if (op.input2 != kNoItem) AddTo(field::kPbSrc, state_[op.input2].address, Name(now_), i);
      for (const int item : {op.input, op.input2}) {
        if (item == kNoItem) continue;
        const int64_t from = state_[item].address;
        after.AddAll(state_[item].made);
        groups_.Order(Engine::kPost, false, from, from + work_.items[item].size, &after);
      }
    }
    const int64_t begin = output.address, end = begin + work_.items[op.output].size;
    groups_.Order(Engine::kPost, true, begin, end, &after);
    const int64_t index = Finish(after, op.row);
    groups_.Note(Engine::kPost, true, begin, end, index);
    parameter.users.Add(Engine::kPost, index);
    output.made.Add(Engine::kPost, index);
    if (placed) output.posts.push_back({op.made, index});
    if (sums) {
      post_of_half_[half_] = index;
    } else {
      for (const int item : {op.input, op.input2}) {
        if (item == kNoItem) continue;
        const int64_t from = state_[item].address;
        groups_.Note(Engine::kPost, false, from, from + work_.items[item].size, index);
        state_[item].users.Add(Engine::kPost, index);
      }
    }
    index_of_[now_ - first_] = static_cast<uint32_t>(index);
  }

  void EmitStore(const Op& op) {
    ItemState& output = state_[op.output];
    Instruction* i = emitter_.Append();
    *i = op.instruction;
    AddTo(field::kLsBuf, output.address, Name(now_), i);
    After after = output.made;
    const int64_t begin = output.address, end = begin + work_.items[op.output].size;
    groups_.Order(Engine::kStore, false, begin, end, &after);
    const int64_t index = Finish(after, op.row);
    groups_.Note(Engine::kStore, false, begin, end, index);
    output.users.Add(Engine::kStore, index);
    index_of_[now_ - first_] = static_cast<uint32_t>(index);
  }

  const Work& work_;
  const uint32_t first_, last_;  // operations
  const HwConfig& config_;
  LoadPolicy loads_;
  ActSpace space_;
  std::array<ItemRing, 3> rings_;  // of constants
  std::array<After, kNumRings> evicted_;
  GroupOrder groups_;
  std::vector<ItemState> state_;
  // What is to be loaded into a ring, in the order of need.
  struct Queue {
    std::vector<Need> needs;
    size_t next = 0;
    bool Done() const { return next == needs.size(); }
    const Need& First() const { return needs[next]; }
  };
  std::array<Queue, kNumRings> queues_;  // of what is loaded
  std::vector<Need> outputs_;            // of results
  std::vector<std::pair<uint32_t, int>> releases_;
  size_t next_output_ = 0, next_release_ = 0;
  std::vector<uint32_t> ahead_;  // sorted: first users of the loads that stand ahead of them
  Emitter emitter_;
  WrittenProgram out_;
  std::vector<uint32_t> index_of_;  // per operation: its instruction
  uint32_t now_ = 0;                // operation
  int half_ = 1;
  int32_t matmul_job_ = -1;
  int64_t last_matmul_ = -1;
  int64_t post_of_half_[2] = {-1, -1};
};

}  // namespace

WrittenProgram WriteProgram(const Work& work, uint32_t first, uint32_t last, const HwConfig& config,
                            const Zones& zones, const LoadPolicy& loads) {
  return Writer(work, first, last, config, zones, loads).Run();
}

}  // namespace systole
