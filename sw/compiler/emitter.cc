#include "sw/compiler/emitter.h"

#include <cassert>

namespace systole {

int64_t Emitter::Order(const After& after) {
  const int64_t index = static_cast<int64_t>(code_->size()) - 1;
  uint32_t& self = code_->back().word[0];
  const int engine = static_cast<int>(code_->back().engine());
  for (int source = 0; source < kNumEngines; ++source) {
    const int64_t producer = after.index[source];
    if (source == engine || producer <= covered_[engine][source]) continue;
    assert(producer < index && static_cast<int>((*code_)[producer].engine()) == source);
    // Engines retire in order and tokens are counted, so one token of the last producer stands for
    // all before it.
    covered_[engine][source] = producer;
    self += uint32_t{1} << kPopField[source].lsb;
    uint32_t& giver = (*code_)[producer].word[0];
    const uint32_t push = uint32_t{1} << (field::kPush.lsb + engine);
    assert((giver & push) == 0);
    giver |= push;
  }
  return index;
}

}  // namespace systole
