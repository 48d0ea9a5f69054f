// A netlist of cells as scripts/ppa/flat.py writes it: gates by their truth tables, registers,
// clock gates and memories, between nets that are numbers. Net 0 is 0, net 1 is 1.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace systole::gates {

constexpr int kMostInputs = 6;

struct Gate {
  uint64_t table;  // bit i: the output where input k is bit k of i
  uint32_t in[kMostInputs];
  uint32_t inputs;
  uint32_t out;
};

// A rising edge of `clock` takes `next`; while `clear` is 1 it holds 0, while `preset` is 1 it
// holds
// 1. A net of 0: has none.
struct Register {
  uint32_t out, next, clock, clear, preset;
};

// A pulse of `clock` passes to `out` where `enable` is 1 when it begins.
struct ClockGate {
  uint32_t out, clock, enable;
};

// systole_sram: one write and one read port, the lowest bit first.
struct Memory {
  uint32_t words, clock, write, read;
  std::vector<uint32_t> write_address, read_address, write_data, read_data;
};

struct PortBit {
  std::string name;
  uint32_t bit, net;
};

struct Netlist {
  uint32_t nets = 2;
  uint32_t clock = 0;       // of the whole
  std::vector<Gate> gates;  // a gate after those that drive it
  std::vector<Register> registers;
  std::vector<ClockGate> clock_gates;
  std::vector<Memory> memories;
  std::vector<PortBit> inputs, outputs;
};

// Throws InputError with the line: unknown words, gates in a loop, a clock that no clock gate
// makes.
Netlist ReadNetlist(const std::string& path);

}  // namespace systole::gates
