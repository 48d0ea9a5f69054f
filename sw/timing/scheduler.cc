#include "sw/timing/scheduler.h"

namespace systole {
namespace {

constexpr uint8_t kNoEngine = 0xFF;

struct OpcodeTable {
  uint8_t engine[256];
  constexpr OpcodeTable() : engine() {
    for (uint8_t& e : engine) e = kNoEngine;
#define OPCODE(name, code) engine[code] = (code >> 4) - 1;
#include "sw/isa/fields.def"
  }
};
constexpr OpcodeTable kOpcodes;

constexpr bool IsSync(uint32_t opcode) { return (opcode & 0x0F) == 0x0F; }
static_assert(IsSync(static_cast<uint8_t>(Opcode::kSyncLoad)) &&
              IsSync(static_cast<uint8_t>(Opcode::kSyncMatmul)) &&
              IsSync(static_cast<uint8_t>(Opcode::kSyncPost)) &&
              IsSync(static_cast<uint8_t>(Opcode::kSyncStore)));

// Tokens that word 0 asks engine e to take from engine s: the four Pop fields lie side by side.
static_assert(field::kPopLoad.lsb == 8 && field::kPopMatmul.lsb == 11 &&
              field::kPopPost.lsb == 14 && field::kPopStore.lsb == 17 &&
              field::kPopStore.width == 3 && field::kPush.lsb == 20);
constexpr uint32_t kAnyPop = 0xFFF00;
inline uint32_t Pops(uint32_t word0, unsigned s) { return (word0 >> (8 + 3 * s)) & 7; }

}  // namespace

Scheduler::Scheduler(const HwConfig& config, const MemoryTiming& memory, Keep keep)
    : keep_(keep), laws_(config, memory), not_built_(NotBuilt(config)) {}

void Scheduler::Start(const HwConfig& config, const MemoryTiming& memory) {
  laws_ = LawConfig(config, memory);
  not_built_ = NotBuilt(config);
  for (EngineState& engine : engine_) engine.Clear();
  for (auto& of_source : channel_) {
    for (Channel& channel : of_source) channel.pushed = channel.popped = 0;
  }
  fetch_ = FetchPort();
  read_ = ReadPort();
  write_ = WritePort();
  last_matmul_ = ArrayTimes();
  last_matmul_issue_ = last_dispatch_ = -1;
  blocked_from_ = 0;
  last_retire_ = 0;
  issue_.clear();
  retire_.clear();
  dispatch_.clear();
  known_.clear();
  counters_ = RunCounters();
  hang_ = ~0u;
  error_ = ErrorCode::kNone;
  error_engine_ = 0;
  error_index_ = 0;
  error_cycle_ = kNever;
  overflow_ = false;
  overflow_cycle_ = 0;
  overflow_engine_ = overflow_index_ = 0;
  uncounted_cycle_ = kNever;
}

void Scheduler::Reserve(size_t instructions) {
  dispatch_.reserve(instructions);
  if (keep_ == Keep::kTotals) return;
  issue_.reserve(instructions);
  retire_.reserve(instructions);
  known_.reserve(instructions);
}

Cycle Scheduler::NextFetch() const {
  const size_t fed = dispatch_.size();
  const Cycle freed = fed >= 2 * kFetchGroup ? dispatch_[fed - kFetchGroup - 1] : -1;
  return fetch_.NextAddress(freed, laws_);
}

bool Scheduler::Feed(const Instruction& instruction) {
  if (error_ != ErrorCode::kNone) return false;
  const uint32_t index = static_cast<uint32_t>(dispatch_.size());
  if (index % kFetchGroup == 0) fetch_.Burst(NextFetch(), laws_);
  Cycle d = Dispatch(fetch_.Arrival(laws_), last_dispatch_, laws_);
  const uint32_t opcode = instruction.word[0] & 0xFF;
  const uint8_t e = kOpcodes.engine[opcode];
  if (e == kNoEngine || opcode == static_cast<uint32_t>(not_built_)) {
    Fail(ErrorCode::kBadOpcode, kNumEngines, index, d);
    return false;
  }
  EngineState& engine = engine_[e];
  const uint32_t depth = static_cast<uint32_t>(laws_.queue_depth);
  if (engine.dispatched >= depth) {
    const uint32_t k = engine.dispatched - depth;
    if (k >= engine.done) {  // its queue is full for good
      blocked_from_ = d;
      FailWaiting();
      return false;
    }
    d = std::max(d, engine.issued[k & kQueueMask] + 1);
  }
  last_dispatch_ = d;
  dispatch_.push_back(d);
  if (keep_ == Keep::kAll) {
    issue_.push_back(kNever);
    retire_.push_back(kNever);
  }
  Waiting& slot = engine.queue[engine.dispatched++ & kQueueMask];
  slot.instruction = instruction;
  slot.at_output = d + laws_.pipeline.dispatch_to_head;
  slot.index = index;
  if (engine.dispatched - engine.done > 1) return true;  // an earlier one still waits

  for (unsigned work = 1u << e; work != 0;) {
    const unsigned next = static_cast<unsigned>(__builtin_ctz(work));
    work &= work - 1;
    work |= Run(next);
  }
  return error_ == ErrorCode::kNone;
}

bool Scheduler::TokensKnown(unsigned e, uint32_t word0, Cycle* ready) const {
  *ready = 0;
  if ((word0 & kAnyPop) == 0) return true;
  for (unsigned s = 0; s < kNumEngines; ++s) {
    const uint32_t n = s == e ? 0 : Pops(word0, s);
    if (n == 0) continue;
    const Channel& channel = channel_[s][e];
    const uint32_t last = channel.popped + n - 1;
    if (last >= channel.pushed) return false;
    *ready = std::max(*ready, TokenAvailable(channel.given[last & kTokenMask], laws_));
  }
  return true;
}

void Scheduler::Take(unsigned e, uint32_t word0, Cycle issue) {
  if ((word0 & kAnyPop) == 0) return;
  for (unsigned s = 0; s < kNumEngines; ++s) {
    if (s == e) continue;
    Channel& channel = channel_[s][e];
    for (uint32_t n = Pops(word0, s); n > 0; --n) {
      const uint32_t token = channel.popped++;
      channel.taken[token & kTokenMask] = issue;
      // Token number token + kTokenMax was given while this one was still there.
      const uint32_t later = token + kTokenMax;
      if (later < channel.pushed && channel.given[later & kTokenMask] <= issue) {
        Overflow(channel.given[later & kTokenMask], s, channel.giver[later & kTokenMask]);
      }
    }
  }
}

unsigned Scheduler::Give(unsigned e, uint32_t word0, Cycle retire, uint32_t index) {
  unsigned given = 0;
  for (unsigned d = 0; d < kNumEngines; ++d) {
    if (d == e || ((word0 >> (20 + d)) & 1) == 0) continue;
    Channel& channel = channel_[e][d];
    const uint32_t token = channel.pushed++;
    channel.given[token & kTokenMask] = retire;
    channel.giver[token & kTokenMask] = index;
    if (token >= kTokenMax && channel.popped > token - kTokenMax &&
        channel.taken[(token - kTokenMax) & kTokenMask] >= retire) {
      Overflow(retire, e, index);
    }
    if (token - channel.popped >= kTokenMask) {  // more than the queues could ever take in time
      const uint32_t first = channel.popped + kTokenMax;
      Overflow(channel.given[first & kTokenMask], e, channel.giver[first & kTokenMask]);
      Fail(ErrorCode::kToken, static_cast<int>(overflow_engine_), overflow_index_, overflow_cycle_);
    }
    given |= 1u << d;
  }
  return given;
}

unsigned Scheduler::Run(unsigned e) {
  EngineState& engine = engine_[e];
  unsigned woken = 0;
  while (engine.done != engine.dispatched && error_ == ErrorCode::kNone && !engine.hangs) {
    const Waiting& waiting = engine.queue[engine.done & kQueueMask];
    const Instruction& i = waiting.instruction;
    const uint32_t word0 = i.word[0];
    Cycle tokens;
    if (!TokensKnown(e, word0, &tokens)) break;

    const Cycle head = std::max(waiting.at_output, engine.last_issue + 1);
    Cycle issue = std::max(head, tokens);
    Cycle retire, busy_end;
    const uint32_t opcode = word0 & 0xFF;
    if (IsSync(opcode)) {
      if (e != static_cast<unsigned>(Engine::kMatmul)) {
        issue = std::max(issue, engine.free);
        engine.free = issue + 1;
      }
      retire = issue;
      busy_end = issue + 1;
    } else {
      switch (static_cast<Engine>(e)) {
        case Engine::kMatmul: {
          const ArrayTimes times = TimesOf(i, laws_);
          const Cycle preload = last_matmul_issue_ < 0
                                    ? head
                                    : std::max(head, last_matmul_issue_ + last_matmul_.last_load);
          issue = std::max({issue, preload + times.load - 1, engine.free});
          if (last_matmul_.input && !times.input)
            issue = std::max(issue, last_matmul_issue_ + last_matmul_.settled);
          retire = issue + times.retire;
          busy_end = engine.free = issue + times.occupancy;
          last_matmul_ = times;
          last_matmul_issue_ = issue;
          counters_.macs += times.macs;
          break;
        }
        case Engine::kPost: {
          issue = std::max(issue, engine.free);
          if (PostWaits(i)) issue = std::max(issue, engine.retire + 1);
          engine.retire = retire = PostRetire(issue, i, laws_);
          busy_end = engine.free = issue + PostOccupancy(i, laws_);
          break;
        }
        case Engine::kLoad: {
          issue = std::max(issue, engine.free);
          if (opcode == static_cast<uint32_t>(Opcode::kFill)) {
            issue = std::max(issue, engine.retire + 1);
            const int64_t beats = FillBeats(i, laws_);
            busy_end = engine.free = FillFree(issue, beats, laws_);
            retire = FillRetire(issue, beats, laws_);
          } else {
            if (BurstBound(i) > kMaxBursts) {
              RefuseToCount(e, waiting.index, issue);
              return woken;
            }
            ForEachBurst(i, [&](uint64_t, int64_t bytes) {
              const int64_t beats = Beats(bytes, laws_);
              counters_.read_beats += beats;
              read_.Next(issue, beats, laws_);
            });
            busy_end = engine.free = read_.free();
            retire = read_.Retire(laws_);
          }
          engine.retire = retire;
          break;
        }
        default: {  // STORE
          issue = std::max(issue, engine.free);
          if (BurstBound(i) > kMaxBursts) {
            RefuseToCount(e, waiting.index, issue);
            return woken;
          }
          ForEachBurst(i, [&](uint64_t, int64_t bytes) {
            const int64_t beats = Beats(bytes, laws_);
            counters_.write_beats += beats;
            write_.Next(issue, beats, laws_);
          });
          busy_end = engine.free = write_.free();
          retire = write_.Retire();
          break;
        }
      }
      retire += laws_.law_fault[e];
    }

    if (retire > kMaxCycle) {
      RefuseToCount(e, waiting.index, issue);
      return woken;
    }

    // Cycles between the work before and this one: nothing at the queue's output, tokens missing,
    // anything else.
    if (issue > engine.busy_end) {
      auto& cycles = counters_.cycles[e];
      const Cycle arrived = std::max(engine.busy_end, waiting.at_output);
      const Cycle ready = std::max(arrived, std::min(tokens, issue));
      cycles[3] += arrived - engine.busy_end;
      cycles[1] += ready - arrived;
      cycles[2] += issue - ready;
    }
    if (busy_end > engine.busy_end) {
      counters_.cycles[e][0] += busy_end - std::max(issue, engine.busy_end);
      engine.busy_end = busy_end;
    }

    if (waiting.index == hang_) {
      engine.hangs = true;
      if (keep_ == Keep::kAll) {
        issue_[waiting.index] = issue;
        known_.push_back(waiting.index);
      }
      Take(e, word0, issue);
      break;
    }
    engine.issued[engine.done & kQueueMask] = issue;
    engine.last_issue = issue;
    ++engine.done;
    last_retire_ = std::max(last_retire_, retire);
    if (keep_ == Keep::kAll) {
      issue_[waiting.index] = issue;
      retire_[waiting.index] = retire;
      known_.push_back(waiting.index);
    }
    Take(e, word0, issue);
    woken |= Give(e, word0, retire, waiting.index);
  }
  return woken;
}

// Its engine stops there; the others go on until it is told.
void Scheduler::RefuseToCount(unsigned e, uint32_t index, Cycle issue) {
  engine_[e].hangs = true;
  if (keep_ == Keep::kAll) {
    issue_[index] = issue;
    known_.push_back(index);
  }
  if (uncounted_cycle_ != kNever && uncounted_cycle_ <= issue) return;
  uncounted_cycle_ = issue;
  uncounted_engine_ = static_cast<int>(e);
  uncounted_index_ = index;
}

bool Scheduler::Finish() {
  if (error_ != ErrorCode::kNone) return false;
  JudgeUntaken(kMaxCycle);
  for (const EngineState& engine : engine_) {
    if (engine.done != engine.dispatched) {
      blocked_from_ = last_dispatch_ + 1;
      FailWaiting();
      return false;
    }
  }
  if (overflow_) {
    Fail(ErrorCode::kToken, static_cast<int>(overflow_engine_), overflow_index_, overflow_cycle_);
    return false;
  }
  for (unsigned e = 0; e < kNumEngines; ++e)
    counters_.cycles[e][3] += total() - engine_[e].busy_end;
  return true;
}

// Tokens that nothing has taken: the 256th of a pair finds the counter full if it is given by
// `until`, a cycle before which no instruction that is still to come can issue.
void Scheduler::JudgeUntaken(Cycle until) {
  for (unsigned s = 0; s < kNumEngines; ++s) {
    for (unsigned d = 0; d < kNumEngines; ++d) {
      const Channel& channel = channel_[s][d];
      if (channel.pushed - channel.popped <= kTokenMax) continue;
      const uint32_t first = (channel.popped + kTokenMax) & kTokenMask;
      if (channel.given[first] <= until) Overflow(channel.given[first], s, channel.giver[first]);
    }
  }
}

bool Scheduler::FindOverflow(Cycle* cycle, int* engine, uint32_t* index) {
  JudgeUntaken(last_dispatch_);
  *cycle = overflow_cycle_;
  *engine = static_cast<int>(overflow_engine_);
  *index = overflow_index_;
  return overflow_;
}

void Scheduler::Overflow(Cycle cycle, unsigned engine, uint32_t index) {
  if (overflow_ &&
      (cycle > overflow_cycle_ || (cycle == overflow_cycle_ && engine >= overflow_engine_)))
    return;
  overflow_ = true;
  overflow_cycle_ = cycle;
  overflow_engine_ = engine;
  overflow_index_ = index;
}

void Scheduler::Fail(ErrorCode code, int engine, uint32_t index, Cycle cycle) {
  if (error_ != ErrorCode::kNone) return;
  error_ = code;
  error_engine_ = engine;
  error_index_ = index;
  error_cycle_ = cycle;
}

// Every queue's first instruction waits for a token that never comes: the smallest index is named.
void Scheduler::FailWaiting() {
  if (uncounted_cycle_ != kNever) {
    Fail(ErrorCode::kBadField, uncounted_engine_, uncounted_index_, uncounted_cycle_);
    return;
  }
  if (overflow_) {
    Fail(ErrorCode::kToken, static_cast<int>(overflow_engine_), overflow_index_, overflow_cycle_);
    return;
  }
  int first = -1;
  for (int e = 0; e < kNumEngines; ++e) {
    const EngineState& engine = engine_[e];
    if (engine.done == engine.dispatched) continue;
    const uint32_t index = engine.queue[engine.done & kQueueMask].index;
    if (first < 0 || index < engine_[first].queue[engine_[first].done & kQueueMask].index)
      first = e;
  }
  Fail(ErrorCode::kToken, first, engine_[first].queue[engine_[first].done & kQueueMask].index,
       kNever);
}

}  // namespace systole
