// `systole run --trace-on-difference`, as a user calls it, on a weight that was flipped.
#include <vector>

#include "tests/cli/command_fixture.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

const std::string kRun = "run " + kRoot + "/models/lenet5-mnist/model.onnx --images " + kRoot +
                         "/models/digits/images.idx3-ubyte.gz --rows 5 --cols 7 --first 1 "
                         "--batch 1 ";

using DifferenceTest = CommandTest;

// The retire cycle of the last Post of a layer, from the stamps' CSV of a run without the fault.
uint64_t LastPostOf(const std::string& csv, const std::string& layer) {
  std::istringstream lines(csv);
  std::string line;
  uint64_t last = 0;
  while (std::getline(lines, line)) {
    std::vector<std::string> cells;
    std::istringstream text(line);
    for (std::string cell; std::getline(text, cell, ',');) cells.push_back(cell);
    if (cells[0] == "rtl" && cells[1] == "code" && cells[3] == "POST" && cells[5] == layer)
      last = std::max<uint64_t>(last, std::stoull(cells[7]));
  }
  return last;
}

// Bytes [at, at + 8) of a file, the most significant first.
uint64_t BigEndian(const std::string& bytes, size_t at) {
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) value = value << 8 | static_cast<uint8_t>(bytes.at(at + i));
  return value;
}

TEST_F(DifferenceTest, IsTracedInTheCyclesAroundIt) {
  ASSERT_EQ(Systole(kRun + "--backend golden,rtl --stamps " + Path("s.csv")).status, 0);
  const uint64_t seen = LastPostOf(ReadText(Path("s.csv")), "C3+S4");
  ASSERT_GT(seen, 2000u);
  const Result r = Systole(kRun +
                           "--backend golden,rtl --inject weight:C3:37:5:6@rtl "
                           "--trace-on-difference " +
                           Path("d.fst"));
  EXPECT_EQ(r.status, 1);
  EXPECT_NE(r.out.find(fmt::format("cycles {} to {} of the run of images from 0; the first "
                                   "difference is in {}\n",
                                   seen - 2000, seen + 100, seen)),
            std::string::npos)
      << r.out;
  // The header of an FST file: its type, its length, then first and last time; two times a cycle.
  const std::string trace = ReadText(Path("d.fst"));
  ASSERT_GT(trace.size(), 1000u);
  EXPECT_EQ(BigEndian(trace, 17) - BigEndian(trace, 9), 2u * 2100 + 1);
}

TEST_F(DifferenceTest, NothingIsTracedWhereTheRtlIsRight) {
  for (const std::string fault : {"", "--inject weight:C3:37:5:6@tlm "}) {
    const Result r = Systole(kRun + "--backend golden,tlm,rtl " + fault + "--trace-on-difference " +
                             Path("d.fst"));
    EXPECT_EQ(r.status, fault.empty() ? 0 : 1);
    EXPECT_NE(r.out.find("the RTL does not differ, nothing is traced"), std::string::npos);
    EXPECT_FALSE(fs::exists(Path("d.fst")));
  }
}

TEST_F(DifferenceTest, IsRefusedWhereItMeansNothing) {
  const std::string option = "--trace-on-difference " + Path("d.fst") + " ";
  ExpectRefused(kRun + option + "--backend golden,tlm", "only backend rtl is traced");
  ExpectRefused(kRun + option + "--backend golden,rtl --trace " + Path("t.fst"), "choose one");
  ExpectRefused(kRun + option + "--backend golden,rtl --queue-depth 16", "VARIANT=trace");
}

}  // namespace
}  // namespace systole
