// Mappings worked by hand from the rules of docs/energy.md.
#include <gtest/gtest.h>

#include "sw/timeloop/evaluation.h"
#include "tests/timeloop/layer.h"

namespace systole::timeloop {
namespace {

struct Row {
  const char *level, *tensor;
  double reads, fills, updates;
};

void Expect(const Spec& spec, const Evaluation& result, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.level) + " " + row.tensor);
    const int t = spec.problem.FindTensor(row.tensor);
    const Counts& counts = result.levels[spec.arch.Find(row.level)].tensors[t];
    EXPECT_TRUE(counts.kept);
    EXPECT_EQ(counts.reads, row.reads);
    EXPECT_EQ(counts.fills, row.fills);
    EXPECT_EQ(counts.updates, row.updates);
  }
}

constexpr char kLinks[] = R"(
- {target: psum_spad, type: temporal, factors: M4}
- {target: weights_spad, type: temporal, factors: R3 C2, permutation: RC}
- {target: inter_PE_spatial, type: spatial, factors: S3 C2 M2, permutation: SCM, split: 0}
- {target: inter_PE_column_spatial, type: spatial, factors: M7, permutation: M, split: 1}
- {target: shared_glb, type: temporal, factors: Q8 P4, permutation: QP}
- {target: DRAM, type: temporal, factors: M2 C2, permutation: MC}
- {target: psum_spad, type: bypass, bypass: [Weights, Inputs]}
- {target: weights_spad, type: bypass, bypass: [Inputs, Outputs]}
- {target: ifmap_spad, type: bypass, bypass: [Weights, Outputs]}
- {target: shared_glb, type: bypass, bypass: [Weights]}
)";

// A spad of 2 channels x 3 columns x 1 row. 16 steps have no neighbour that could help: 6 groups
// of 6 words. 112 steps go one row on: 8 of 12 children take the row of their neighbour, the 4
// others are 2 groups. 16*36 + 112*12 = 1920 words from the buffer, 16*72 + 112*24 = 3840 arrive,
// 320 a child; 112*6*8 = 5376 words from neighbours over 84 instances are 64 more.
TEST(HandWorked, RowsComeFromNeighbours) {
  const Spec spec = SpecOf("eyeriss_like", "C: 8, M: 112, R: 3, S: 3, P: 4, Q: 8", kLinks);
  Evaluation result;
  Evaluate(spec.problem, spec.arch, *spec.mapping, Rules::kTimeloop, &result);
  ASSERT_TRUE(result.valid);
  EXPECT_EQ(result.compute_cycles, 3072);
  EXPECT_EQ(result.used_macs, 84);
  Expect(spec, result,
         {{"ifmap_spad", "Inputs", 3072 + 64, 384, 0},
          {"shared_glb", "Inputs", 1920, 480, 0},
          {"DRAM", "Inputs", 480, 0, 0},
          {"psum_spad", "Outputs", 2816, 256, 3072},
          {"shared_glb", "Outputs", 3584, 3584, 7168}});
  EXPECT_EQ(result.levels[spec.arch.Find("ifmap_spad")].tensors[1].link_words, 64);
}

// As hardware would: 5376 words in the one group of 12 children are 448 a child.
TEST(HandWorked, PhysicalLinksCountForTheChildrenThatHaveThem) {
  const Spec spec = SpecOf("eyeriss_like", "C: 8, M: 112, R: 3, S: 3, P: 4, Q: 8", kLinks);
  Evaluation result;
  Evaluate(spec.problem, spec.arch, *spec.mapping, Rules::kPhysical, &result);
  EXPECT_EQ(result.levels[spec.arch.Find("ifmap_spad")].tensors[1].link_words, 448);
}

// The wrap of P (a step of 2 columns, less the 1 that P inside has made) goes on with the inner
// step: 6 + 1*16*2 + 8*6 + 3*2*2 + 6 = 104 words a spad. In the buffer: 72 + 3*2*36 + 72 = 360.
TEST(HandWorked, AWrapThatGoesOnWithTheSameStep) {
  const Spec spec = SpecOf("eyeriss_like", "C: 2, M: 8, R: 3, S: 3, P: 8, Q: 14", R"(
- {target: psum_spad, type: temporal, factors: M4}
- {target: weights_spad, type: temporal, factors: R3 C2, permutation: RC}
- {target: inter_PE_spatial, type: spatial, factors: S3, split: 0}
- {target: inter_PE_column_spatial, type: spatial, factors: Q7}
- {target: shared_glb, type: temporal, factors: P2 M2, permutation: PM}
- {target: DRAM, type: temporal, factors: P4 Q2, permutation: PQ}
- {target: psum_spad, type: bypass, bypass: [Weights, Inputs]}
- {target: weights_spad, type: bypass, bypass: [Inputs, Outputs]}
- {target: ifmap_spad, type: bypass, bypass: [Weights, Outputs]}
- {target: shared_glb, type: bypass, bypass: [Weights]}
)");
  Evaluation result;
  Evaluate(spec.problem, spec.arch, *spec.mapping, Rules::kTimeloop, &result);
  ASSERT_TRUE(result.valid);
  const int inputs = spec.problem.FindTensor("Inputs");
  EXPECT_EQ(result.levels[spec.arch.Find("ifmap_spad")].tensors[inputs].fills, 104);
  EXPECT_EQ(result.levels[spec.arch.Find("shared_glb")].tensors[inputs].fills, 360);
  EXPECT_EQ(result.levels[spec.arch.Find("DRAM")].tensors[0].reads, 384 * 3);
}

// 73728 words of weights and 32256 of inputs in 2016 steps are 52.57 a cycle, 16 are possible.
TEST(HandWorked, TheBufferThrottles) {
  const Spec spec = SpecOf("simple_weight_stationary", "C: 32, M: 32, R: 3, S: 3, P: 14, Q: 4", R"(
- {target: weight_reg, type: temporal, factors: P7}
- {target: inter_PE_spatial, type: spatial, factors: C16 M16, permutation: CM, split: 1}
- {target: shared_glb, type: temporal, factors: R3 S3 Q4, permutation: RSQ}
- {target: DRAM, type: temporal, factors: P2 C2 M2, permutation: PCM}
- {target: output_activation_reg, type: bypass, bypass: [Weights, Inputs]}
- {target: input_activation_reg, type: bypass, bypass: [Weights, Outputs]}
- {target: weight_reg, type: bypass, bypass: [Inputs, Outputs]}
- {target: pe_spad, type: bypass, bypass: [Inputs, Outputs]}
- {target: shared_glb, type: bypass, bypass: [Outputs]}
)");
  Evaluation result;
  Evaluate(spec.problem, spec.arch, *spec.mapping, Rules::kTimeloop, &result);
  ASSERT_TRUE(result.valid);
  EXPECT_EQ(result.compute_cycles, 2016);
  Expect(spec, result,
         {{"shared_glb", "Weights", 73728, 9216, 0}, {"shared_glb", "Inputs", 32256, 6144, 0}});
  EXPECT_EQ(result.cycles, 6624);
}

}  // namespace
}  // namespace systole::timeloop
