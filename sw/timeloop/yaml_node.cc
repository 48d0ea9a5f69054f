#include "sw/timeloop/yaml_node.h"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include "sw/base/error.h"

namespace systole::timeloop {
namespace {

constexpr int kDepth = 64;
constexpr size_t kLargest = 4 << 20;
constexpr size_t kMostItems = 100000;

int Distance(std::string a, std::string b) {
  for (std::string* text : {&a, &b}) {
    for (char& c : *text) c = c == '-' ? '_' : static_cast<char>(std::tolower(c));
  }
  std::vector<int> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    int corner = row[0];
    row[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, corner + (a[i - 1] == b[j - 1] ? 0 : 1)});
      corner = above;
    }
  }
  return row[b.size()];
}

std::string Plain(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return text;
}

std::string OneLine(std::string text) {
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return Plain(text);
}

}  // namespace

std::string Suggestion(const std::string& name, const std::vector<std::string>& names) {
  std::string nearest, all;
  int least = 3;
  if (name.size() > 200) return "";
  for (const std::string& other : names) {
    const int distance = Distance(name, other);
    if (distance < least) {
      least = distance;
      nearest = other;
    }
    all += (all.empty() ? "" : ", ") + other;
  }
  return nearest.empty() ? "; choose from " + all : "; did you mean " + nearest + "?";
}

void YamlNode::Fail(const std::string& what) const {
  const YAML::Mark mark = node_.IsDefined() ? node_.Mark() : YAML::Mark::null_mark();
  std::string text = *file_ + ": ";
  if (!mark.is_null()) text += "line " + std::to_string(mark.line + 1) + ": ";
  throw InputError(text + Plain((place_.empty() ? "" : place_ + ": ") + what));
}

bool YamlNode::Has(const std::string& key) const {
  if (!node_.IsMap()) Fail("is no map; write keys and values");
  return node_[key].IsDefined();
}

YamlNode YamlNode::At(const std::string& key) const {
  if (!Has(key)) Fail("has no '" + key + "'; add it");
  if (depth_ >= kDepth) Fail("is nested too deeply, or in a circle; write it flat");
  return YamlNode(file_, place_.empty() ? key : place_ + "." + key, node_[key], depth_ + 1);
}

std::vector<YamlNode> YamlNode::Items() const {
  if (!node_.IsSequence()) Fail("is no list; write its items with '-'");
  if (depth_ >= kDepth) Fail("is nested too deeply, or in a circle; write it flat");
  if (node_.size() > kMostItems) Fail("has too many items");
  std::vector<YamlNode> items;
  for (const YAML::Node& item : node_) {
    items.emplace_back(file_, place_ + "[" + std::to_string(items.size()) + "]", item, depth_ + 1);
  }
  return items;
}

std::vector<std::string> YamlNode::Keys() const {
  if (!node_.IsMap()) Fail("is no map; write keys and values");
  if (node_.size() > kMostItems) Fail("has too many keys");
  std::vector<std::string> keys;
  std::set<std::string> seen;
  for (const auto& pair : node_) {
    if (!pair.first.IsScalar()) Fail("has a key that is no word; write a word");
    keys.push_back(pair.first.Scalar());
    if (!seen.insert(keys.back()).second) {
      Fail("has the key '" + OneLine(keys.back()) + "' twice; remove one");
    }
  }
  return keys;
}

void YamlNode::Allow(const std::vector<std::string>& known,
                     const std::vector<std::string>& without_effect) const {
  const auto in = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const std::string& key : Keys()) {
    if (in(known, key) || in(without_effect, key)) continue;
    std::vector<std::string> all = known;
    all.insert(all.end(), without_effect.begin(), without_effect.end());
    YamlNode(file_, place_, node_[key], depth_)
        .Fail("'" + OneLine(key) + "' is not known here" + Suggestion(key, all));
  }
}

std::string YamlNode::Text() const {
  if (!node_.IsScalar()) Fail("is no single value; write one");
  return node_.Scalar();
}

std::string YamlNode::Name() const {
  const std::string text = Text();
  if (text.empty() || text.size() > 200 || Plain(text) != text) {
    Fail("is no name; write one line of at most 200 characters");
  }
  return text;
}

double YamlNode::Number() const {
  const std::string text = Text();
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || !std::isfinite(value)) {
    Fail("'" + OneLine(text) + "' is no number; write one");
  }
  return value;
}

int64_t YamlNode::Whole(int64_t least, int64_t most) const {
  const std::string text = Text();
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || value < least || value > most) {
    Fail("'" + OneLine(text) + "' is not possible; write a whole number, " + std::to_string(least) +
         " to " + std::to_string(most));
  }
  return value;
}

bool YamlNode::Truth() const {
  std::string text = Text();
  for (char& c : text) c = static_cast<char>(std::tolower(c));
  if (text == "true") return true;
  if (text == "false") return false;
  Fail("'" + OneLine(text) + "' is not possible; write true or false");
}

std::vector<std::string> YamlNode::Names() const {
  std::vector<std::string> texts;
  for (const YamlNode& item : Items()) texts.push_back(item.Name());
  return texts;
}

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw InputError(path + ": " + std::strerror(errno) + "; name a file that is there");
  std::string text(kLargest + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) throw InputError(path + ": cannot be read; name a file");
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > kLargest) throw InputError(path + ": is larger than 4 MiB; split it");
  return text;
}

namespace {

// Takes everything and keeps nothing.
class Nothing : public YAML::EventHandler {
 public:
  using Mark = const YAML::Mark&;
  using Anchor = YAML::anchor_t;
  using Word = const std::string&;
  using Style = YAML::EmitterStyle::value;
  void OnDocumentStart(Mark) override {}
  void OnDocumentEnd() override {}
  void OnNull(Mark, Anchor) override {}
  void OnAlias(Mark, Anchor) override {}
  void OnScalar(Mark, Word, Anchor, Word) override {}
  void OnSequenceStart(Mark, Word, Anchor, Style) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(Mark, Word, Anchor, Style) override {}
  void OnMapEnd() override {}
};

// yaml-cpp finds documents without end behind some that are damaged, so two at most are asked for.
bool HasOneDocument(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Nothing nothing;
  return parser.HandleNextDocument(nothing) && !parser.HandleNextDocument(nothing);
}

// Also of what is not read: keys without effect may hold anything that ends.
void CheckNesting(const YAML::Node& node, int depth, size_t* items, const std::string& file) {
  const bool deep = depth > kDepth;
  if (deep || ++*items > 10 * kMostItems) {
    throw InputError(file + ": line " + std::to_string(node.Mark().line + 1) + ": is nested too " +
                     (deep ? "deeply, or in a circle; write it flat" : "often; write less"));
  }
  if (node.IsSequence()) {
    for (const YAML::Node& item : node) CheckNesting(item, depth + 1, items, file);
  } else if (node.IsMap()) {
    for (const auto& pair : node) CheckNesting(pair.second, depth + 1, items, file);
  }
}

}  // namespace

YamlNode ParseYaml(const std::string& text, const std::string* file) {
  try {
    const bool one = HasOneDocument(text);
    const YAML::Node document = one ? YAML::Load(text) : YAML::Node();
    if (!one || !document.IsMap()) {
      throw InputError(*file + ": is no YAML map; write one document with keys and values");
    }
    size_t items = 0;
    CheckNesting(document, 0, &items, *file);
    return YamlNode(file, "", document);
  } catch (const YAML::Exception& e) {
    throw InputError(*file + ": line " + std::to_string(e.mark.line + 1) + ": " + Plain(e.msg) +
                     "; write YAML");
  }
}

}  // namespace systole::timeloop
