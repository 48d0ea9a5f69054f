#include "sw/compare/inject.h"

#include <gtest/gtest.h>

#include "sw/base/error.h"

namespace systole {
namespace {

TEST(InjectTest, FormsAndDefaults) {
  const Fault w = ParseFault("weight:C1:3:2:7");
  EXPECT_EQ(w.kind, Fault::Kind::kWeight);
  EXPECT_EQ(w.description, "rtl");
  EXPECT_EQ(w.layer, "C1");
  EXPECT_EQ(w.k, 3);
  EXPECT_EQ(w.n, 2);
  EXPECT_EQ(w.bit, 7);
  const Fault l = ParseFault("law:POST:+2@tlm");
  EXPECT_EQ(l.kind, Fault::Kind::kLaw);
  EXPECT_EQ(l.description, "tlm");
  EXPECT_EQ(l.engine, 2);
  EXPECT_EQ(l.cycles, 2);
  EXPECT_EQ(ParseFault("law:LOAD:+1").description, "model");
  EXPECT_EQ(ParseFault("").kind, Fault::Kind::kNone);
}

TEST(InjectTest, BadFormsAreRefused) {
  for (const char* text :
       {"weight", "weight:C1:1:1", "weight:C1:x:1:1", "weight:C1:1:1:9", "weight:C1:1:1:1@model",
        "law:POST", "law:X:+1", "law:POST:0", "law:POST:+1@rtl", "gate:1"}) {
    EXPECT_THROW(ParseFault(text), InputError) << text;
  }
}

TEST(InjectTest, OneBitOfOneWeightChanges) {
  Model model;
  model.layers.resize(2);
  model.layers[1].name = "F";
  model.layers[1].weights = {1, 2, 3, 4, 5, 6};  // two filters of three
  model.layers[1].bias = {0, 0};
  const Model changed = WithFault(model, ParseFault("weight:F:2:1:7"));
  EXPECT_EQ(changed.layers[1].weights, (std::vector<int8_t>{1, 2, 3, 4, 5, 6 - 128}));
  EXPECT_EQ(WithFault(model, ParseFault("weight:1:0:0:1")).layers[1].weights[0], 3);
  EXPECT_THROW(WithFault(model, ParseFault("weight:F:3:0:0")), InputError);
  EXPECT_THROW(WithFault(model, ParseFault("weight:F:0:2:0")), InputError);
  EXPECT_THROW(WithFault(model, ParseFault("weight:0:0:0:0")), InputError);
}

}  // namespace
}  // namespace systole
