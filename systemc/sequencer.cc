#include "systemc/sequencer.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace systole {
namespace {

constexpr int kFetchEngine = 4;

bool Inside(uint64_t address, size_t bytes, uint64_t first, uint64_t last) {
  const uint64_t end = address + bytes - 1;
  return end >= address && address >= first && end <= last;
}

// A last byte beyond the address bits means the end of the address space.
RunSettings Clipped(RunSettings s, const HwConfig& c) {
  const uint64_t mask =
      c.axi_addr_width >= 64 ? ~uint64_t{0} : (uint64_t{1} << c.axi_addr_width) - 1;
  s.read_last = std::min(s.read_last, mask);
  s.write_last = std::min(s.write_last, mask);
  return s;
}

}  // namespace

Sequencer::Sequencer(const MemoryTiming& timing, const RunSettings& settings, Executor* executor,
                     BusPorts* bus, RunObserver* observer)
    : config_(executor->config()),
      timing_(timing),
      settings_(Clipped(settings, executor->config())),
      executor_(executor),
      bus_(bus),
      observer_(observer),
      scheduler_(std::make_unique<Scheduler>(config_, timing)),
      conflicts_(config_, timing),
      track_progress_(settings_.watchdog != 0) {
  if (settings_.length == 0) {
    FeedEnded();
  } else {
    QueueFetch();
  }
}

// A deadlock that does not need the instructions that never come is seen all the same.
bool Sequencer::WaitsForBus() const { return engine_hangs_ || (fetch_hangs_ && !deadlock_); }

// The next thing to happen that is not the watchdog's.
Cycle Sequencer::NextEvent() const {
  if (!events_.empty()) return events_.top().cycle;
  return deadlock_ && !WaitsForBus() ? DeadlockSeen(now_, scheduler_->blocked_from()) : kForever;
}

Cycle Sequencer::Next() {
  Cycle expired;
  const bool empty = events_.empty();
  if (track_progress_ && FindExpiry(NextEvent(), &expired)) return expired;
  if (!empty) return events_.top().cycle;
  if (WaitsForBus()) {
    return settings_.watchdog == 0
               ? kForever
               : WatchdogExpires(std::max(now_, last_progress_), settings_.watchdog);
  }
  return DeadlockSeen(now_, scheduler_->blocked_from());
}

bool Sequencer::Step() {
  Cycle expired;
  if (track_progress_ && FindExpiry(NextEvent(), &expired)) return WatchdogEnds(expired);
  if (events_.empty()) return EndOfEvents();
  const Event e = events_.top();
  events_.pop();
  now_ = e.cycle;
  switch (e.kind) {
    case kRetire:
      DoRetire(e.index);
      return true;
    case kIssue:
      DoIssue(e.index);
      return true;
    case kFetch:
      DoFetch();
      return true;
    default:
      return EndWith(e.code, e.engine, e.index, e.cycle);
  }
}

// ---- Fetch

// The address of the next burst, where it can be known: bursts go on while there is room for them,
// whatever has become of earlier ones.
void Sequencer::QueueFetch() {
  if (wanted_ >= settings_.length) return;
  Cycle freed = -1;
  if (wanted_ >= 2 * kFetchGroup) {
    const std::vector<Cycle>& dispatch = scheduler_->dispatch();
    const size_t needed = static_cast<size_t>(wanted_) - kFetchGroup - 1;
    if (needed >= dispatch.size()) return;
    freed = dispatch[needed];
  }
  At(std::max(now_, fetch_.NextAddress(freed, scheduler_->laws())), kFetch, 0);
}

