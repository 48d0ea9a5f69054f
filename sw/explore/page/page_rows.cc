#include "sw/explore/page/page_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "sw/base/error.h"
#include "sw/explore/search/front.h"
#include "sw/explore/search/search_recorder.h"

namespace systole::explore {
namespace {

double Minimised(const PageData& data, size_t row, size_t measure) {
  const double value = data.values[row * data.measures.size() + measure];
  return data.measures[measure].maximise ? -value : value;
}

// `count` of `from`, in a random order.
std::vector<size_t> Sample(std::vector<size_t> from, size_t count, std::mt19937_64* rng) {
  count = std::min(count, from.size());
  for (size_t i = 0; i < count; ++i) {
    std::swap(from[i], from[std::uniform_int_distribution<size_t>(i, from.size() - 1)(*rng)]);
  }
  from.resize(count);
  return from;
}

std::string Grouped(size_t number) {
  std::string text = std::to_string(number);
  for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3) text.insert(at, ",");
  return text;
}

std::vector<size_t> Best(const PageData& data, size_t measure, size_t count) {
  std::vector<size_t> rows(RowCount(data));
  std::iota(rows.begin(), rows.end(), 0);
  count = std::min(count, rows.size());
  std::partial_sort(rows.begin(), rows.begin() + count, rows.end(), [&](size_t a, size_t b) {
    const double left = Minimised(data, a, measure), right = Minimised(data, b, measure);
    return left != right ? left < right : a < b;
  });
  rows.resize(count);
  return rows;
}

}  // namespace

void CheckPage(const PageData& data) {
  if (data.axes.empty() || data.measures.empty() || !data.measures[0].objective) {
    throw InputError("page: it needs an axis, and an objective as its first measure");
  }
  const size_t rows = RowCount(data);
  if (rows * data.axes.size() != data.points.size() ||
      rows * data.measures.size() != data.values.size()) {
    throw InputError(fmt::format(
        "page: {} indices for {} axes and {} values for {} measures; give full rows",
        data.points.size(), data.axes.size(), data.values.size(), data.measures.size()));
  }
  for (size_t i = 0; i < data.points.size(); ++i) {
    const PageAxis& axis = data.axes[i % data.axes.size()];
    if (data.points[i] < 0 || static_cast<size_t>(data.points[i]) >= axis.values.size()) {
      throw InputError(fmt::format("page: row {}: axis {} has no value {}; count from 0",
                                   i / data.axes.size(), axis.name, data.points[i]));
    }
  }
}

PageRows SelectRows(const PageData& data, const PageOptions& options) {
  PageRows selection;
  const size_t rows = RowCount(data);
  std::vector<size_t> objectives;
  for (size_t m = 0; m < data.measures.size(); ++m) {
    if (data.measures[m].objective) objectives.push_back(m);
  }
  std::vector<std::vector<double>> points(rows);
  for (size_t row = 0; row < rows; ++row) {
    for (size_t measure : objectives) points[row].push_back(Minimised(data, row, measure));
  }
  selection.front = ParetoFront(points, Ties::kFirst);
  if (!selection.front.empty()) selection.knee = Knee(points, selection.front);

  std::vector<size_t> all(rows);
  std::iota(all.begin(), all.end(), 0);
  const auto most = static_cast<size_t>(std::max<int64_t>(1, options.max_rows));
  if (rows <= most) {
    selection.rows = all;
    selection.text = fmt::format("all {} feasible designs", Grouped(rows));
  } else {
    std::mt19937_64 rng(MixSeed(options.seed, 30));
    std::vector<bool> chosen(rows, false);
    size_t count = 0;
    const auto add = [&](const std::vector<size_t>& some) {
      for (size_t row : some) {
        if (count == most) return;
        if (!chosen[row]) ++count;
        chosen[row] = true;
      }
    };
    add({selection.knee});
    for (size_t measure : objectives) add(Best(data, measure, most / 8 / objectives.size() + 1));
    const std::vector<size_t> front = Sample(selection.front, most / 2, &rng);
    add(front);
    add(Sample(all, most, &rng));
    for (size_t row : all) {
      if (chosen[row]) selection.rows.push_back(row);
    }
    selection.text = fmt::format(
        "{} of {} feasible designs: {} of the front's {}, the best, and a sample (seed {})",
        Grouped(selection.rows.size()), Grouped(rows), Grouped(front.size()),
        Grouped(selection.front.size()), options.seed);
  }
  std::set_intersection(selection.rows.begin(), selection.rows.end(), selection.front.begin(),
                        selection.front.end(), std::back_inserter(selection.shown_front));
  return selection;
}

}  // namespace systole::explore
