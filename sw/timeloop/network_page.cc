#include <fmt/format.h>

#include <map>

#include "sw/timeloop/network_charts.h"
#include "sw/timeloop/network_report.h"

namespace systole::timeloop {
namespace {

constexpr const char* kColours[] = {"#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#b07aa1",
                                    "#76b7b2", "#edc948", "#9c755f", "#ff9da7", "#bab0ac"};

std::map<std::string, std::string> Colours(const NetworkAnswer& answer) {
  std::map<std::string, std::string> colours = {{"cycles", "#4e79a7"}};
  for (const LayerAnswer& layer : answer.layers) {
    for (size_t i = 0; i < layer.levels.size(); ++i) {
      colours[layer.levels[i].first] = kColours[i % std::size(kColours)];
    }
  }
  return colours;
}

std::string Charts(const NetworkAnswer& answer) {
  const std::map<std::string, std::string> colours = Colours(answer);
  std::vector<Bar> energy, cycles;
  for (const LayerAnswer& layer : answer.layers) {
    energy.push_back({layer.layer.name, {}});
    for (const auto& [name, value] : layer.levels) {
      energy.back().parts.emplace_back(name, value * 1e-6);
    }
    cycles.push_back({layer.layer.name, {{"cycles", layer.cycles}}});
  }
  std::string html = fmt::format("<h2>{}, batch {}</h2>\n<p>", Escape(answer.design), answer.batch);
  for (const auto& part : answer.layers.front().levels) {
    html += fmt::format("<span class=\"key\" style=\"background:{}\"></span>{} ",
                        colours.at(part.first), Escape(part.first));
  }
  return html + "</p>\n" + Bars(energy, "uJ", colours) + Bars(cycles, "cycles", colours);
}

// Energy x cycles of one image, by batch: rows are designs.
std::string BatchTable(const std::vector<NetworkAnswer>& answers) {
  std::string html =
      "<h2>By batch: uJ, cycles and uJ x cycles of one image</h2>\n<table>\n<tr>"
      "<th>design</th><th>batch</th><th>uJ</th><th>cycles</th>"
      "<th>uJ x cycles</th></tr>\n";
  for (const NetworkAnswer& one : answers) {
    const auto images = static_cast<double>(one.batch);
    const double energy = one.Energy() * 1e-6 / images, cycles = one.Cycles() / images;
    html += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{:.2f}</td><td>{:.0f}</td>"
        "<td>{:.6g}</td></tr>\n",
        Escape(one.design), one.batch, energy, cycles, energy * cycles);
  }
  return html + "</table>\n";
}

// Designs of each batch against each other, where there are several.
std::string Fronts(const std::vector<NetworkAnswer>& answers) {
  std::map<int64_t, std::vector<DesignPoint>> batches;
  for (const NetworkAnswer& one : answers) {
    const auto images = static_cast<double>(one.batch);
    batches[one.batch].push_back({one.design, one.Cycles() / images, one.Energy() * 1e-6 / images});
  }
  std::string html;
  for (const auto& [batch, points] : batches) {
    if (points.size() < 2) continue;
    html += fmt::format(
        "<h2>One image at batch {}: the front of energy and cycles</h2>\n<p>On it, filled, are {} "
        "of {} designs: no other has less of one and not more of the other.</p>\n",
        batch, ParetoFront(points).size(), points.size());
    html += FrontChart(points);
  }
  return html;
}

}  // namespace

std::string NetworkPage(const std::string& network, const std::string& objective,
                        const std::vector<NetworkAnswer>& answers) {
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>{0}</title>\n"
      "<style>body{{font:15px/1.45 system-ui,\"DejaVu Sans\",sans-serif;margin:24px}}\n"
      "svg{{display:block;max-width:100%}} svg text{{font-size:11px}} .grid{{stroke:#ddd}}\n"
      ".axis{{text-anchor:end}} .key{{display:inline-block;width:12px;height:12px;"
      "margin:0 4px 0 12px}}\ntable{{border-collapse:collapse}} td,th{{padding:2px 10px;"
      "text-align:right}} td:first-child{{text-align:left}}\n</style></head><body>\n"
      "<h1>{0}: the best mapping of each layer by {1}</h1>\n",
      Escape(network), Escape(objective));
  html += BatchTable(answers) + Fronts(answers);
  for (const NetworkAnswer& one : answers) {
    if (!one.layers.empty()) html += Charts(one);
  }
  return html + "</body></html>\n";
}

}  // namespace systole::timeloop
