// A place in a YAML file, read strictly: what is not known is refused by name.
//
// Every function throws InputError "FILE: line N: PLACE: what is wrong; remedy".
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace systole::timeloop {

class YamlNode {
 public:
  YamlNode() = default;
  YamlNode(const std::string* file, std::string place, YAML::Node node, int depth = 0)
      : file_(file), place_(std::move(place)), node_(std::move(node)), depth_(depth) {}

  [[noreturn]] void Fail(const std::string& what) const;

  bool Has(const std::string& key) const;
  YamlNode At(const std::string& key) const;  // fails where it is not there
  std::vector<YamlNode> Items() const;        // of a sequence
  std::vector<std::string> Keys() const;      // of a map, each once

  // Every key of this map is one of `known` or of `without_effect`; the first that is not is
  // refused, with the nearest of them.
  void Allow(const std::vector<std::string>& known,
             const std::vector<std::string>& without_effect = {}) const;

  std::string Text() const;  // of a scalar
  std::string Name() const;  // the same, of one line
  double Number() const;     // finite
  int64_t Whole(int64_t least, int64_t most) const;
  bool Truth() const;
  std::vector<std::string> Names() const;  // a sequence of names

  int64_t Whole(const std::string& key, int64_t otherwise, int64_t least, int64_t most) const {
    return Has(key) ? At(key).Whole(least, most) : otherwise;
  }

  const std::string& File() const { return *file_; }
  const std::string& Place() const { return place_; }

 private:
  const std::string* file_ = nullptr;
  std::string place_;
  YAML::Node node_;
  int depth_ = 0;
};

// The nearest of `names` to a name that is none of them: "; did you mean X?", or which there are.
std::string Suggestion(const std::string& name, const std::vector<std::string>& names);

// The text of a file of at most 4 MiB as YAML; `file` must outlive the nodes.
YamlNode ParseYaml(const std::string& text, const std::string* file);
std::string ReadText(const std::string& path);

}  // namespace systole::timeloop
