#include "sw/cli/html_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sw/cli/html_charts.h"
#include "sw/driver/disassemble.h"
#include "sw/timing/utilization.h"

namespace systole {
namespace {

constexpr const char* kHead = R"(<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{0}</title>
<style>
body {{ font: 14px/1.4 system-ui, sans-serif; margin: 2em auto; max-width: 940px; color: #222 }}
table {{ border-collapse: collapse; font-size: 12px; width: 100% }}
th, td {{ padding: 2px 8px; text-align: right; border-bottom: 1px solid #ddd }}
th:first-child, td:first-child, th:last-child, td:last-child {{ text-align: left }}
svg text {{ font: 11px system-ui, sans-serif }}
.grid {{ stroke: #ddd }} .roof {{ stroke: #c33; stroke-width: 2; fill: none }}
circle {{ fill: #2f5d95; fill-opacity: .7 }}
.facts b {{ display: block; font-size: 20px }} .facts {{ display: flex; gap: 2.5em }}
.key span {{ display: inline-block; width: 11px; height: 11px; margin: 0 4px 0 14px }}
</style>
<h1>{0}</h1>
)";

constexpr const char* kColours[] = {"#5b9a5b", "#e0a458", "#c7584c", "#d5d5d5"};
constexpr const char* kCauseText[] = {"busy", "waits for a token", "waits for data or a port",
                                      "nothing to do"};

// Whose cycles are shown: all are equal where the comparison holds.
std::string Shown(const RunSummary& s) {
  for (const char* who : {"rtl", "tlm", "model"})
    if (s.totals.count(who)) return who;
  return "";
}

std::string Grouped(uint64_t value) {
  std::string text = std::to_string(value);
  for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<size_t>(at), ",");
  return text;
}

std::string Facts(const RunSummary& s, const std::string& who) {
  uint64_t macs = 0, read = 0, written = 0;
  for (const auto& layer : s.layers) macs += layer.macs;
  for (const Traffic& t : s.traffic) read += t.read, written += t.written;
  const double n = static_cast<double>(s.images), pes = Elements(s.config);
  const double steady = s.steady.at(who);
  std::string out = "<p class='facts'>";
  auto fact = [&out](const std::string& value, const std::string& what) {
    out += fmt::format("<span><b>{}</b>{}</span>", value, what);
  };
  fact(fmt::format("{:.0f}", steady),
       s.from_memory ? "cycles an image" : "cycles an image, steady state");
  fact(fmt::format("{:.1f} %", 100 * Utilization(static_cast<double>(macs), steady, pes)),
       "of the array's peak");
  fact(fmt::format("{:.1f} + {:.1f} KB", static_cast<double>(read) / n / 1e3,
                   static_cast<double>(written) / n / 1e3),
       "read + written an image");
  fact(s.Mismatches() == 0 ? "all equal" : fmt::format("{} DIFFERENT", s.Mismatches()),
       fmt::format("{}", fmt::join(s.backends, ", ")));
  return out + "</p>\n";
}

std::string Engines(const RunSummary& s) {
  std::string out = "<h2>What each engine did</h2>\n<p class='key'>";
  for (int c = 0; c < 4; ++c)
    out += fmt::format("<span style='background:{}'></span>{}", kColours[c], kCauseText[c]);
  out += fmt::format("; of {} cycles</p>\n", Grouped(s.counters.total));
  for (int e = 0; e < kNumEngines; ++e) {
    std::vector<Share> shares;
    for (const CauseInfo& cause : kCauses) {
      const size_t c = shares.size();
      shares.push_back({kCauseText[c], kColours[c], s.counters.engine[e].*cause.member});
    }
    out += ShareBar(EngineName(e), shares, s.counters.total);
  }
  return out;
}

std::string Layers(const RunSummary& s, const std::string& who) {
  const RowCycles& cycles = s.cycles.at(who);
  const double pes = Elements(s.config);
  const double n = static_cast<double>(s.images);
  std::vector<LayerBar> bars;
  std::vector<RooflinePoint> points;
  std::string rows;
  for (size_t r = 0; r < s.layers.size(); ++r) {
    const Program::ReportLayer& layer = s.layers[r];
    const double c = static_cast<double>(cycles.rows[r]), macs = static_cast<double>(layer.macs);
    const Traffic t = r < s.traffic.size() ? s.traffic[r] : Traffic{};
    const double bytes = static_cast<double>(t.read + t.written);
    bars.push_back({layer.name, c / n, macs / pes});
    if (c > 0 && bytes > 0) points.push_back({layer.name, macs * n / bytes, macs * n / c});
    rows += fmt::format(
        "<tr><td>{}<td>{}<td>{:.0f}<td>{:.1f} %<td>{:.1f}<td>{:.1f}<td>{}<td>{}</tr>\n",
        Escaped(layer.name), Grouped(layer.macs), c / n, 100 * Utilization(macs * n, c, pes),
        static_cast<double>(t.read) / n / 1e3, static_cast<double>(t.written) / n / 1e3,
        s.mismatches[r], Escaped(layer.mapping));
  }
  if (const Traffic& none = s.traffic.back(); none.read + none.written > 0) {
    rows += fmt::format("<tr><td>(no layer)<td><td><td><td>{:.1f}<td>{:.1f}<td><td></tr>\n",
                        static_cast<double>(none.read) / n / 1e3,
                        static_cast<double>(none.written) / n / 1e3);
  }
  std::string out =
      "<h2>Cycles of each layer, one image</h2>\n<p>From its first Matmul to the next "
      "layer's; dark: what its multiply-adds take at the array's peak. ";
  out += fmt::format("{:.0f} cycles before the first Matmul.</p>\n",
                     static_cast<double>(cycles.lead_in) / n);
  out += LayerBars(bars);
  out +=
      "<h2>Roofline</h2>\n<p>Each layer by its traffic with memory; the roof is the port's width "
      "and the array's size.</p>\n";
  out += Roofline(points, pes, s.config.AxiBytes());
  out +=
      "<h2>Layers</h2>\n<table><tr><th>layer<th>multiply-adds<th>cycles<th>used<th>KB read"
      "<th>KB written<th>bytes different<th>mapping</tr>\n" +
      rows + "</table>\n";
  return out;
}

}  // namespace

std::string HtmlReport(const RunSummary& s) {
  const std::string who = Shown(s);
  std::string parameters;
  for (const ParameterInfo& p : kParameters)
    parameters += fmt::format("{}={} ", p.name, s.config.*p.member);
  std::string out = fmt::format(
      kHead, Escaped(fmt::format("{} on {}x{}", s.model, s.config.rows, s.config.cols)));
  out += fmt::format("<p>{} image{}, batch {}; cycles by {}. {}</p>\n", s.images,
                     s.images == 1 ? "" : "s", s.batch, who, parameters);
  out += Facts(s, who) + Engines(s) + Layers(s, who);
  for (const Differences* d : {&s.tensor_differences, &s.cycle_differences}) {
    for (const std::string& text : d->told) out += "<p>different: " + Escaped(text) + "</p>\n";
  }
  return out + "</html>\n";
}

}  // namespace systole
