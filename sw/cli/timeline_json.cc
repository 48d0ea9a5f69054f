#include "sw/cli/timeline_json.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "sw/driver/disassemble.h"
#include "sw/program/traffic.h"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kProcess = 1;
// Tracks: the engines are 0 to 3.
enum Track { kLayers = kNumEngines, kHost };

class Timeline {
 public:
  Timeline(const Program& program, const TimingView& view)
      : p_(program), view_(view), end_(program.code.size()) {
    std::array<uint64_t, kNumEngines> next;
    next.fill(view.total);
    for (size_t i = p_.code.size(); i-- > 0;) {
      const Stamp& stamp = view_.stamps[i];
      const size_t e = static_cast<size_t>(p_.code[i].engine());
      if (stamp.issue == kNever || e >= kNumEngines) continue;
      // An engine takes its next instruction before the last results of this one are written.
      end_[i] = std::min(next[e], stamp.retire == kNever ? view_.total : stamp.retire);
      next[e] = stamp.issue;
    }
  }

  Json Run() {
    Name();
    for (size_t i = 0; i < p_.code.size(); ++i) AddInstruction(i);
    AddLayers();
    uint64_t before = 0;
    for (const Segment& segment : Segments(p_)) {
      AddTokens(segment);
      for (uint32_t i = segment.first; i < segment.last; ++i)
        before = std::max(before, view_.stamps[i].retire == kNever ? 0 : view_.stamps[i].retire);
      for (const HostStep& step : segment.host) {
        events_.push_back({{"name", step.name},
                           {"cat", "host"},
                           {"ph", "i"},
                           {"s", "t"},
                           {"ts", before},
                           {"pid", kProcess},
                           {"tid", kHost}});
      }
    }
    return {{"displayTimeUnit", "ns"},
            {"otherData",
             {{"clock", "1 us is a cycle"}, {"description", view_.name}, {"cycles", view_.total}}},
            {"traceEvents", std::move(events_)}};
  }

 private:
  void Name() {
    const std::pair<int, std::string> tracks[] = {{0, EngineName(0)},  {1, EngineName(1)},
                                                  {2, EngineName(2)},  {3, EngineName(3)},
                                                  {kLayers, "layers"}, {kHost, "host"}};
    events_.push_back({{"name", "process_name"},
                       {"ph", "M"},
                       {"pid", kProcess},
                       {"args", {{"name", "systole, cycles by " + view_.name}}}});
    for (const auto& [track, name] : tracks) {
      events_.push_back({{"name", "thread_name"},
                         {"ph", "M"},
                         {"pid", kProcess},
                         {"tid", track},
                         {"args", {{"name", name}}}});
      events_.push_back({{"name", "thread_sort_index"},
                         {"ph", "M"},
                         {"pid", kProcess},
                         {"tid", track},
                         {"args", {{"sort_index", (track + 2) % 6}}}});
    }
  }

  std::string Layer(size_t i) const {
    const int row = p_.report_of[i];
    return row < 0 ? "" : p_.report[static_cast<size_t>(row)].name;
  }

  void Slice(const std::string& name, const char* category, uint64_t from, uint64_t to, int track,
             Json args) {
    events_.push_back({{"name", name},
                       {"cat", category},
                       {"ph", "X"},
                       {"ts", from},
                       {"dur", to - from},
                       {"pid", kProcess},
                       {"tid", track},
                       {"args", std::move(args)}});
  }

