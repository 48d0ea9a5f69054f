#include "tests/timing/cycle_stepper.h"

#include <algorithm>

namespace systole::testing {
namespace {

bool IsSync(const Instruction& i) { return (i.Get(field::kOpcode) & 0xF) == 0xF; }
int64_t Get(const Instruction& i, Field f) { return static_cast<int64_t>(i.Get(f)); }

}  // namespace

CycleStepper::CycleStepper(const std::vector<Instruction>& code, const HwConfig& config,
                           int latency, const Depths& depths)
    : code_(code), config_(config), depths_(depths), latency_(latency) {
  result_.issue.assign(code.size(), -1);
  result_.retire.assign(code.size(), -1);
}

StepResult CycleStepper::Run() {
  const int64_t patience =
      3 * latency_ + 4000;  // longer than anything can be under way without a change
  size_t retired = 0;
  int64_t last_retire = 0;
  for (now_ = 0;; ++now_) {
    int owned[kNumEngines][kNumEngines];  // counters at the start of the cycle
    for (int s = 0; s < kNumEngines; ++s) {
      for (int d = 0; d < kNumEngines; ++d) owned[s][d] = given_[s][d];
    }
    for (; !on_their_way_.empty() && on_their_way_.front().visible <= now_;
         on_their_way_.pop_front())
      ++tokens_[on_their_way_.front().source][on_their_way_.front().destination];
    StepFetch();
    StepReads();
    for (int e = 0; e < kNumEngines; ++e) StepEngine(e);

    // Retires of this cycle give their tokens, to be taken in a later one.
    for (int e = 0; e < kNumEngines; ++e) {
      for (const Retiring& r : retiring_) {
        if (r.cycle != now_ || r.engine != e) continue;
        result_.retire[r.instruction] = now_;
        last_retire = now_;
        last_change_ = now_;
        ++retired;
        if (e == 0 && !IsSync(code_[r.instruction])) --loads_in_flight_;
        if (e == 2 && !IsSync(code_[r.instruction])) --posts_in_flight_;
        for (int d = 0; d < kNumEngines; ++d) {
          if (((Get(code_[r.instruction], field::kPush) >> d) & 1) == 0) continue;
          if (owned[e][d] == 255) {
            result_.error = ErrorCode::kToken;
            result_.error_engine = e;
            result_.error_index = static_cast<uint32_t>(r.instruction);
            return result_;
          }
          ++given_[e][d];
          on_their_way_.push_back({now_ + depths_.give_to_take, e, d});
        }
      }
    }
    retiring_.erase(std::remove_if(retiring_.begin(), retiring_.end(),
                                   [&](const Retiring& r) { return r.cycle <= now_; }),
                    retiring_.end());
    for (Engine& engine : engine_) {
      engine.queue.insert(engine.queue.end(), engine.arriving.begin(), engine.arriving.end());
      engine.arriving.clear();
      if (engine.left > 0) --engine.left;
      if (engine.delay > 0) --engine.delay;
    }
    if (shadow_busy_ > 0) --shadow_busy_;

    if (retired == code_.size() && now_ == last_retire + depths_.retire_to_done - 1) {
      result_.total = now_ + 1;
      return result_;
    }
    if (retired < code_.size() && now_ > last_change_ + patience && retiring_.empty() &&
        engine_[1].left == 0 && engine_[2].left == 0) {
      result_.error = ErrorCode::kToken;
      result_.error_index = ~0u;
      for (int e = 0; e < kNumEngines; ++e) {
        if (!engine_[e].queue.empty() &&
            static_cast<uint32_t>(engine_[e].queue.front().instruction) < result_.error_index) {
          result_.error_index = static_cast<uint32_t>(engine_[e].queue.front().instruction);
          result_.error_engine = e;
        }
      }
      return result_;
    }
  }
}

void CycleStepper::StepFetch() {
  // Dispatcher: one instruction a cycle, into a queue that has room at the start of the cycle.
  const int dispatched_before = dispatched_;
  if (dispatched_ < static_cast<int>(arrived_.size()) &&
      arrived_[dispatched_] + depths_.arrival_to_dispatch <= now_) {
    Engine& engine = engine_[static_cast<int>(code_[dispatched_].engine())];
    if (static_cast<int>(engine.queue.size()) < config_.queue_depth) {
      engine.arriving.push_back({dispatched_++, now_ + depths_.dispatch_to_head});
      last_change_ = now_;
    }
  }
  // A beat from the memory.
  if (!fetches_.empty() && now_ >= fetches_.front().first_beat) {
    last_change_ = now_;
    if (++fetch_beat_ % (32 / config_.AxiBytes()) == 0) arrived_.push_back(now_);
    if (fetch_beat_ == fetches_.front().beats) {
      fetch_beat_ = 0;
      fetches_.pop_front();
    }
  }
  // A request for eight more, where the buffer of sixteen has room for them.
  const int total = static_cast<int>(code_.size());
  if (now_ >= depths_.start_to_fetch && requested_ < total && requested_ - dispatched_before <= 8) {
    const int n = std::min(8, total - requested_);
    fetches_.push_back({now_ + latency_, int64_t{n} * (32 / config_.AxiBytes()), -1, false, {}});
    requested_ += n;
    last_change_ = now_;
  }
}

void CycleStepper::StepReads() {
  if (reads_.empty() || now_ < reads_.front().first_beat) return;
  ++result_.read_beats;
  last_change_ = now_;
  RecordBeat(reads_.front().instruction, reads_.front().burst, read_beat_);
  if (++read_beat_ < reads_.front().beats) return;
  if (reads_.front().last)
    retiring_.push_back({0, reads_.front().instruction, now_ + depths_.beat_to_write});
  read_beat_ = 0;
  reads_.pop_front();
  // reads_in_flight_ falls after this cycle's address decision: see StepLoadBursts.
}

bool CycleStepper::TokensThere(int e, const Instruction& i) const {
  for (int s = 0; s < kNumEngines; ++s) {
    if (s != e && tokens_[s][e] < Get(i, kPopField[s])) return false;
  }
  return true;
}

void CycleStepper::StepEngine(int e) {
  Engine& engine = engine_[e];
  const bool was_busy =
      engine.left > 0 || !engine.to_do.empty() || (e == 3 && slot_beats_left_ > 0);
  int begun = -1;
  bool tokens_there = true;
  const bool empty = engine.queue.empty() || engine.queue.front().visible > now_;
  if (!empty) {
    const int index = engine.queue.front().instruction;
    const Instruction& i = code_[index];
    tokens_there = TokensThere(e, i);
    bool may_start = !was_busy;
    if (e == 1) {
      if (IsSync(i)) {
        may_start = true;
      } else {
        const int64_t wl = LoadSlots(i);
        if (shadow_busy_ == 0 && columns_loaded_ < wl) ++columns_loaded_;
        may_start = may_start && columns_loaded_ == wl;
        // Column 0 of one that is not input stationary is read after all columns of one that is.
        const int64_t column0 = now_ + depths_.issue_to_work + depths_.slot_to_array + config_.rows;
        if (Get(i, field::kMmDataflow) != 2 && column0 <= level_written_) may_start = false;
      }
    }
    if (e == 0 && i.opcode() == Opcode::kFill && loads_in_flight_ > 0) may_start = false;
    const bool act = i.opcode() == Opcode::kPostAct || i.opcode() == Opcode::kPostActAdd;
    if (act && Get(i, field::kPaAfter) != 0 && posts_in_flight_ > 0) may_start = false;
    if (may_start && tokens_there) begun = index;
  }
  const bool busy = was_busy || begun >= 0;
  ++result_.cause[e][busy ? 0 : empty ? 3 : !tokens_there ? 1 : 2];
  // Bursts of instructions begun in earlier cycles.
  if (e == 0) StepLoadBursts();
  if (e == 3) StepStoreBursts();
  if (begun >= 0) Start(e, begun);
}

// Cycles to shift a Matmul's first weights in; they come with the vectors output stationary.
int64_t CycleStepper::LoadSlots(const Instruction& i) const {
  if (Get(i, field::kMmDataflow) == 1 || Get(i, field::kMmDataflow) == 2) return 0;
  return std::min(Get(i, field::kMmWcols), int64_t{config_.cols / config_.wport});
}

void CycleStepper::StepLoadBursts() {
  Engine& engine = engine_[0];
  const int64_t in_flight = reads_in_flight_;
  // Bursts still there after this cycle's beat.
  const int64_t finished = reads_in_flight_ - static_cast<int64_t>(reads_.size());
  if (!engine.to_do.empty() && engine.delay == 0 && in_flight < config_.outstanding) {
    const Burst burst = engine.to_do.back();
    engine.to_do.pop_back();
    const int64_t beats = (burst.bytes + config_.AxiBytes() - 1) / config_.AxiBytes();
    reads_.push_back({now_ + latency_, beats, engine.current, engine.to_do.empty(), burst});
    ++reads_in_flight_;
    last_change_ = now_;
  }
  reads_in_flight_ -= finished;
}

void CycleStepper::StepStoreBursts() {
  Engine& engine = engine_[3];
  if (slot_beats_left_ == 0 && !engine.to_do.empty() && engine.delay == 0 &&
      static_cast<int64_t>(responses_.size()) < config_.outstanding) {
    slot_burst_ = engine.to_do.back();
    slot_instruction_ = engine.current;
    slot_beat_ = 0;
    slot_beats_left_ = (slot_burst_.bytes + config_.AxiBytes() - 1) / config_.AxiBytes();
    engine.to_do.pop_back();
    responses_.push_back(now_ + depths_.read_to_bus + slot_beats_left_ - 1 + latency_);
    if (engine.to_do.empty()) retiring_.push_back({3, engine.current, responses_.back()});
    last_change_ = now_;
  }
  if (slot_beats_left_ > 0) {
    RecordBeat(slot_instruction_, slot_burst_, slot_beat_++);
    --slot_beats_left_;
    ++result_.write_beats;
    last_change_ = now_;
  }
  // A response makes room for the next cycle.
  while (!responses_.empty() && responses_.front() <= now_) responses_.pop_front();
}

// Input stationary: a fold's pixels come while the one before has its filters, the first one's
// alone; all columns meet their entries with the last one.
void CycleStepper::StartInput(int index) {
  const Instruction& i = code_[index];
  const int64_t turn = depths_.accumulator_read_to_write + 1, filters = Get(i, field::kMmWcols),
                pixels = Get(i, field::kMmNx) * Get(i, field::kMmNy),
                folds = Get(i, field::kMmNb) * Get(i, field::kMmKslices);
  int64_t last_fold = std::max(pixels, turn);
  for (int64_t fold = 1; fold < folds; ++fold) last_fold += std::max({pixels, filters, turn});
  engine_[1].left = last_fold + std::max(filters, turn);
  shadow_busy_ = last_fold + filters + depths_.issue_to_work;
  columns_loaded_ = 0;
  const int64_t last_slot = now_ + depths_.issue_to_work + last_fold + filters - 1;
  level_written_ = last_slot + depths_.slot_to_array + config_.rows + config_.cols - 1 +
                   depths_.accumulator_read_to_write;
  retiring_.push_back({1, index, level_written_ + 1});
}

void CycleStepper::Start(int e, int index) {
  Engine& engine = engine_[e];
  const Instruction& i = code_[index];
  result_.issue[index] = now_;
  last_change_ = now_;
  engine.queue.pop_front();
  for (int s = 0; s < kNumEngines; ++s) {
    if (s == e) continue;
    tokens_[s][e] -= static_cast<int>(Get(i, kPopField[s]));
    given_[s][e] -= static_cast<int>(Get(i, kPopField[s]));
  }
  if (IsSync(i)) {
    retiring_.push_back({e, index, now_});
    return;  // one cycle: the next one may start in the next
  }
  if (e == 1) {
    const int64_t m = Get(i, field::kMmNx) * Get(i, field::kMmNy) * Get(i, field::kMmNb);
    const int64_t wl = LoadSlots(i);
    const bool tiles = Get(i, field::kMmDataflow) == 1;
    if (Get(i, field::kMmDataflow) == 2) return StartInput(index);
    // An entry's sum is written before it is read again.
    const int64_t turn = depths_.accumulator_read_to_write + 1;
    // A tile's sums leave the array before the next tile's begin.
    const int64_t p = tiles ? std::max<int64_t>(m, config_.rows - 1) + config_.rows - 1
                            : std::max(std::max(m, wl), turn),
                  f = Get(i, field::kMmKslices);
    engine.left = f * p;
    // Counted down at the end of this cycle.
    shadow_busy_ = (f - 1) * p + (tiles ? m : 0) + depths_.issue_to_work;
    columns_loaded_ = 0;
    // The last vector's or lane's sum in the column behind the last one is written then.
    const int64_t last_slot = now_ + depths_.issue_to_work + (f - 1) * p + (tiles ? p : m) - 1;
    retiring_.push_back({1, index,
                         last_slot + depths_.slot_to_array + config_.rows + config_.cols +
                             depths_.accumulator_read_to_write});
  } else if (e == 2) {
    const bool add = i.opcode() == Opcode::kPostActAdd, act = i.opcode() == Opcode::kPostAct;
    const int64_t channels = Get(i, add || act ? field::kPaNchan : field::kPoNchan);
    const int64_t pixel = add   ? 2
                          : act ? Get(i, field::kPaNtx) * Get(i, field::kPaNty)
                                : Get(i, field::kPoNtx) * Get(i, field::kPoNty);
    int64_t taps = 0;
    for (int64_t channel = 0; channel < channels; channel += config_.lanes)
      taps += Get(i, field::kPoNx) * Get(i, field::kPoNy) * pixel;
    const int64_t late = add ? depths_.add_to_write : 0;
    engine.left = taps + late;
    ++posts_in_flight_;
    retiring_.push_back(
        {2, index, now_ + depths_.issue_to_work + taps - 1 + depths_.tap_to_write + late});
  } else if (i.opcode() == Opcode::kFill) {
    int64_t beats = 0;
    for (int64_t line = 0; line < Get(i, field::kLsLines); ++line) {
      for (int64_t byte = 0; byte < Get(i, field::kLsBytes); byte += config_.AxiBytes()) ++beats;
    }
    engine.left = depths_.issue_to_work + beats;
    ++loads_in_flight_;
    retiring_.push_back(
        {0, index, now_ + depths_.issue_to_work + beats - 1 + depths_.beat_to_write});
  } else {
    engine.to_do = BurstsOf(i);
    engine.current = index;
    engine.delay = depths_.issue_to_work;
    if (e == 0) ++loads_in_flight_;
  }
}

// Last one first. Byte by byte: a burst ends before a multiple of 256 and at the end of its line.
std::vector<CycleStepper::Burst> CycleStepper::BurstsOf(const Instruction& i) const {
  std::vector<Burst> bursts;
  for (int64_t line = 0; line < Get(i, field::kLsLines); ++line) {
    for (int64_t byte = 0; byte < Get(i, field::kLsBytes); ++byte) {
      const int64_t address = Get(i, field::kLsAddr) + line * Get(i, field::kLsMemStride) + byte;
      if (byte == 0 || address % 256 == 0)
        bursts.push_back({line * Get(i, field::kLsBytes) + byte, 0});
      ++bursts.back().bytes;
    }
  }
  std::reverse(bursts.begin(), bursts.end());
  return bursts;
}

void CycleStepper::RecordBeat(int instruction, const Burst& burst, int64_t beat) {
  const int64_t done = beat * config_.AxiBytes();
  result_.beats.push_back({now_, instruction, burst.first + done,
                           std::min<int64_t>(config_.AxiBytes(), burst.bytes - done)});
}

}  // namespace systole::testing
