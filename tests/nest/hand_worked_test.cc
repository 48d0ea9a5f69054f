// One nest counted by hand (docs/row_stationary.md#one-mapping-by-hand has its array): a 3x3
// convolution of 8 channels and 8 filters on 8 columns and 14 rows of outputs.
#include <gtest/gtest.h>

#include "sw/base/error.h"
#include "sw/driver/parameters.h"
#include "sw/nest/nest_counts.h"
#include "sw/nest/nest_program.h"
#include "tests/timeloop/layer.h"

namespace systole::nest {
namespace {

const char kLayer[] = "C: 8, M: 8, R: 3, S: 3, P: 8, Q: 14";
const char kMapping[] = R"(
- {target: psum_spad, type: temporal, factors: M4}
- {target: weights_spad, type: temporal, factors: C2 R3, permutation: CR}
- {target: inter_PE_spatial, type: spatial, factors: S3 C2 M2, permutation: SCM, split: 0}
- {target: inter_PE_column_spatial, type: spatial, factors: Q14, permutation: Q, split: 1}
- {target: shared_glb, type: temporal, factors: P8 C2, permutation: PC}
- {target: psum_spad, type: bypass, bypass: [Weights, Inputs]}
- {target: weights_spad, type: bypass, bypass: [Inputs, Outputs]}
- {target: ifmap_spad, type: bypass, bypass: [Weights, Outputs]}
- {target: shared_glb, type: bypass, bypass: [Weights]}
)";

class HandWorked : public ::testing::Test {
 protected:
  HandWorked() {
    Evaluate(spec_.problem, spec_.arch, *spec_.mapping, timeloop::Rules::kTimeloop, &evaluation_);
  }
  const timeloop::Spec spec_ = timeloop::SpecOf("eyeriss_like", kLayer, kMapping);
  const NestPlan plan_ = PlanNest(ReadNest(spec_, *spec_.mapping), ParseParameters({"ENGINE=row"}));
  timeloop::Evaluation evaluation_;
};

TEST_F(HandWorked, Plan) {
  EXPECT_EQ(plan_.Instructions(), 1);
  EXPECT_EQ(plan_.Positions(), 8);
  EXPECT_EQ(plan_.slices.bound, 2);
  EXPECT_EQ(plan_.places, 1);
  EXPECT_EQ(plan_.block, 8);     // channels side by side
  EXPECT_EQ(plan_.columns, 10);  // 8 outputs of 3 taps
  EXPECT_EQ(plan_.lines, 16);    // 14 outputs of 3 taps
  EXPECT_EQ(plan_.pitch, 97);    // 10 * 8 + 7 for a beat, then 1 modulo 16
  EXPECT_EQ(plan_.out_bytes, 8 * 8 * 14);
}

TEST_F(HandWorked, Counts) {
  struct {
    const char *level, *what;
    int64_t timeloop, machine;
  } rows[] = {
      // 16 steps of 24 cycles, 168 elements; in Timeloop the first product of each of an element's
      // 4 filters x 8 columns reads no sum, here the first of each step; the last one goes below.
      {"psum_spad", "sums read", 64512 - 4 * 8 * 168, 16 * 20 * 168},
      {"psum_spad", "sums written", 64512, 16 * 20 * 168},
      // 16 steps of 8 channels in 14 columns; 8 * 8 * 14 outputs begin without an old sum.
      {"accumulators", "sums written", 1792, 1792},
      {"accumulators", "sums read", 896, 896},
      // Two sets of 24 words; rows of 16 bytes, 12 of them used.
      {"weights_spad", "words read", 64512, 64512},
      {"weights_spad", "words filled", 2 * 24 * 168, 2 * 24 * 168},
      {"weight buffer", "bytes read", 2 * 24 * 12, 2 * 24 * 16},
      {"DRAM", "bytes of weights read", 2 * 24 * 12, 2 * 24 * 16},
      // A window of 6 words and 7 slides of 2, twice: 40 words. Of each, 42 rows of a byte for 3
      // taps of 14 outputs, but 16 different ones; 2 lots of channels.
      {"ifmap_spad", "words read", 64512, 64512 / 4},
      {"ifmap_spad", "words filled", 40 * 168, 40 * 168},
      {"shared_glb", "bytes of inputs read", 40 * 2 * 42, 40 * 2 * 16},
      {"DRAM", "bytes of inputs read", 8 * 16 * 10, 8 * 16 * 10},
      {"DRAM", "bytes of outputs written", 896, 896},
  };
  const std::vector<Quantity> counts = CountsOf(plan_, spec_.problem, evaluation_);
  for (const auto& row : rows) {
    bool found = false;
    for (const Quantity& q : counts) {
      if (q.level != row.level || q.what != row.what) continue;
      found = true;
      EXPECT_EQ(q.timeloop, row.timeloop) << row.level << ", " << row.what;
      EXPECT_EQ(q.machine, row.machine) << row.level << ", " << row.what;
      EXPECT_EQ(q.Left(), 0) << row.level << ", " << row.what;
    }
    EXPECT_TRUE(found) << row.level << ", " << row.what;
  }
}

// First window 1 + 6 * 2, 15 steps of 24 to the last one, then 24 + 4.
TEST_F(HandWorked, Cycles) {
  const Quantity cycles = ArrayCycles(plan_, evaluation_);
  EXPECT_EQ(cycles.timeloop, 16 * 24);
  EXPECT_EQ(cycles.machine, 13 + 15 * 24 + 28);
  EXPECT_EQ(cycles.Left(), 0);
}

// What is not executable, by the name of its rule.
TEST(Refusals, NameTheRule) {
  struct Case {
    const char *rule, *layer, *from, *to;  // `from` in kMapping becomes `to`
    std::vector<std::string> parameters;
  };
  const Case cases[] = {
      {"place",
       kLayer,
       "factors: P8 C2, permutation: PC}",
       "factors: P8, permutation: P}\n- {target: ifmap_spad, type: temporal, factors: C2}",
       {}},
      {"order", kLayer, "permutation: CR", "permutation: RC", {}},
      {"keep", kLayer, "bypass: [Weights]}", "bypass: []}", {}},
      {"dilation", "C: 8, M: 8, R: 3, S: 3, P: 8, Q: 14, Wdilation: 2", "", "", {}},
      {"stride", "C: 8, M: 8, R: 3, S: 3, P: 8, Q: 14, Hstride: 8", "", "", {}},
      {"elements", kLayer, "", "", {"RS_ROWS=8"}},
      {"elements", kLayer, "", "", {"RS_COLS=8"}},
      {"ifmap_spad", "C: 16, M: 8, R: 3, S: 3, P: 8, Q: 14", "C2 R3", "C4 R3", {"IFMAP_SPAD=8"}},
      {"weights_spad", kLayer, "", "", {"WGT_SPAD=40"}},
      {"psum_spad", kLayer, "", "", {"PSUM_SPAD=3"}},
      {"partial sums", "C: 8, M: 8, R: 3, S: 3, P: 80, Q: 14", "P8 C2", "P80 C2", {}},
      {"weight buffer", kLayer, "", "", {"WGT_KIB=1", "ROWS=64", "COLS=64"}},
      {"activation buffer",
       "C: 8, M: 8, R: 3, S: 3, P: 8, Q: 560",
       "P8 C2",
       "P8 Q40 C2",
       {"ACC_DEPTH=1024"}},
  };
  for (const Case& c : cases) {
    std::string mapping = kMapping;
    const std::string from = c.from;
    if (!from.empty()) mapping.replace(mapping.find(from), from.size(), c.to);
    std::vector<std::string> parameters = c.parameters;
    parameters.push_back("ENGINE=row");
    try {
      const timeloop::Spec spec = timeloop::SpecOf("eyeriss_like", c.layer, mapping);
      PlanNest(ReadNest(spec, *spec.mapping), ParseParameters(parameters));
      ADD_FAILURE() << c.rule << ": executed";
    } catch (const InputError& e) {
      EXPECT_EQ(std::string(e.what()).rfind(std::string("not executable: ") + c.rule + ": ", 0), 0)
          << c.rule << ": " << e.what();
    }
  }
}

}  // namespace
}  // namespace systole::nest
