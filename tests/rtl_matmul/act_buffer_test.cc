// The activation buffer alone: both writers and both contiguous readers against a byte array,
// conflicts against the groups of the bytes touched.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "tests/rtl_matmul/matmul_model.h"

namespace systole::rtl_matmul {
namespace {

class ActBufferTest : public testing::TestWithParam<Build> {};

std::set<int> Groups(const HwConfig& c, uint32_t address, int n) {
  std::set<int> groups;
  for (int i = 0; i < n; ++i) groups.insert(static_cast<int>((address + i) / c.GroupBytes()));
  return groups;
}

bool Meet(const std::set<int>& a, const std::set<int>& b) {
  for (int g : a) {
    if (b.count(g)) return true;
  }
  return false;
}

TEST_P(ActBufferTest, ReadsWhatBothWritersWrote) {
  const HwConfig& c = GetParam().config;
  const std::unique_ptr<Model> model = GetParam().create();
  std::mt19937 rng(7);
  const auto in = [&rng](int lo, int hi) {
    return std::uniform_int_distribution<int>(lo, hi)(rng);
  };
  std::vector<int> bytes(c.ActBytes(), -1);  // -1: not written yet
  Inputs& i = model->in;
  int checked = 0, conflicts = 0, read_conflicts = 0;
  for (int cycle = 0; cycle < 20000; ++cycle) {
    // A writer often goes on where it was, so that groups' ends and conflicts are met.
    const auto next = [&](uint32_t* address, uint8_t* n, int max_n) {
      *address = in(0, 3) == 0 ? in(0, c.ActBytes() - 1) : *address + *n;
      *n = static_cast<uint8_t>(in(1, max_n));
      if (*address + *n > bytes.size()) *address = static_cast<uint32_t>(bytes.size() - *n);
    };
    i.ld_we = in(0, 2) != 0;
    next(&i.ld_addr, &i.ld_n, c.AxiBytes());
    for (auto& b : i.ld_data) b = static_cast<uint8_t>(in(0, 255));
    i.po_we = in(0, 2) != 0;
    next(&i.po_addr, &i.po_n, c.lanes);
    for (auto& b : i.po_data) b = static_cast<uint8_t>(in(0, 255));
    i.st_re = in(0, 4) != 0;
    next(&i.st_addr, &i.st_n, c.AxiBytes());
    i.pr_re = in(0, 2) == 0;
    next(&i.pr_addr, &i.pr_n, c.lanes);
    const bool readers =
        i.st_re && i.pr_re && Meet(Groups(c, i.st_addr, i.st_n), Groups(c, i.pr_addr, i.pr_n));
    ASSERT_EQ(model->Settle().pr_conflict, readers) << "cycle " << cycle;
    read_conflicts += readers;
    if (readers) (cycle % 2 == 0 ? i.st_re : i.pr_re) = false;

    const bool conflict =
        i.ld_we && i.po_we && Meet(Groups(c, i.ld_addr, i.ld_n), Groups(c, i.po_addr, i.po_n));
    ASSERT_EQ(model->Settle().wr_conflict, conflict) << "cycle " << cycle;
    ASSERT_FALSE(model->Settle().rd_conflict);
    conflicts += conflict;
    if (conflict) i.po_we = false;

    // What a reader must see; -1: written in this cycle or never.
    const auto seen = [&](bool reads, uint32_t address, int n) {
      std::vector<int> want;
      for (int b = 0; reads && b < n; ++b) {
        const uint32_t a = address + b;
        const bool busy = (i.ld_we && a >= i.ld_addr && a < i.ld_addr + i.ld_n) ||
                          (i.po_we && a >= i.po_addr && a < i.po_addr + i.po_n);
        want.push_back(busy ? -1 : bytes[a]);
      }
      return want;
    };
    const std::vector<int> want = seen(i.st_re, i.st_addr, i.st_n),
                           want_post = seen(i.pr_re, i.pr_addr, i.pr_n);
    for (int b = 0; i.ld_we && b < i.ld_n; ++b) bytes[i.ld_addr + b] = i.ld_data[b];
    for (int b = 0; i.po_we && b < i.po_n; ++b) bytes[i.po_addr + b] = i.po_data[b];
    model->Cycle();
    i.ld_we = i.po_we = i.st_re = i.pr_re = false;
    const Outputs out = model->Settle();
    for (size_t b = 0; b < want.size(); ++b) {
      if (want[b] < 0) continue;
      ASSERT_EQ(out.st_data[b], want[b])
          << "cycle " << cycle << " address " << i.st_addr << "+" << b;
      ++checked;
    }
    for (size_t b = 0; b < want_post.size(); ++b) {
      if (want_post[b] < 0) continue;
      ASSERT_EQ(out.pr_data[b], want_post[b])
          << "cycle " << cycle << " POST's address " << i.pr_addr << "+" << b;
      ++checked;
    }
  }
  EXPECT_GT(read_conflicts, 100);
  EXPECT_GT(checked, 10000);
  EXPECT_GT(conflicts, 100);
}

INSTANTIATE_TEST_SUITE_P(Configurations, ActBufferTest, testing::ValuesIn(Builds()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace systole::rtl_matmul
