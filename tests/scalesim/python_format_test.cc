// Numbers as Python prints them; the texts are CPython 3.11's repr().
#include <gtest/gtest.h>

#include "sw/scalesim/report.h"

namespace systole::scalesim {
namespace {

std::string Repr(double value) {
  std::string text;
  AppendPythonFloat(value, &text);
  return text;
}

TEST(PythonFormatTest, FloatsPrintAsRepr) {
  EXPECT_EQ(Repr(75), "75.0");
  EXPECT_EQ(Repr(-111), "-111.0");
  EXPECT_EQ(Repr(0), "0.0");
  EXPECT_EQ(Repr(-0.0), "-0.0");
  EXPECT_EQ(Repr(0.1), "0.1");
  EXPECT_EQ(Repr(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(Repr(9.225225225225225), "9.225225225225225");
  EXPECT_EQ(Repr(-12.5), "-12.5");
  EXPECT_EQ(Repr(1e-4), "0.0001");
  EXPECT_EQ(Repr(1.5e-5), "1.5e-05");
  EXPECT_EQ(Repr(5e-324), "5e-324");
  EXPECT_EQ(Repr(9999999999999998.0), "9999999999999998.0");
  EXPECT_EQ(Repr(1000000000000000.5), "1000000000000000.5");
  EXPECT_EQ(Repr(1e16), "1e+16");
  EXPECT_EQ(Repr(123456789012345680.0), "1.2345678901234568e+17");
  EXPECT_EQ(Repr(1.0 / 0.0), "inf");
}

}  // namespace
}  // namespace systole::scalesim
