// Instructions from a list of fields, for tests.
#pragma once

#include <initializer_list>
#include <utility>

#include "sw/isa/isa.h"

namespace systole::testing {

inline Instruction Make(Opcode opcode,
                        std::initializer_list<std::pair<Field, uint64_t>> fields = {}) {
  Instruction i;
  i.Set(field::kOpcode, static_cast<uint64_t>(opcode));
  for (const auto& [f, value] : fields) i.Set(f, value);
  return i;
}

// The same with more fields.
inline Instruction With(Instruction i, std::initializer_list<std::pair<Field, uint64_t>> fields) {
  for (const auto& [f, value] : fields) i.Set(f, value);
  return i;
}

// Push masks.
inline constexpr uint64_t kToLoad = 1, kToMatmul = 2, kToPost = 4, kToStore = 8;

// A Matmul of `m` vectors, `slices` slices and `columns` columns.
inline Instruction MakeMatmul(uint64_t m, uint64_t slices, uint64_t columns) {
  return Make(Opcode::kMatmul, {{field::kMmNx, m},
                                {field::kMmNy, 1},
                                {field::kMmNb, 1},
                                {field::kMmKslices, slices},
                                {field::kMmWcols, columns},
                                {field::kMmKlast, 1}});
}

// A RowConv of one position, one word, one filter.
inline Instruction MakeRowConv() {
  Instruction i = Make(Opcode::kRowConv);
  for (Field f : {field::kRcM0, field::kRcM2, field::kRcM3, field::kRcC1, field::kRcC2,
                  field::kRcR1, field::kRcS1, field::kRcQ1, field::kRcHs, field::kRcWs,
                  field::kRcPitch, field::kRcNx, field::kRcNy, field::kRcNb, field::kRcKslices})
    i.Set(f, 1);
  return i;
}

// A Post of `taps` accumulator reads (at most 1023), one channel.
inline Instruction MakePost(uint64_t taps) {
  return Make(Opcode::kPost, {{field::kPoNx, taps},
                              {field::kPoNy, 1},
                              {field::kPoNtx, 1},
                              {field::kPoNty, 1},
                              {field::kPoNchan, 1},
                              {field::kPoHi, 127}});
}

// A LoadAct, Store or Fill of `lines` lines of `bytes` bytes.
inline Instruction MakeTransfer(Opcode opcode, uint64_t address, uint64_t bytes, uint64_t lines = 1,
                                uint64_t stride = 0) {
  return Make(opcode, {{field::kLsAddr, address},
                       {field::kLsBytes, bytes},
                       {field::kLsLines, lines},
                       {field::kLsMemStride, stride},
                       {field::kLsBufStride, bytes}});
}

}  // namespace systole::testing
