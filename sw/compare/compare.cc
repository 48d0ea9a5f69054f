#include "sw/compare/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "sw/driver/disassemble.h"

namespace systole {
namespace {

std::string Place(const Tensor& t, size_t index) {
  const size_t plane = size_t(t.h) * t.w;
  return fmt::format("element c {} h {} w {}", index / plane, index % plane / t.w, index % t.w);
}

std::string CycleText(uint64_t cycle) { return cycle == kNever ? "never" : std::to_string(cycle); }

// Number of differing bytes; *first is the index of the first one.
int64_t CountDifferent(const int8_t* a, const int8_t* b, size_t size, size_t* first) {
  if (std::memcmp(a, b, size) == 0) return 0;
  int64_t count = 0;
  for (size_t i = 0; i < size; ++i) {
    if (a[i] != b[i] && count++ == 0) *first = i;
  }
  return count;
}

// Indices of observations, those of the smallest image first, of one image in their order: a
// program goes through the images of a batch layer by layer.
std::vector<size_t> ByImage(const std::vector<Observation>& observations) {
  std::vector<size_t> order(observations.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return observations[a].image < observations[b].image;
  });
  return order;
}

// Of the whole tensor, C x H x W: element `i` of what is observed of it.
size_t ElementOf(const Observation& o, const Tensor& tensor, size_t i) {
  const size_t plane = size_t(o.layout.h) * o.layout.w;
  return (i / plane + o.c0) * tensor.h * tensor.w + size_t(o.y0) * tensor.w + i % plane;
}

}  // namespace

std::vector<int8_t> ToPlanes(const std::vector<int8_t>& pixels, const TensorLayout& layout) {
  std::vector<int8_t> planes(pixels.size());
  const size_t plane = size_t(layout.h) * layout.w;
  for (size_t p = 0; p < plane && !pixels.empty(); ++p) {
    for (int c = 0; c < layout.c; ++c) planes[c * plane + p] = pixels[p * layout.c + c];
  }
  return planes;
}

int RowOfTensor(const Program& program, int tensor) {
  for (size_t r = 0; r < program.report.size(); ++r) {
    if (program.report[r].first_layer <= tensor - 1 && tensor - 1 <= program.report[r].last_layer) {
      return static_cast<int>(r);
    }
  }
  return -1;
}

void CompareTensors(const Model& model, const Program& program, int64_t first_image,
                    const TensorView& reference, const TensorView& view,
                    std::vector<int64_t>* bytes, std::vector<int64_t>* mismatches,
                    Differences* differences) {
  const std::vector<Observation> observed = AllObservations(program);
  for (const size_t i : ByImage(observed)) {
    const Observation& o = observed[i];
    const int row = RowOfTensor(program, o.tensor);
    const std::string layer = row >= 0 ? program.report[row].name : "?";
    const Tensor& tensor = model.tensors[o.tensor];
    const std::vector<int8_t>& want = reference.tensors[i];
    const std::vector<int8_t>& got = view.tensors[i];
    size_t first = 0;
    int64_t different = 0;
    std::string values;
    if (want.size() != got.size() || want.empty()) {
      different = static_cast<int64_t>(want.size());
      values = fmt::format("{} has {} bytes, {} has {}", reference.name, want.size(), view.name,
                           got.size());
    } else if ((different = CountDifferent(want.data(), got.data(), want.size(), &first)) > 0) {
      values = fmt::format("{}: {} {}, {} {}; {} of {} bytes differ",
                           Place(tensor, ElementOf(o, tensor, first)), reference.name, want[first],
                           view.name, got[first], different, want.size());
    }
    if (row >= 0) {
      (*bytes)[row] += static_cast<int64_t>(want.size());
      (*mismatches)[row] += different;
    }
    if (different > 0) {
      differences->Add(different, fmt::format("{}: image {}, layer {} (tensor '{}'), {}", view.name,
                                              first_image + o.image, layer, tensor.name, values));
    }
  }
}

