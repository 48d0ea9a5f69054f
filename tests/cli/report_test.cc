// The report's table: names of any length and bytes.
#include "sw/cli/report.h"

#include <gtest/gtest.h>

#include <sstream>

namespace systole {
namespace {

std::string Table(const std::string& name) {
  RunSummary s;
  s.backends = {"tlm"};
  s.images = 1;
  s.layers.resize(2);
  s.layers[0].name = name;
  s.layers[1].name = "F";
  s.bytes.resize(2);
  s.mismatches.resize(2);
  s.cycles["tlm"] = s.batch_one_rows["tlm"] = {1, {2, 3}};
  s.totals["tlm"] = s.batch_one["tlm"] = 6;
  ::testing::internal::CaptureStdout();
  PrintReport(s);
  return ::testing::internal::GetCapturedStdout();
}

// Letters before the column MACs, in each row of the first table.
std::vector<size_t> Widths(const std::string& report) {
  std::vector<size_t> widths;
  std::istringstream lines(report.substr(report.find("\nlayer") + 1));
  for (std::string line; std::getline(lines, line) && !line.empty();) {
    size_t letters = 0;
    for (const char c : line) letters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    widths.push_back(letters);
  }
  return widths;
}

TEST(ReportTest, LongNamesKeepTheColumns) {
  for (const std::string& name :
       {std::string("C1"), std::string("a name of twenty-one"), std::string(300, 'x'),
        std::string("/features/features.0/conv/Conv_quant_with_more"), std::string("two\nlines"),
        std::string("größe/größe/größe/größe/größe/größe/größe")}) {
    SCOPED_TRACE(name);
    const std::vector<size_t> widths = Widths(Table(name));
    ASSERT_EQ(widths.size(), 5u);  // header, lead-in, two layers, total
    for (const size_t width : widths) EXPECT_EQ(width, widths[0]);
    EXPECT_LE(widths[0], 112u);
  }
}

TEST(ReportTest, AShortenedNameKeepsItsEnd) {
  const std::string report = Table("/features/features.0/conv/Conv_quant_with_more");
  EXPECT_NE(report.find("\n...s.0/conv/Conv_quant_with_more "), std::string::npos) << report;
  EXPECT_NE(Table("a name of twenty-one").find("\na name of twenty-one "), std::string::npos);
}

}  // namespace
}  // namespace systole