void Sequencer::DoFetch() {
  const uint32_t n =
      static_cast<uint32_t>(std::min<uint64_t>(kFetchGroup, settings_.length - wanted_));
  const uint32_t pc = static_cast<uint32_t>(wanted_);
  const uint64_t address = settings_.program + wanted_ * kInstructionBytes;
  const size_t bytes = size_t{n} * kInstructionBytes;
  if (settings_.program % kBurstBytes != 0) {
    return ErrorAt({ErrorCode::kBadField, now_, kThird}, kFetchEngine, pc, kErrorOfFetch);
  }
  if (address < settings_.program ||
      !Inside(address, bytes, settings_.read_first, settings_.read_last)) {
    return ErrorAt({ErrorCode::kReadWindow, now_, kThird}, kFetchEngine, pc, kErrorOfFetch);
  }
  uint8_t raw[kBurstBytes];
  const BusPorts::Answer answer = bus_->Fetch(now_, address, raw, bytes);
  // The same law as the scheduler's, for what is on the bus.
  const LawConfig& laws = scheduler_->laws();
  fetch_.Burst(now_, laws);
  Progress(now_, now_);
  wanted_ += n;
  if (answer == BusPorts::Answer::kNever) fetch_hangs_ = true;
  if (fetch_hangs_) {  // nothing comes after an answer that never does
    feeding_ = false;
    return QueueFetch();
  }
  Cycle last = 0;
  for (uint32_t k = 0; k < n; ++k) last = fetch_.Arrival(laws);
  OpenBurst(now_, last);
  Progress(fetch_.first_beat(), last);
  if (answer == BusPorts::Answer::kError) {
    feeding_ = false;
    ErrorAt({ErrorCode::kReadResponse, fetch_.Error(laws), kFirst}, kFetchEngine, pc,
            kErrorOfFetch);
  }
  if (!feeding_) return QueueFetch();
  for (uint32_t k = 0; k < n; ++k) {
    Instruction i;
    for (int w = 0; w < 8; ++w) {
      const uint8_t* p = raw + k * kInstructionBytes + 4 * w;
      i.word[w] = p[0] | uint32_t{p[1]} << 8 | uint32_t{p[2]} << 16 | uint32_t{p[3]} << 24;
    }
    code_.push_back(i);
    issued_.push_back(0);
    retired_.push_back(0);
    if (feeding_) Feed(i);
  }
  if (feeding_ && wanted_ == settings_.length) FeedEnded();
  QueueIssues();
  QueueFetch();
}

void Sequencer::Feed(const Instruction& instruction) {
  if (scheduler_->Feed(instruction)) {
    Progress(scheduler_->dispatch().back(), scheduler_->dispatch().back());
    return;
  }
  feeding_ = false;
  if (scheduler_->error() == ErrorCode::kToken) {
    deadlock_ = scheduler_->error_cycle() == Scheduler::kNever;
  } else if (scheduler_->error_engine() == kFetchEngine) {
    ErrorAt({scheduler_->error(), scheduler_->error_cycle(), kSecond}, kFetchEngine,
            scheduler_->error_index(), kErrorOfFetch);
  } else {
    // Beyond what the laws count: the field checks have a more exact name for most of it.
    const uint32_t index = scheduler_->error_index();
    const ErrorCode checked = CheckInstruction(code_[index], config_);
    EngineErrorAt({checked != ErrorCode::kNone ? checked : scheduler_->error(),
                   scheduler_->error_cycle(), kHead},
                  scheduler_->error_engine(), index);
  }
}

void Sequencer::FeedEnded() {
  feeding_ = false;
  if (!scheduler_->Finish()) deadlock_ = scheduler_->error_cycle() == Scheduler::kNever;
}

// Issue events for what has become known; a counter overflow that is certain.
void Sequencer::QueueIssues() {
  const std::vector<uint32_t>& known = scheduler_->known();
  for (; queued_ < known.size(); ++queued_) {
    const uint32_t i = known[queued_];
    if (!issued_[i]) At(scheduler_->issue()[i], kIssue, i);
  }
  Cycle cycle;
  int engine;
  uint32_t index;
  if (!overflow_told_ && scheduler_->FindOverflow(&cycle, &engine, &index)) {
    overflow_told_ = true;
    ErrorAt({ErrorCode::kToken, cycle, kFirst}, engine, index, kOverflow);
  }
}

// ---- Issue, retire

