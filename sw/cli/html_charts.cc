#include "sw/cli/html_charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sw/cli/table.h"

namespace systole {
namespace {

constexpr int kWidth = 900;

std::string Svg(int height, const std::string& content) {
  return fmt::format("<svg viewBox='0 0 {} {}' width='{}' height='{}' role='img'>{}</svg>\n",
                     kWidth, height, kWidth, height, content);
}

std::string Text(double x, double y, const std::string& anchor, const std::string& text) {
  return fmt::format("<text x='{:.1f}' y='{:.1f}' text-anchor='{}'>{}</text>", x, y, anchor,
                     Escaped(text));
}

std::string Box(double x, double y, double w, double h, const std::string& colour,
                const std::string& told) {
  return fmt::format(
      "<rect x='{:.1f}' y='{:.1f}' width='{:.2f}' height='{:.1f}' fill='{}'><title>{}</title>"
      "</rect>",
      x, y, w, h, colour, Escaped(told));
}

// Powers of ten that enclose all values.
std::pair<int, int> Decades(double least, double most) {
  const int from = static_cast<int>(std::floor(std::log10(least)));
  const int to = static_cast<int>(std::ceil(std::log10(most)));
  return {from, std::max(to, from + 1)};
}

}  // namespace

std::string Escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string LayerBars(const std::vector<LayerBar>& layers) {
  constexpr double kRow = 17, kNames = 260, kBars = 520;
  double most = 1;
  for (const LayerBar& l : layers) most = std::max(most, l.cycles);
  std::string out;
  for (size_t i = 0; i < layers.size(); ++i) {
    const LayerBar& l = layers[i];
    const double y = kRow * static_cast<double>(i) + 2;
    const std::string told =
        fmt::format("{}: {:.0f} cycles, {:.0f} at the array's peak", l.name, l.cycles, l.least);
    out += Text(kNames - 8, y + 12, "end", ShortName(l.name));
    out += Box(kNames, y, l.cycles / most * kBars, kRow - 4, "#9dbce0", told);
    out += Box(kNames, y, std::min(l.least, l.cycles) / most * kBars, kRow - 4, "#2f5d95", told);
    out += Text(kNames + l.cycles / most * kBars + 6, y + 12, "start",
                l.cycles > 0 ? fmt::format("{:.0f} ({:.0f} %)", l.cycles, 100 * l.least / l.cycles)
                             : "host");
  }
  return Svg(static_cast<int>(kRow * static_cast<double>(layers.size())) + 6, out);
}

std::string ShareBar(const std::string& name, const std::vector<Share>& shares, uint64_t total) {
  constexpr double kNames = 90, kBars = 780;
  std::string out = Text(kNames - 8, 16, "end", name);
  double x = kNames;
  for (const Share& s : shares) {
    const double part = total == 0 ? 0 : static_cast<double>(s.value) / static_cast<double>(total);
    const std::string percent = fmt::format("{:.1f} %", 100 * part);
    out += Box(x, 2, part * kBars, 20, s.colour,
               fmt::format("{}: {} cycles, {}", s.name, s.value, percent));
    if (part > 0.07) out += Text(x + part * kBars / 2, 16, "middle", percent);
    x += part * kBars;
  }
  return Svg(26, out);
}

std::string Roofline(const std::vector<RooflinePoint>& points, double peak,
                     double bytes_per_cycle) {
  constexpr double kLeft = 70, kRight = 880, kTop = 20, kBottom = 330;
  double x0 = peak / bytes_per_cycle, x1 = x0, y0 = peak;
  for (const RooflinePoint& p : points) {
    if (p.per_byte <= 0 || p.per_cycle <= 0) continue;
    x0 = std::min(x0, p.per_byte);
    x1 = std::max(x1, p.per_byte);
    y0 = std::min(y0, p.per_cycle);
  }
  const auto [left, right] = Decades(x0, x1 * 1.5);
  const auto [low, high] = Decades(y0, peak * 1.2);
  auto x_of = [&, l = left, r = right](double v) {
    return kLeft + (std::log10(v) - l) / (r - l) * (kRight - kLeft);
  };
  auto y_of = [&, l = low, h = high](double v) {
    return kBottom - (std::log10(v) - l) / (h - l) * (kBottom - kTop);
  };
  std::string out;
  for (int d = left; d <= right; ++d) {
    const double x = x_of(std::pow(10.0, d));
    out += fmt::format("<path d='M{:.1f} {}V{}' class='grid'/>", x, kTop, kBottom);
    out += Text(x, kBottom + 16, "middle", fmt::format("{:g}", std::pow(10.0, d)));
  }
  for (int d = low; d <= high; ++d) {
    const double y = y_of(std::pow(10.0, d));
    out += fmt::format("<path d='M{} {:.1f}H{}' class='grid'/>", kLeft, y, kRight);
    out += Text(kLeft - 8, y + 4, "end", fmt::format("{:g}", std::pow(10.0, d)));
  }
  const double knee = peak / bytes_per_cycle;
  const double from = std::max(std::pow(10.0, left), std::pow(10.0, low) / bytes_per_cycle);
  out += fmt::format("<path d='M{:.1f} {:.1f}L{:.1f} {:.1f}H{}' class='roof'/>", x_of(from),
                     y_of(from * bytes_per_cycle), x_of(knee), y_of(peak), kRight);
  for (const RooflinePoint& p : points) {
    if (p.per_byte <= 0 || p.per_cycle <= 0) continue;
    out += fmt::format(
        "<circle cx='{:.1f}' cy='{:.1f}' r='4'><title>{}: {:.1f} multiply-adds a byte, {:.1f} a "
        "cycle</title></circle>",
        x_of(p.per_byte), y_of(p.per_cycle), Escaped(p.name), p.per_byte, p.per_cycle);
  }
  out += Text((kLeft + kRight) / 2, kBottom + 36, "middle", "multiply-adds a byte of traffic");
  out += Text(kLeft - 40, kTop - 6, "start", "multiply-adds a cycle");
  return Svg(static_cast<int>(kBottom) + 44, out);
}

}  // namespace systole
