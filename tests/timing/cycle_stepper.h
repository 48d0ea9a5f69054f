// docs/timing.md as a machine that is stepped cycle by cycle: queues, counters, countdowns, a
// memory with beats. It is slow and plain on purpose, and shares neither method nor code with
// sw/timing.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "sw/isa/config.h"
#include "sw/isa/isa.h"

namespace systole::testing {

struct StepResult {
  std::vector<int64_t> issue, retire;  // -1: never
  int64_t total = 0;
  int64_t cause[kNumEngines][4] = {};  // BUSY, WAIT_TOKEN, WAIT_DATA, EMPTY
  int64_t read_beats = 0, write_beats = 0;
  ErrorCode error = ErrorCode::kNone;
  int error_engine = 0;
  uint32_t error_index = 0;
};

class CycleStepper {
 public:
  CycleStepper(const std::vector<Instruction>& code, const HwConfig& config, int latency);
  StepResult Run();

 private:
  struct Read {  // a burst on its way from the memory
    int64_t first_beat, beats;
    int instruction;  // whose last burst this is, or -1
  };
  struct Engine {
    std::deque<int> queue, arriving;  // arriving: dispatched in this cycle
    std::vector<std::pair<int64_t, int64_t>>
        to_do;         // LOAD, STORE: address, bytes of bursts not begun, last one first
    int current = -1;  // whose bursts to_do holds
    int64_t left = 0;  // cycles until the next instruction may start
  };
  struct Retiring {
    int engine, instruction;
    int64_t cycle;
  };

  void StepFetch();
  void StepReads();
  void StepEngine(int e);
  void StepLoadBursts();
  void StepStoreBursts();
  bool TokensThere(int e, const Instruction& i) const;
  void Start(int e, int index);

  std::vector<std::pair<int64_t, int64_t>> BurstsOf(const Instruction& i) const;

  std::vector<Instruction> code_;
  HwConfig config_;
  int64_t latency_, now_ = 0, last_change_ = 0;
  StepResult result_;
  Engine engine_[kNumEngines];
  int tokens_[kNumEngines][kNumEngines] = {};
  std::vector<Retiring> retiring_;

  // Fetch.
  int requested_ = 0, arrived_ = 0, usable_ = 0, dispatched_ = 0;
  std::deque<Read> fetches_;
  int64_t fetch_beat_ = 0;

  // LOAD: bursts whose last beat has not come. STORE: cycles in which responses come.
  std::deque<Read> reads_;
  int64_t read_beat_ = 0, reads_in_flight_ = 0;
  int loads_in_flight_ = 0;
  std::deque<int64_t> responses_;
  int64_t slot_beats_left_ = 0;

  // MATMUL: how long the shadow registers still belong to the running instruction, weight columns
  // loaded.
  int64_t shadow_busy_ = 0, columns_loaded_ = 0;
};

}  // namespace systole::testing
