// A netlist, cycle by cycle, without delays: every net has one value a cycle, so that glitches are
// none. What is counted over the cycles of a window: changes of each net from one cycle to the
// next, cycles in which it is 1, clock pulses, accesses of memories.
//
//   values of cycle n = gates(inputs of cycle n, registers after n edges)
//
// A gate is looked at where one of its inputs has changed.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "sw/gates/netlist.h"

namespace systole::gates {

struct Counts {
  uint64_t cycles = 0;
  std::vector<uint64_t> changes,
      high;  // of each net; a clock's: two changes a pulse, `high` pulses
  std::vector<uint64_t> reads, writes;  // of each memory
};

class Simulator {
 public:
  explicit Simulator(const Netlist& netlist);

  // The inputs of this cycle, then Settle, then values can be read, then Edge.
  void Set(uint32_t net, bool value);
  void Settle();
  bool Get(uint32_t net) const { return values_[net]; }
  // Counts this cycle, if so said, and takes the clock's edge.
  void Edge(bool counted);

  void Clear();  // counts
  Counts counts() const;

 private:
  void Gates();
  void Count(bool counted);
  void Clocks(bool counted);
  void Access(size_t memory, bool counted);

  const Netlist& netlist_;
  std::vector<std::vector<uint32_t>> readers_;  // gates of each net
  std::vector<uint8_t> values_;
  std::vector<uint8_t> waiting_;  // gates with an input that changed
  std::vector<uint8_t> before_;   // of the nets in changed_: in the cycle before
  std::vector<uint8_t> is_changed_;
  std::vector<uint32_t> changed_;
  std::vector<uint64_t> since_;  // where a net is 1: counted cycles when it became so
  std::vector<uint8_t> fires_;   // clocks that pulse in this cycle
  std::vector<std::vector<uint8_t>> contents_;  // of memories, a byte a bit
  std::vector<std::pair<uint32_t, uint8_t>> next_;
  Counts counts_;
};

}  // namespace systole::gates
