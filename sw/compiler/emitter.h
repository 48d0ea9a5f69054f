// Instructions in program order with the order they must keep across engines, turned into tokens at
// the end.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sw/isa/isa.h"

namespace systole {

// For each engine, the last instruction (program index) that must have retired before; -1: none.
struct After {
  std::array<int64_t, kNumEngines> index{-1, -1, -1, -1};

  void Add(Engine engine, int64_t i) {
    int64_t& at = index[static_cast<int>(engine)];
    if (i > at) at = i;
  }
  void AddAll(const After& other) {
    for (int e = 0; e < kNumEngines; ++e) Add(static_cast<Engine>(e), other.index[e]);
  }
};

class Emitter {
 public:
  // Starts a program in `code`, which is to be empty: a token for every order that earlier tokens
  // do not already imply.
  void Start(std::vector<Instruction>* code) {
    code_ = code;
    for (auto& of_engine : covered_) of_engine.fill(-1);
    for (auto& givers : givers_) givers.clear();
    for (auto& of_engine : takers_) {
      for (auto& takers : of_engine) takers.clear();
    }
  }
  // Appends an instruction: the caller sets its fields at once, then says what it comes after.
  Instruction* Append() { return &code_->emplace_back(); }
  // The instruction appended last may issue once those of `after` have retired. Returns its program
  // index.
  int64_t Order(const After& after);
  // Is it certain, by what its engine already waited for, that the next instruction of `engine`
  // comes after instruction `index` of engine `source`?
  bool Covers(Engine engine, Engine source, int64_t index) const {
    return source == engine ||
           index <= covered_[static_cast<int>(engine)][static_cast<int>(source)];
  }

 private:
  int64_t Later(int engine, int source, int64_t producer) const;

  std::vector<Instruction>* code_ = nullptr;
  std::array<std::vector<int64_t>, kNumEngines> givers_;  // instructions that may give tokens
  // takers_[e][s]: instructions of engine e that take a token of engine s.
  std::array<std::array<std::vector<int64_t>, kNumEngines>, kNumEngines> takers_;
  // covered_[e][s]: the last instruction of engine s that engine e's latest instruction waited for.
  std::array<std::array<int64_t, kNumEngines>, kNumEngines> covered_{};
};

}  // namespace systole
