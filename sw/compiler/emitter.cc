#include "sw/compiler/emitter.h"

#include <cassert>

namespace systole {

int64_t Emitter::Emit(const Instruction& instruction, const After& after) {
  const int64_t index = static_cast<int64_t>(code_.size());
  code_.push_back(instruction);
  Instruction& self = code_.back();
  const int engine = static_cast<int>(self.engine());
  for (int source = 0; source < kNumEngines; ++source) {
    const int64_t producer = after.index[source];
    if (source == engine || producer <= covered_[engine][source]) continue;
    assert(producer < index && static_cast<int>(code_[producer].engine()) == source);
    // Engines retire in order and tokens are counted, so one token of the last producer stands for all before it.
    covered_[engine][source] = producer;
    self.Set(kPopField[source], self.Get(kPopField[source]) + 1);
    const uint64_t push = code_[producer].Get(field::kPush);
    assert(!(push >> engine & 1));
    code_[producer].Set(field::kPush, push | uint64_t{1} << engine);
  }
  return index;
}

bool Emitter::Covers(Engine engine, const After& after) const {
  for (int source = 0; source < kNumEngines; ++source) {
    if (source == static_cast<int>(engine)) continue;
    if (after.index[source] > covered_[static_cast<int>(engine)][source]) return false;
  }
  return true;
}

std::vector<Instruction> Emitter::Finish() { return std::move(code_); }

}  // namespace systole
