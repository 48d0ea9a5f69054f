#include "sw/scalesim/layer_sim.h"

namespace systole::scalesim {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

}  // namespace

LayerSim::Reader::Reader(const Stream& stream, int64_t buffer_words, int64_t bandwidth,
                         const Options& options)
    : reads_(stream, buffer_words, bandwidth, options.corrected),
      bandwidth_(bandwidth),
      options_(options) {
  Advance();
}

void LayerSim::Reader::Advance() {
  if (!reads_.Next(&next_)) next_.line = kNever;
}

int64_t LayerSim::Reader::Serve(int64_t cycle) {
  const int64_t step = reads_.prefetch_rows() + 1;
  int64_t offset = 1;
  if (options_.compat == Compat::kV2) {
    clock_ += next_.rotations * step;
    offset = std::max(offset, clock_ - cycle);
  } else {
    // v3 adds the gap d = clock - (cycle + offset) always, and a second time where it is positive.
    // With slack = cycle + offset - clock: slack' = |step - slack| if positive gap, else 0; from 0
    // it alternates with step.
    int64_t rotations = next_.rotations;
    int64_t slack = cycle + offset - clock_;
    for (int64_t i = 0; i < rotations; ++i) {
      if (slack == 0 && (rotations - i) >= 2) {
        const int64_t pairs = (rotations - i) / 2;
        clock_ += 2 * pairs * step;
        i += 2 * pairs - 1;
        continue;
      }
      clock_ += step;
      slack = std::max<int64_t>(0, step - slack);
    }
    offset = slack + clock_ - cycle;
  }
  rotations_ += next_.rotations;
  Advance();
  return offset - 1;
}

LayerSim::ReadSide LayerSim::Reader::Side() const {
  ReadSide side;
  side.start = -reads_.fill_rows();
  side.stop = clock_;
  side.words = options_.corrected
                   ? reads_.window_words()
                   : (reads_.fill_rows() + rotations_ * reads_.prefetch_rows()) * bandwidth_;
  return side;
}

LayerSim::LayerSim(const Geometry& g, const Machine& machine, const Options& options)
    : g_(g),
      ofmap_(OfmapStream{g}, machine.ofmap_kb * 1024,
             machine.user_bandwidth ? machine.ofmap_bandwidth : machine.cols) {
  if (machine.user_bandwidth) {
    ifmap_.emplace(MakeStream(g, Operand::kIfmap), machine.ifmap_kb * 1024, machine.ifmap_bandwidth,
                   options);
    filter_.emplace(MakeStream(g, Operand::kFilter), machine.filter_kb * 1024,
                    machine.filter_bandwidth, options);
  }
}

bool LayerSim::Next(LineEvent* event) {
  if (done_) return false;
  const int64_t ifmap_line = ifmap_ ? ifmap_->next_line() : kNever;
  const int64_t filter_line = filter_ ? filter_->next_line() : kNever;
  if (!ofmap_line_known_) {
    const int64_t next = ofmap_.NextLine(next_line_, stalls_);
    ofmap_line_ = next < 0 ? kNever : next;
    ofmap_line_known_ = true;
    draining_ = next_line_ + stalls_ < ofmap_.drain_end();
  }
  const int64_t ofmap_line = ofmap_line_;
  const int64_t line = std::min({ifmap_line, filter_line, ofmap_line});
  if (line == kNever) {
    if (!last_line_served_) total_cycles_ = g_.lines - 1 + stalls_;
    ofmap_.Finish(total_cycles_);
    done_ = true;
    return false;
  }
  const int64_t cycle = line + stalls_;
  next_line_ = line + 1;
  *event = LineEvent();
  event->line = line;
  event->stalls_before = stalls_;
  if (ifmap_line == line) {
    event->ifmap_rotations = ifmap_->next_rotations();
    event->ifmap_stall = ifmap_->Serve(cycle);
  }
  if (filter_line == line) {
    event->filter_rotations = filter_->next_rotations();
    event->filter_stall = filter_->Serve(cycle);
  }
  if (ofmap_line == line) event->ofmap_stall = ofmap_.ServeLine(line, cycle);
  if (line == g_.lines - 1) {
    last_line_served_ = true;
    total_cycles_ = cycle + event->ofmap_stall;
  }
  const int64_t stall = std::max({event->ifmap_stall, event->filter_stall, event->ofmap_stall});
  stalls_ += stall;
  // While nothing is draining, stalls do not change the line at which the write buffer acts.
  if (ofmap_line == line || (stall != 0 && draining_)) ofmap_line_known_ = false;
  return true;
}

}  // namespace systole::scalesim
