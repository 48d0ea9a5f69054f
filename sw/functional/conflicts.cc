#include "sw/functional/conflicts.h"

#include <algorithm>
#include <tuple>

namespace systole {
namespace {

constexpr int kLoad = 0, kMatmul = 1, kPost = 2, kStore = 3;
constexpr int kPostReads = 4;  // POST as a reader of the activation buffer

bool IsSync(const Instruction& i) { return (i.Get(field::kOpcode) & 0xF) == 0xF; }

// Whether two roles share a port of the activation buffer: both read, or both write.
bool SharePort(int a, int b) {
  const auto reads = [](int role) {
    return role == kMatmul || role == kPostReads || role == kStore;
  };
  return a != b && reads(a) == reads(b);
}

}  // namespace

void ConflictMonitor::Keep(Cycle cycle, int engine, uint32_t index, bool oldest,
                           std::optional<Conflict>* found) const {
  const Cycle seen = engine == kMatmul ? MatmulErrorSeen(cycle, laws_) : cycle;
  const auto order = [](const Conflict& c) {
    return std::make_tuple(c.seen, c.engine, !c.oldest, c.index);
  };
  const Conflict c{cycle, engine, index, seen, oldest};
  if (!found->has_value() || order(c) < order(**found)) *found = c;
}

ConflictMonitor::ConflictMonitor(const HwConfig& config, const MemoryTiming& timing)
    : config_(config),
      laws_(config, timing),
      group_bytes_(static_cast<uint64_t>(config.GroupBytes())) {}

ConflictMonitor::Active ConflictMonitor::Describe(uint32_t index, const Instruction& i, Cycle issue,
                                                  const uint16_t* ktab, int64_t bursts) {
  Active a;
  a.index = index;
  a.instruction = i;
  a.issue = issue;
  a.ktab = ktab;
  switch (i.engine()) {
    case Engine::kMatmul:
      if (i.opcode() == Opcode::kRowConv) {
        const RowMapping m = MappingOf(i);
        const int64_t vectors = m.Vectors(laws_.row.vector);
        a.steps = StepsOf(i, laws_.row);
        const RowConvStep& last = a.steps.back();
        a.first = ActivationRead(issue + a.steps.front().slot, laws_);
        a.last = ActivationRead(issue + VectorSlot(last, last.words * vectors - 1, vectors), laws_);
        a.done = issue + ShapeOfRowConv(i, laws_).retire;
        break;
      }
      a.shape = ShapeOfMatmul(i, laws_);
      a.first = ActivationRead(WindowSlot(issue, 0, 0, a.shape, laws_), laws_);
      a.last = ActivationRead(
          WindowSlot(issue, a.shape.slices - 1, WindowsOf(a.shape) - 1, a.shape, laws_), laws_);
      a.done = MatmulRetire(issue, a.shape, laws_);
      break;
    case Engine::kPost:
      a.first = PostWrite(issue, 0, i, laws_);
      a.last = a.done = PostRetire(issue, i, laws_);
      break;
    default: {
      const bool store = i.engine() == Engine::kStore, fill = i.opcode() == Opcode::kFill;
      const bool to_rows = !store && !fill && i.opcode() != Opcode::kLoadAct;
      const int64_t line_bytes = static_cast<int64_t>(i.Get(field::kLsBytes));
      uint64_t line = i.Get(field::kLsBuf);
      const uint64_t stride = i.Get(field::kLsBufStride);
      if (fill) {
        const int64_t beats = Beats(line_bytes, laws_);
        for (int64_t l = 0, n = 0; l < static_cast<int64_t>(i.Get(field::kLsLines));
             ++l, line += stride, n += beats) {
          a.bursts.push_back({FillWrite(issue, n, laws_), line_bytes, line});
        }
      } else {
        int64_t done = 0;
        ForEachBurst(i, [&](uint64_t, int64_t bytes) {
          const int64_t beats = Beats(bytes, laws_);
          const BurstTimes t =
              store ? write_.Next(issue, beats, laws_) : read_.Next(issue, beats, laws_);
          if (!to_rows && bursts-- > 0) {
            a.bursts.push_back({t.buffer, bytes, line + static_cast<uint64_t>(done)});
          }
          done += bytes;
          if (done == line_bytes) done = 0, line += stride;
        });
      }
      a.first = a.bursts.empty() ? 0 : a.bursts.front().first;
      a.last = a.done =
          a.bursts.empty() ? -1 : a.bursts.back().first + Beats(a.bursts.back().bytes, laws_) - 1;
      break;
    }
  }
  return a;
}

// The reads of a PostAct or PostActAdd.
ConflictMonitor::Active ConflictMonitor::DescribeReads(uint32_t index, const Instruction& i,
                                                       Cycle issue) const {
  Active a;
  a.index = index;
  a.instruction = i;
  a.issue = issue;
  a.first = PostTap(issue, 0, laws_);
  a.last = a.done = PostTap(issue, PostTaps(i, laws_) - 1, laws_);
  return a;
}

uint64_t ConflictMonitor::GroupsOf(uint64_t address, uint64_t bytes) const {
  return uint64_t{1} << (address / group_bytes_) | uint64_t{1}
                                                       << ((address + bytes - 1) / group_bytes_);
}

uint64_t ConflictMonitor::PostReadGroupsAt(const Active& a, Cycle cycle) const {
  const Instruction& i = a.instruction;
  const uint64_t taps = static_cast<uint64_t>(PostTapsOfPixel(i)),
                 since = static_cast<uint64_t>(cycle - a.first), tap = since % taps,
                 pixel = since / taps, nx = i.Get(field::kPoNx), ny = i.Get(field::kPoNy),
                 x = pixel % nx, y = pixel / nx % ny, lanes = static_cast<uint64_t>(config_.lanes),
                 done = pixel / nx / ny * lanes, n = std::min(lanes, i.Get(field::kPaNchan) - done);
  if (i.opcode() == Opcode::kPostActAdd) {
    const bool second = tap == 1;
    return GroupsOf(i.Get(second ? field::kPbSrc : field::kPaSrc) +
                        y * i.Get(second ? field::kPbRsY : field::kPaRsY) +
                        x * i.Get(field::kPoSx) + done,
                    n);
  }
  const uint64_t ntx = i.Get(field::kPaNtx);
  return GroupsOf(i.Get(field::kPaSrc) + y * i.Get(field::kPaRsY) + x * i.Get(field::kPaRsX) +
                      tap / ntx * i.Get(field::kPaRsTy) + tap % ntx * i.Get(field::kPaRsTx) + done,
                  n);
}

// The last byte that a PostAct or PostActAdd reads.
uint64_t ConflictMonitor::LastReadOf(const Instruction& i) const {
  const uint64_t x = i.Get(field::kPoNx) - 1, y = i.Get(field::kPoNy) - 1,
                 channels = i.Get(field::kPaNchan) - 1;
  const uint64_t first = i.Get(field::kPaSrc) + y * i.Get(field::kPaRsY) + channels;
  if (i.opcode() == Opcode::kPostActAdd) {
    return std::max(first, i.Get(field::kPbSrc) + y * i.Get(field::kPbRsY) + channels) +
           x * i.Get(field::kPoSx);
  }
  return first + x * i.Get(field::kPaRsX) + (i.Get(field::kPaNty) - 1) * i.Get(field::kPaRsTy) +
         (i.Get(field::kPaNtx) - 1) * i.Get(field::kPaRsTx);
}

// The vector, if any, that a RowConv reads in a cycle.
uint64_t ConflictMonitor::RowGroupsAt(const Active& a, Cycle cycle) const {
  const Instruction& i = a.instruction;
  const RowMapping m = MappingOf(i);
  const int64_t rows = config_.rows, vectors = m.Vectors(rows),
                slot = cycle - ActivationRead(a.issue, laws_);
  const auto after =
      std::upper_bound(a.steps.begin(), a.steps.end(), slot,
                       [](int64_t value, const RowConvStep& step) { return value < step.slot; });
  if (after == a.steps.begin()) return 0;
  const RowConvStep& s = *(after - 1);
  const int64_t word = (slot - s.slot) / s.pace, index = (slot - s.slot) % s.pace;
  if (word >= s.words || index >= vectors) return 0;
  const int64_t phase = index % m.Phases(rows),
                lanes = std::min(rows, m.InputRows() - phase * rows);
  const uint64_t base = VectorBase(s, word * vectors + index, m, i.Get(field::kRcPitch), rows);
  const uint16_t* offset = a.ktab + (static_cast<int64_t>(i.Get(field::kRcKtab)) + phase) * rows;
  uint64_t groups = 0;
  for (int64_t j = 0; j < lanes; ++j) {
    const uint64_t group = (base + offset[j]) / group_bytes_;
    // Past the buffer's end is another error (Executor).
    if (group < static_cast<uint64_t>(config_.act_groups)) groups |= uint64_t{1} << group;
  }
  return groups;
}

// Groups touched in a cycle.
uint64_t ConflictMonitor::GroupsAt(const Active& a, int engine, Cycle cycle) const {
  const Instruction& i = a.instruction;
  if (!a.steps.empty()) return RowGroupsAt(a, cycle);
  if (engine == kMatmul) {
    int64_t since = cycle - a.first, fold = 0;
    if (since >= a.shape.lead) {  // input stationary: fold 0's windows come before all vectors
      since -= a.shape.lead;
      fold = since / a.shape.period + (a.shape.pixels > 0 ? 1 : 0);
      since %= a.shape.period;
    }
    if (since < 0 || fold >= a.shape.slices || since >= WindowsOf(a.shape)) return 0;
    // Input stationary a tile's slices are folds, and b counts tiles.
    const int64_t slices = static_cast<int64_t>(i.Get(field::kMmKslices));
    const uint64_t tile = static_cast<uint64_t>(fold / slices),
                   slice = static_cast<uint64_t>(fold % slices);
    const uint64_t nx = i.Get(field::kMmNx), ny = i.Get(field::kMmNy),
                   n = static_cast<uint64_t>(since);
    const uint64_t base = i.Get(field::kMmBase) + n % nx * i.Get(field::kMmStrideX) +
                          n / nx % ny * i.Get(field::kMmStrideY) +
                          (n / nx / ny + tile) * i.Get(field::kMmStrideB) +
                          slice * i.Get(field::kMmBaseInc);
    const uint16_t* offset =
        a.ktab + (i.Get(field::kMmKtab) + (i.Get(field::kMmKtabInc) ? slice : 0)) *
                     static_cast<uint64_t>(config_.rows);
    const int lanes = static_cast<int>(GatheredLanes(i, fold, config_.rows));
    uint64_t groups = 0;
    for (int j = 0; j < lanes; ++j) {
      const uint64_t group = (base + offset[j]) / group_bytes_;
      // Past the buffer's end is another error (Executor).
      if (group < static_cast<uint64_t>(config_.act_groups)) groups |= uint64_t{1} << group;
    }
    return groups;
  }
  if (engine == kPostReads) return PostReadGroupsAt(a, cycle);
  if (engine == kPost) {
    const int64_t taps = PostTapsOfPixel(i), since = cycle - a.first;
    if (since < 0 || since % taps != 0) return 0;
    const uint64_t n = static_cast<uint64_t>(since / taps), nx = i.Get(field::kPoNx),
                   ny = i.Get(field::kPoNy);
    const uint64_t lanes = static_cast<uint64_t>(config_.lanes), chunk = n / nx / ny;
    const uint64_t channels = static_cast<uint64_t>(PostChannels(i));
    if (chunk * lanes >= channels) return 0;
    const uint64_t address = i.Get(field::kPoOut) + n / nx % ny * i.Get(field::kPoSy) +
                             n % nx * i.Get(field::kPoSx) + chunk * lanes;
    return GroupsOf(address, std::min(lanes, channels - chunk * lanes));
  }
  const int64_t beat = laws_.beat_bytes;
  for (const Burst& b : a.bursts) {
    if (cycle < b.first) break;
    const int64_t done = (cycle - b.first) * beat;
    if (done < b.bytes) {
      return GroupsOf(b.buffer + static_cast<uint64_t>(done),
                      static_cast<uint64_t>(std::min(beat, b.bytes - done)));
    }
  }
  return 0;
}

// Groups that may be touched at all.
uint64_t ConflictMonitor::AllGroups(const Active& a, int engine) const {
  const Instruction& i = a.instruction;
  uint64_t low, high;  // inclusive
  if (!a.steps.empty()) {
    const RowMapping m = MappingOf(i);
    low = high = i.Get(field::kRcBase);
    for (const RowConvStep& s : a.steps) {
      high = std::max(high, VectorBase(s, s.words * m.Vectors(config_.rows) - 1, m,
                                       i.Get(field::kRcPitch), config_.rows) +
                                0xFFFF);
    }
  } else if (engine == kMatmul) {
    low = i.Get(field::kMmBase);
    high = low + (i.Get(field::kMmNx) - 1) * i.Get(field::kMmStrideX) +
           (i.Get(field::kMmNy) - 1) * i.Get(field::kMmStrideY) +
           (i.Get(field::kMmNb) - 1) * i.Get(field::kMmStrideB) +
           (i.Get(field::kMmKslices) - 1) * i.Get(field::kMmBaseInc) + 0xFFFF;
  } else if (engine == kPostReads) {
    low = i.Get(field::kPaSrc);
    if (i.opcode() == Opcode::kPostActAdd) low = std::min(low, i.Get(field::kPbSrc));
    high = LastReadOf(i);
  } else if (engine == kPost) {
    low = i.Get(field::kPoOut);
    high = low + (i.Get(field::kPoNy) - 1) * i.Get(field::kPoSy) +
           (i.Get(field::kPoNx) - 1) * i.Get(field::kPoSx) +
           static_cast<uint64_t>(PostChannels(i)) - 1;
  } else {
    low = i.Get(field::kLsBuf);
    high = low + (i.Get(field::kLsLines) - 1) * i.Get(field::kLsBufStride) +
           i.Get(field::kLsBytes) - 1;
  }
  const uint64_t last =
      std::min<uint64_t>(high / group_bytes_, static_cast<uint64_t>(config_.act_groups - 1));
  if (low / group_bytes_ > last) return 0;
  return ((uint64_t{2} << last) - 1) & ~((uint64_t{1} << (low / group_bytes_)) - 1);
}

void ConflictMonitor::Collide(const Active& a, int engine_a, const Active& b, int engine_b,
                              std::optional<Conflict>* found) const {
  const Cycle first = std::max(a.first, b.first), last = std::min(a.last, b.last);
  if (first > last || (AllGroups(a, engine_a) & AllGroups(b, engine_b)) == 0) return;
  for (Cycle c = first; c <= last; ++c) {
    if ((GroupsAt(a, engine_a, c) & GroupsAt(b, engine_b, c)) == 0) continue;
    // MATMUL before POST before the others.
    const auto rank = [](int role) {
      return role == kMatmul ? 0 : role == kPost || role == kPostReads ? 1 : 2;
    };
    const bool a_named = rank(engine_a) < rank(engine_b);
    const int named = a_named ? engine_a : engine_b;
    return Keep(c, named == kPostReads ? kPost : named, a_named ? a.index : b.index, named == kPost,
                found);
  }
}

uint32_t ConflictMonitor::OldestMatmul(const Active& matmul, Cycle cycle) const {
  for (const Active& m : active_[kMatmul]) {
    if (m.done >= cycle) return std::min(m.index, matmul.index);
  }
  return matmul.index;
}

// In a step that adds, all columns of a channel are read at once.
void ConflictMonitor::CollideRowSums(const Active& row, const Active& post,
                                     std::optional<Conflict>* found) const {
  const Instruction& i = row.instruction;
  if (PostReadsActivations(post.instruction) ||
      i.Get(field::kRcHalf) != post.instruction.Get(field::kPoHalf)) {
    return;
  }
  const RowMapping m = MappingOf(i);
  const Cycle post_first = PostTap(post.issue, 0, laws_),
              post_last = PostTap(post.issue, PostTaps(post.instruction, laws_) - 1, laws_);
  for (const RowConvStep& s : row.steps) {
    if (s.slice == 0 && i.Get(field::kRcFirst) != 0) continue;
    const Cycle first = row.issue + s.start + StepToAccumulator(m, 0, laws_),
                last = first + m.Channels() - 1, cycle = std::max(first, post_first);
    if (cycle <= std::min(last, post_last))
      return Keep(cycle, kMatmul, OldestMatmul(row, cycle), true, found);
    if (first > post_last) return;
  }
}

void ConflictMonitor::CollideSums(const Active& matmul, const Active& post,
                                  std::optional<Conflict>* found) const {
  if (!matmul.steps.empty()) return CollideRowSums(matmul, post, found);
  const Instruction& m = matmul.instruction;
  if (PostReadsActivations(post.instruction)) return;
  if (m.Get(field::kMmHalf) != post.instruction.Get(field::kPoHalf)) return;
  const Cycle post_first = PostTap(post.issue, 0, laws_),
              post_last = PostTap(post.issue, PostTaps(post.instruction, laws_) - 1, laws_);
  const int64_t last_column = config_.cols - (config_.row_sum ? 0 : 1);
  if (matmul.shape.pixels > 0) {  // all columns at once; a tile's first slice may write alone
    const int64_t slices = static_cast<int64_t>(m.Get(field::kMmKslices));
    for (int64_t fold = 0; fold < matmul.shape.slices; ++fold) {
      if (m.Get(field::kMmFirst) != 0 && fold % slices == 0) continue;
      const Cycle first = LevelRead(MatmulSlot(matmul.issue, fold, 0, matmul.shape, laws_), laws_),
                  last = first + matmul.shape.vectors - 1, cycle = std::max(first, post_first);
      if (cycle <= std::min(last, post_last))
        return Keep(cycle, kMatmul, OldestMatmul(matmul, cycle), true, found);
      if (first > post_last) return;
    }
    return;
  }
  // Of an output-stationary one all tiles write without reading, or none.
  const int64_t writing = m.Get(field::kMmFirst) == 0 ? 0
                          : IsOutputStationary(m)     ? matmul.shape.slices
                                                      : 1;
  for (int64_t slice = writing; slice < matmul.shape.slices; ++slice) {
    const SumSlots sums = SumSlotsOf(m, matmul.issue, slice, matmul.shape, laws_);
    const Cycle first = AccumulatorRead(sums.first, 0, laws_);
    const Cycle last = AccumulatorRead(sums.Last(), last_column, laws_);
    const Cycle cycle = std::max(first, post_first);
    if (cycle <= std::min(last, post_last))
      return Keep(cycle, kMatmul, OldestMatmul(matmul, cycle), true, found);
    if (first > post_last) return;
  }
}

// Only an instruction's first slots can meet another one's last: within one, a slice lasts until
// its first sum has arrived.
void ConflictMonitor::FollowSums(const Active& a, std::optional<Conflict>* found) {
  if (!a.steps.empty()) return;  // its first sum comes when those before have been written
  if (a.shape.pixels > 0) {      // likewise, and those behind it wait
    last_slots_.clear();
    return;
  }
  const Instruction& i = a.instruction;
  const uint64_t entry = i.Get(field::kMmHalf) * 1024 + i.Get(field::kMmAccBase);
  const SumSlots first = SumSlotsOf(i, a.issue, 0, a.shape, laws_),
                 last = SumSlotsOf(i, a.issue, a.shape.slices - 1, a.shape, laws_);
  const int64_t most = laws_.shortest_period - 1;
  for (int64_t k = 0; k < std::min(first.count, most) && i.Get(field::kMmFirst) == 0; ++k) {
    for (const Slot& s : last_slots_) {
      if (OnItsWay(s.cycle, first.Slot(k), laws_) &&
          s.entry == entry + static_cast<uint64_t>(first.Entry(k))) {
        Keep(ActivationRead(first.Slot(k), laws_), kMatmul, a.index, false, found);
      }
    }
  }
  last_slots_.clear();
  for (int64_t k = std::max<int64_t>(last.count - most, 0); k < last.count; ++k)
    last_slots_.push_back({last.Slot(k), entry + static_cast<uint64_t>(last.Entry(k))});
}

std::optional<Conflict> ConflictMonitor::Issue(uint32_t index, const Instruction& i, Cycle cycle,
                                               const uint16_t* ktab, int64_t bursts) {
  std::optional<Conflict> found;
  if (IsSync(i)) return found;
  const int e = static_cast<int>(i.engine());
  const Active a = Describe(index, i, cycle, ktab, bursts);
  const bool reads = e == kPost && PostReadsActivations(i);
  const Active r = reads ? DescribeReads(index, i, cycle) : Active{};
  for (int other = 0; other < kRoles; ++other) {
    std::deque<Active>& list = active_[other];
    while (!list.empty() && list.front().done < cycle) list.pop_front();
    if (other == e) continue;
    for (const Active& b : list) {
      if (SharePort(e, other)) Collide(a, e, b, other, &found);
      if (reads && SharePort(kPostReads, other)) Collide(r, kPostReads, b, other, &found);
      if (e == kMatmul && other == kPost) CollideSums(a, b, &found);
      if (e == kPost && other == kMatmul) CollideSums(b, a, &found);
    }
  }
  if (e == kMatmul) FollowSums(a, &found);
  if (a.last >= 0) active_[e].push_back(a);
  if (reads) active_[kPostReads].push_back(r);
  return found;
}

}  // namespace systole
