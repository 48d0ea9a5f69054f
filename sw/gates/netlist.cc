#include "sw/gates/netlist.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "sw/base/error.h"

namespace systole::gates {
namespace {

std::vector<uint32_t> Numbers(std::istream* line, size_t count) {
  std::vector<uint32_t> found(count);
  for (uint32_t& number : found) *line >> number;
  return found;
}

Gate ReadGate(std::istream* line) {
  Gate gate{};
  *line >> gate.out >> std::hex >> gate.table >> std::dec;
  if (!*line) return gate;
  uint32_t net;
  while (gate.inputs < kMostInputs && *line >> net) gate.in[gate.inputs++] = net;
  if (line->eof()) line->clear(std::ios::eofbit);
  return gate;
}

Memory ReadMemory(std::istream* line) {
  Memory memory{};
  size_t address = 0, width = 0;
  *line >> memory.words >> address >> width >> memory.clock >> memory.write >> memory.read;
  if (address > 32 || width > 4096) line->setstate(std::ios::failbit);
  if (!*line) return memory;
  memory.write_address = Numbers(line, address);
  memory.read_address = Numbers(line, address);
  memory.write_data = Numbers(line, width);
  memory.read_data = Numbers(line, width);
  return memory;
}

PortBit ReadPort(std::istream* line) {
  PortBit port;
  *line >> port.name >> port.bit >> port.net;
  return port;
}

// Kahn's order.
void Order(Netlist* netlist, const std::string& path) {
  std::vector<std::vector<uint32_t>> readers(netlist->nets);
  std::vector<char> driven(netlist->nets);
  for (const Gate& gate : netlist->gates) driven[gate.out] = 1;
  std::vector<uint32_t> missing(netlist->gates.size());
  std::vector<uint32_t> ready;
  for (uint32_t i = 0; i < netlist->gates.size(); ++i) {
    const Gate& gate = netlist->gates[i];
    for (uint32_t k = 0; k < gate.inputs; ++k) {
      if (!driven[gate.in[k]]) continue;
      readers[gate.in[k]].push_back(i);
      ++missing[i];
    }
    if (missing[i] == 0) ready.push_back(i);
  }
  std::vector<Gate> ordered;
  for (size_t at = 0; at < ready.size(); ++at) {
    ordered.push_back(netlist->gates[ready[at]]);
    for (uint32_t reader : readers[ordered.back().out]) {
      if (--missing[reader] == 0) ready.push_back(reader);
    }
  }
  if (ordered.size() != netlist->gates.size()) {
    throw InputError(fmt::format("{}: {} gates stand in a loop or behind one", path,
                                 netlist->gates.size() - ordered.size()));
  }
  netlist->gates = ordered;
}

// Clock gates after those that drive them; every clock is the netlist's or a clock gate's.
void OrderClocks(Netlist* netlist, const std::string& path) {
  std::vector<char> known(netlist->nets);
  known[netlist->clock] = 1;
  std::vector<ClockGate> ordered, waiting = netlist->clock_gates;
  for (size_t before = waiting.size() + 1; waiting.size() < before;) {
    before = waiting.size();
    std::vector<ClockGate> rest;
    for (const ClockGate& gate : waiting) {
      (known[gate.clock] ? ordered : rest).push_back(gate);
      if (known[gate.clock]) known[gate.out] = 1;
    }
    waiting = rest;
  }
  bool all = waiting.empty();
  for (const Register& reg : netlist->registers) all = all && known[reg.clock];
  for (const Memory& memory : netlist->memories) all = all && known[memory.clock];
  if (!all) throw InputError(path + ": a clock comes from a cell that is no clock gate");
  netlist->clock_gates = ordered;
}

void CheckNets(const Netlist& netlist, const std::string& path) {
  const auto check = [&](const std::vector<uint32_t>& nets) {
    for (const uint32_t net : nets) {
      if (net >= netlist.nets) throw InputError(fmt::format("{}: there is no net {}", path, net));
    }
  };
  check({netlist.clock});
  for (const Gate& g : netlist.gates) check({g.in, g.in + g.inputs}), check({g.out});
  for (const Register& r : netlist.registers) check({r.out, r.next, r.clock, r.clear, r.preset});
  for (const ClockGate& g : netlist.clock_gates) check({g.out, g.clock, g.enable});
  for (const Memory& m : netlist.memories) {
    check({m.clock, m.write, m.read});
    for (const auto* nets : {&m.write_address, &m.read_address, &m.write_data, &m.read_data})
      check(*nets);
  }
  for (const auto* ports : {&netlist.inputs, &netlist.outputs})
    for (const PortBit& port : *ports) check({port.net});
}

}  // namespace

Netlist ReadNetlist(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw InputError(path + ": cannot be read");
  Netlist netlist;
  std::string text;
  for (int number = 1; std::getline(file, text); ++number) {
    std::istringstream line(text);
    std::string word;
    line >> word;
    if (word == "nets") {
      line >> netlist.nets;
    } else if (word == "clock") {
      line >> netlist.clock;
    } else if (word == "gate") {
      netlist.gates.push_back(ReadGate(&line));
    } else if (word == "register") {
      const std::vector<uint32_t> n = Numbers(&line, 5);
      netlist.registers.push_back({n[0], n[1], n[2], n[3], n[4]});
    } else if (word == "clockgate") {
      const std::vector<uint32_t> n = Numbers(&line, 3);
      netlist.clock_gates.push_back({n[0], n[1], n[2]});
    } else if (word == "memory") {
      netlist.memories.push_back(ReadMemory(&line));
    } else if (word == "input") {
      netlist.inputs.push_back(ReadPort(&line));
    } else if (word == "output") {
      netlist.outputs.push_back(ReadPort(&line));
    } else {
      line.setstate(std::ios::failbit);
    }
    if (line.fail()) throw InputError(fmt::format("{}:{}: cannot read '{}'", path, number, text));
  }
  CheckNets(netlist, path);
  Order(&netlist, path);
  OrderClocks(&netlist, path);
  return netlist;
}

}  // namespace systole::gates
