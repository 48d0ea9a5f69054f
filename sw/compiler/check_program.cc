#include "sw/compiler/check_program.h"

#include "sw/base/check.h"

namespace systole {
namespace {

bool IsInstruction(const Instruction& i) {
  switch (i.opcode()) {
#define OPCODE(name, code) case Opcode::k##name:
#include "sw/isa/fields.def"
    return true;
  }
  return false;
}

// Bytes moved by the code's instructions of one opcode.
uint64_t BytesOf(const std::vector<Instruction>& code, Opcode opcode) {
  uint64_t bytes = 0;
  for (const Instruction& i : code) {
    if (i.opcode() == opcode) bytes += i.Get(field::kLsBytes) * i.Get(field::kLsLines);
  }
  return bytes;
}

uint64_t BytesOf(const Program& p, const TensorLayout& t) {
  return uint64_t(p.options.images) * t.h * t.w * t.c;
}

// First address behind what setup loads from memory; between its loads there are only the gaps of
// their alignment.
uint64_t ConstantsEnd(const Program& p) {
  constexpr uint64_t kAlignment = 256;
  uint64_t end = p.constants_address;
  for (const Instruction& i : p.setup) {
    const Opcode o = i.opcode();
    if (o != Opcode::kLoadWgt && o != Opcode::kLoadKtab && o != Opcode::kLoadPar) continue;
    const uint64_t from = i.Get(field::kLsAddr);
    Check(from == (end + kAlignment - 1) / kAlignment * kAlignment,
          "setup does not load the constants one after the other");
    end = from + i.Get(field::kLsBytes);
  }
  return end;
}

}  // namespace

void CheckProgram(const Program& p) {
  for (const auto* code : {&p.setup, &p.code}) {
    for (const Instruction& i : *code) Check(IsInstruction(i), "an instruction was not written");
  }
  Check(!p.setup.empty() && !p.code.empty(), "the program has no instructions");
  Check(p.layer_of.size() == p.code.size() && p.report_of.size() == p.code.size(),
        "an instruction has no place in the report");
  Check(BytesOf(p.code, Opcode::kLoadAct) == BytesOf(p, p.input),
        "the program does not load every byte of its images");
  Check(BytesOf(p.code, Opcode::kStore) == BytesOf(p, p.output),
        "the program does not store every byte of its results");
  Check(p.observations.size() == p.report.size() * p.options.images,
        "the schedule is not complete: a layer of an image is missing");
  size_t fills = 0;
  for (const Instruction& i : p.setup) fills += i.opcode() == Opcode::kFill;
  Check(fills == p.report.size() + 1, "setup does not fill every tensor's storage");
  const uint64_t constants_end = p.constants_address + p.constants.size();
  Check(ConstantsEnd(p) == constants_end, "the constants are not those that setup loads");
  Check(p.setup_address >= constants_end &&
            p.code_address >= p.setup_address + p.setup.size() * kInstructionBytes &&
            p.memory_end == p.code_address + p.code.size() * kInstructionBytes,
        "the program's parts overlap in memory");
}

}  // namespace systole
