// Every illegal parameter value is refused with its name when the top is elaborated, by Verilator,
// Icarus and Yosys; C++ (Validate) refuses the same ones.
#include "sw/driver/parameters.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "sw/base/error.h"

namespace systole {
namespace {

struct Illegal {
  const char* name;
  const char* value;
  const char* others;  // make the value the only illegal one
};

// The first value past each border, and what is between the borders and yet not possible.
const Illegal kIllegal[] = {
    {"ROWS", "1", ""},
    {"ROWS", "65", ""},
    {"COLS", "1", "LANES=1"},
    {"COLS", "65", ""},
    {"WPORT", "0", ""},
    {"WPORT", "3", ""},
    {"WPORT", "32", ""},
    {"LANES", "0", ""},
    {"LANES", "17", ""},
    {"ACT_KIB", "0", ""},
    {"ACT_KIB", "3", ""},
    {"ACT_KIB", "8192", ""},
    {"ACT_KIB", "1", "ACT_GROUPS=16 ROWS=64"},
    {"ACT_GROUPS", "0", ""},
    {"ACT_GROUPS", "3", ""},
    {"ACT_GROUPS", "32", ""},
    {"WGT_KIB", "0", ""},
    {"WGT_KIB", "8193", ""},
    {"WGT_KIB", "1", "ROWS=64 COLS=16 WPORT=16"},
    {"PAR_KIB", "0", ""},
    {"PAR_KIB", "257", "COLS=16 LANES=16"},
    {"PAR_KIB", "33", "LANES=1"},
    {"KTAB_KIB", "0", ""},
    {"KTAB_KIB", "1025", ""},
    {"KTAB_KIB", "512", "ROWS=2"},
    {"ACC_DEPTH", "3", ""},
    {"ACC_DEPTH", "1025", ""},
    {"AXI_DATA_WIDTH", "16", ""},
    {"AXI_DATA_WIDTH", "48", ""},
    {"AXI_DATA_WIDTH", "256", ""},
    {"AXI_ADDR_WIDTH", "31", ""},
    {"AXI_ADDR_WIDTH", "65", ""},
    {"AXI_ID_WIDTH", "0", ""},
    {"AXI_ID_WIDTH", "17", ""},
    {"OUTSTANDING", "0", ""},
    {"OUTSTANDING", "33", ""},
    {"QUEUE_DEPTH", "1", ""},
    {"QUEUE_DEPTH", "3", ""},
    {"QUEUE_DEPTH", "128", ""},
    {"ROUNDINGS", "0", ""},
    {"ROUNDINGS", "64", ""},
    {"ROW_SUM", "2", ""},
    {"DATAFLOWS", "0", ""},
    {"DATAFLOWS", "2", ""},
    {"DATAFLOWS", "3", "ROWS=2"},
    {"DATAFLOWS", "6", ""},
    {"DATAFLOWS", "5", "WPORT=2"},
    {"TAPS", "65", ""},
    {"ENGINE", "1",
     "ROWS=12 ROW_SUM=0 TAPS=0 RS_ROWS=4 RS_COLS=4 IFMAP_SPAD=4 WGT_SPAD=2 "
     "PSUM_SPAD=1"},
    {"RS_ROWS", "12", ""},
    {"RS_COLS", "33",
     "COLS=64 ENGINE=1 ROW_SUM=0 TAPS=0 RS_ROWS=4 IFMAP_SPAD=4 WGT_SPAD=2 "
     "PSUM_SPAD=1"},
    {"WGT_SPAD", "3", "ENGINE=1 ROW_SUM=0 TAPS=0 RS_ROWS=4 RS_COLS=4 IFMAP_SPAD=4 PSUM_SPAD=1"},
};

std::ostream& operator<<(std::ostream& out, const Illegal& i) {
  return out << i.name << "=" << i.value << " " << i.others;
}

std::vector<std::string> Assignments(const Illegal& i) {
  std::vector<std::string> all{std::string(i.name) + "=" + i.value};
  std::string others = i.others;
  for (size_t at = 0; at < others.size();) {
    const size_t end = std::min(others.find(' ', at), others.size());
    all.push_back(others.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

// Output and exit status of a command run in the source tree.
std::string Output(const std::string& command, int* status) {
  std::string text;
  FILE* pipe = popen(("cd '" SYSTOLE_SOURCE_DIR "' && " + command + " 2>&1").c_str(), "r");
  char buffer[4096];
  while (size_t n = fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, n);
  *status = pclose(pipe);
  return text;
}

// files.f in one line.
const char kFiles[] = "$(sed -n 's#^[a-z0-9_/]*\\.sv$#rtl/&#p' rtl/files.f)";

// Prints a case as NAME=VALUE.
std::string Name(const ::testing::TestParamInfo<Illegal>& info) {
  return std::string(info.param.name) + "_" + info.param.value +
         (*info.param.others ? "_combined" : "");
}

class IllegalParameter : public ::testing::TestWithParam<Illegal> {};

TEST_P(IllegalParameter, IsRefusedByNameInVerilator) {
  const Illegal& p = GetParam();
  std::string command = std::string("verilator --lint-only -Irtl/common rtl/lint.vlt ") + kFiles +
                        " --top-module systole_top";
  for (const std::string& a : Assignments(p)) command += " -G" + a;
  int status = 0;
  const std::string text = Output(command, &status);
  EXPECT_NE(status, 0);
  EXPECT_NE(
      text.find(std::string("systole: parameter ") + p.name + "=" + p.value + " is not possible"),
      std::string::npos)
      << text;
}

TEST_P(IllegalParameter, IsRefusedByNameInIcarus) {
  const Illegal& p = GetParam();
  std::string file =
      (std::filesystem::temp_directory_path() / "systole_parameters_XXXXXX").string();
  close(mkstemp(file.data()));
  std::string command = std::string("iverilog -g2012 -Irtl/common -s systole_top -o ") + file;
  for (const std::string& a : Assignments(p)) command += " -Psystole_top." + a;
  command += std::string(" ") + kFiles + " && vvp -n " + file;
  int status = 0;
  const std::string text = Output(command, &status);
  std::filesystem::remove(file);
  EXPECT_NE(status, 0);
  EXPECT_NE(
      text.find(std::string("systole: parameter ") + p.name + "=" + p.value + " is not possible"),
      std::string::npos)
      << text;
}

TEST_P(IllegalParameter, IsRefusedByNameInYosys) {
  const Illegal& p = GetParam();
  std::string sets;
  for (std::string a : Assignments(p)) sets += " -chparam " + a.replace(a.find('='), 1, " ");
  int status = 0;
  const std::string text =
      Output(std::string("yosys -q -p \"read_verilog -sv -defer -Irtl/common $(echo ") + kFiles +
                 "); hierarchy -check -top systole_top" + sets + "\"",
             &status);
  EXPECT_NE(status, 0);
  EXPECT_NE(text.find(std::string("systole_illegal_parameter_") + p.name + "'"), std::string::npos)
      << text;
}

TEST_P(IllegalParameter, IsRefusedByNameInTheHostPrograms) {
  const Illegal& p = GetParam();
  try {
    ParseParameters(Assignments(p));
    ADD_FAILURE() << "not refused";
  } catch (const InputError& e) {
    EXPECT_NE(std::string(e.what()).find(p.name), std::string::npos) << e.what();
  }
}

INSTANTIATE_TEST_SUITE_P(Each, IllegalParameter, ::testing::ValuesIn(kIllegal), Name);

TEST(LegalParameters, ElaborateAtTheBorders) {
  for (const char* set : {"-GROWS=2 -GCOLS=2 -GLANES=1 -GACT_KIB=1 -GACT_GROUPS=1 -GWGT_KIB=1 "
                          "-GPAR_KIB=1 -GKTAB_KIB=1 -GACC_DEPTH=4 "
                          "-GAXI_DATA_WIDTH=32 -GAXI_ID_WIDTH=1 -GOUTSTANDING=1 -GQUEUE_DEPTH=2 "
                          "-GROUNDINGS=1 -GROW_SUM=0 -GTAPS=0",
                          "-GROWS=64 -GCOLS=64 -GWPORT=64 -GLANES=64 -GACT_KIB=4096 "
                          "-GACT_GROUPS=16 -GWGT_KIB=8192 -GPAR_KIB=256 "
                          "-GKTAB_KIB=1024 -GACC_DEPTH=1024 -GAXI_DATA_WIDTH=128 "
                          "-GAXI_ADDR_WIDTH=64 -GAXI_ID_WIDTH=16 -GOUTSTANDING=32 "
                          "-GQUEUE_DEPTH=64 -GTAPS=64",
                          "-GROWS=2 -GCOLS=2 -GLANES=1 -GACC_DEPTH=4 -GROW_SUM=0 -GTAPS=0 "
                          "-GENGINE=1 -GRS_ROWS=2 -GRS_COLS=2 -GIFMAP_SPAD=4 -GWGT_SPAD=2 "
                          "-GPSUM_SPAD=1",
                          "-GROWS=4 -GCOLS=4 -GLANES=1 -GACC_DEPTH=4 -GROW_SUM=0 -GTAPS=0 "
                          "-GENGINE=1 -GRS_ROWS=3 -GRS_COLS=4 -GIFMAP_SPAD=8 -GWGT_SPAD=6 "
                          "-GPSUM_SPAD=2",
                          "-GROWS=64 -GCOLS=64 -GACC_DEPTH=1024 -GKTAB_KIB=64 -GROW_SUM=0 "
                          "-GTAPS=0 -GENGINE=1 -GRS_ROWS=32 -GRS_COLS=32 -GIFMAP_SPAD=32 "
                          "-GWGT_SPAD=1022 -GPSUM_SPAD=31"}) {
    int status = 0;
    const std::string text =
        Output(std::string("verilator --lint-only -Wall -Irtl/common rtl/lint.vlt ") + kFiles +
                   " --top-module systole_top " + set,
               &status);
    EXPECT_EQ(status, 0) << set << "\n" << text;
    EXPECT_EQ(text, "");
  }
}

}  // namespace
}  // namespace systole
