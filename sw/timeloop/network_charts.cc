#include "sw/timeloop/network_charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace systole::timeloop {
namespace {

constexpr const char *kFrontColour = "#e15759", *kOtherColour = "#4e79a7";
constexpr double kLeft = 90, kTop = 16, kHigh = 190, kBottom = 84;

// 1, 2 or 5 times a power of ten, about a quarter of `most`.
double Tick(double most) {
  const double raw = most / 4, power = std::pow(10, std::floor(std::log10(raw)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (raw <= step * power) return step * power;
  }
  return 10 * power;
}

// Where values of a logarithmic axis lie, with a twentieth of it free on either side.
class LogAxis {
 public:
  LogAxis(double least, double most) {
    const double found = std::log(most / least), span = found > 0 ? found : 0.1;
    from_ = (std::log(least) + std::log(most) - 1.1 * span) / 2;
    span_ = 1.1 * span;
  }
  double Share(double value) const { return (std::log(value) - from_) / span_; }

  // Multiples of 1, 2 and 5 of powers of ten; of a narrow axis, of its own tick.
  std::vector<double> Ticks() const {
    const double least = std::exp(from_), most = std::exp(from_ + span_);
    std::vector<double> ticks;
    if (most / least < 8) {
      const double step = Tick((most - least) / 2);
      for (double value = std::ceil(least / step) * step; value <= most; value += step) {
        ticks.push_back(value);
      }
      return ticks;
    }
    for (double power = std::pow(10, std::floor(std::log10(least))); power <= most; power *= 10) {
      for (const double digit : {1.0, 2.0, 5.0}) {
        if (digit * power >= least && digit * power <= most) ticks.push_back(digit * power);
      }
    }
    return ticks;
  }

 private:
  double from_, span_;
};

}  // namespace

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

double Bar::Sum() const {
  double sum = 0;
  for (const auto& part : parts) sum += part.second;
  return sum;
}

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

std::vector<size_t> ParetoFront(const std::vector<DesignPoint>& points) {
  std::vector<size_t> order(points.size()), front;
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::pair(points[a].cycles, points[a].energy) <
           std::pair(points[b].cycles, points[b].energy);
  });
  double least = std::numeric_limits<double>::infinity();
  for (const size_t i : order) {
    if (points[i].energy >= least) continue;
    least = points[i].energy;
    front.push_back(i);
  }
  return front;
}

std::string FrontChart(const std::vector<DesignPoint>& points) {
  constexpr double kWide = 760, kTall = 330;
  double least[2] = {points[0].cycles, points[0].energy}, most[2] = {least[0], least[1]};
  for (const DesignPoint& point : points) {
    const double values[2] = {point.cycles, point.energy};
    for (int k = 0; k < 2; ++k) {
      least[k] = std::min(least[k], values[k]);
      most[k] = std::max(most[k], values[k]);
    }
  }
  const LogAxis across(least[0], most[0]), up(least[1], most[1]);
  const auto x = [&](double cycles) { return kLeft + kWide * across.Share(cycles); };
  const auto y = [&](double energy) { return kTop + kTall * (1 - up.Share(energy)); };
  std::string svg = fmt::format("<svg width=\"{:.0f}\" height=\"{:.0f}\" role=\"img\">\n",
                                kLeft + kWide + 150, kTop + kTall + 40);
  for (const double value : up.Ticks()) {
    svg += fmt::format(
        "<line x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" class=\"grid\"/>"
        "<text x=\"{3}\" y=\"{4:.1f}\" class=\"axis\">{5:g}</text>\n",
        kLeft, kLeft + kWide, y(value), kLeft - 6, y(value) + 4, value);
  }
  for (const double value : across.Ticks()) {
    svg += fmt::format(
        "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\" class=\"grid\"/>"
        "<text x=\"{0:.1f}\" y=\"{3}\" text-anchor=\"middle\">{4:g}</text>\n",
        x(value), kTop, kTop + kTall, kTop + kTall + 14, value);
  }
  svg += fmt::format(
      "<text x=\"4\" y=\"12\">uJ</text><text x=\"{}\" y=\"{}\" class=\"axis\">cycles</text>\n",
      kLeft + kWide, kTop + kTall + 30);
  const std::vector<size_t> front = ParetoFront(points);
  std::string line;
  for (const size_t i : front) {
    const double at = x(points[i].cycles), height = y(points[i].energy);
    line += line.empty() ? fmt::format("M{:.1f},{:.1f}", at, height)
                         : fmt::format("H{:.1f}V{:.1f}", at, height);
  }
  svg += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\"/>\n", line, kFrontColour);
  const auto draw = [&](size_t i, bool best) {
    const DesignPoint& point = points[i];
    svg += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\" stroke=\"{}\"><title>{}: {:.0f} "
        "cycles, {:.6g} uJ</title></circle>\n",
        x(point.cycles), y(point.energy), best ? kFrontColour : "white",
        best ? kFrontColour : kOtherColour, Escape(point.name), point.cycles, point.energy);
    if (best) {
      svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", x(point.cycles) + 7,
                         y(point.energy) - 5, Escape(point.name));
    }
  };
  for (size_t i = 0; i < points.size(); ++i) {
    if (std::find(front.begin(), front.end(), i) == front.end()) draw(i, false);
  }
  for (const size_t i : front) draw(i, true);
  return svg + "</svg>\n";
}

}  // namespace systole::timeloop
