#include "sw/scalesim/config.h"

#include <cctype>

#include "sw/base/error.h"

namespace systole::scalesim {
namespace {

std::string Strip(const std::string& s) {
  size_t begin = 0, end = s.size();
  while (begin < end && std::isspace(static_cast<unsigned char>(s[begin]))) ++begin;
  while (end > begin && std::isspace(static_cast<unsigned char>(s[end - 1]))) --end;
  return s.substr(begin, end - begin);
}

std::string Lower(std::string s) {
  for (char& c : s) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return s;
}

// The sections of one file, with errors that name it.
class Reader {
 public:
  Reader(const Sections& sections, const std::string& file) : sections_(sections), file_(file) {}

  bool HasSection(const std::string& section) const { return sections_.count(section) != 0; }

  std::string Text(const std::string& section, const std::string& key) const {
    const auto found = sections_.find(section);
    if (found == sections_.end())
      throw InputError(file_ + ": section [" + section + "] is missing");
    std::string value;
    if (!Find(found->second, Lower(key), &value)) {
      throw InputError(file_ + ": [" + section + "]: " + key + " is missing");
    }
    return Interpolate(value, section, key);
  }

  int64_t Int(const std::string& section, const std::string& key, int64_t least) const {
    const std::string place = file_ + ": [" + section + "] " + key;
    const int64_t value = ParsePythonInt(Text(section, key), place);
    if (value < least) {
      throw InputError(place + " is " + std::to_string(value) + ", but must be at least " +
                       std::to_string(least));
    }
    return value;
  }

  bool Bool(const std::string& section, const std::string& key) const {
    const std::string value = Lower(Text(section, key));
    if (value == "1" || value == "yes" || value == "true" || value == "on") return true;
    if (value == "0" || value == "no" || value == "false" || value == "off") return false;
    throw InputError(file_ + ": [" + section + "] " + key + " is '" + value +
                     "'; write true or false");
  }

 private:
  bool Find(const std::map<std::string, std::string>& section, const std::string& key,
            std::string* value) const {
    auto found = section.find(key);
    if (found == section.end()) {
      const auto defaults = sections_.find("DEFAULT");
      if (defaults == sections_.end()) return false;
      found = defaults->second.find(key);
      if (found == defaults->second.end()) return false;
    }
    *value = found->second;
    return true;
  }

  // configparser replaces %(key)s by another value of the section and %% by %.
  std::string Interpolate(const std::string& value, const std::string& section,
                          const std::string& key, int depth = 10) const {
    const std::string place = file_ + ": [" + section + "] " + key;
    std::string out;
    for (size_t i = 0; i < value.size(); ++i) {
      if (value[i] != '%') {
        out += value[i];
        continue;
      }
      if (value.compare(i, 2, "%%") == 0) {
        out += '%';
        ++i;
        continue;
      }
      const size_t close = value.find(")s", i);
      std::string other;
      if (depth == 0 || value.compare(i, 2, "%(") != 0 || close == std::string::npos ||
          !Find(sections_.at(section), Lower(value.substr(i + 2, close - i - 2)), &other)) {
        throw InputError(place +
                         ": '%' must be written '%%', or be followed by (key)s of an existing key");
      }
      out += Interpolate(other, section, key, depth - 1);
      i = close + 1;
    }
    return out;
  }

