#include "sw/timeloop/spec.h"

#include <algorithm>
#include <list>
#include <map>

#include "sw/base/error.h"
#include "sw/timeloop/read_parts.h"

namespace systole::timeloop {
namespace {

const std::vector<std::string> kKnown = {
    "architecture",        "problem", "ERT", "mapping", "architecture_constraints",
    "mapspace_constraints"};
// Read by Timeloop without effect on the numbers, or about its own search.
const std::vector<std::string> kNoEffect = {
    "ART", "mapper", "mapspace", "compound_components", "energy_reference", "globals"};

// The top-level keys of all files.
class Roots {
 public:
  void Add(const SpecFile& file, bool replace) {
    names_.push_back(file.path);
    const YamlNode root = ParseYaml(file.text, &names_.back());
    const std::vector<std::string> keys = root.Keys();
    const auto has = [&](const char* key) {
      return std::find(keys.begin(), keys.end(), key) != keys.end();
    };
    if (replace && has("valid") && has("mapping")) {  // what `systole map --json` wrote
      nodes_.insert_or_assign("mapping", root.At("mapping"));
      return;
    }
    root.Allow(kKnown, kNoEffect);
    for (const std::string& key : root.Keys()) {
      const auto found = nodes_.find(key);
      if (found != nodes_.end() && !replace) {
        root.At(key).Fail("is in " + found->second.File() + ", too; give one of them");
      }
      nodes_.insert_or_assign(key, root.At(key));
    }
  }
  const YamlNode* Find(const std::string& key) const {
    const auto found = nodes_.find(key);
    return found == nodes_.end() ? nullptr : &found->second;
  }
  const YamlNode& Get(const std::string& key, const std::string& files) const {
    const YamlNode* node = Find(key);
    if (node == nullptr) throw InputError(files + ": no '" + key + "'; add a file that has it");
    return *node;
  }

 private:
  std::list<std::string> names_;
  std::map<std::string, YamlNode> nodes_;
};

// Their names, for messages.
std::string AddAll(const std::vector<SpecFile>& files, Roots* roots) {
  std::string names;
  for (const SpecFile& file : files) {
    roots->Add(file, false);
    names += (names.empty() ? "" : ", ") + file.path;
  }
  return names;
}

void ReadDesign(const Roots& roots, const std::string& names, Spec* spec) {
  spec->arch = ReadArchitecture(roots.Get("architecture", names));
  ReadEnergy(roots.Get("ERT", names), &spec->arch);
}

void ReadRules(const Roots& roots, Spec* spec) {
  spec->constraints = NoConstraints(spec->problem, spec->arch);
  for (const char* key : {"architecture_constraints", "mapspace_constraints"}) {
    const YamlNode* node = roots.Find(key);
    if (node != nullptr) ReadConstraints(*node, spec->problem, spec->arch, &spec->constraints);
  }
}

}  // namespace

Spec ReadSpec(const std::vector<SpecFile>& files, const std::vector<SpecFile>& energy,
              const std::vector<SpecFile>& mapping) {
  Roots roots;
  const std::string names = AddAll(files, &roots);
  for (const SpecFile& file : energy) roots.Add(file, true);
  for (const SpecFile& file : mapping) roots.Add(file, true);
  Spec spec;
  ReadDesign(roots, names, &spec);
  spec.problem = ReadProblem(roots.Get("problem", names));
  ReadRules(roots, &spec);
  const YamlNode* node = roots.Find("mapping");
  if (node != nullptr) spec.mapping = ReadMapping(*node, spec.problem, spec.arch);
  return spec;
}

Spec ReadSpec(const std::vector<SpecFile>& files, const Problem& problem) {
  Roots roots;
  const std::string names = AddAll(files, &roots);
  for (const char* key : {"problem", "mapping"}) {
    if (const YamlNode* node = roots.Find(key)) {
      node->Fail("has no place in a design for a network; remove it");
    }
  }
  Spec spec;
  ReadDesign(roots, names, &spec);
  spec.problem = problem;
  ReadRules(roots, &spec);
  return spec;
}

}  // namespace systole::timeloop