void Sequencer::DoIssue(uint32_t index) {
  const Instruction& i = code_[index];
  const int engine = static_cast<int>(i.engine());
  issue_ = now_;
  bus_error_ = {};
  answered_ = true;
  bursts_ = 0;
  const ErrorCode early = CheckInstruction(i, config_);
  if (early != ErrorCode::kNone) return EngineErrorAt(HeadError(early, engine), engine, index);
  if (scheduler_->Uncounted(index))
    return EngineErrorAt(HeadError(ErrorCode::kBadField, engine), engine, index);

  issued_[index] = 1;
  observer_->OnIssue(index, now_);
  const ErrorCode error = executor_->Execute(i, this);
  const Cycle retire = scheduler_->retire()[index];
  if (engine == 1 || engine == 2 || i.opcode() == Opcode::kFill) {
    const bool aborted = error != ErrorCode::kNone && engine == 2;
    Progress(now_, aborted ? RunningError(error, i).cycle : retire);
  }
  Progress(now_, now_);
  if (!answered_) {
    WalkAfterHang(i);
    Hang(index);
    if (bus_error_.code != ErrorCode::kNone) EngineErrorAt(bus_error_, engine, index);
    return;
  }
  const bool refused = error == ErrorCode::kReadWindow || error == ErrorCode::kWriteWindow;
  const std::optional<Conflict> conflict = conflicts_.Issue(
      index, i, now_, executor_->offsets(), refused ? bursts_ - 1 : ConflictMonitor::kAllBursts);
  if (conflict.has_value()) {
    EngineErrorAt({ErrorCode::kConflict, conflict->seen, conflict->oldest ? kFirst : kThird},
                  conflict->engine, conflict->index);
  }
  if (bus_error_.code != ErrorCode::kNone) return EngineErrorAt(bus_error_, engine, index);
  if (error != ErrorCode::kNone) {
    if (i.opcode() == Opcode::kPost) aborted_post_ = index;
    return EngineErrorAt(RunningError(error, i), engine, index);
  }
  assert(i.opcode() == Opcode::kFill || engine != 0 || (i.Get(field::kOpcode) & 15) == 15 ||
         retire == read_.Retire(scheduler_->laws()));
  assert(engine != 3 || (i.Get(field::kOpcode) & 15) == 15 || retire == write_.Retire());
  if (retire == Scheduler::kNever) return;
  At(retire, kRetire, index);
}

void Sequencer::DoRetire(uint32_t index) {
  retired_[index] = 1;
  while (oldest_ < retired_.size() && retired_[oldest_]) ++oldest_;
  Progress(now_, now_);
  observer_->OnRetire(index, now_);
}

// Of the instruction at an engine's queue output, which is not issued.
Sequencer::Error Sequencer::HeadError(ErrorCode code, int engine) const {
  const bool matmul = engine == static_cast<int>(Engine::kMatmul);
  return {code, matmul ? MatmulErrorSeen(now_, scheduler_->laws()) : now_, kHead};
}

// Of MATMUL or POST, found by the executor while running.
Sequencer::Error Sequencer::RunningError(ErrorCode code, const Instruction& i) const {
  const LawConfig& laws = scheduler_->laws();
  const Executor::Place& place = executor_->error_place();
  const Rank rank = code == ErrorCode::kBufferRange ? kSecond : kThird;
  if (i.engine() == Engine::kPost) return {code, PostTap(now_, place.item, laws), rank};
  if (i.opcode() == Opcode::kRowConv) {
    const RowConvStep step = StepsOf(i, laws.row)[static_cast<size_t>(place.slice)];
    const int64_t vectors = MappingOf(i).Vectors(laws.row.vector);
    return {code, LaneErrorSeen(now_ + VectorSlot(step, place.item, vectors), laws), rank};
  }
  const Cycle slot = WindowSlot(now_, place.slice, place.item, ShapeOfMatmul(i, laws), laws);
  return {code, LaneErrorSeen(slot, laws), rank};
}

// A later burst may be refused before an earlier one's answer comes: the first in time counts.
void Sequencer::NoteBusError(const Error& error) {
  if (bus_error_.code == ErrorCode::kNone ||
      std::tie(error.cycle, error.rank) < std::tie(bus_error_.cycle, bus_error_.rank)) {
    bus_error_ = error;
  }
}

ErrorCode Sequencer::ReadBurst(uint64_t address, uint8_t* data, size_t bytes) {
  const LawConfig& laws = scheduler_->laws();
  const BurstTimes t = read_.Next(issue_, static_cast<int64_t>(bytes >> laws.beat_shift), laws);
  ++bursts_;
  if (!Inside(address, bytes, settings_.read_first, settings_.read_last)) {
    NoteBusError({ErrorCode::kReadWindow, t.refused, kSecond});
    return ErrorCode::kReadWindow;
  }
  if (bus_error_.code != ErrorCode::kNone && t.address > bus_error_.cycle) return bus_error_.code;
  const BusPorts::Answer answer = bus_->Read(t.address, address, data, bytes);
  Progress(t.address, t.address);
  if (answer == BusPorts::Answer::kNever) {
    answered_ = false;
    hangs_from_ = t.address;
    read_.Hang(laws);
    return ErrorCode::kWatchdog;
  }
  OpenBurst(t.address, t.last_beat);
  Progress(t.first_beat, t.last_beat);
  if (answer == BusPorts::Answer::kError) NoteBusError({ErrorCode::kReadResponse, t.error, kFirst});
  return ErrorCode::kNone;
}

