#include "sw/explore/space/toml_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sw/base/error.h"

namespace systole::explore {

TomlTable::TomlTable(const toml::table& table, std::string file, std::string title)
    : table_(table), file_(std::move(file)), title_(std::move(title)) {}

std::string TomlTable::Place(const toml::node& at) const {
  return fmt::format("{}:{}", file_, at.source().begin.line);
}

void TomlTable::Fail(const toml::node& at, const std::string& what) const {
  throw InputError(fmt::format("{}: {}{}{}", Place(at), title_, title_.empty() ? "" : " ", what));
}

const toml::node* TomlTable::Find(const std::string& key) {
  known_.insert(key);
  return table_.get(key);
}

std::optional<std::string> TomlTable::String(const std::string& key) {
  const toml::node* node = Find(key);
  if (!node) return std::nullopt;
  const auto value = node->value_exact<std::string>();
  if (!value || value->empty()) Fail(*node, key + " must be a text in quotes");
  return value;
}

std::optional<int64_t> TomlTable::Integer(const std::string& key, int64_t least) {
  const toml::node* node = Find(key);
  if (!node) return std::nullopt;
  const auto value = node->value_exact<int64_t>();
  if (!value || *value < least)
    Fail(*node, fmt::format("{} must be a whole number, at least {}", key, least));
  return value;
}

std::optional<double> TomlTable::Number(const std::string& key) {
  const toml::node* node = Find(key);
  if (!node) return std::nullopt;
  if (!node->is_number()) Fail(*node, key + " must be a number");
  return node->value<double>();
}

std::optional<bool> TomlTable::Bool(const std::string& key) {
  const toml::node* node = Find(key);
  if (!node) return std::nullopt;
  const auto value = node->value_exact<bool>();
  if (!value) Fail(*node, key + " must be true or false");
  return value;
}

std::optional<std::vector<std::string>> TomlTable::Strings(const std::string& key) {
  const toml::node* node = Find(key);
  if (!node) return std::nullopt;
  std::vector<std::string> values;
  if (const auto single = node->value_exact<std::string>()) {
    values.push_back(*single);
  } else if (const toml::array* list = node->as_array()) {
    for (const toml::node& element : *list) {
      const auto value = element.value_exact<std::string>();
      if (!value) Fail(element, key + " must be a list of texts in quotes");
      values.push_back(*value);
    }
  }
  if (values.empty()) Fail(*node, key + " must be a text or a list of texts, not empty");
  return values;
}

std::vector<std::string> TomlTable::Keys() const {
  std::vector<std::pair<toml::source_position, std::string>> keys;
  for (const auto& [key, node] : table_)
    keys.emplace_back(key.source().begin, std::string(key.str()));
  std::sort(keys.begin(), keys.end());
  std::vector<std::string> names;
  for (auto& key : keys) names.push_back(std::move(key.second));
  return names;
}

void TomlTable::RefuseOthers() const {
  for (const std::string& key : Keys()) {
    if (known_.count(key)) continue;
    Fail(*table_.get(key),
         fmt::format("{} is no key here; there are {}", key, fmt::join(known_, ", ")));
  }
}

}  // namespace systole::explore
