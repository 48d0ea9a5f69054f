// --inject: one fault in one description, to see the comparison fail and say where.
#pragma once

#include <string>

#include "sw/model/model.h"
#include "sw/timing/laws.h"

namespace systole {

struct Fault {
  enum class Kind { kNone, kWeight, kLaw };
  Kind kind = Kind::kNone;
  std::string description;  // whose: golden, tlm, rtl (weight); tlm, model (law)
  // kWeight: bit `bit` of weight k of filter n of a layer (name or index); k counts the filter's C
  // x KH x KW elements.
  std::string layer;
  int64_t k = 0, n = 0;
  int bit = 0;
  // kLaw: cycles added to the retire law of an engine.
  int engine = 0;
  int cycles = 0;
};

// "weight:LAYER:K:N:BIT[@golden|tlm|rtl]" (default rtl) or "law:ENGINE:+1[@model|tlm]" (default
// model); empty: none. Throws InputError with the form wanted.
Fault ParseFault(const std::string& text);

// The model with the fault's weight changed. Throws InputError if there is no such layer, filter or
// element.
Model WithFault(const Model& model, const Fault& fault);

}  // namespace systole
