// The .cfg reader: what configparser accepts, and a clear message for what it or SCALE-Sim would
// choke on.
#include "sw/scalesim/config.h"

#include <gtest/gtest.h>

#include "sw/base/error.h"

namespace systole::scalesim {
namespace {

constexpr char kGood[] =
    "[general]\nrun_name = my run\n\n[architecture_presets]\nArrayHeight:    32\nARRAYWIDTH = 16\n"
    "IfmapSramSzkB:   64 \nFilterSramSzkB=8\nOfmapSramSzkB:4\nIfmapOffset: 0\nFilterOffset: "
    "1_000\nOfmapOffset: 20000\n"
    "# comment\n  ; comment\nBandwidth : 10, 20\nDataflow : ws\nMemoryBanks: "
    "1\n[run_presets]\nInterfaceBandwidth: "
    "USER\n";

std::string With(const std::string& from, const std::string& to) {
  std::string text = kGood;
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string ErrorOf(const std::string& text, Compat compat = Compat::kV2) {
  try {
    ParseConfig(text, "a.cfg", compat);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ConfigTest, ReadsWhatConfigparserReads) {
  const RunConfig c = ParseConfig(kGood, "a.cfg", Compat::kV2);
  EXPECT_EQ(c.run_name, "my run");
  EXPECT_EQ(c.machine.rows, 32);
  EXPECT_EQ(c.machine.cols, 16);
  EXPECT_EQ(c.machine.ifmap_kb, 64);
  EXPECT_EQ(c.machine.filter_offset, 1000);
  EXPECT_EQ(c.machine.dataflow, Dataflow::kWs);
  EXPECT_TRUE(c.machine.user_bandwidth);
  EXPECT_EQ(c.bandwidths, (std::vector<int64_t>{10, 20}));
  EXPECT_EQ(c.machine.ofmap_bandwidth, 10);
  EXPECT_FALSE(c.invalid_dataflow);
}

TEST(ConfigTest, CarriageReturnsAndInterpolationAreRead) {
  std::string crlf;
  for (char ch : std::string(kGood)) crlf += ch == '\n' ? "\r\n" : std::string(1, ch);
  EXPECT_EQ(ParseConfig(crlf, "a.cfg", Compat::kV2).machine.cols, 16);
  EXPECT_EQ(ParseConfig(With("my run", "a%%b"), "a.cfg", Compat::kV2).run_name, "a%b");
  EXPECT_EQ(ParseConfig(With("my run", "x_%(tag)s\ntag = 7"), "a.cfg", Compat::kV2).run_name,
            "x_7");
}

TEST(ConfigTest, UnknownDataflowRunsAsOutputStationaryWithAWarning) {
  const RunConfig c = ParseConfig(With("Dataflow : ws", "Dataflow : WS"), "a.cfg", Compat::kV2);
  EXPECT_TRUE(c.invalid_dataflow);
  EXPECT_EQ(c.machine.dataflow, Dataflow::kOs);
}

TEST(ConfigTest, MistakesAreNamedWithTheirPlace) {
  const std::pair<std::string, std::string> cases[] = {
      {With("ArrayHeight:    32", "ArrayHeight: 32 # rows"),
       "a.cfg: [architecture_presets] ArrayHeight is '32 # rows'"},
      {With("ArrayHeight:    32", "ArrayHeight: 0"), "must be at least 1"},
      {With("IfmapSramSzkB:   64 ", "IfmapSramSzkB: 0"),
       "IfmapSramSzkB is 0, but must be at least 1"},
      {With("IfmapOffset: 0", "IfmapOffset: -1"), "IfmapOffset is -1, but must be at least 0"},
      {With("ARRAYWIDTH = 16", ""), "ArrayWidth is missing"},
      {With("ARRAYWIDTH = 16", "ArrayHeight = 16"), "line 6: arrayheight stands twice"},
      {With("ARRAYWIDTH = 16", "ArrayWidth"), "line 6: 'ArrayWidth' is neither"},
      {With("[run_presets]", "[run_preset]"), "section [run_presets] is missing"},
      {With("[run_presets]", "[general]"), "section [general] stands twice"},
      {With("USER", "user"), "InterfaceBandwidth is 'user'; write USER or CALC"},
      {With("Bandwidth : 10, 20", "Bandwidth : 10,"), "Bandwidth is '', not a whole number"},
      {With("Bandwidth : 10, 20", "Bandwidth : 0"), "Bandwidth must be at least 1"},
      {With("my run", "50%"), "'%' must be written '%%'"},
      {"ArrayHeight = 4\n" + std::string(kGood),
       "line 1: a value stands before the first [section]"},
      {"", "section [general] is missing"},
  };
  for (const auto& [text, wanted] : cases) {
    EXPECT_NE(ErrorOf(text).find(wanted), std::string::npos)
        << "wanted: " << wanted << "\ngot: " << ErrorOf(text);
  }
}

TEST(ConfigTest, IndentedLineContinuesTheValue) {
  EXPECT_NE(ErrorOf(With("ARRAYWIDTH = 16", "ARRAYWIDTH = 16\n    17")).find("not a whole number"),
            std::string::npos);
}

}  // namespace
}  // namespace systole::scalesim