  const Sections& sections_;
  const std::string& file_;
};

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// v3 takes the bandwidth of a read buffer from its SRAM banks.
int64_t BankBandwidth(const Reader& in, const std::string& operand) {
  const int64_t bandwidth = in.Int("layout", operand + "SRAMBankBandwidth", 1);
  const int64_t banks = in.Int("layout", operand + "SRAMBankNum", 1);
  if (bandwidth % banks != 0) {
    throw InputError("[layout] " + operand + "SRAMBankBandwidth must be a multiple of " + operand +
                     "SRAMBankNum");
  }
  return bandwidth;
}

void RefuseUnmodelled(const Reader& in, const std::string& file) {
  for (const char* key : {"IfmapCustomLayout", "FilterCustomLayout"}) {
    if (in.HasSection("layout") && in.Bool("layout", key)) {
      throw InputError(file + ": [layout] " + key +
                       " is True, but layouts are not modelled; set it to False");
    }
  }
  if (in.Text("run_presets", "UseRamulatorTrace") == "True") {
    throw InputError(file +
                     ": [run_presets] UseRamulatorTrace is True, but Ramulator is not modelled; "
                     "set it to False");
  }
}

SparseFormat ReadSparsity(const Reader& in, const std::string& file) {
  if (Lower(in.Text("sparsity", "SparsitySupport")) != "true") return SparseFormat::kNone;
  if (Lower(in.Text("sparsity", "OptimizedMapping")) == "true") {
    throw InputError(file +
                     ": [sparsity] OptimizedMapping is true, but row-wise sparsity is not "
                     "modelled; set it to false");
  }
  const std::string format = in.Text("sparsity", "SparseRep");
  if (format == "csr") return SparseFormat::kCsr;
  if (format == "csc") return SparseFormat::kCsc;
  if (format == "ellpack_block") return SparseFormat::kEllpackBlock;
  throw InputError(file + ": [sparsity] SparseRep is '" + format +
                   "'; write csr, csc or ellpack_block");
}

}  // namespace

int64_t ParsePythonInt(const std::string& raw, const std::string& what) {
  const std::string text = Strip(raw);
  size_t i = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  int64_t value = 0;
  bool digit_before = false, good = i < text.size();
  for (; good && i < text.size(); ++i) {
    if (text[i] == '_') {
      good = digit_before && i + 1 < text.size();
      digit_before = false;
    } else if (text[i] >= '0' && text[i] <= '9') {
      value = value * 10 + (text[i] - '0');
      digit_before = true;
      if (value > (int64_t{1} << 48))
        throw InputError(what + " is " + text + ", which is too large");
    } else {
      good = false;
    }
  }
  if (!good || !digit_before) {
    throw InputError(what + " is '" + text + "', not a whole number" +
                     (text.find('#') != std::string::npos || text.find(';') != std::string::npos
                          ? "; a comment needs a line of its own"
                          : ""));
  }
  return text[0] == '-' ? -value : value;
}

Sections ParseIni(const std::string& text, const std::string& file) {
  Sections sections;
  std::map<std::string, std::string>* section = nullptr;
  std::string section_name, key;
  size_t key_indent = 0;
  int number = 0;
  std::string normal = text;
  for (char& c : normal) {
    if (c == '\r') c = '\n';
  }
  for (const std::string& line : Split(normal, '\n')) {
    ++number;
    const std::string place = file + ": line " + std::to_string(number);
    const std::string value = Strip(line);
    if (value.empty()) continue;
    if (value[0] == '#' || value[0] == ';') continue;
    const size_t indent = line.find_first_not_of(" \t\f\v");
    if (section && !key.empty() && indent > key_indent) {
      (*section)[key] += "\n" + value;
      continue;
    }
    key_indent = indent;
    if (value[0] == '[' && value.rfind(']') > 1 && value.rfind(']') != std::string::npos) {
      section_name = value.substr(1, value.rfind(']') - 1);
      if (section_name != "DEFAULT" && sections.count(section_name)) {
        throw InputError(place + ": section [" + section_name + "] stands twice");
      }
      section = &sections[section_name];
      key.clear();
      continue;
    }
    if (!section) throw InputError(place + ": a value stands before the first [section]");
    const size_t separator = value.find_first_of("=:");
    if (separator == std::string::npos || separator == 0) {
      throw InputError(place + ": '" + value + "' is neither a [section] nor 'key = value'");
    }
    key = Lower(Strip(value.substr(0, separator)));
    if (!section->emplace(key, Strip(value.substr(separator + 1))).second) {
      throw InputError(place + ": " + key + " stands twice in [" + section_name + "]");
    }
  }
  return sections;
}

RunConfig ParseConfig(const std::string& text, const std::string& file, Compat compat) {
  const Sections sections = ParseIni(text, file);
  const Reader in(sections, file);
  const std::string arch = "architecture_presets";
  RunConfig config;
  Machine& m = config.machine;
  config.run_name = in.Text("general", "run_name");
  const std::string mode = in.Text("run_presets", "InterfaceBandwidth");
  if (mode != "USER" && mode != "CALC") {
    throw InputError(file + ": [run_presets] InterfaceBandwidth is '" + mode +
                     "'; write USER or CALC");
  }
  m.user_bandwidth = mode == "USER";
  m.rows = in.Int(arch, "ArrayHeight", 1);
  m.cols = in.Int(arch, "ArrayWidth", 1);
  m.ifmap_kb = in.Int(arch, "IfmapSramSzkB", 1);
  m.filter_kb = in.Int(arch, "FilterSramSzkB", 1);
  m.ofmap_kb = in.Int(arch, "OfmapSramSzkB", 1);
  m.ifmap_offset = in.Int(arch, "IfmapOffset", 0);
  m.filter_offset = in.Int(arch, "FilterOffset", 0);
  m.ofmap_offset = in.Int(arch, "OfmapOffset", 0);
  const std::string dataflow = in.Text(arch, "Dataflow");
  config.invalid_dataflow = dataflow != "os" && dataflow != "ws" && dataflow != "is";
  m.dataflow = dataflow == "ws" ? Dataflow::kWs : dataflow == "is" ? Dataflow::kIs : Dataflow::kOs;
  if (m.user_bandwidth) {
    for (const std::string& part : Split(in.Text(arch, "Bandwidth"), ',')) {
      config.bandwidths.push_back(ParsePythonInt(part, file + ": [" + arch + "] Bandwidth"));
    }
    if (config.bandwidths[0] < 1)
      throw InputError(file + ": [" + arch + "] Bandwidth must be at least 1");
    m.ifmap_bandwidth = m.filter_bandwidth = m.ofmap_bandwidth = config.bandwidths[0];
  }
  if (in.HasSection("network_presets") && compat == Compat::kV2) {
    config.warnings.push_back(
        file + ": [network_presets] is not used: the topology is the one of option -t");
  }
  if (compat == Compat::kV3) {
    if (m.user_bandwidth) {
      m.ifmap_bandwidth = BankBandwidth(in, "Ifmap");
      m.filter_bandwidth = BankBandwidth(in, "Filter");
    }
    RefuseUnmodelled(in, file);
    config.sparse = ReadSparsity(in, file);
  }
  return config;
}

}  // namespace systole::scalesim
