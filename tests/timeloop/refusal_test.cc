// What `systole map` does not take: one line that names file, place and remedy.
#include <gtest/gtest.h>

#include <functional>

#include "sw/base/error.h"
#include "tests/timeloop/layer.h"

namespace systole::timeloop {
namespace {

constexpr char kBypass[] = R"(
- {target: psum_spad, type: bypass, bypass: [Weights, Inputs]}
- {target: weights_spad, type: bypass, bypass: [Inputs, Outputs]}
- {target: ifmap_spad, type: bypass, bypass: [Weights, Outputs]}
- {target: shared_glb, type: bypass, bypass: [Weights]}
)";

std::string Message(const std::function<void()>& read) {
  try {
    read();
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

void ExpectMessage(const std::string& message, const std::vector<std::string>& parts) {
  EXPECT_FALSE(message.empty());
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  for (const std::string& part : parts) {
    EXPECT_NE(message.find(part), std::string::npos) << part << " in: " << message;
  }
}

// The layer's and the mapping's text on the Eyeriss-like design.
std::string OfLayer(const std::string& instance, const std::string& mapping = "") {
  return Message([&] { SpecOf("eyeriss_like", instance, mapping); });
}

// A design with one word of its text replaced.
std::string OfDesign(const std::string& from, const std::string& to) {
  return Message([&] {
    std::vector<SpecFile> files = DesignFiles("eyeriss_like");
    files.push_back(ConvFile("C: 8"));
    for (SpecFile& file : files) {
      const size_t at = file.text.find(from);
      if (at != std::string::npos) file.text.replace(at, from.size(), to);
    }
    ReadSpec(files);
  });
}

// 168 scratchpads each feed one multiplier; 336 would be two for each.
TEST(Refusal, SeveralMultipliersAtOneStorage) {
  ExpectMessage(
      OfDesign("name: mac[0..167]\n      class: intmac\n      attributes:\n        meshX: 14",
               "name: mac[0..335]\n      class: intmac\n      attributes:\n        meshX: 28"),
      {"architecture", "2 multipliers for each psum_spad are not modelled",
       "a storage of its own"});
}

TEST(Refusal, TheDesignsThemselvesAreTaken) {
  for (const char* design :
       {"eyeriss_like", "simple_weight_stationary", "simple_output_stationary"}) {
    EXPECT_EQ(Message([&] { SpecOf(design, "C: 8, M: 4"); }), "");
  }
  EXPECT_EQ(OfDesign("depth: 192", "depth: 193"), "");
}

TEST(Refusal, AMisspelledStrideIsNotDropped) {
  ExpectMessage(OfLayer("C: 8, HStride: 2"),
                {"layer.yaml: line 2: problem.instance", "'HStride'", "did you mean Hstride?"});
  ExpectMessage(OfLayer("C: 8, K: 2"), {"'K'"});
}

TEST(Refusal, UnknownKeys) {
  ExpectMessage(OfDesign("depth: 192", "dept: 192"), {"'dept'", "did you mean depth?", "line"});
  ExpectMessage(OfDesign("class: intmac", "class: intmak"), {"'intmak'", "did you mean intmac?"});
  ExpectMessage(OfDesign("split: 999", "spilt: 999"), {"'spilt'", "did you mean split?"});
  ExpectMessage(OfDesign("architecture:", "architektur:"), {"did you mean architecture?"});
  ExpectMessage(OfDesign("target: DRAM", "target: DRUM"), {"'DRUM'", "did you mean DRAM?"});
  ExpectMessage(OfDesign("keep: [Inputs]", "keep: [Input]"), {"did you mean Inputs?"});
  ExpectMessage(OfDesign("name: compute", "name: compote"), {"did you mean compute?"});
}

TEST(Refusal, WhatIsNotModelled) {
  ExpectMessage(OfDesign("factors: N=1,C=1", "factors: N=1,C<=1"), {"not modelled", "C=n"});
  ExpectMessage(OfDesign("depth: 192", "sizeKB: 192"), {"'sizeKB' is not modelled"});
  ExpectMessage(OfDesign("depth: 192", "cluster-size: 2"), {"only 1 is modelled"});
  ExpectMessage(OfDesign("meshX: 14\n        meshY: 12", "meshX: 14\n        meshY: 11"),
                {"154", "168"});
}

TEST(Refusal, Mappings) {
  ExpectMessage(
      OfLayer("C: 8", std::string("- {target: DRAM, type: temporal, factors: C4}") + kBypass),
      {"C multiply to 4", "8"});
  ExpectMessage(OfLayer("C: 8", std::string("- {target: DRAM, type: temporal, factors: C8}\n"
                                            "- {target: DRAM, type: bypass, bypass: [Weights]}") +
                                    kBypass),
                {"Weights is bypassed", "keep it at the outermost level"});
  ExpectMessage(OfLayer("C: 8",
                        "- {target: DRAM, type: temporal, factors: C8}\n"
                        "- {target: inter_PE_spatial, type: bypass, keep: [Inputs]}"),
                {"inter_PE_spatial keeps data but has no 'read' in the energy table"});
  ExpectMessage(OfLayer("C: 8", "- {target: DRAM, type: temporal, factors: C0}"), {"C=0"});
  ExpectMessage(OfLayer("C: 8", "- {target: DRAM, type: temporal, factors: '3'}"), {"dimension"});
  ExpectMessage(OfLayer("C: 8", "- {target: DRAM, type: skew}"), {"'skew' is not modelled"});
}

TEST(Refusal, FilesThatAreNoYaml) {
  const auto of = [](const std::string& text) {
    return Message([&] { ReadSpec({{"x.yaml", text}}); });
  };
  ExpectMessage(of("a: [1"), {"x.yaml", "line"});
  ExpectMessage(of(""), {"x.yaml"});
  ExpectMessage(of("3"), {"x.yaml"});
  ExpectMessage(of("architecture: &a\n  subtree:\n  - *a\n"), {"x.yaml"});
  ExpectMessage(of("architecture: {subtree: &a [{name: x, subtree: *a}]}\n"), {"x.yaml"});
  ExpectMessage(of(std::string(100000, '[')), {"x.yaml"});
  ExpectMessage(of("problem: 1\nproblem: 2\n"), {"twice"});
  ExpectMessage(of("mapper: {}\n"), {"no 'architecture'"});
  ExpectMessage(Message([] { ReadText("/nowhere.yaml"); }), {"/nowhere.yaml", "name a file"});
}

// Found by the fuzzer: names that run over lines, in messages of one.
TEST(Refusal, NamesOfManyLines) {
  ExpectMessage(OfDesign("name: compute", "name: \"com\\npute\""), {"compute"});
  ExpectMessage(OfDesign("name: psum_spad[0..167]", "name: \"psum\\nspad[0..167]\""), {"no name"});
  ExpectMessage(OfDesign("keep: [Inputs]", "keep: [\"In\\nputs\"]"), {"tensor"});
  ExpectMessage(OfDesign("depth: 192", "\"de\\npth\": 192"), {"pth"});
}

// Found by the fuzzer: yaml-cpp's message has the character itself.
TEST(Refusal, EscapedLineBreak) {
  ExpectMessage(Message([] { ReadSpec({{"x.yaml", "a: \"b\\\nc\\\t\\\x01\"\n"}}); }), {"x.yaml"});
  ExpectMessage(OfDesign("name: compute", "name: \"\\\r\""), {"line"});
}

// Found by the fuzzer: yaml-cpp reads documents without end behind a broken word.
TEST(Refusal, OneDocument) {
  const auto of = [](const std::string& text) {
    return Message([&] { ReadSpec({{"x.yaml", text}}); });
  };
  ExpectMessage(of("mapper: {}\n---\nmapper: {}\n"), {"one document"});
  ExpectMessage(of("# In the dialect\nneeds"), {"one document"});
}

TEST(Refusal, TheSameKeyInTwoFiles) {
  ExpectMessage(Message([] {
                  std::vector<SpecFile> files = DesignFiles("eyeriss_like");
                  files.push_back(ConvFile("C: 8"));
                  files.push_back(ConvFile("C: 4"));
                  files.back().path = "other.yaml";
                  ReadSpec(files);
                }),
                {"other.yaml", "layer.yaml, too"});
}

TEST(Refusal, NumbersThatAreNone) {
  ExpectMessage(OfLayer("C: -8"), {"'-8'", "whole number"});
  ExpectMessage(OfLayer("C: 1e3"), {"'1e3'"});
  ExpectMessage(OfLayer("C: 1000000, M: 1000000, P: 1000000"), {"2^52"});
  ExpectMessage(OfDesign("energy: 512.0", "energy: nan"), {"'nan' is no number"});
  ExpectMessage(OfDesign("energy: 512.0", "energy: -1"), {"below 0"});
}

}  // namespace
}  // namespace systole::timeloop
