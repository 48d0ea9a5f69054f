#include "sw/compare/inject.h"

#include <fmt/format.h>

#include <cstdlib>
#include <vector>

#include "sw/base/error.h"
#include "sw/driver/disassemble.h"
#include "sw/isa/isa.h"

namespace systole {
namespace {

constexpr const char* kForms = "weight:LAYER:K:N:BIT[@golden|tlm|rtl] or law:ENGINE:+1[@model|tlm]";

[[noreturn]] void Bad(const std::string& text, const std::string& what) {
  throw InputError(fmt::format("--inject {}: {}; the form is {}", text, what, kForms));
}

std::vector<std::string> Split(const std::string& text) {
  std::vector<std::string> parts(1);
  for (char c : text) {
    if (c == ':') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

int64_t Number(const std::string& text, const std::string& part) {
  char* end = nullptr;
  const long long v = std::strtoll(part.c_str(), &end, 10);
  if (part.empty() || *end != '\0') Bad(text, fmt::format("'{}' is no number", part));
  return v;
}

}  // namespace

Fault ParseFault(const std::string& text) {
  Fault fault;
  if (text.empty()) return fault;
  const size_t at = text.rfind('@');
  const std::vector<std::string> parts = Split(text.substr(0, at));
  const std::string whose = at == std::string::npos ? "" : text.substr(at + 1);
  if (parts[0] == "weight" && parts.size() == 5) {
    fault.kind = Fault::Kind::kWeight;
    fault.description = whose.empty() ? "rtl" : whose;
    fault.layer = parts[1];
    fault.k = Number(text, parts[2]);
    fault.n = Number(text, parts[3]);
    fault.bit = static_cast<int>(Number(text, parts[4]));
    if (fault.bit < 0 || fault.bit > 7) Bad(text, "BIT is 0 to 7");
    if (fault.description != "golden" && fault.description != "tlm" && fault.description != "rtl") {
      Bad(text, fmt::format("'{}' has no weights", whose));
    }
  } else if (parts[0] == "law" && parts.size() == 3) {
    fault.kind = Fault::Kind::kLaw;
    fault.description = whose.empty() ? "model" : whose;
    fault.engine = -1;
    for (int e = 0; e < kNumEngines; ++e) {
      if (parts[1] == EngineName(e)) fault.engine = e;
    }
    if (fault.engine < 0) Bad(text, "ENGINE is LOAD, MATMUL, POST or STORE");
    fault.cycles = static_cast<int>(Number(text, parts[2]));
    if (fault.cycles < 1 || fault.cycles > 1000) Bad(text, "+1 to +1000 cycles are possible");
    if (fault.description != "model" && fault.description != "tlm") {
      Bad(text, fmt::format("'{}' has no law to change", whose));
    }
  } else {
    Bad(text, "unknown fault");
  }
  return fault;
}

Model WithFault(const Model& model, const Fault& fault) {
  Model changed = model;
  if (fault.kind != Fault::Kind::kWeight) return changed;
  std::string names;
  for (size_t i = 0; i < changed.layers.size(); ++i) {
    Layer& layer = changed.layers[i];
    if (!layer.weights.empty()) names += (names.empty() ? "" : ", ") + layer.name;
    if (layer.name != fault.layer && std::to_string(i) != fault.layer) continue;
    if (layer.weights.empty())
      throw InputError(fmt::format("--inject: layer '{}' has no weights", layer.name));
    const int64_t filters = static_cast<int64_t>(layer.bias.size());
    const int64_t size = static_cast<int64_t>(layer.weights.size()) / filters;
    if (fault.n < 0 || fault.n >= filters || fault.k < 0 || fault.k >= size) {
      throw InputError(
          fmt::format("--inject: layer '{}' has filters N 0 to {} of elements K 0 to {}",
                      layer.name, filters - 1, size - 1));
    }
    int8_t& weight = layer.weights[fault.n * size + fault.k];
    weight = static_cast<int8_t>(static_cast<uint8_t>(weight) ^ (1u << fault.bit));
    return changed;
  }
  throw InputError(
      fmt::format("--inject: no layer '{}'; layers with weights: {}", fault.layer, names));
}

}  // namespace systole
