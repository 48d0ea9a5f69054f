// The ends of every parameter's range (docs/integration.md, spec/): the last value that is taken,
// the first that is refused, in surroundings that allow it.
#include <gtest/gtest.h>

#include "sw/base/error.h"
#include "sw/driver/parameters.h"

namespace systole {
namespace {

bool Taken(std::vector<std::string> around, const std::string& name, int value) {
  around.push_back(name + "=" + std::to_string(value));
  try {
    ParseParameters(around);
    return true;
  } catch (const InputError& e) {
    // The refusal is about this parameter, not its surroundings.
    EXPECT_NE(std::string(e.what()).find(name + "=" + std::to_string(value)), std::string::npos)
        << e.what();
    return false;
  }
}

const std::vector<std::string> kRow = {"ENGINE=row", "ROWS=32", "COLS=32"};

struct Range {
  const char* name;
  std::vector<int> taken, refused;
  std::vector<std::string> around;
};

const Range kRanges[] = {
    {"ROWS", {2, 3, 64}, {1, 65}, {}},
    {"COLS", {2, 3, 64}, {1, 65}, {"LANES=1"}},
    {"WPORT", {1, 2, 4, 12}, {0, 5, 24}, {"COLS=12", "TAPS=0"}},
    {"LANES", {1, 7}, {0, 8}, {"COLS=7"}},
    {"ACT_KIB", {1, 2, 4096}, {0, 3, 8192}, {"ROWS=4", "COLS=4"}},
    {"ACT_GROUPS", {1, 2, 8, 16}, {0, 3, 32}, {}},
    // A group of 64 bytes is one row of 64 banks: two are needed.
    {"ACT_KIB", {2}, {1}, {"ROWS=64", "ACT_GROUPS=16"}},
    {"ACT_KIB", {1}, {}, {"ROWS=64", "ACT_GROUPS=8"}},
    {"WGT_KIB", {1, 8192}, {0, 8193}, {}},
    {"PAR_KIB", {1, 32}, {0, 33}, {"LANES=1"}},
    {"PAR_KIB", {256}, {257}, {"LANES=8"}},
    {"KTAB_KIB", {1, 256}, {0, 257}, {"ROWS=2"}},
    {"KTAB_KIB", {1024}, {1025}, {}},
    {"ACC_DEPTH", {4, 5, 1024}, {3, 1025}, {}},
    {"AXI_DATA_WIDTH", {32, 64, 128}, {16, 33, 96, 256}, {}},
    {"AXI_ADDR_WIDTH", {32, 40, 64}, {31, 65}, {}},
    {"AXI_ID_WIDTH", {1, 16}, {0, 17}, {}},
    {"OUTSTANDING", {1, 32}, {0, 33}, {}},
    {"QUEUE_DEPTH", {2, 4, 64}, {1, 3, 128}, {}},
    {"ROUNDINGS", {1, 63}, {0, 64}, {}},
    {"ROW_SUM", {0, 1}, {2}, {}},
    {"DATAFLOWS", {1, 3, 5, 7}, {0, 2, 4, 6, 8}, {}},
    {"DATAFLOWS", {1}, {3, 5, 7}, {"ROWS=2"}},
    {"DATAFLOWS", {3, 7}, {}, {"ROWS=3"}},
    {"DATAFLOWS", {1, 3}, {5, 7}, {"WPORT=2"}},
    {"DATAFLOWS", {1, 3}, {5}, {"ROWS=8", "COLS=16", "WPORT=2"}},
    {"DATAFLOWS", {1}, {3}, {"ROWS=7", "COLS=16", "WPORT=2"}},
    {"DATAFLOWS", {1}, {3, 5}, kRow},
    {"TAPS", {0, 64}, {65}, {}},
    {"POST_ACT", {0, 1}, {2}, {"ADD_UNIT=0"}},
    {"ADD_UNIT", {0, 1}, {2}, {}},
    {"ADD_UNIT", {0}, {1}, {"POST_ACT=0"}},
    {"ENGINE", {0}, {1, 2}, {"ROWS=12"}},
    {"ENGINE", {0}, {1}, {"COLS=12"}},
    {"ENGINE", {0}, {1}, {"WPORT=2"}},
    {"ENGINE", {0, 1}, {}, {"ACC_DEPTH=112"}},
    {"ENGINE", {0}, {1}, {"ACC_DEPTH=120"}},
    {"ENGINE", {0}, {1}, {"ROW_SUM=1"}},
    {"ENGINE", {0}, {1}, {"TAPS=1"}},
    {"RS_ROWS", {2, 32}, {1, 33}, kRow},
    {"RS_ROWS", {2, 8}, {9}, {"ENGINE=row", "ROWS=8"}},
    {"RS_COLS", {2, 32}, {1, 33}, kRow},
    {"RS_COLS", {2, 8}, {9}, {"ENGINE=row", "COLS=8"}},
    {"IFMAP_SPAD", {4, 8, 16, 32}, {2, 5, 12, 64}, kRow},
    {"WGT_SPAD", {2, 64, 1022}, {0, 1, 63, 1024}, kRow},
    {"PSUM_SPAD", {1, 31}, {0, 32}, kRow},
    {"RS_ROWS", {0}, {1, 2}, {}},
    {"RS_COLS", {0}, {1, 2}, {}},
    {"IFMAP_SPAD", {0}, {1, 4}, {}},
    {"WGT_SPAD", {0}, {2}, {}},
    {"PSUM_SPAD", {0}, {1}, {}},
};

TEST(LimitsTest, TheLastValueIsTakenAndTheNextRefused) {
  for (const Range& r : kRanges) {
    for (int value : r.taken) EXPECT_TRUE(Taken(r.around, r.name, value)) << r.name << value;
    for (int value : r.refused) EXPECT_FALSE(Taken(r.around, r.name, value)) << r.name << value;
  }
}

}  // namespace
}  // namespace systole
