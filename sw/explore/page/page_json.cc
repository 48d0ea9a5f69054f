#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "sw/explore/page/page.h"
#include "sw/explore/page/page_heat.h"
#include "sw/explore/page/page_rows.h"

namespace systole::explore {
namespace {

using nlohmann::json;

constexpr size_t kMaxCells = 400000;  // of all heat maps

// Rounded to `digits` significant ones, which keeps the text short; null where it is not a number.
json Number(double value, int digits) {
  if (!std::isfinite(value)) return nullptr;
  return std::strtod(fmt::format("{:.{}g}", value, digits).c_str(), nullptr);
}

json Numbers(const std::vector<double>& values, int digits) {
  json array = json::array();
  for (double value : values) array.push_back(Number(value, digits));
  return array;
}

json Pairs(const std::vector<std::pair<double, double>>& pairs) {
  json array = json::array();
  for (const auto& [a, b] : pairs) array.push_back({Number(a, 7), Number(b, 7)});
  return array;
}

json Rows(const PageData& data, const PageOptions& options) {
  const PageRows selection = SelectRows(data, options);
  const size_t axes = data.axes.size(), measures = data.measures.size();
  json points = json::array(), values = json::array(), front = json::array();
  json knee = nullptr;
  size_t next = 0;
  for (size_t i = 0; i < selection.rows.size(); ++i) {
    const size_t row = selection.rows[i];
    for (size_t a = 0; a < axes; ++a) points.push_back(data.points[row * axes + a]);
    for (size_t m = 0; m < measures; ++m)
      values.push_back(Number(data.values[row * measures + m], 12));
    if (next < selection.shown_front.size() && selection.shown_front[next] == row) {
      front.push_back(i);
      ++next;
    }
    if (!selection.front.empty() && row == selection.knee) knee = i;
  }
  return {{"total", RowCount(data)},
          {"shown", selection.rows.size()},
          {"text", selection.text},
          {"points", std::move(points)},
          {"values", std::move(values)},
          {"front", std::move(front)},
          {"frontTotal", selection.front.size()},
          {"knee", knee}};
}

json Heats(const PageData& data) {
  json maps = json::array();
  for (const PageHeat& heat : HeatMaps(data, kMaxCells)) {
    maps.push_back(
        {{"x", heat.x}, {"y", heat.y}, {"measure", heat.measure}, {"best", Numbers(heat.best, 5)}});
  }
  return maps;
}

json Curves(const PageData& data) {
  json curves = json::array();
  for (const PageCurve& curve : data.curves) {
    json best = json::array();
    for (const auto& [evaluations, value] : curve.best)
      best.push_back({evaluations, Number(value, 9)});
    curves.push_back({{"method", curve.method},
                      {"seed", curve.seed},
                      {"best", best},
                      {"end", curve.evaluations}});
  }
  return curves;
}

json ProxyJson(const PageProxy& proxy) {
  const ProxyError& error = proxy.error;
  return {{"text", proxy.text},
          {"training", Numbers(proxy.training.training_loss, 4)},
          {"validation", Numbers(proxy.training.validation_loss, 4)},
          {"bestEpoch", proxy.training.best_epoch},
          {"seconds", Number(proxy.training.seconds, 3)},
          {"trainingRows", proxy.training.training_rows},
          {"validationRows", proxy.training.validation_rows},
          {"mean", Number(error.mean, 4)},
          {"median", Number(error.median, 4)},
          {"p95", Number(error.p95, 4)},
          {"worst", Number(error.worst, 4)},
          {"within", Number(error.within_1_percent, 4)},
          {"rows", error.rows},
          {"microseconds", Number(error.microseconds, 3)},
          {"pairs", Pairs(proxy.predicted_and_exact)}};
}

}  // namespace

std::string PageJson(const PageData& data, const PageOptions& options) {
  CheckPage(data);
  json page = {{"title", data.title},
               {"summary", data.summary},
               {"facts", data.facts},
               {"infeasible", data.infeasible},
               {"space_points", data.space_points},
               {"optimum", data.optimum ? Number(*data.optimum, 12) : json(nullptr)},
               {"space_text", data.space_text},
               {"best_rows", options.best_rows},
               {"rows", Rows(data, options)},
               {"heat", Heats(data)},
               {"curves", Curves(data)},
               {"proxy", data.proxy ? ProxyJson(*data.proxy) : json(nullptr)}};
  for (const PageAxis& axis : data.axes) {
    page["axes"].push_back({{"name", axis.name}, {"unit", axis.unit}, {"values", axis.values}});
  }
  for (const PageMeasure& measure : data.measures) {
    page["measures"].push_back({{"name", measure.name},
                                {"unit", measure.unit},
                                {"objective", measure.objective},
                                {"maximise", measure.maximise}});
  }
  page["tables"] = json::array();
  for (const PageTable& table : data.tables) {
    page["tables"].push_back({{"title", table.title},
                              {"text", table.text},
                              {"header", table.header},
                              {"rows", table.rows}});
  }
  return page.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace systole::explore
