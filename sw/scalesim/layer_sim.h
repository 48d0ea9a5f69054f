// The three buffers together, event by event: at which lines the array stalls.
//
// Line i of the demand comes at cycle c = i + stalls so far. In USER mode a line that rotates the
// window of a read buffer moves its clock on by (prefetch rows + 1) a rotation, from where the
// clock stood; the line is served at max(c
// + 1, clock), and what exceeds c + 1 is its stall. The array stalls for the longest of the three.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "sw/scalesim/user_reads.h"
#include "sw/scalesim/write_buffer.h"

namespace systole::scalesim {

// A line at which something happened. Lines in between are quiet.
struct LineEvent {
  int64_t line = 0;
  int64_t stalls_before = 0;
  int64_t ifmap_stall = 0;
  int64_t filter_stall = 0;
  int64_t ofmap_stall = 0;
  int64_t ifmap_rotations = 0;
  int64_t filter_rotations = 0;
};

class LayerSim {
 public:
  LayerSim(const Geometry& g, const Machine& machine, const Options& options);

  bool Next(
      LineEvent* event);  // false after the last event; then the write buffer has been emptied

  int64_t stalls() const { return stalls_; }
  int64_t total_cycles() const {
    return total_cycles_;
  }  // cycle in which the last line is served, after the last event
  void set_drain_sink(DrainSink* sink) { ofmap_.set_sink(sink); }
  const WriteBuffer& write_buffer() const { return ofmap_; }

  struct ReadSide {
    int64_t start = 0;  // first and last cycle of fetching, words fetched
    int64_t stop = -1;
    int64_t words = 0;
  };
  ReadSide ifmap_reads() const { return ifmap_->Side(); }  // USER only
  ReadSide filter_reads() const { return filter_->Side(); }

 private:
  class Reader {
   public:
    Reader(const Stream& stream, int64_t buffer_words, int64_t bandwidth, const Options& options);
    int64_t next_line() const { return next_.line; }
    int64_t next_rotations() const { return next_.rotations; }
    int64_t Serve(int64_t cycle);  // serves next_line(); the stall
    ReadSide Side() const;

   private:
    void Advance();

    UserReads reads_;
    UserReads::Miss next_;
    int64_t bandwidth_;
    Options options_;
    int64_t clock_ = -1;
    int64_t rotations_ = 0;
  };

  Geometry g_;
  WriteBuffer ofmap_;
  std::optional<Reader> ifmap_, filter_;
  int64_t next_line_ = 0;
  int64_t ofmap_line_ = 0;  // at which the write buffer acts next
  bool ofmap_line_known_ = false;
  bool draining_ = false;  // it was draining when ofmap_line_ was found
  int64_t stalls_ = 0;
  int64_t total_cycles_ = 0;
  bool last_line_served_ = false;
  bool done_ = false;
};

}  // namespace systole::scalesim
