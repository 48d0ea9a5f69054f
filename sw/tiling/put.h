// Instruction fields, checked: a value that a field cannot hold is an error that names the layer.
#pragma once

#include <fmt/format.h>

#include <string>

#include "sw/compiler/misfit.h"
#include "sw/isa/isa.h"

namespace systole {

class FieldWriter {
 public:
  FieldWriter(Opcode opcode, const std::string& who, Instruction* i) : who_(who), i_(i) {
    i->word.fill(0);
    i->word[0] = static_cast<uint32_t>(opcode);
  }
  FieldWriter& Put(Field f, int64_t value) {
    if (value < 0 || (f.width < 63 && value >> f.width != 0)) {
      throw MisfitError(Misfit::kTooLarge,
                        fmt::format("{}: an instruction field of {} bits cannot hold {}; the layer "
                                    "is too large for this accelerator",
                                    who_, f.width, value));
    }
    i_->Set(f, static_cast<uint64_t>(value));
    return *this;
  }
  // Modulo 2^width.
  FieldWriter& PutModulo(Field f, int64_t value) {
    i_->Set(f, static_cast<uint64_t>(value) & ((uint64_t{1} << f.width) - 1));
    return *this;
  }
  FieldWriter& PutInt8(Field f, int value) {
    i_->Set(f, static_cast<uint8_t>(value));
    return *this;
  }

 private:
  const std::string& who_;
  Instruction* i_;
};

// Adds to a field of an instruction that is there: addresses once they are known.
inline void AddTo(Field f, int64_t value, const std::string& who, Instruction* i) {
  const int64_t sum = static_cast<int64_t>(i->Get(f)) + value;
  if (sum < 0 || sum >> f.width != 0) {
    throw MisfitError(
        Misfit::kTooLarge,
        fmt::format("{}: an address field of {} bits cannot hold {}", who, f.width, sum));
  }
  i->Set(f, static_cast<uint64_t>(sum));
}

}  // namespace systole
