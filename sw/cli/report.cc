#include "sw/cli/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "sw/base/output_file.h"
#include "sw/cli/table.h"
#include "sw/timing/utilization.h"

namespace systole {
namespace {

// Which a row's mapping begins with.
std::string DataflowOf(const std::string& mapping) {
  for (const char* name : {"os", "is"}) {
    if (mapping.rfind(name, 0) == 0) return name;
  }
  return "ws";
}

const char* const kDescriptions[] = {"rtl", "tlm", "model"};

double Used(uint64_t macs, double cycles, const HwConfig& c) {
  return Utilization(static_cast<double>(macs), cycles, Elements(c));
}

uint64_t MacsOfImage(const RunSummary& s) {
  uint64_t macs = 0;
  for (const auto& layer : s.layers) macs += layer.macs;
  return macs;
}

uint64_t RowCyclesOf(const std::map<std::string, RowCycles>& cycles, const char* who, size_t row) {
  const auto it = cycles.find(who);
  return it == cycles.end() ? 0 : it->second.rows[row];
}

// Cycles of the first description present: all are equal where the comparison holds.
template <typename T>
T FirstOf(const std::map<std::string, T>& values) {
  for (const char* who : kDescriptions) {
    if (const auto it = values.find(who); it != values.end()) return it->second;
  }
  return T{};
}

std::string Cell(const std::map<std::string, uint64_t>& values, const char* who) {
  const auto it = values.find(who);
  return it == values.end() ? "-" : std::to_string(it->second);
}

void PrintTable(const RunSummary& s, const std::map<std::string, RowCycles>& cycles,
                const std::map<std::string, uint64_t>& totals, uint64_t images, bool compared) {
  constexpr const char* kLine = "{:<{}} {:>11} {:>13} {:>10} {:>11} {:>11} {:>11} {:>6}\n";
  size_t width = 14;
  for (const auto& layer : s.layers) width = std::max(width, Letters(ShortName(layer.name)));
  fmt::print(kLine, "layer", width, "MACs", "bytes equal", "different", "RTL", "TLM", "model",
             "util");
  auto row = [&](const std::string& name, const std::string& macs, int64_t bytes, int64_t different,
                 const std::map<std::string, uint64_t>& c, const std::string& utilization) {
    const bool tensors = compared && bytes >= 0;
    fmt::print(kLine, ShortName(name), width, macs,
               tensors ? std::to_string(bytes - different) : "",
               tensors ? std::to_string(different) : "", Cell(c, "rtl"), Cell(c, "tlm"),
               Cell(c, "model"), utilization);
  };
  auto percent = [](double u) { return fmt::format("{:.1f}%", 100 * u); };
  std::map<std::string, uint64_t> column;
  for (const auto& [who, c] : cycles) column[who] = c.lead_in;
  row("(lead-in)", "", -1, 0, column, "");
  uint64_t macs = 0;
  int64_t bytes = 0, different = 0;
  for (size_t r = 0; r < s.layers.size(); ++r) {
    column.clear();
    for (const auto& [who, c] : cycles) column[who] = c.rows[r];
    row(s.layers[r].name, std::to_string(s.layers[r].macs * images), s.bytes[r], s.mismatches[r],
        column, percent(Used(s.layers[r].macs * images, FirstOf(column), s.config)));
    macs += s.layers[r].macs * images;
    bytes += s.bytes[r], different += s.mismatches[r];
  }
  row("total", std::to_string(macs), bytes, different, totals,
      percent(Used(macs, FirstOf(totals), s.config)));
}

}  // namespace

void PrintReport(const RunSummary& s) {
  fmt::print("{}: {} images, batch {}, {}x{} array, backends {}\n", s.model, s.images, s.batch,
             s.config.rows, s.config.cols, fmt::join(s.backends, ", "));
  if (s.Hardware()) {
    fmt::print("\nall runs, batch {}\n", s.batch);
    PrintTable(s, s.cycles, s.totals, s.images, s.backends.size() > 1);
    const double steady = FirstOf(s.steady);
    const double used = 100 * Used(MacsOfImage(s), steady, s.config);
    if (s.from_memory) {
      fmt::print("\neverything loaded from memory: {:.1f} cycles per image, utilization {:.1f}%\n",
                 steady, used);
      if (s.runs > s.images) {
        fmt::print("{} runs from START to DONE, {}\n", s.runs,
                   s.side_by_side ? "simulated side by side" : "one after the other");
      }
    } else {
      fmt::print("\none image, batch 1 (image load and result store included)\n");
      PrintTable(s, s.batch_one_rows, s.batch_one, 1, false);
      fmt::print("\nsteady state, batch {}: {:.1f} cycles per image, utilization {:.1f}%\n",
                 s.batch, steady, used);
      fmt::print(
          "setup, once before the first run: {} instructions, cycles RTL {}, TLM {}, model {}\n",
          s.setup_instructions, Cell(s.setup, "rtl"), Cell(s.setup, "tlm"), Cell(s.setup, "model"));
    }
    if (s.cycles_compared) {
      fmt::print("issue and retire of {} instructions compared, {} differences\n", s.cycle_checks,
                 s.cycle_differences.count);
      if (std::count(s.backends.begin(), s.backends.end(), "rtl") == 0) {
        fmt::print(
            "(the TLM runs on the laws that it is compared with: only rtl can refute them)\n");
      }
    } else {
      fmt::print("random stalls: cycles are not compared\n");
    }
  }
  if (!s.within_one.empty()) fmt::print("mode float32: {}\n", s.within_one);
  if (s.accuracy >= 0) fmt::print("accuracy {:.2f}%\n", 100 * s.accuracy);
  std::string seconds;
  for (const auto& [who, t] : s.seconds) seconds += fmt::format("{} {:.2f} s  ", who, t);
  fmt::print("time {:.2f} s; in the backends, summed over processes: {}\n", s.wall_seconds,
             seconds);
  for (const std::string& text : s.tensor_differences.told)
    fmt::print(stderr, "different: {}\n", text);
  for (const std::string& text : s.cycle_differences.told)
    fmt::print(stderr, "different: {}\n", text);
  const int64_t told =
      static_cast<int64_t>(s.tensor_differences.told.size() + s.cycle_differences.told.size());
  if (s.backends.size() > 1 || s.Hardware()) {
    std::string bytes =
        s.backends.size() > 1 ? fmt::format("{} bytes", s.tensor_differences.count) : "";
    if (s.Mismatches() == 0) {
      fmt::print("all equal\n");
    } else {
      fmt::print("DIFFERENT: {} bytes, {} cycle stamps and counters ({} places told)\n",
                 s.tensor_differences.count, s.cycle_differences.count, told);
    }
  }
}

void WriteJson(const std::string& path, const RunSummary& s) {
  using nlohmann::ordered_json;
  ordered_json j;
  j["model"] = s.model;
  for (const ParameterInfo& p : kParameters) j["config"][p.key] = s.config.*p.member;
  j["images"] = s.images;
  j["batch"] = s.batch;
  j["backends"] = s.backends;
  j["accuracy"] = s.accuracy >= 0 ? ordered_json(s.accuracy) : ordered_json(nullptr);
  j["mismatches"] = s.Mismatches();
  if (s.Hardware()) {
    j["setup"] = {{"instructions", s.setup_instructions}, {"cycles", s.setup}};
    j["cycles"] = s.totals;
    j["cycles_per_image"] = FirstOf(s.steady);
    j["utilization"] = Used(MacsOfImage(s), FirstOf(s.steady), s.config);
    j["cycle_mismatches"] =
        s.cycles_compared ? ordered_json(s.cycle_differences.count) : ordered_json(nullptr);
    ordered_json lead;
    for (const auto& [who, cycles] : s.cycles) lead[who] = cycles.lead_in;
    j["lead_in"] = lead;
    ordered_json layers = ordered_json::array();
    for (size_t r = 0; r < s.layers.size(); ++r) {
      ordered_json cycles;
      for (const auto& [who, rows] : s.cycles) cycles[who] = rows.rows[r];
      std::map<std::string, uint64_t> column;
      for (const char* who : kDescriptions) {
        if (s.cycles.count(who)) column[who] = RowCyclesOf(s.cycles, who, r);
      }
      layers.push_back(
          {{"name", s.layers[r].name},
           {"macs", s.layers[r].macs},
           {"dataflow", DataflowOf(s.layers[r].mapping)},
           {"mapping", s.layers[r].mapping},
           {"bytes_compared", s.bytes[r]},
           {"mismatches", s.mismatches[r]},
           {"cycles", cycles},
           {"utilization", Used(s.layers[r].macs * s.images, FirstOf(column), s.config)}});
    }
    j["layers"] = layers;
    if (!s.from_memory) {
      j["batch_1"] = {{"cycles", s.batch_one},
                      {"utilization", Used(MacsOfImage(s), FirstOf(s.batch_one), s.config)}};
    }
    j["steady_state"] = {{"batch", s.batch}, {"cycles_per_image", s.steady}};
  }
  j["wall_seconds"] = s.seconds;

  WriteFile(path, j.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

}  // namespace systole
