// Instructions: opcodes, fields (from fields.def), and their 256-bit container.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>

namespace systole {

enum class Engine : uint8_t { kLoad = 0, kMatmul = 1, kPost = 2, kStore = 3 };
inline constexpr int kNumEngines = 4;
inline constexpr int kInstructionBytes = 32;

enum class Opcode : uint8_t {
#define OPCODE(name, code) k##name = code,
#include "sw/isa/fields.def"
};

// MATMUL's work, whichever array is built.
constexpr bool IsArrayWork(Opcode o) { return o == Opcode::kMatmul || o == Opcode::kRowConv; }

struct Field {
  int lsb, width;
};

namespace field {
#define FIELD(name, lsb, width) inline constexpr Field k##name{lsb, width};
#include "sw/isa/fields.def"
}  // namespace field

enum class ErrorCode : uint8_t {
#define ERROR_CODE(name, code, text) k##name = code,
#include "sw/isa/fields.def"
};
const char* ErrorText(ErrorCode code);

// One instruction as it lies in memory: eight little-endian 32-bit words.
struct Instruction {
  std::array<uint32_t, 8> word{};

  uint64_t Get(Field f) const {
    uint64_t v = 0;
    const int first = f.lsb / 32, shift = f.lsb % 32;
    v = uint64_t{word[first]} >> shift;
    if (shift + f.width > 32) v |= uint64_t{word[first + 1]} << (32 - shift);
    if (shift + f.width > 64) v |= uint64_t{word[first + 2]} << (64 - shift);
    return f.width == 64 ? v : v & ((uint64_t{1} << f.width) - 1);
  }
  // `value` must fit the field (asserted).
  void Set(Field f, uint64_t value) {
    assert(f.width == 64 || value < (uint64_t{1} << f.width));
    for (int bit = 0; bit < f.width;) {
      const int pos = f.lsb + bit, w = pos / 32, sh = pos % 32;
      const int n = (32 - sh < f.width - bit) ? 32 - sh : f.width - bit;
      const uint32_t mask = (n == 32 ? ~0u : ((1u << n) - 1)) << sh;
      word[w] = (word[w] & ~mask) | ((static_cast<uint32_t>(value >> bit) << sh) & mask);
      bit += n;
    }
  }
  int8_t GetInt8(Field f) const { return static_cast<int8_t>(Get(f)); }
  Opcode opcode() const { return static_cast<Opcode>(Get(field::kOpcode)); }
  // Valid for known opcodes only.
  Engine engine() const { return static_cast<Engine>((Get(field::kOpcode) >> 4) - 1); }
  bool operator==(const Instruction& o) const { return word == o.word; }
};

inline constexpr Field kPopField[kNumEngines] = {field::kPopLoad, field::kPopMatmul,
                                                 field::kPopPost, field::kPopStore};

}  // namespace systole
