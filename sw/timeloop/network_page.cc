#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "sw/timeloop/network_report.h"

namespace systole::timeloop {
namespace {

constexpr const char* kColours[] = {"#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#b07aa1",
                                    "#76b7b2", "#edc948", "#9c755f", "#ff9da7", "#bab0ac"};
constexpr double kLeft = 90, kTop = 16, kHigh = 190, kBottom = 84;

std::string Escape(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

// 1, 2 or 5 times a power of ten, about a quarter of `most`.
double Tick(double most) {
  const double raw = most / 4, power = std::pow(10, std::floor(std::log10(raw)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (raw <= step * power) return step * power;
  }
  return 10 * power;
}

struct Bar {
  std::string name;
  std::vector<std::pair<std::string, double>> parts;
  double Sum() const {
    double sum = 0;
    for (const auto& part : parts) sum += part.second;
    return sum;
  }
};

std::string Bars(const std::vector<Bar>& bars, const std::string& unit,
                 const std::map<std::string, std::string>& colours) {
  double most = 1e-300;
  for (const Bar& bar : bars) most = std::max(most, bar.Sum());
  const double wide = std::max(10.0, std::min(40.0, 1000.0 / static_cast<double>(bars.size())));
  const double width = kLeft + wide * static_cast<double>(bars.size()) + 10;
  std::string svg = fmt::format("<svg width=\"{:.0f}\" height=\"{:.0f}\" role=\"img\">\n", width,
                                kTop + kHigh + kBottom);
  const double tick = Tick(most);
  for (double value = 0; value <= most; value += tick) {
    const double y = kTop + kHigh * (1 - value / most);
    svg += fmt::format(
        "<line x1=\"{}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\" class=\"grid\"/>"
        "<text x=\"{}\" y=\"{:.1f}\" class=\"axis\">{:g}</text>\n",
        kLeft, width, y, y, kLeft - 6, y + 4, value);
  }
  svg += fmt::format("<text x=\"4\" y=\"12\">{}</text>\n", Escape(unit));
  for (size_t i = 0; i < bars.size(); ++i) {
    const double x = kLeft + wide * static_cast<double>(i) + 1;
    double y = kTop + kHigh;
    for (const auto& [name, value] : bars[i].parts) {
      const double height = kHigh * value / most;
      y -= height;
      svg += fmt::format(
          "<rect x=\"{:.1f}\" y=\"{:.2f}\" width=\"{:.1f}\" height=\"{:.2f}\" "
          "fill=\"{}\"><title>{}: {} {:.6g} {}</title></rect>\n",
          x, y, wide - 2, height, colours.at(name), Escape(bars[i].name), Escape(name), value,
          Escape(unit));
    }
    svg += fmt::format(
        "<text transform=\"translate({:.1f},{:.1f}) rotate(50)\" class=\"name\">{}"
        "</text>\n",
        x + wide / 2 - 3, kTop + kHigh + 10, Escape(bars[i].name));
  }
  return svg + "</svg>\n";
}

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
  html += BatchTable(answers);
  for (const NetworkAnswer& one : answers) {
    if (!one.layers.empty()) html += Charts(one);
  }
  return html + "</body></html>\n";
}

}  // namespace systole::timeloop