ErrorCode Sequencer::WriteBurst(uint64_t address, const uint8_t* data, size_t bytes) {
  const LawConfig& laws = scheduler_->laws();
  const int64_t beats = Beats(static_cast<int64_t>(bytes), laws);
  const BurstTimes t = write_.Next(issue_, beats, laws);
  ++bursts_;
  if (!Inside(address, static_cast<size_t>(beats) << laws.beat_shift, settings_.write_first,
              settings_.write_last)) {
    NoteBusError({ErrorCode::kWriteWindow, t.refused, kSecond});
    return ErrorCode::kWriteWindow;
  }
  if (bus_error_.code != ErrorCode::kNone && t.buffer > bus_error_.cycle) return bus_error_.code;
  const BusPorts::Answer answer = bus_->Write(t.address, address, data, bytes);
  Progress(t.address, t.last_beat);
  if (answer == BusPorts::Answer::kNever) {
    answered_ = false;
    hangs_from_ = t.buffer;
    write_.Hang(laws);
    return ErrorCode::kWatchdog;
  }
  OpenBurst(t.buffer, t.response);
  Progress(t.response, t.response);
  if (answer == BusPorts::Answer::kError)
    NoteBusError({ErrorCode::kWriteResponse, t.error, kFirst});
  return ErrorCode::kNone;
}

// ---- A bus that never answers

// The bursts behind one that is never answered: their addresses go out while OUTSTANDING allows it,
// and one outside the window is refused.
void Sequencer::WalkAfterHang(const Instruction& i) {
  const LawConfig& laws = scheduler_->laws();
  const bool store = i.engine() == Engine::kStore;
  int skip = bursts_;
  bool stuck = false;
  ForEachBurst(i, [&](uint64_t address, int64_t bytes) {
    if (stuck || skip-- > 0) return;
    const int64_t beats = Beats(bytes, laws);
    const BurstTimes t = store ? write_.Next(issue_, beats, laws) : read_.Next(issue_, beats, laws);
    const size_t length = static_cast<size_t>(beats) << laws.beat_shift;
    if (!Inside(address, length, store ? settings_.write_first : settings_.read_first,
                store ? settings_.write_last : settings_.read_last)) {
      NoteBusError({store ? ErrorCode::kWriteWindow : ErrorCode::kReadWindow, t.refused, kSecond});
      stuck = true;
    } else if (t.address >= kUnanswered) {
      stuck = true;
    } else {
      Progress(t.address, store ? t.last_beat : t.address);
    }
  });
}

// Everything that waits for `index`, directly or not, now waits for ever: the composition is done
// again with that. What engines have already run into stays.
void Sequencer::Hang(uint32_t index) {
  engine_hangs_ = true;
  Events kept;
  for (; !events_.empty(); events_.pop()) {
    const Event& e = events_.top();
    if (e.kind >= kErrorOfEngine && e.kind < kErrorOfFetch &&
        (e.rank != kHead || e.cycle <= now_ + 1))
      kept.push(e);
    if (e.kind == kErrorOfFetch && e.rank != kSecond) kept.push(e);
  }
  scheduler_ = std::make_unique<Scheduler>(config_, timing_);
  scheduler_->Hang(index);
  events_ = std::move(kept);
  queued_ = 0;
  feeding_ = true;
  deadlock_ = overflow_told_ = false;
  for (const Instruction& i : code_) {
    if (feeding_) Feed(i);
  }
  if (feeding_ && wanted_ == settings_.length) FeedEnded();
  for (uint32_t i = 0; i < issued_.size(); ++i) {
    if (issued_[i] && !retired_[i] && i < scheduler_->retire().size() &&
        scheduler_->retire()[i] != Scheduler::kNever) {
      At(scheduler_->retire()[i], kRetire, i);
    }
  }
  QueueIssues();
  QueueFetch();
}

