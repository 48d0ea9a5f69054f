#include "sw/gates/simulator.h"

#include <cstring>

namespace systole::gates {

Simulator::Simulator(const Netlist& netlist)
    : netlist_(netlist),
      readers_(netlist.nets),
      values_(netlist.nets),
      waiting_((netlist.gates.size() + 7) / 8 * 8),
      before_(netlist.nets),
      is_changed_(netlist.nets),
      since_(netlist.nets),
      fires_(netlist.nets) {
  for (uint32_t i = 0; i < netlist.gates.size(); ++i) {
    const Gate& gate = netlist.gates[i];
    for (uint32_t k = 0; k < gate.inputs; ++k) readers_[gate.in[k]].push_back(i);
    waiting_[i] = 1;
  }
  for (const Memory& memory : netlist.memories)
    contents_.emplace_back(size_t{memory.words} * memory.read_data.size());
  Clear();
  Set(1, true);
}

void Simulator::Clear() {
  counts_.cycles = 0;
  counts_.changes.assign(netlist_.nets, 0);
  counts_.high.assign(netlist_.nets, 0);
  since_.assign(netlist_.nets, 0);
  counts_.reads.assign(netlist_.memories.size(), 0);
  counts_.writes.assign(netlist_.memories.size(), 0);
}

Counts Simulator::counts() const {
  Counts counts = counts_;
  for (uint32_t net = 0; net < netlist_.nets; ++net) {
    const bool high = is_changed_[net] ? before_[net] : values_[net];
    if (high) counts.high[net] += counts_.cycles - since_[net];
  }
  return counts;
}

void Simulator::Set(uint32_t net, bool value) {
  if (values_[net] == value) return;
  if (!is_changed_[net]) {
    is_changed_[net] = 1;
    before_[net] = values_[net];
    changed_.push_back(net);
  }
  values_[net] = value;
  for (const uint32_t reader : readers_[net]) waiting_[reader] = 1;
}

void Simulator::Gates() {
  for (size_t group = 0; group < waiting_.size(); group += 8) {
    uint64_t any;
    std::memcpy(&any, &waiting_[group], 8);
    if (any == 0) continue;
    for (size_t i = group; i < group + 8; ++i) {
      if (!waiting_[i]) continue;
      waiting_[i] = 0;
      const Gate& gate = netlist_.gates[i];
      uint32_t index = 0;
      for (uint32_t k = 0; k < gate.inputs; ++k) index |= uint32_t{values_[gate.in[k]]} << k;
      Set(gate.out, gate.table >> index & 1);
    }
  }
}

void Simulator::Settle() {
  Gates();
  // A register that is cleared may change what clears others.
  for (bool changed = true; changed;) {
    changed = false;
    for (const Register& reg : netlist_.registers) {
      if (reg.clear == 0 && reg.preset == 0) continue;
      bool value = values_[reg.out];
      if (reg.preset != 0 && values_[reg.preset]) value = true;
      if (reg.clear != 0 && values_[reg.clear]) value = false;
      changed = changed || value != values_[reg.out];
      Set(reg.out, value);
    }
    if (changed) Gates();
  }
}

void Simulator::Count(bool counted) {
  for (const uint32_t net : changed_) {
    is_changed_[net] = 0;
    if (values_[net] == before_[net]) continue;
    if (counted) ++counts_.changes[net];
    if (values_[net]) {
      since_[net] = counts_.cycles;
    } else {
      counts_.high[net] += counts_.cycles - since_[net];
    }
  }
  changed_.clear();
  if (counted) ++counts_.cycles;
}

void Simulator::Clocks(bool counted) {
  const auto pulse = [&](uint32_t net, bool fires) {
    fires_[net] = fires;
    if (counted && fires) counts_.changes[net] += 2, ++counts_.high[net];
  };
  pulse(netlist_.clock, true);
  for (const ClockGate& gate : netlist_.clock_gates)
    pulse(gate.out, fires_[gate.clock] && values_[gate.enable]);
}

void Simulator::Access(size_t m, bool counted) {
  const Memory& memory = netlist_.memories[m];
  const auto number = [&](const std::vector<uint32_t>& nets) {
    size_t value = 0;
    for (size_t k = 0; k < nets.size(); ++k) value |= size_t{values_[nets[k]]} << k;
    return value;
  };
  const size_t width = memory.read_data.size();
  if (values_[memory.read]) {
    if (counted) ++counts_.reads[m];
    const size_t word = number(memory.read_address);
    for (size_t k = 0; k < width && word < memory.words; ++k)
      next_.emplace_back(memory.read_data[k], contents_[m][word * width + k]);
  }
  if (values_[memory.write]) {
    if (counted) ++counts_.writes[m];
    const size_t word = number(memory.write_address);
    for (size_t k = 0; k < width && word < memory.words; ++k)
      contents_[m][word * width + k] = values_[memory.write_data[k]];
  }
}

void Simulator::Edge(bool counted) {
  Count(counted);
  Clocks(counted);
  next_.clear();
  for (const Register& reg : netlist_.registers) {
    if (fires_[reg.clock]) next_.emplace_back(reg.out, values_[reg.next]);
  }
  for (size_t m = 0; m < netlist_.memories.size(); ++m) {
    if (fires_[netlist_.memories[m].clock]) Access(m, counted);
  }
  for (const auto& [net, value] : next_) Set(net, value);
}

}  // namespace systole::gates
