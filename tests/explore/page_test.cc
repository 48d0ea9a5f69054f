#include "sw/explore/page/page.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>
#include <regex>
#include <set>
#include <sstream>

#include "sw/base/error.h"

namespace systole::explore {
namespace {

using nlohmann::json;

// A page of everything: 3 axes, 2 objectives, one further measure, `rows` designs.
PageData Example(size_t rows) {
  PageData page;
  page.title = "LeNet-5 <b>& friends</b>";
  page.summary = "An </script> in the text & more.";
  page.facts = {{"seed", "7"}, {"version", "1.2.3"}};
  page.axes = {{"rows", "", {}}, {"dataflow", "", {"os", "ws", "is"}}, {"buffer", "kB", {}}};
  for (int i = 0; i < 40; ++i) page.axes[0].values.push_back(std::to_string(4 * (i + 1)));
  for (int i = 0; i < 50; ++i) page.axes[2].values.push_back(std::to_string(i + 1));
  page.measures = {{"cycles", "cycles", true, false},
                   {"utilization", "%", true, true},
                   {"traffic", "bytes", false, false}};
  std::mt19937 rng(11);
  for (size_t i = 0; i < rows; ++i) {
    for (int values : {40, 3, 50}) page.points.push_back(static_cast<int32_t>(rng() % values));
    page.values.push_back(1000.0 + rng() % 5000);
    page.values.push_back(static_cast<double>(rng() % 10000) / 100.0);
    page.values.push_back(rng() % 100000);
  }
  page.infeasible = {{"constraint: rows <= 9", 12}, {"does not fit", 3}};
  page.space_points = 6000;
  page.optimum = 998.5;
  page.curves = {{"genetic", 7, {{1, 3000}, {9, 1200.25}}, 50}};
  page.proxy = PageProxy{};
  page.proxy->training.training_loss = {1.0, 0.5, 0.25};
  page.proxy->training.validation_loss = {1.1, 0.6, 0.7};
  page.proxy->training.best_epoch = 1;
  page.proxy->predicted_and_exact = {{100, 110}, {200.5, 190}};
  page.tables = {{"RTL", "text", {"design", "predicted", "RTL"}, {{"8x8", "2054", "2054"}}}};
  page.space_text = "rows = [4, 8] # <space>\n";
  return page;
}

std::string Html(const PageData& data, const PageOptions& options = {}) {
  std::ostringstream out;
  WritePage(out, data, options);
  return out.str();
}

// What a browser hands to the script: the text of the element, nothing unescaped in it.
json Embedded(const std::string& html) {
  const std::string open = "<script type=\"application/json\" id=\"data\">";
  const size_t at = html.find(open) + open.size();
  return json::parse(html.substr(at, html.find("</script", at) - at));
}

TEST(PageTest, HoldsAllThatItWasGiven) {
  const PageData data = Example(500);
  const json page = Embedded(Html(data));
  EXPECT_EQ(page["title"], data.title);
  EXPECT_EQ(page["summary"], data.summary);
  EXPECT_EQ(page["facts"], json::parse(R"([["seed", "7"], ["version", "1.2.3"]])"));
  EXPECT_EQ(page["axes"][2]["unit"], "kB");
  EXPECT_EQ(page["axes"][1]["values"], json({"os", "ws", "is"}));
  EXPECT_EQ(page["measures"][1]["maximise"], true);
  EXPECT_EQ(page["infeasible"],
            json::parse(R"([["constraint: rows <= 9", 12], ["does not fit", 3]])"));
  EXPECT_EQ(page["space_points"], 6000);
  EXPECT_EQ(page["optimum"], 998.5);
  EXPECT_EQ(page["curves"][0]["best"], json::parse("[[1, 3000.0], [9, 1200.25]]"));
  EXPECT_EQ(page["proxy"]["validation"], json({1.1, 0.6, 0.7}));
  EXPECT_EQ(page["proxy"]["pairs"], json::parse("[[100.0, 110.0], [200.5, 190.0]]"));
  EXPECT_EQ(page["tables"][0]["rows"][0][2], "2054");
  EXPECT_EQ(page["space_text"], data.space_text);
  EXPECT_EQ(page["rows"]["total"], 500);
  EXPECT_EQ(page["rows"]["shown"], 500);
  EXPECT_EQ(page["rows"]["points"].get<std::vector<int32_t>>(), data.points);
  EXPECT_EQ(page["rows"]["values"].get<std::vector<double>>(), data.values);
}

TEST(PageTest, FrontIsThatOfAllObjectives) {
  const PageData data = Example(700);
  const json page = Embedded(Html(data));
  std::vector<int> front;
  for (int i = 0; i < 700; ++i) {
    bool kept = true;
    for (int j = 0; j < 700; ++j) {
      const double* a = &data.values[3 * j];
      const double* b = &data.values[3 * i];
      const bool no_worse = a[0] <= b[0] && a[1] >= b[1], equal = a[0] == b[0] && a[1] == b[1];
      if (no_worse && (!equal || j < i)) kept = false;
    }
    if (kept) front.push_back(i);
  }
  EXPECT_EQ(page["rows"]["front"].get<std::vector<int>>(), front);
  EXPECT_NE(std::find(front.begin(), front.end(), page["rows"]["knee"].get<int>()), front.end());
}

TEST(PageTest, HeatMapsAreTheBestOfAllRows) {
  const PageData data = Example(3000);
  PageOptions options;
  options.max_rows = 100;
  const json page = Embedded(Html(data, options));
  ASSERT_EQ(page["heat"].size(), 6u);  // three pairs, two objectives
  for (const json& map : page["heat"]) {
    const size_t x = map["x"], y = map["y"], m = map["measure"], width = data.axes[x].values.size();
    ASSERT_LT(m, 2u);
    ASSERT_EQ(map["best"].size(), width * data.axes[y].values.size());
    for (size_t cell = 0; cell < map["best"].size(); ++cell) {
      double best = m == 1 ? -1 : 1e9;
      bool any = false;
      for (size_t row = 0; row < 3000; ++row) {
        if (data.points[3 * row + y] * width + data.points[3 * row + x] != cell) continue;
        any = true;
        best = m == 1 ? std::max(best, data.values[3 * row + m])
                      : std::min(best, data.values[3 * row + m]);
      }
      EXPECT_EQ(map["best"][cell].is_null(), !any);
      if (any) {
        EXPECT_NEAR(map["best"][cell].get<double>(), best, 1e-4 * std::abs(best));
      }
    }
  }
}

TEST(PageTest, ManyRowsAreThinnedToFrontBestAndASample) {
  const PageData data = Example(20000);
  PageOptions options;
  options.max_rows = 400;
  const json page = Embedded(Html(data, options)), whole = Embedded(Html(data, {20000, 25, 1}));
  EXPECT_EQ(page["rows"]["total"], 20000);
  EXPECT_EQ(page["rows"]["shown"], 400);
  EXPECT_EQ(page["rows"]["front"].size(), whole["rows"]["front"].size());
  EXPECT_NE(page["rows"]["text"].get<std::string>().find("400 of 20,000"), std::string::npos);
  std::set<std::vector<double>> all, shown;
  std::vector<double> cycles, best;
  for (size_t row = 0; row < 20000; ++row) {
    all.insert({data.values.begin() + 3 * row, data.values.begin() + 3 * row + 3});
    cycles.push_back(data.values[3 * row]);
  }
  for (size_t row = 0; row < 400; ++row) {
    const auto values = page["rows"]["values"].get<std::vector<double>>();
    shown.insert(std::vector<double>(values.begin() + 3 * row, values.begin() + 3 * row + 3));
    best.push_back(values[3 * row]);
  }
  for (const auto& row : shown) EXPECT_EQ(all.count(row), 1u);
  std::sort(cycles.begin(), cycles.end());
  std::sort(best.begin(), best.end());
  for (int i = 0; i < 20; ++i) EXPECT_EQ(best[i], cycles[i]);
  for (const json& index : page["rows"]["front"]) {  // the same designs as without thinning
    const double value = page["rows"]["values"][3 * index.get<size_t>() + 1];
    bool found = false;
    for (const json& other : whole["rows"]["front"])
      found |= whole["rows"]["values"][3 * other.get<size_t>() + 1] == value;
    EXPECT_TRUE(found);
  }
  EXPECT_EQ(Html(data, options), Html(data, options));
  PageOptions other = options;
  other.seed = 2;
  EXPECT_NE(Html(data, options), Html(data, other));
}

TEST(PageTest, NothingIsFetchedFromAnywhere) {
  const std::string html = Html(Example(50));
  // Tags and style, without what the scripts hold.
  std::string rest;
  for (size_t at = 0; at < html.size();) {
    const size_t open = html.find("<script", at);
    rest += html.substr(at, open == std::string::npos ? open : html.find('>', open) + 1 - at);
    if (open == std::string::npos) break;
    at = html.find("</script", open);
  }
  for (const char* word : {"src=", "href=", "@import", "url(", "<link", "<img", "<iframe"}) {
    EXPECT_EQ(rest.find(word), std::string::npos) << word;
  }
  EXPECT_NE(rest.find("default-src 'none'"), std::string::npos);
  // Every address in the whole file is the name of an XML vocabulary.
  const std::regex address("https?://[^\"'\\s)<]*");
  for (std::sregex_iterator at(html.begin(), html.end(), address), end; at != end; ++at) {
    EXPECT_EQ(at->str().rfind("http://www.w3.org/", 0), 0u) << at->str();
  }
}

TEST(PageTest, TextOfTheUserIsNoMarkup) {
  const std::string html = Html(Example(50));
  EXPECT_NE(html.find("<title>LeNet-5 &lt;b&gt;&amp; friends&lt;/b&gt;</title>"),
            std::string::npos);
  size_t ends = 0;
  for (size_t at = html.find("</script"); at != std::string::npos;
       at = html.find("</script", at + 1))
    ++ends;
  EXPECT_EQ(ends, 3u);  // data, d3, the page's own
}

TEST(PageTest, AnEmptyResultIsAPage) {
  PageData data = Example(0);
  data.proxy.reset();
  const json page = Embedded(Html(data));
  EXPECT_EQ(page["rows"]["shown"], 0);
  EXPECT_TRUE(page["rows"]["front"].empty());
  EXPECT_TRUE(page["rows"]["knee"].is_null());
  EXPECT_TRUE(page["proxy"].is_null());
}

TEST(PageTest, RefusesRowsThatDoNotFit) {
  PageData short_row = Example(5), outside = Example(5), values = Example(5), none = Example(5);
  short_row.points.pop_back();
  outside.points[1] = 3;
  values.values.push_back(1);
  none.measures.clear();
  for (const PageData& data : {short_row, outside, values, none})
    EXPECT_THROW(PageJson(data), InputError);
}

}  // namespace
}  // namespace systole::explore
