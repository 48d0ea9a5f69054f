#include "sw/driver/disassemble.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace systole {
namespace {

struct NamedField {
  std::string_view name;
  Field field;
};

constexpr NamedField kFields[] = {
#define FIELD(name, lsb, width) {#name, {lsb, width}},
#include "sw/isa/fields.def"
};

bool IsSync(Opcode op) { return (static_cast<int>(op) & 0xF) == 0xF; }

// Fields that hold a two's complement number.
bool IsSigned(std::string_view name) {
  return name == "PoZw" || name == "PoZy" || name == "PoLo" || name == "PoHi" || name == "LsFill";
}

// Fields that an instruction has in its bits: those of its engine, but POST's read in three ways.
bool HasField(Opcode opcode, std::string_view name) {
  const auto one_of = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  const std::string_view prefix = name.substr(0, 2);
  if (prefix == "Mm" || prefix == "Rc") return (prefix == "Rc") == (opcode == Opcode::kRowConv);
  if (opcode != Opcode::kPostAct && opcode != Opcode::kPostActAdd)
    return prefix != "Pa" && prefix != "Pb";
  if (prefix == "Po") {
    return one_of(
        {"PoRounding", "PoNx", "PoNy", "PoPar", "PoOut", "PoSx", "PoSy", "PoZy", "PoLo", "PoHi"});
  }
  if (opcode == Opcode::kPostAct) return prefix == "Pa";
  return prefix == "Pb" || one_of({"PaAfter", "PaNchan", "PaSrc", "PaRsY"});
}

// Fields of an engine: `prefixes` are "Ls", "Mm Rc" or "Po Pa Pb"; those of tokens ("PopLoad") are
// none. Zeros are left out.
void AppendFields(const Instruction& in, std::string_view prefixes, std::string* out) {
  for (const NamedField& f : kFields) {
    if (prefixes.find(f.name.substr(0, 2)) == std::string_view::npos ||
        f.name.substr(0, 3) == "Pop" || !HasField(in.opcode(), f.name)) {
      continue;
    }
    const uint64_t value = in.Get(f.field);
    if (value == 0) continue;
    if (IsSigned(f.name)) {
      *out += fmt::format(" {} {}", f.name.substr(2), static_cast<int>(static_cast<int8_t>(value)));
    } else if (f.name == "LsAddr") {
      *out += fmt::format(" {} 0x{:x}", f.name.substr(2), value);
    } else {
      *out += fmt::format(" {} {}", f.name.substr(2), value);
    }
  }
}

}  // namespace

const char* EngineName(int engine) {
  constexpr const char* kNames[] = {"LOAD", "MATMUL", "POST", "STORE", "fetch"};
  return engine >= 0 && engine <= 4 ? kNames[engine] : "?";
}

const char* OpcodeName(Opcode opcode) {
  switch (opcode) {
#define OPCODE(name, code) \
  case Opcode::k##name:    \
    return #name;
#include "sw/isa/fields.def"
  }
  return nullptr;
}

std::string Disassemble(const Instruction& in) {
  const char* name = OpcodeName(in.opcode());
  if (name == nullptr) {
    return fmt::format("unknown opcode 0x{:02x}: {:08x}", in.Get(field::kOpcode),
                       fmt::join(in.word, " "));
  }
  std::string out = name;
  std::string take, give;
  for (int e = 0; e < kNumEngines; ++e) {
    if (const uint64_t n = in.Get(kPopField[e])) take += fmt::format(" {}:{}", EngineName(e), n);
    if (in.Get(field::kPush) >> e & 1) give += fmt::format(" {}", EngineName(e));
  }
  if (!take.empty()) out += " take" + take;
  if (!give.empty()) out += " give" + give;
  if (IsSync(in.opcode())) return out;
  out += " |";
  switch (in.engine()) {
    case Engine::kMatmul:
      AppendFields(in, "Mm Rc", &out);
      break;
    case Engine::kPost:
      AppendFields(in, "Po Pa Pb", &out);
      break;
    default:
      AppendFields(in, "Ls", &out);
  }
  return out;
}

const char* ListingHelp() {
  return "index  opcode, take ENGINE:tokens, give ENGINES | fields of the engine (docs/isa.md)\n"
         "A field that is not shown is 0.\n";
}

std::string Listing(const std::vector<Instruction>& code) {
  std::string out;
  for (size_t i = 0; i < code.size(); ++i)
    out += fmt::format("{:6}  {}\n", i, Disassemble(code[i]));
  return out;
}

}  // namespace systole
