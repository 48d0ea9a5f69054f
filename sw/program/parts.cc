#include "sw/program/parts.h"

#include <algorithm>

#include "sw/program/layout.h"

namespace systole {
namespace {

// Where each write of a run begins.
std::vector<uint64_t> WritesOf(const Program& p, const Segment& segment) {
  std::vector<uint64_t> writes;
  for (uint32_t i = segment.first; i < segment.last; ++i) {
    if (p.code[i].opcode() == Opcode::kStore) writes.push_back(p.code[i].Get(field::kLsAddr));
  }
  for (const HostStep& step : segment.host) writes.push_back(step.output.address);
  return writes;
}

Program Part(const Program& p, const Segment& segment) {
  Program part;
  part.config = p.config;
  part.options = p.options;
  const auto slice = [&](const auto& all, auto* some) {
    some->assign(all.begin() + segment.first, all.begin() + segment.last);
  };
  slice(p.code, &part.code);
  slice(p.layer_of, &part.layer_of);
  slice(p.report_of, &part.report_of);
  part.code_address = segment.address;
  part.constants = p.constants;
  part.constants_address = p.constants_address;
  part.input = p.input;
  part.input_stride = p.input_stride;
  part.memory_end = p.memory_end;
  part.write_base = WriteBase(p);
  part.write_end = WriteEnd(p);
  part.segments = {segment};
  part.segments[0].first = 0;
  part.segments[0].last = segment.last - segment.first;
  part.keeps = true;
  part.report = p.report;
  for (Observation o : p.observations) {
    if (o.instruction < segment.first || o.instruction >= segment.last) continue;
    o.instruction -= segment.first;
    part.observations.push_back(o);
  }
  return part;
}

}  // namespace

std::vector<Program> PartsOf(const Program& p) {
  std::vector<Program> parts;
  if (!p.keeps || p.segments.size() < 2) return parts;
  std::vector<std::vector<uint64_t>> writes;
  for (const Segment& segment : p.segments) {
    parts.push_back(Part(p, segment));
    writes.push_back(WritesOf(p, segment));
  }
  // The last part that writes to a tensor; -1: none.
  const auto last_part = [&](const TensorLayout& t) {
    for (size_t k = writes.size(); k-- > 0;) {
      if (std::any_of(writes[k].begin(), writes[k].end(),
                      [&](uint64_t address) { return BeginsIn(t, address); }))
        return static_cast<int>(k);
    }
    return -1;
  };
  for (const Observation& o : p.stored) {
    const int last = last_part(o.layout);
    if (last < 0) return {};
    parts[static_cast<size_t>(last)].stored.push_back(o);
    for (size_t k = static_cast<size_t>(last) + 1; k < parts.size(); ++k)
      parts[k].given.push_back(o);
  }
  TensorLayout end = p.output;
  end.address += p.output_stride * static_cast<uint64_t>(p.options.images - 1);
  const int last = last_part(end);
  if (last < 0) return {};
  parts[static_cast<size_t>(last)].output = p.output;
  parts[static_cast<size_t>(last)].output_stride = p.output_stride;
  return parts;
}

}  // namespace systole