  void AddInstruction(size_t i) {
    const Instruction& in = p_.code[i];
    const Stamp& stamp = view_.stamps[i];
    const int engine = static_cast<int>(in.engine());
    if (stamp.issue == kNever || engine >= kNumEngines) return;
    Json args = {{"index", i}, {"layer", Layer(i)}, {"instruction", Disassemble(in)}};
    if (stamp.retire != kNever) args["retire"] = stamp.retire;
    Slice(OpcodeName(in.opcode()), "instruction", stamp.issue, end_[i], engine, std::move(args));
    const uint64_t bytes = MemoryBytes(in);
    if (bytes == 0 || end_[i] <= stamp.issue) return;
    const char* bus =
        in.engine() == Engine::kLoad ? "bus: bytes read a cycle" : "bus: bytes written a cycle";
    const double rate = static_cast<double>(bytes) / static_cast<double>(end_[i] - stamp.issue);
    for (const auto& [at, value] : {std::pair(stamp.issue, rate), std::pair(end_[i], 0.0)}) {
      events_.push_back({{"name", bus},
                         {"ph", "C"},
                         {"ts", at},
                         {"pid", kProcess},
                         {"args", {{"bytes", value}}}});
    }
  }

  // A layer from its first Matmul to the next layer's, as the report counts.
  void AddLayers() {
    std::vector<std::pair<uint64_t, int>> starts;
    for (size_t i = 0; i < p_.code.size(); ++i) {
      if (IsArrayWork(p_.code[i].opcode()) && p_.report_of[i] >= 0 &&
          view_.stamps[i].issue != kNever)
        starts.emplace_back(view_.stamps[i].issue, p_.report_of[i]);
    }
    std::sort(starts.begin(), starts.end());
    for (size_t k = 0; k < starts.size();) {
      size_t next = k + 1;
      while (next < starts.size() && starts[next].second == starts[k].second) ++next;
      const uint64_t to = next < starts.size() ? starts[next].first : view_.total;
      const Program::ReportLayer& row = p_.report[static_cast<size_t>(starts[k].second)];
      Slice(row.name, "layer", starts[k].first, to, kLayers,
            {{"mapping", row.mapping}, {"multiply-adds an image", row.macs}});
      k = next;
    }
  }

  // Arrows from who gave a token to who took it: tokens between two engines keep their order.
  void AddTokens(const Segment& segment) {
    std::vector<uint32_t> given[kNumEngines][kNumEngines];
    for (uint32_t i = segment.first; i < segment.last; ++i) {
      const int e = static_cast<int>(p_.code[i].engine());
      for (int d = 0; d < kNumEngines; ++d) {
        if (p_.code[i].Get(field::kPush) >> d & 1) given[e][d].push_back(i);
      }
    }
    size_t taken[kNumEngines][kNumEngines] = {};
    for (uint32_t i = segment.first; i < segment.last; ++i) {
      const int d = static_cast<int>(p_.code[i].engine());
      for (int e = 0; e < kNumEngines; ++e) {
        const uint64_t tokens = p_.code[i].Get(kPopField[e]);
        for (uint64_t n = 0; n < tokens && taken[e][d] < given[e][d].size(); ++n)
          Arrow(given[e][d][taken[e][d]++], i);
      }
    }
  }

  void Arrow(uint32_t from, uint32_t to) {
    if (view_.stamps[from].issue == kNever || view_.stamps[to].issue == kNever) return;
    const uint64_t leaves = std::max(view_.stamps[from].issue, end_[from] - (end_[from] > 0));
    for (const char* phase : {"s", "f"}) {
      const bool start = *phase == 's';
      events_.push_back({{"name", "token"},
                         {"cat", "token"},
                         {"ph", phase},
                         {"id", arrows_},
                         {"ts", start ? leaves : view_.stamps[to].issue},
                         {"pid", kProcess},
                         {"tid", static_cast<int>(p_.code[start ? from : to].engine())}});
      if (!start) events_.back()["bp"] = "e";
    }
    ++arrows_;
  }

  const Program& p_;
  const TimingView& view_;
  std::vector<uint64_t> end_;  // of an instruction's slice
  Json events_ = Json::array();
  int64_t arrows_ = 0;
};

}  // namespace

std::string TimelineJson(const Program& program, const TimingView& view) {
  return Timeline(program, view).Run().dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace systole