// ---- Errors, end

void Sequencer::ErrorAt(const Error& error, int engine, uint32_t pc, int kind) {
  events_.push({error.cycle, static_cast<uint8_t>(kind), pc, error.code,
                static_cast<uint8_t>(engine), error.rank});
}

bool Sequencer::EndWith(ErrorCode code, int engine, uint32_t pc, Cycle cycle) {
  result_.error = code;
  result_.engine = engine;
  result_.pc = pc;
  draining_ = true;
  const Cycle idle = result_.bus_idle = BusIdleFrom(cycle);
  if (idle == kForever) {  // the watchdog ends the draining too
    result_.end =
        settings_.watchdog == 0
            ? kForever
            : DoneAfterWatchdog(WatchdogExpires(LastProgressOfDraining(cycle), settings_.watchdog));
  } else {
    result_.end = DoneAfterError(cycle, idle);
  }
  return false;
}

bool Sequencer::WatchdogEnds(Cycle cycle) {
  const std::vector<Cycle>& dispatch = scheduler_->dispatch();
  // What retires in this very cycle is still under way.
  uint32_t oldest = oldest_;
  for (uint32_t i = 0; i < oldest; ++i) {
    if (scheduler_->retire()[i] >= cycle) oldest = i;
  }
  const bool dispatched = oldest < dispatch.size() && dispatch[oldest] < cycle;
  EndWith(ErrorCode::kWatchdog,
          dispatched ? static_cast<int>(code_[oldest].engine()) : kFetchEngine, oldest, cycle);
  result_.end = DoneAfterWatchdog(cycle);
  return false;
}

bool Sequencer::EndOfEvents() {
  if (WaitsForBus()) return WatchdogEnds(Next());
  if (deadlock_)
    return EndWith(ErrorCode::kToken, scheduler_->error_engine(), scheduler_->error_index(),
                   DeadlockSeen(now_, scheduler_->blocked_from()));
  result_.end = scheduler_->total();
  result_.counters = scheduler_->counters();
  return false;
}

void Sequencer::OpenBurst(Cycle address, Cycle end) {
  if (open_.size() >= 256) {
    open_.erase(
        std::remove_if(open_.begin(), open_.end(), [&](const Span& s) { return s.last < now_; }),
        open_.end());
  }
  open_.push_back({address, end});
}

Cycle Sequencer::BusIdleFrom(Cycle cycle) const {
  if (fetch_hangs_ || hangs_from_ <= cycle) return kForever;
  Cycle idle = cycle;
  for (const Span& s : open_) {
    if (s.first <= cycle) idle = std::max(idle, s.last + 1);
  }
  return idle;
}

// While the bus drains, beats and answers go on, and so do the array and POST, with what they have.
Cycle Sequencer::LastProgressOfDraining(Cycle told) const {
  Cycle last = told;
  for (const Span& s : open_) {
    if (s.first <= told) last = std::max(last, s.last);
  }
  for (uint32_t i = oldest_; i < issued_.size(); ++i) {
    const Opcode opcode = code_[i].opcode();
    const bool runs = IsArrayWork(opcode) || opcode == Opcode::kPost ||
                      opcode == Opcode::kPostAct || opcode == Opcode::kPostActAdd;
    if (issued_[i] && !retired_[i] && runs && i != aborted_post_)
      last = std::max(last, scheduler_->retire()[i]);
  }
  return last;
}

// ---- Watchdog

void Sequencer::Progress(Cycle first, Cycle last) {
  if (track_progress_) progress_.push({first, last});
}

// Whether `watchdog` cycles in a row see no progress and that is noticed before cycle `now`: what
// else happens in the same cycle comes first.
bool Sequencer::FindExpiry(Cycle now, Cycle* expired) {
  const Cycle patience = settings_.watchdog;
  while (!progress_.empty() && progress_.top().first <= now) {
    const Span s = progress_.top();
    if (s.first > last_progress_ + patience) break;
    progress_.pop();
    last_progress_ = std::max(last_progress_, s.last);
  }
  *expired = WatchdogExpires(last_progress_, patience);
  const bool more = !progress_.empty() || !events_.empty() || engine_hangs_ || fetch_hangs_;
  return more && now > *expired;
}

}  // namespace systole
