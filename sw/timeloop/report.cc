#include "sw/timeloop/report.h"

#include <fmt/format.h>

namespace systole::timeloop {
namespace {

Json Directive(const Problem& problem, const std::string& target, const std::vector<Loop>& loops,
               bool spatial) {
  std::string factors, order;
  const bool long_names = [&] {
    for (const std::string& dim : problem.dims) {
      if (dim.size() > 1) return true;
    }
    return false;
  }();
  int64_t split = 0;
  for (const Loop& loop : loops) {
    factors +=
        fmt::format("{}{}={}", factors.empty() ? "" : ",", problem.dims[loop.dim], loop.bound);
    order += (long_names && !order.empty() ? "," : "") + problem.dims[loop.dim];
    split += loop.y ? 0 : 1;
  }
  Json directive = {{"target", target}, {"type", spatial ? "spatial" : "temporal"}};
  directive["factors"] = factors;
  directive["permutation"] = order;
  if (spatial) directive["split"] = split;
  return directive;
}

}  // namespace

Json MappingJson(const Problem& problem, const Architecture& arch, const Mapping& mapping) {
  Json directives = Json::array();
  for (int b = arch.Levels() - 1; b >= 0; --b) {
    const LevelLoops& level = mapping.levels[b];
    Json keep = Json::array(), bypass = Json::array();
    for (int t = 0; t < problem.Tensors(); ++t) {
      ((level.keep >> t & 1) != 0 ? keep : bypass).push_back(problem.tensors[t].name);
    }
    const std::string& name = arch.levels[b].name;
    directives.push_back(
        {{"target", name}, {"type", "datatype"}, {"keep", keep}, {"bypass", bypass}});
    directives.push_back(Directive(problem, name, level.temporal, false));
    if (arch.Spatial(b)) directives.push_back(Directive(problem, name, level.spatial, true));
  }
  return directives;
}

Json EvaluationJson(const Problem& problem, const Architecture& arch, const Mapping& mapping,
                    const Evaluation& evaluation) {
  Json json;
  json["valid"] = evaluation.valid;
  json["reason"] = evaluation.reason;
  if (evaluation.valid) {
    json["cycles"] = static_cast<int64_t>(evaluation.cycles);
    json["energy_pJ"] = evaluation.energy;
    json["utilization"] = evaluation.utilization;
    json["macs"] = problem.Macs();
    json["mac_energy_pJ"] = evaluation.mac_energy;
    json["used_macs"] = evaluation.used_macs;
    Json levels = Json::object();
    for (int c = 0; c < arch.Levels(); ++c) {
      const LevelResult& level = evaluation.levels[c];
      Json tensors = Json::object();
      for (int t = 0; t < problem.Tensors(); ++t) {
        const Counts& counts = level.tensors[t];
        if (!counts.kept) continue;
        tensors[problem.tensors[t].name] = {
            {"tile_words", counts.tile},
            {"partition_words", counts.partition},
            {"instances", level.instances},
            {"reads_per_instance", static_cast<int64_t>(counts.reads)},
            {"fills_per_instance", static_cast<int64_t>(counts.fills)},
            {"updates_per_instance", static_cast<int64_t>(counts.updates)},
            {"link_words_per_instance", counts.link_words},
            {"energy_pJ_total", counts.energy}};
      }
      levels[arch.levels[c].name] = {{"cycles", static_cast<int64_t>(level.cycles)},
                                     {"energy_pJ", level.energy},
                                     {"tensors", tensors}};
    }
    json["levels"] = levels;
  }
  json["mapping"] = MappingJson(problem, arch, mapping);
  return json;
}

std::string EvaluationText(const Problem& problem, const Architecture& arch, const Mapping& mapping,
                           const Evaluation& evaluation) {
  if (!evaluation.valid) return "not possible: " + evaluation.reason + "\n";
  std::string text = fmt::format("{:<24} {:<8} {:>9} {:>6} {:>13} {:>12} {:>13} {:>16}\n", "level",
                                 "tensor", "tile", "inst", "reads", "fills", "updates", "pJ");
  for (int c = 0; c < arch.Levels(); ++c) {
    const LevelResult& level = evaluation.levels[c];
    for (int t = 0; t < problem.Tensors(); ++t) {
      const Counts& counts = level.tensors[t];
      if (!counts.kept) continue;
      text +=
          fmt::format("{:<24} {:<8} {:>9} {:>6} {:>13.0f} {:>12.0f} {:>13.0f} {:>16.1f}\n",
                      arch.levels[c].name, problem.tensors[t].name, counts.tile, level.instances,
                      counts.reads, counts.fills, counts.updates, counts.energy);
    }
  }
  text += fmt::format("{:<24} {:<8} {:>9} {:>6} {:>13} {:>12} {:>13} {:>16.1f}\n", arch.mac_name,
                      "", "", evaluation.used_macs, problem.Macs(), "", "", evaluation.mac_energy);
  text += fmt::format(
      "energy {:.1f} pJ, {:.3f} pJ a multiply-add; cycles {:.0f}; "
      "utilization {:.2f} %; energy x cycles {:.6g} pJ\n\n",
      evaluation.energy, evaluation.energy / static_cast<double>(problem.Macs()), evaluation.cycles,
      100 * evaluation.utilization, evaluation.energy * evaluation.cycles);
  return text + NestText(problem, arch, mapping);
}

}  // namespace systole::timeloop
