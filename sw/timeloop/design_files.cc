#include "sw/timeloop/design_files.h"

#include <filesystem>

#include "sw/base/error.h"
#include "sw/timeloop/yaml_node.h"

namespace systole::timeloop {

std::vector<SpecFile> LoadFiles(const std::vector<std::string>& paths) {
  std::vector<SpecFile> files;
  for (const std::string& path : paths) files.push_back({path, ReadText(path)});
  return files;
}

Design LoadDesign(const std::string& option, const std::string& text) {
  Design design;
  const size_t equals = text.find('=');
  const std::string rest = text.substr(equals == std::string::npos ? 0 : equals + 1) + ",";
  std::vector<std::string> paths;
  for (size_t at = 0, comma; (comma = rest.find(',', at)) != std::string::npos; at = comma + 1) {
    if (comma > at) paths.push_back(rest.substr(at, comma - at));
  }
  if (paths.empty()) throw InputError(option + " " + text + ": names no file; give FILE,FILE");
  design.files = LoadFiles(paths);
  design.name = equals == std::string::npos ? std::filesystem::path(paths[0]).stem().string()
                                            : text.substr(0, equals);
  return design;
}

}  // namespace systole::timeloop
