#include "sw/explore/space/axis_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_set>

namespace systole::explore {
namespace {

constexpr int64_t kMaxValues = 1000000;

std::string Allowed(const Parameter& parameter) {
  std::vector<std::string> choices;
  if (parameter.numbers)
    choices.push_back(fmt::format("{} to {}", parameter.least, parameter.most));
  for (const auto& name : parameter.names) choices.push_back(fmt::format("\"{}\"", name.first));
  return fmt::format("{}", fmt::join(choices, ", "));
}

class Reader {
 public:
  Reader(const TomlTable& table, const Parameter& parameter, Axis* axis)
      : table_(table), parameter_(parameter), axis_(axis) {}

  void Value(const toml::node& node) {
    if (const auto word = node.value_exact<std::string>()) {
      const auto& names = parameter_.names;
      const auto at =
          std::find_if(names.begin(), names.end(), [&](const auto& n) { return n.first == *word; });
      if (at == names.end()) Refuse(node, fmt::format("\"{}\"", *word));
      Add(node, at->second, *word);
    } else if (const auto number = node.value_exact<int64_t>()) {
      Number(node, *number);
    } else {
      Refuse(node, "a value that is no whole number");
    }
  }

  void Number(const toml::node& node, int64_t number) {
    if (!parameter_.numbers || number < parameter_.least || number > parameter_.most) {
      Refuse(node, std::to_string(number));
    }
    Add(node, number, std::to_string(number));
  }

  void Range(const toml::table& range) {
    for (const auto& [key, value] : range) {
      if (key == "min" || key == "max" || key == "step" || key == "pow2") continue;
      table_.Fail(value, fmt::format("{}: {} is no key of a range; there are min, max, step, pow2",
                                     axis_->name, std::string(key.str())));
    }
    const int64_t min = Bound(range, "min"), max = Bound(range, "max");
    if (min > max)
      table_.Fail(range,
                  fmt::format("{}: min {} is above max {}: no value", axis_->name, min, max));
    const toml::node* step_node = range.get("step");
    const toml::node* pow2_node = range.get("pow2");
    bool pow2 = false;
    if (pow2_node) {
      if (!pow2_node->is_boolean())
        table_.Fail(*pow2_node, axis_->name + ": pow2 must be true or false");
      pow2 = *pow2_node->value<bool>();
    }
    if (pow2 && step_node)
      table_.Fail(*step_node, axis_->name + ": step and pow2 exclude each other");
    const int64_t step = step_node ? Bound(range, "step") : 1;
    if (step < 1) table_.Fail(*step_node, axis_->name + ": step must be at least 1");
    if (pow2) {
      for (int64_t v = 1; v > 0 && v <= max; v *= 2) {
        if (v >= min) Number(range, v);
      }
      if (axis_->values.empty()) {
        table_.Fail(range, fmt::format("{}: no power of two from {} to {}", axis_->name, min, max));
      }
      return;
    }
    if ((max - min) / step >= kMaxValues) {
      table_.Fail(range, fmt::format("{}: more than {} values; take a larger step", axis_->name,
                                     kMaxValues));
    }
    for (int64_t v = min; v <= max; v += step) Number(range, v);
  }

 private:
  int64_t Bound(const toml::table& range, const char* key) const {
    const toml::node* node = range.get(key);
    if (!node) table_.Fail(range, fmt::format("{}: a range needs min and max", axis_->name));
    const auto value = node->value_exact<int64_t>();
    if (!value) table_.Fail(*node, fmt::format("{}: {} must be a whole number", axis_->name, key));
    return *value;
  }

  [[noreturn]] void Refuse(const toml::node& node, const std::string& what) const {
    table_.Fail(node, fmt::format("{}: {} is not possible; allowed: {} ({})", axis_->name, what,
                                  Allowed(parameter_), parameter_.meaning));
  }

  void Add(const toml::node& node, int64_t value, const std::string& label) {
    if (!seen_.insert(value).second)
      table_.Fail(node, fmt::format("{}: {} stands there twice", axis_->name, label));
    axis_->values.push_back(value);
    axis_->labels.push_back(label);
  }

  const TomlTable& table_;
  const Parameter& parameter_;
  Axis* axis_;
  std::unordered_set<int64_t> seen_;
};

}  // namespace

Axis ReadAxis(const TomlTable& table, const std::string& name, const toml::node& node,
              const Parameter& parameter) {
  Axis axis;
  axis.name = name;
  Reader reader(table, parameter, &axis);
  if (const toml::array* list = node.as_array()) {
    if (list->empty())
      table.Fail(node, name + ": the list is empty; an axis has at least one value");
    for (const toml::node& element : *list) reader.Value(element);
  } else if (const toml::table* range = node.as_table()) {
    reader.Range(*range);
  } else {
    reader.Value(node);
  }
  return axis;
}

}  // namespace systole::explore
