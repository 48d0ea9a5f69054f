#include "sw/explore/summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sw/base/output_file.h"
#include "sw/explore/engine/progress_line.h"
#include "sw/explore/search/front.h"

namespace systole::explore {
namespace {

// Axes with one value are said once, above the table.
bool Varies(const Space& space, const std::string& column) {
  for (const Axis& axis : space.axes) {
    if (axis.name == column) return axis.values.size() > 1;
  }
  return true;
}

// A cell for the eye: six digits at most behind the point.
std::string Rounded(const std::string& cell) {
  if (cell.find('.') == std::string::npos || cell.size() < 10) return cell;
  char* end = nullptr;
  const double value = std::strtod(cell.c_str(), &end);
  return *end ? cell : fmt::format("{:.4f}", value);
}

void PrintTable(const std::vector<std::string>& header,
                const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> width;
  for (const std::string& name : header) width.push_back(name.size());
  for (const auto& row : rows) {
    for (size_t c = 0; c < row.size(); ++c) width[c] = std::max(width[c], row[c].size());
  }
  const auto print = [&](const std::vector<std::string>& row) {
    for (size_t c = 0; c < row.size(); ++c) fmt::print("{}{:>{}}", c ? "  " : "", row[c], width[c]);
    fmt::print("\n");
  };
  print(header);
  for (const auto& row : rows) print(row);
}

}  // namespace

void Summarise(const Space& space, const Store& store, int64_t top, Summary* summary) {
  summary->feasible = store.Count(true);
  summary->infeasible = store.Infeasible();
  for (const auto& [reason, points] : store.Excluded()) summary->infeasible[reason] += points;
  summary->front = space.objectives.size() > 1;
  if (!summary->front) {
    summary->winners = store.Best(0, top);
    return;
  }
  std::vector<int64_t> ids;
  std::vector<std::vector<double>> points;
  store.ForEach([&](int64_t id, const char* reason, const double* objectives) {
    if (reason) return;
    ids.push_back(id);
    points.emplace_back(objectives, objectives + space.objectives.size());
    for (size_t o = 0; o < space.objectives.size(); ++o) {
      if (space.objectives[o].Maximise()) points.back()[o] = -points.back()[o];
    }
  });
  std::vector<size_t> front = ParetoFront(points, Ties::kFirst);
  std::sort(front.begin(), front.end(), [&](size_t a, size_t b) {
    return points[a] != points[b] ? points[a] < points[b] : a < b;
  });
  for (const size_t i : front) summary->winners.push_back(ids[i]);
}

void PrintSummary(const Space& space, const Store& store, const Summary& s, int64_t top) {
  std::vector<std::string> fixed, objectives;
  for (const Axis& axis : space.axes) {
    if (axis.values.size() == 1) fixed.push_back(axis.name + " = " + axis.labels[0]);
  }
  for (const Objective& o : space.objectives) objectives.push_back(o.name);
  int64_t infeasible = 0;
  for (const auto& reason : s.infeasible) infeasible += reason.second;
  fmt::print("{}: {} points, {} {}, seed {}{}\n", space.file, Grouped(s.points),
             space.cost_kind == CostKind::kNative ? "native" : "scalesim", space.method, space.seed,
             fixed.empty() ? "" : fmt::format("; {}", fmt::join(fixed, ", ")));
  fmt::print("evaluated {}{} of {}: {} feasible, {} infeasible\n", Grouped(s.evaluated),
             s.from_store ? fmt::format(" (and {} from the store)", Grouped(s.from_store)) : "",
             Grouped(s.planned), Grouped(s.feasible), Grouped(infeasible));
  if (space.method == "bounded") {
    fmt::print("  {:>10}  cannot be among the best, by a bound from below: not evaluated\n",
               Grouped(s.hopeless));
  }
  for (const auto& [reason, points] : s.infeasible)
    fmt::print("  {:>10}  {}\n", Grouped(points), reason);
  for (const std::string& note : space.cost->Notes()) fmt::print("{}\n", note);
  // Points that a bound or a constraint decides count like those that an exhaustive sweep takes.
  const int64_t decided = space.method == "bounded" ? s.planned - s.from_store : s.evaluated;
  const double rate = s.seconds > 0 ? static_cast<double>(decided) / s.seconds : 0;
  fmt::print("{:.2f} s, {} points/s, threads {}\n", s.seconds, Grouped(static_cast<int64_t>(rate)),
             s.threads);
  if (s.winners.empty()) {
    fmt::print("no design is feasible\n");
    return;
  }
  const int64_t shown = std::min<int64_t>(top, static_cast<int64_t>(s.winners.size()));
  if (s.front) {
    fmt::print(
        "\nPareto front in {}: {} designs{}\n", fmt::join(objectives, ", "), s.winners.size(),
        shown < static_cast<int64_t>(s.winners.size()) ? fmt::format(", the first {}", shown) : "");
  } else {
    fmt::print("\nbest in {}\n", objectives[0]);
  }
  const std::vector<std::string> columns = store.Columns();
  std::vector<bool> keep;
  std::vector<std::string> header;
  for (const std::string& column : columns) {
    keep.push_back(column != "infeasible" && Varies(space, column));
    if (keep.back()) header.push_back(column);
  }
  std::vector<std::vector<std::string>> rows;
  for (int64_t i = 0; i < shown; ++i) {
    const std::vector<std::string> cells = store.TextOf(s.winners[i]);
    rows.emplace_back();
    for (size_t c = 0; c < cells.size(); ++c) {
      if (keep[c]) rows.back().push_back(Rounded(cells[c]));
    }
  }
  PrintTable(header, rows);
}

void WriteJson(const Space& space, const Store& store, const Summary& s, const std::string& path) {
  using Json = nlohmann::ordered_json;
  Json json;
  json["space"] = space.file;
  json["cost"] = space.cost_kind == CostKind::kNative ? "native" : "scalesim";
  json["method"] = space.method;
  json["seed"] = space.seed;
  json["points"] = s.points;
  json["planned"] = s.planned;
  json["evaluated"] = s.evaluated;
  json["from_store"] = s.from_store;
  if (space.method == "bounded") json["hopeless"] = s.hopeless;
  json["complete"] = s.complete;
  json["feasible"] = s.feasible;
  json["infeasible"] = Json::object();
  for (const auto& [reason, points] : s.infeasible) json["infeasible"][reason] = points;
  if (const std::vector<std::string> notes = space.cost->Notes(); !notes.empty())
    json["notes"] = notes;
  json["seconds"] = s.seconds;
  json["threads"] = s.threads;
  for (const Objective& o : space.objectives) json["objectives"].push_back(o.name);
  const std::vector<std::string> columns = store.Columns();
  Json& winners = json[s.front ? "front" : "best"] = Json::array();
  for (const int64_t id : s.winners) {
    const std::vector<std::string> cells = store.TextOf(id);
    Json row;
    for (size_t c = 0; c < cells.size(); ++c) {
      if (columns[c] == "infeasible") continue;
      const Json value = Json::parse(cells[c], nullptr, false);  // a number, or a word
      row[columns[c]] = value.is_number() ? value : Json(cells[c]);
    }
    winners.push_back(row);
  }
  WriteFile(path, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace systole::explore
