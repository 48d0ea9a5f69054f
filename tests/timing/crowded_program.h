// Random programs whose engines get in each other's way.
#pragma once

#include <algorithm>
#include <random>
#include <vector>

#include "tests/timing/random_program.h"

namespace systole::testing {

// A random program whose instructions share the memories' groups and entries.
inline std::vector<Instruction> CrowdedProgram(const HwConfig& c, uint32_t seed) {
  std::mt19937 random(seed);
  auto code = RandomProgram(c, seed).Make(6 + static_cast<int>(seed % 20), Tokens::kEarlier);
  const auto below = [&](uint64_t n) { return random() % n; };
  uint64_t last_half = 0, last_entry = 0;  // of the Matmul before
  for (Instruction& i : code) {
    switch (i.opcode()) {
      case Opcode::kMatmul: {
        const uint64_t m = i.Get(field::kMmNx) * i.Get(field::kMmNy);
        i.Set(field::kMmHalf, below(2));
        i.Set(field::kMmFirst, below(2));
        i.Set(field::kMmAccBase, below(std::min<uint64_t>(6, 129 - m)));
        // Often on the heels of the one before: same half, weights soon there, and the entries to
        // which its last vectors have gone.
        if (below(2) == 0) {
          i.Set(field::kMmHalf, last_half);
          i.Set(field::kMmFirst, 0);
          i.Set(field::kMmWcols, 1);
          i.Set(field::kMmAccBase, std::min(last_entry - std::min(last_entry, below(4)), 128 - m));
          for (Field f : kPopField) i.Set(f, 0);
        }
        last_half = i.Get(field::kMmHalf);
        last_entry = i.Get(field::kMmAccBase) + m - 1;
        i.Set(field::kMmBase, below(static_cast<uint64_t>(c.ActBytes()) - 1000));
        break;
      }
      case Opcode::kPost:
        i.Set(field::kPoHalf, below(2));
        i.Set(field::kPoOut, below(static_cast<uint64_t>(c.ActBytes()) - 1000));
        break;
      case Opcode::kPostAct:
      case Opcode::kPostActAdd:
        i.Set(field::kPaSrc, below(static_cast<uint64_t>(c.ActBytes()) - 6000));
        i.Set(field::kPoOut, below(static_cast<uint64_t>(c.ActBytes()) - 6000));
        break;
      case Opcode::kLoadAct:
        if (below(2) == 0) i.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kFill));
        [[fallthrough]];
      case Opcode::kFill:
      case Opcode::kStore:
        i.Set(field::kLsBuf, below(static_cast<uint64_t>(c.ActBytes()) -
                                   std::max<uint64_t>(1000, i.Get(field::kLsBytes))));
        break;
      default:
        break;
    }
  }
  return code;
}

}  // namespace systole::testing
