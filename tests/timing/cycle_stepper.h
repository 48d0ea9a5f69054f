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

// The depths of the pipelines, written down a second time from docs/timing.md, and a test may
// change them: sw/timing must then change in the same way.
struct Depths {
  int issue_to_work = 1, slot_to_activation_read = 1, slot_to_array = 3;
  int accumulator_read_to_write = 2, tap_to_write = 10, add_to_write = 5, beat_to_write = 1,
      read_to_bus = 3;
  int start_to_fetch = 1, arrival_to_dispatch = 1, dispatch_to_head = 1;
  int give_to_take = 1, retire_to_done = 2, matmul_error_to_control = 1;
};

struct StepResult {
  // A beat of LOAD on the bus, or of STORE as it is read: bytes [first, first + bytes) of the
  // instruction's lines, one behind the other.
  struct Beat {
    int64_t cycle;
    int instruction;
    int64_t first, bytes;
  };
  std::vector<Beat> beats;
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
  CycleStepper(const std::vector<Instruction>& code, const HwConfig& config, int latency,
               const Depths& depths = {});
  StepResult Run();

 private:
  struct Burst {
    int64_t first, bytes;  // as in StepResult::Beat
  };
  struct Read {  // a burst on its way from the memory
    int64_t first_beat, beats;
    int instruction;
    bool last;  // of the instruction
    Burst burst;
  };
  struct Queued {
    int instruction;
    int64_t visible;  // at the queue's output from then on
  };
  struct Engine {
    std::deque<Queued> queue, arriving;  // arriving: dispatched in this cycle
    std::vector<Burst> to_do;            // LOAD, STORE: bursts not begun, last one first
    int current = -1;                    // whose bursts to_do holds
    int64_t left = 0;                    // cycles until the next instruction may start
    int64_t delay = 0;                   // cycles until its first burst may start
  };
  struct Token {
    int64_t visible;
    int source, destination;
  };
  struct Retiring {
    int engine, instruction;
    int64_t cycle;
  };

  void StepFetch();
  void StepReads();
  void StepEngine(int e);
  int64_t LoadSlots(const Instruction& i) const;
  void StartInput(int index);
  void StepLoadBursts();
  void StepStoreBursts();
  bool TokensThere(int e, const Instruction& i) const;
  void Start(int e, int index);

  std::vector<Burst> BurstsOf(const Instruction& i) const;
  void RecordBeat(int instruction, const Burst& burst, int64_t beat);

  std::vector<Instruction> code_;
  HwConfig config_;
  Depths depths_;
  int64_t latency_, now_ = 0, last_change_ = 0;
  StepResult result_;
  Engine engine_[kNumEngines];
  int tokens_[kNumEngines][kNumEngines] = {};  // that the destination can take
  int given_[kNumEngines][kNumEngines] = {};   // the counters
  std::deque<Token> on_their_way_;
  std::vector<Retiring> retiring_;

  // Fetch.
  int requested_ = 0, dispatched_ = 0;
  std::vector<int64_t> arrived_;  // last beat of each instruction
  std::deque<Read> fetches_;
  int64_t fetch_beat_ = 0;

  // LOAD: bursts whose last beat has not come. STORE: cycles in which responses come.
  std::deque<Read> reads_;
  int64_t read_beat_ = 0, reads_in_flight_ = 0;
  int loads_in_flight_ = 0, posts_in_flight_ = 0;
  std::deque<int64_t> responses_;
  int64_t slot_beat_ = 0, slot_beats_left_ = 0;
  int slot_instruction_ = 0;
  Burst slot_burst_{};

  // MATMUL: how long the shadow registers still belong to the running instruction, weight columns
  // loaded.
  int64_t shadow_busy_ = 0, columns_loaded_ = 0;
  int64_t level_written_ = -1;  // the last sums of an input-stationary Matmul
};

}  // namespace systole::testing