void CompareOutputs(const Model& model, int64_t first_image, const std::string& reference_name,
                    const std::vector<int8_t>& reference, const std::string& name,
                    const std::vector<int8_t>& outputs, Differences* differences) {
  const Tensor& tensor = model.tensors.back();
  const size_t size = static_cast<size_t>(tensor.Elements());
  for (size_t image = 0; image * size < reference.size(); ++image) {
    size_t first = 0;
    const int8_t* want = &reference[image * size];
    const int8_t* got = &outputs[image * size];
    const int64_t different = CountDifferent(want, got, size, &first);
    if (different == 0) continue;
    differences->Add(
        different,
        fmt::format(
            "{}: image {}, stored output (tensor '{}'), {}: {} {}, {} {}; {} of {} bytes differ",
            name, first_image + static_cast<int64_t>(image), tensor.name, Place(tensor, first),
            reference_name, want[first], name, got[first], different, size));
  }
}

void CompareTiming(const std::vector<Instruction>& code, const std::string& run,
                   const TimingView& reference, const TimingView& view, Differences* differences) {
  for (size_t i = 0; i < code.size(); ++i) {
    const Stamp& a = reference.stamps[i];
    const Stamp& b = view.stamps[i];
    if (a == b) continue;
    differences->Add(
        1, fmt::format("{}: {}, instruction {} ({}): issue {} {}, {} {}; retire {} {}, {} {}",
                       view.name, run, i, Disassemble(code[i]), reference.name, CycleText(a.issue),
                       view.name, CycleText(b.issue), reference.name, CycleText(a.retire),
                       view.name, CycleText(b.retire)));
  }
  auto check = [&](const std::string& what, uint64_t a, uint64_t b) {
    if (a != b) {
      differences->Add(1, fmt::format("{}: {}, {}: {} {}, {} {}", view.name, run, what,
                                      reference.name, a, view.name, b));
    }
  };
  check("total cycles", reference.total, view.total);
  for (const CounterInfo& c : kCounters) {
    if (c.member == &HardwareCounters::total) continue;  // above
    check(fmt::format("counter {}", c.name), reference.counters.*c.member, view.counters.*c.member);
  }
  for (int e = 0; e < kNumEngines; ++e) {
    for (const CauseInfo& c : kCauses) {
      check(fmt::format("counter {} of {}", c.name, EngineName(e)),
            reference.counters.engine[e].*c.member, view.counters.engine[e].*c.member);
    }
  }
}

RowCycles CyclesByRow(const Program& program, const std::vector<Stamp>& stamps, uint64_t total) {
  std::vector<std::pair<uint64_t, int>> starts;  // issue of a MATMUL, its row
  for (size_t i = 0; i < program.code.size(); ++i) {
    if (IsArrayWork(program.code[i].opcode()) && program.report_of[i] >= 0 &&
        stamps[i].issue != kNever) {
      starts.emplace_back(stamps[i].issue, program.report_of[i]);
    }
  }
  std::sort(starts.begin(), starts.end());
  RowCycles result;
  result.rows.resize(program.report.size());
  result.lead_in = starts.empty() ? total : starts.front().first;
  for (size_t i = 0; i < starts.size(); ++i) {
    const uint64_t end = i + 1 < starts.size() ? starts[i + 1].first : total;
    result.rows[starts[i].second] += end - starts[i].first;
  }
  return result;
}

std::string DescribeUnfinished(const TimingView& reference, const RunRecord& record) {
  uint64_t reached = 0;
  int64_t compared = 0, different = 0;
  for (size_t i = 0; i < std::min(record.stamps.size(), reference.stamps.size()); ++i) {
    const Stamp& stamp = record.stamps[i];
    const Stamp& expected = reference.stamps[i];
    for (const uint64_t cycle : {stamp.issue, stamp.retire}) {
      if (cycle != kNever) reached = std::max(reached, cycle);
    }
    if (stamp.issue == kNever) continue;
    ++compared;
    different += stamp.issue != expected.issue ||
                 (stamp.retire != kNever && stamp.retire != expected.retire);
  }
  return fmt::format(
      "cycle {} of {}; issue and retire of {} of {} instructions compared, {} differences", reached,
      reference.total, compared, reference.stamps.size(), different);
}

}  // namespace systole
