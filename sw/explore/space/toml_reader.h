// Reading tables of a TOML file so that nothing is overlooked: a key that nobody asked for is an
// error, and every error names file and line.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace systole::explore {

class TomlTable {
 public:
  // `title`: how the table is called in messages, "[space]" or "" for the top.
  TomlTable(const toml::table& table, std::string file, std::string title);

  // Throws InputError "<file>:<line>: <title> <what>".
  [[noreturn]] void Fail(const toml::node& at, const std::string& what) const;
  std::string Place(const toml::node& at) const;

  // The node of a key, or null; the key counts as known from here on.
  const toml::node* Find(const std::string& key);
  std::optional<std::string> String(const std::string& key);
  std::optional<int64_t> Integer(const std::string& key, int64_t least);
  std::optional<double> Number(const std::string& key);
  std::optional<bool> Bool(const std::string& key);
  std::optional<std::vector<std::string>> Strings(
      const std::string& key);  // a string or a list of them

  // Keys in the order of the file.
  std::vector<std::string> Keys() const;

  // Throws InputError for the first key that was not asked for.
  void RefuseOthers() const;

  const toml::table& table() const { return table_; }

 private:
  const toml::table& table_;
  std::string file_, title_;
  std::set<std::string> known_;
};

}  // namespace systole::explore
