#include "sw/functional/conflicts.h"

#include <algorithm>

namespace systole {
namespace {

constexpr int kLoad = 0, kMatmul = 1, kPost = 2, kStore = 3;

bool IsSync(const Instruction& i) { return (i.Get(field::kOpcode) & 0xF) == 0xF; }

int64_t TapsOfPixel(const Instruction& i) {
  return static_cast<int64_t>(i.Get(field::kPoNtx) * i.Get(field::kPoNty));
}

void Keep(std::optional<Conflict>* found, const Conflict& c) {
  if (!found->has_value() || c.cycle < (*found)->cycle) *found = c;
}

}  // namespace

ConflictMonitor::ConflictMonitor(const HwConfig& config, const MemoryTiming& timing)
    : config_(config),
      laws_(config, timing),
      group_bytes_(static_cast<uint64_t>(config.GroupBytes())) {}

ConflictMonitor::Active ConflictMonitor::Describe(uint32_t index, const Instruction& i, Cycle issue,
                                                  const uint16_t* ktab) {
  Active a;
  a.index = index;
  a.instruction = i;
  a.issue = issue;
  a.ktab = ktab;
  switch (i.engine()) {
    case Engine::kMatmul:
      a.shape = ShapeOfMatmul(i, laws_);
      a.first = issue + 2;
      a.last = issue + 1 + (a.shape.slices - 1) * a.shape.period + a.shape.vectors;
      break;
    case Engine::kPost:
      a.first = issue + 10 + TapsOfPixel(i);
      a.last = PostRetire(issue, PostTaps(i, laws_));
      break;
    default: {
      const bool store = i.engine() == Engine::kStore, fill = i.opcode() == Opcode::kFill;
      const bool to_rows = !store && !fill && i.opcode() != Opcode::kLoadAct;
      const int64_t line_bytes = static_cast<int64_t>(i.Get(field::kLsBytes));
      uint64_t line = i.Get(field::kLsBuf);
      const uint64_t stride = i.Get(field::kLsBufStride);
      if (fill) {
        Cycle cycle = issue + 2;
        for (uint64_t l = 0; l < i.Get(field::kLsLines);
             ++l, line += stride, cycle += Beats(line_bytes, laws_)) {
          a.bursts.push_back({cycle, line_bytes, line});
        }
      } else {
        int64_t done = 0;
        ForEachBurst(i, [&](uint64_t, int64_t bytes) {
          const int64_t beats = Beats(bytes, laws_);
          const BurstTimes t =
              store ? write_.Next(issue, beats, laws_) : read_.Next(issue, beats, laws_);
          if (!to_rows) {
            a.bursts.push_back({store ? t.address - 3 : t.first_beat + 1, bytes,
                                line + static_cast<uint64_t>(done)});
          }
          done += bytes;
          if (done == line_bytes) done = 0, line += stride;
        });
      }
      a.first = a.bursts.empty() ? 0 : a.bursts.front().first;
      a.last =
          a.bursts.empty() ? -1 : a.bursts.back().first + Beats(a.bursts.back().bytes, laws_) - 1;
      break;
    }
  }
  return a;
}

uint64_t ConflictMonitor::GroupsOf(uint64_t address, uint64_t bytes) const {
  return uint64_t{1} << (address / group_bytes_) | uint64_t{1}
                                                       << ((address + bytes - 1) / group_bytes_);
}

// Groups touched in a cycle.
uint64_t ConflictMonitor::GroupsAt(const Active& a, int engine, Cycle cycle) const {
  const Instruction& i = a.instruction;
  if (engine == kMatmul) {
    const int64_t slot = cycle - 1 - (a.issue + 1), slice = slot / a.shape.period,
                  v = slot % a.shape.period;
    if (slot < 0 || slice >= a.shape.slices || v >= a.shape.vectors) return 0;
    const uint64_t nx = i.Get(field::kMmNx), ny = i.Get(field::kMmNy), n = static_cast<uint64_t>(v);
    const uint64_t base = i.Get(field::kMmBase) + n % nx * i.Get(field::kMmStrideX) +
                          n / nx % ny * i.Get(field::kMmStrideY) +
                          n / nx / ny * i.Get(field::kMmStrideB) +
                          static_cast<uint64_t>(slice) * i.Get(field::kMmBaseInc);
    const uint16_t* offset =
        a.ktab +
        (i.Get(field::kMmKtab) + (i.Get(field::kMmKtabInc) ? static_cast<uint64_t>(slice) : 0)) *
            static_cast<uint64_t>(config_.rows);
    const int lanes =
        slice == a.shape.slices - 1 ? static_cast<int>(i.Get(field::kMmKlast)) : config_.rows;
    uint64_t groups = 0;
    for (int j = 0; j < lanes; ++j) groups |= uint64_t{1} << ((base + offset[j]) / group_bytes_);
    return groups;
  }
  if (engine == kPost) {
    const int64_t taps = TapsOfPixel(i), since = cycle - (a.issue + 10);
    if (since <= 0 || since % taps != 0) return 0;
    const uint64_t n = static_cast<uint64_t>(since / taps - 1), nx = i.Get(field::kPoNx),
                   ny = i.Get(field::kPoNy);
    const uint64_t lanes = static_cast<uint64_t>(config_.lanes), chunk = n / nx / ny;
    const uint64_t channels = i.Get(field::kPoNchan);
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
  if (engine == kMatmul) {
    low = i.Get(field::kMmBase);
    high = low + (i.Get(field::kMmNx) - 1) * i.Get(field::kMmStrideX) +
           (i.Get(field::kMmNy) - 1) * i.Get(field::kMmStrideY) +
           (i.Get(field::kMmNb) - 1) * i.Get(field::kMmStrideB) +
           static_cast<uint64_t>(a.shape.slices - 1) * i.Get(field::kMmBaseInc) + 0xFFFF;
  } else if (engine == kPost) {
    low = i.Get(field::kPoOut);
    high = low + (i.Get(field::kPoNy) - 1) * i.Get(field::kPoSy) +
           (i.Get(field::kPoNx) - 1) * i.Get(field::kPoSx) + i.Get(field::kPoNchan) - 1;
  } else {
    low = i.Get(field::kLsBuf);
    high = low + (i.Get(field::kLsLines) - 1) * i.Get(field::kLsBufStride) +
           i.Get(field::kLsBytes) - 1;
  }
  const uint64_t last =
      std::min<uint64_t>(high / group_bytes_, static_cast<uint64_t>(config_.act_groups - 1));
  return ((uint64_t{2} << last) - 1) & ~((uint64_t{1} << (low / group_bytes_)) - 1);
}

void ConflictMonitor::Collide(const Active& a, int engine_a, const Active& b, int engine_b,
                              std::optional<Conflict>* found) const {
  const Cycle first = std::max(a.first, b.first), last = std::min(a.last, b.last);
  if (first > last || (AllGroups(a, engine_a) & AllGroups(b, engine_b)) == 0) return;
  for (Cycle c = first; c <= last; ++c) {
    if ((GroupsAt(a, engine_a, c) & GroupsAt(b, engine_b, c)) == 0) continue;
    const bool a_named = engine_a == kMatmul || engine_a == kPost;
    return Keep(found, {c, a_named ? engine_a : engine_b, a_named ? a.index : b.index});
  }
}

uint32_t ConflictMonitor::OldestMatmul(const Active& matmul, Cycle cycle) const {
  for (const Active& m : active_[kMatmul]) {
    if (MatmulRetire(m.issue, m.shape, laws_) >= cycle) return std::min(m.index, matmul.index);
  }
  return matmul.index;
}

void ConflictMonitor::CollideSums(const Active& matmul, const Active& post,
                                  std::optional<Conflict>* found) const {
  const Instruction& m = matmul.instruction;
  if (m.Get(field::kMmHalf) != post.instruction.Get(field::kPoHalf)) return;
  const Cycle post_first = post.issue + 1,
              post_last = post.issue + PostTaps(post.instruction, laws_);
  const int64_t columns = config_.cols + (config_.row_sum ? 1 : 0);
  for (int64_t slice = m.Get(field::kMmFirst) ? 1 : 0; slice < matmul.shape.slices; ++slice) {
    const Cycle first = matmul.issue + 1 + slice * matmul.shape.period + 3 + config_.rows;
    const Cycle last = first + matmul.shape.vectors - 1 + columns - 1;
    const Cycle cycle = std::max(first, post_first);
    if (cycle <= std::min(last, post_last))
      return Keep(found, {cycle, kMatmul, OldestMatmul(matmul, cycle)});
    if (first > post_last) return;
  }
}

// Only the first two slots can follow another instruction's last ones: within one, a fold lasts
// three cycles at least.
void ConflictMonitor::FollowSums(const Active& a, std::optional<Conflict>* found) {
  const Instruction& i = a.instruction;
  const uint64_t entry = i.Get(field::kMmHalf) * 1024 + i.Get(field::kMmAccBase);
  for (int64_t v = 0; v < std::min<int64_t>(a.shape.vectors, 2) && i.Get(field::kMmFirst) == 0;
       ++v) {
    const Cycle cycle = a.issue + 1 + v;
    for (const Slot& s : last_slots_) {
      if (cycle - s.cycle <= 2 && s.entry == entry + static_cast<uint64_t>(v))
        Keep(found, {cycle + 1, kMatmul, a.index});
    }
  }
  const Cycle last = a.issue + 1 + (a.shape.slices - 1) * a.shape.period + a.shape.vectors - 1;
  for (int64_t k = 0; k < 2; ++k) {
    last_slots_[k] = k < a.shape.vectors
                         ? Slot{last - k, entry + static_cast<uint64_t>(a.shape.vectors - 1 - k)}
                         : Slot{};
  }
}

std::optional<Conflict> ConflictMonitor::Issue(uint32_t index, const Instruction& i, Cycle cycle,
                                               const uint16_t* ktab) {
  std::optional<Conflict> found;
  if (IsSync(i)) return found;
  const int e = static_cast<int>(i.engine());
  const Active a = Describe(index, i, cycle, ktab);
  for (int other = 0; other < kNumEngines; ++other) {
    std::deque<Active>& list = active_[other];
    // Accumulators are read up to ROWS + COLS + 4 cycles after the activations.
    while (!list.empty() && list.front().last + config_.rows + config_.cols + 4 < cycle)
      list.pop_front();
    if (other == e) continue;
    for (const Active& b : list) {
      if (e + other == kMatmul + kStore || e + other == kLoad + kPost)
        Collide(a, e, b, other, &found);
      if (e == kMatmul && other == kPost) CollideSums(a, b, &found);
      if (e == kPost && other == kMatmul) CollideSums(b, a, &found);
    }
  }
  if (e == kMatmul) FollowSums(a, &found);
  if (a.last >= 0) active_[e].push_back(a);
  return found;
}

}  // namespace systole
