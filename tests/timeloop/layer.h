// Layers and mappings as text, and the project's designs, for the tests of sw/timeloop.
#pragma once

#include <string>

#include "sw/timeloop/spec.h"
#include "sw/timeloop/yaml_node.h"

namespace systole::timeloop {

// A convolution's `problem` in the dialect; `instance` is "C: 8, M: 112, ...".
inline SpecFile ConvFile(const std::string& instance) {
  return {"layer.yaml", "problem:\n  instance: {" + instance + R"(}
  shape:
    name: conv
    dimensions: [C, M, R, S, N, P, Q]
    coefficients:
    - {name: Wstride, default: 1}
    - {name: Hstride, default: 1}
    - {name: Wdilation, default: 1}
    - {name: Hdilation, default: 1}
    data-spaces:
    - {name: Weights, projection: [[[C]], [[M]], [[R]], [[S]]]}
    - name: Inputs
      projection: [[[N]], [[C]], [[R, Wdilation], [P, Wstride]], [[S, Hdilation], [Q, Hstride]]]
    - {name: Outputs, projection: [[[N]], [[M]], [[Q]], [[P]]], read-write: true}
)"};
}

inline SpecFile FileOf(const std::string& path) { return {path, ReadText(path)}; }

// `design`: "eyeriss_like", "simple_weight_stationary", ...
inline std::vector<SpecFile> DesignFiles(const std::string& design) {
  const std::string folder = SYSTOLE_DESIGNS;
  const bool eyeriss = design == "eyeriss_like";
  return {FileOf(folder + "/" + design + ".yaml"),
          FileOf(folder + "/energy/" + (eyeriss ? "eyeriss" : "simple") + "_timeloop.yaml")};
}

inline Spec SpecOf(const std::string& design, const std::string& instance,
                   const std::string& mapping = "", bool split6 = false) {
  std::vector<SpecFile> files = DesignFiles(design);
  files.push_back(ConvFile(instance));
  if (split6) files.push_back(FileOf(std::string(SYSTOLE_DESIGNS) + "/split6.yaml"));
  if (!mapping.empty()) files.push_back({"mapping.yaml", "mapping:\n" + mapping});
  return ReadSpec(files);
}

}  // namespace systole::timeloop
