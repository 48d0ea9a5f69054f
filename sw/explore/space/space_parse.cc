#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "sw/base/error.h"
#include "sw/explore/space/axis_reader.h"
#include "sw/explore/space/constraint.h"
#include "sw/explore/space/native_model.h"
#include "sw/explore/space/scalesim_cost.h"
#include "sw/explore/space/space.h"
#include "sw/explore/space/toml_reader.h"
#include "sw/explore/space/workload_load.h"

namespace systole::explore {
namespace {

const char* const kMethods[] = {"exhaustive", "bounded",   "random", "genetic",
                                "nsga2",      "annealing", "mlp"};

class Parser {
 public:
  Parser(const std::string& text, const std::string& file, const Overrides& overrides)
      : overrides_(overrides) {
    space_.file = file;
    space_.text = text;
    try {
      root_ = toml::parse(text, file);
    } catch (const toml::parse_error& error) {
      std::string what(error.description());
      std::replace(what.begin(), what.end(), '\n', ' ');
      throw InputError(fmt::format("{}:{}: {}", file, error.source().begin.line, what));
    }
  }

  Space Parse() {
    TomlTable top(root_, space_.file, "");
    ReadTop(&top);
    ReadAxes(&top);
    ReadConstraints(&top);
    ReadWorkloads(&top);
    ReadObjectives(&top);
    CostOptions options{space_.traffic, space_.stalls, ReadCorrected(&top), ReadEnergy(&top),
                        ReadSilicon(&top)};
    top.RefuseOthers();
    space_.grid = Grid(space_.axes);
    space_.cost = LoadCost(space_.cost_kind, space_.workloads, options);
    return std::move(space_);
  }

 private:
  const std::vector<Parameter>& Parameters() const {
    return space_.cost_kind == CostKind::kNative ? NativeParameters() : ScaleSimParameters();
  }

  void ReadTop(TomlTable* top) {
    auto cost = top->String("cost");
    const toml::node* cost_node = top->Find("cost");
    if (overrides_.cost) cost = overrides_.cost;
    const std::string where = overrides_.cost || !cost_node ? space_.file : top->Place(*cost_node);
    if (!cost)
      throw InputError(space_.file +
                       ": cost is missing; add cost = \"native\" or cost = \"scalesim\"");
    if (*cost != "native" && *cost != "scalesim") {
      throw InputError(
          fmt::format("{}: cost '{}' is unknown; choose from native, scalesim", where, *cost));
    }
    space_.cost_kind = *cost == "native" ? CostKind::kNative : CostKind::kScaleSim;

    if (const auto method = top->String("method")) space_.method = *method;
    const toml::node* method_node = top->Find("method");
    if (overrides_.method) space_.method = *overrides_.method;
    if (std::find(std::begin(kMethods), std::end(kMethods), space_.method) == std::end(kMethods)) {
      throw InputError(
          fmt::format("{}: method '{}' is unknown; choose from {}",
                      overrides_.method || !method_node ? space_.file : top->Place(*method_node),
                      space_.method, fmt::join(kMethods, ", ")));
    }
    if (const auto seed = top->Integer("seed", 0)) space_.seed = static_cast<uint64_t>(*seed);
    if (overrides_.seed) space_.seed = *overrides_.seed;
    if (const auto budget = top->Integer("budget", 1)) space_.budget = *budget;
    if (overrides_.budget) space_.budget = *overrides_.budget;
  }

  void ReadAxes(TomlTable* top) {
    const toml::node* node = top->Find("space");
    if (!node)
      throw InputError(space_.file +
                       ": there is no [space]; add it with the axes, such as rows = [8, 16]");
    if (!node->is_table()) top->Fail(*node, "space must be a table of axes: [space]");
    TomlTable table(*node->as_table(), space_.file, "[space]");
    for (const std::string& key : table.Keys()) {
      if (key == "pe_rule") continue;
      const toml::node& value = *table.Find(key);
      space_.axes.push_back(ReadAxis(table, key, value, ParameterOf(table, value, key)));
      space_.axes.back().parameter = IndexOf(key);
    }
    if (space_.axes.empty()) table.Fail(*node, "has no axis; there are " + AxisNames());
    RefuseBoth(table, "sram_kb", {"ifmap_kb", "filter_kb", "ofmap_kb"});
    RefuseBoth(table, "bandwidth", {"ifmap_bandwidth", "filter_bandwidth", "ofmap_bandwidth"});
    ReadBudget(&table);
  }

  void ReadBudget(TomlTable* table) {
    const toml::node* budget = table->table().get("pe_budget");
    const auto rule = table->String("pe_rule");
    const toml::node* rule_node = table->Find("pe_rule");
    if (rule && *rule != "exact" && *rule != "most")
      table->Fail(*rule_node, "pe_rule must be \"exact\" or \"most\"");
    if (rule && !budget) table->Fail(*rule_node, "pe_rule is for pe_budget, which is not there");
    if (!budget) return;
    space_.has_budget = true;
    space_.pe_exact = !rule || *rule == "exact";
    const bool rows = table->table().contains("rows"), cols = table->table().contains("cols");
    if (!space_.pe_exact && !(rows && cols))
      table->Fail(*budget, "pe_rule = \"most\" needs the axes rows and cols");
    if (cols && !rows)
      table->Fail(*budget, "pe_budget with cols needs rows, too; or leave cols out");
    space_.derived_cols = !cols;
    if (!rows) AddRowsOfBudget(*table, *budget);
  }

  // Neither rows nor cols: every shape of the budgets.
  void AddRowsOfBudget(const TomlTable& table, const toml::node& node) {
    const auto at = std::find_if(space_.axes.begin(), space_.axes.end(),
                                 [](const Axis& axis) { return axis.name == "pe_budget"; });
    const Parameter& rows = Parameters()[kRows];
    const Parameter& cols = Parameters()[kCols];
    std::set<int64_t> values;
    for (const int64_t pes : at->values) {
      for (int64_t r = rows.least; r <= std::min(rows.most, pes); ++r) {
        if (pes % r == 0 && pes / r >= cols.least && pes / r <= cols.most) values.insert(r);
      }
    }
    if (values.empty())
      table.Fail(node, "pe_budget: no array has so many processing elements; take another number");
    Axis axis;
    axis.name = "rows";
    axis.parameter = kRows;
    for (const int64_t value : values) {
      axis.values.push_back(value);
      axis.labels.push_back(std::to_string(value));
    }
    space_.axes.insert(at + 1, axis);
  }

  void RefuseBoth(const TomlTable& table, const char* common,
                  const std::vector<const char*>& singles) const {
    const toml::node* node = table.table().get(common);
    if (!node) return;
    for (const char* single : singles) {
      if (const toml::node* other = table.table().get(single)) {
        table.Fail(*other,
                   fmt::format("{} and {} exclude each other; leave one out", single, common));
      }
    }
  }

  int IndexOf(const std::string& name) const {
    const auto& table = Parameters();
    const auto at = std::find_if(table.begin(), table.end(),
                                 [&](const Parameter& p) { return p.name == name; });
    return at == table.end() ? -1 : static_cast<int>(at - table.begin());
  }

  std::string AxisNames() const {
    std::vector<std::string> names;
    for (const Parameter& parameter : Parameters()) names.push_back(parameter.name);
    return fmt::format("{}", fmt::join(names, ", "));
  }

  const Parameter& ParameterOf(const TomlTable& table, const toml::node& node,
                               const std::string& name) const {
    const int index = IndexOf(name);
    const bool native = space_.cost_kind == CostKind::kNative;
    if (index < 0) {
      table.Fail(node, fmt::format("the {} cost model has no axis {}; its axes: {}",
                                   native ? "native" : "scalesim", name, AxisNames()));
    }
    return Parameters()[index];
  }

  void ReadConstraints(TomlTable* top) {
    const toml::node* node = top->Find("constraint");
    if (!node) return;
    if (!node->is_array_of_tables())
      top->Fail(*node, "constraint must be written as [[constraint]]");
    for (const toml::node& element : *node->as_array()) {
      TomlTable table(*element.as_table(), space_.file, "[[constraint]]");
      const auto expression = table.String("expr");
      const auto name = table.String("name");
      table.RefuseOthers();
      if (!expression)
        table.Fail(element, "expr is missing, such as expr = \"rows * cols <= 256\"");
      space_.constraints.push_back({name ? *name : *expression, *expression});
      try {
        Constraint(*expression, space_.Variables(), ConstantsOf(Parameters()));
      } catch (const InputError& error) {
        throw InputError(fmt::format("{}: {}", table.Place(*table.Find("expr")), error.what()));
      }
    }
  }

  void ReadWorkloads(TomlTable* top) {
    const toml::node* node = top->Find("workload");
    if (!node)
      throw InputError(space_.file +
                       ": there is no [[workload]]; add one with file = or gemm = [M, N, K]");
    if (!node->is_array_of_tables()) top->Fail(*node, "workload must be written as [[workload]]");
    std::set<std::string> names;
    for (const toml::node& element : *node->as_array()) {
      TomlTable table(*element.as_table(), space_.file, "[[workload]]");
      WorkloadSource source = ReadWorkload(element, &table);
      if (!names.insert(source.name).second) {
        table.Fail(element,
                   fmt::format("there are two workloads named {}; give one of them a name =",
                               source.name));
      }
      space_.weights.push_back(source.weight);
      space_.workloads.push_back(std::move(source));
    }
  }

  WorkloadSource ReadWorkload(const toml::node& element, TomlTable* table) {
    WorkloadSource source;
    source.place = table->Place(element);
    const auto file = table->String("file");
    const toml::node* gemm = table->Find("gemm");
    const auto name = table->String("name"), type = table->String("type"),
               rounding = table->String("rounding");
    const auto weight = table->Number("weight");
    const auto per_layer = table->Bool("per_layer"), skip_unfit = table->Bool("skip_unfit"),
               from_memory = table->Bool("from_memory");
    table->RefuseOthers();
    if (!file == !gemm) table->Fail(element, "needs either file = \"...\" or gemm = [M, N, K]");
    if (file) {
      const std::filesystem::path path(*file);
      source.file = *file;
      if (!path.is_absolute()) {
        source.file =
            (std::filesystem::path(space_.file).parent_path() / path).lexically_normal().string();
      }
      source.name = path.stem().string();
      if (!std::filesystem::exists(source.file)) {
        table->Fail(*table->Find("file"),
                    fmt::format("file: {} is not there; paths start at the folder of {}",
                                source.file, space_.file));
      }
    } else {
      const toml::array* sizes = gemm->as_array();
      for (size_t i = 0; sizes && sizes->size() == 3 && i < 3; ++i) {
        const auto size = sizes->get(i)->value_exact<int64_t>();
        if (size && *size >= 1 && *size <= 100000000) source.gemm.push_back(*size);
      }
      if (source.gemm.size() != 3)
        table->Fail(*gemm, "gemm must be [M, N, K], three whole numbers from 1 to 100000000");
      source.name = fmt::format("gemm{}", fmt::join(source.gemm, "x"));
    }
    if (name) source.name = *name;
    if (source.name.find_first_of("\",:\n") != std::string::npos) {
      table->Fail(
          element,
          "the name must not hold quotes, commas, colons or line ends; give another name =");
    }
    if (type && *type != "conv" && *type != "gemm")
      table->Fail(*table->Find("type"), "type must be \"conv\" or \"gemm\"");
    if (type && !file) table->Fail(*table->Find("type"), "type is for files");
    if (rounding && space_.cost_kind != CostKind::kNative) {
      table->Fail(*table->Find("rounding"), "rounding is for the native cost model");
    }
    source.from_memory = from_memory.value_or(false);
    source.per_layer = per_layer.value_or(false);
    if (source.from_memory && space_.cost_kind != CostKind::kNative) {
      table->Fail(*table->Find("from_memory"), "from_memory is for the native cost model");
    }
    if (source.from_memory && source.per_layer) {
      table->Fail(*table->Find("from_memory"),
                  "from_memory runs the network as a whole, per_layer its rows; choose one");
    }
    source.skip_unfit = skip_unfit.value_or(false);
    if (source.per_layer && space_.cost_kind != CostKind::kNative) {
      table->Fail(*table->Find("per_layer"),
                  "per_layer is for the native cost model; scalesim always does so");
    }
    if (source.per_layer && !file) table->Fail(*table->Find("per_layer"), "per_layer is for files");
    if (source.skip_unfit && !source.per_layer)
      table->Fail(*table->Find("skip_unfit"), "skip_unfit needs per_layer");
    source.type = type.value_or("");
    source.rounding = rounding.value_or("");
    if (weight && !(*weight > 0)) table->Fail(*table->Find("weight"), "weight must be above 0");
    source.weight = weight.value_or(1);
    return source;
  }

  void ReadObjectives(TomlTable* top) {
    const auto names = top->Strings("objectives").value_or(std::vector<std::string>{"cycles"});
    const toml::node* node = top->Find("objectives");
    std::vector<std::string> workloads;
    for (const WorkloadSource& workload : space_.workloads) workloads.push_back(workload.name);
    for (const std::string& name : names) {
      try {
        for (const Objective& other : space_.objectives) {
          if (other.name == name)
            throw InputError(fmt::format("objective '{}' stands there twice", name));
        }
        space_.objectives.push_back(ParseObjective(name, workloads));
      } catch (const InputError& error) {
        top->Fail(*node, error.what());
      }
    }
    const auto record = top->Strings("record").value_or(std::vector<std::string>{});
    for (const std::string& name : record) {
      if (name != "traffic" && name != "stalls")
        top->Fail(*top->Find("record"), "record knows \"traffic\", \"stalls\"");
      (name == "traffic" ? space_.traffic : space_.stalls) = true;
    }
    for (const Objective& objective : space_.objectives) {
      space_.traffic |= objective.metric == Metric::kTraffic;
      space_.stalls |= objective.metric == Metric::kStalls;
    }
    if (space_.cost_kind == CostKind::kNative && space_.stalls) {
      const bool recorded = std::find(record.begin(), record.end(), "stalls") != record.end();
      top->Fail(*top->Find(recorded ? "record" : "objectives"),
                "stalls are counted by the scalesim cost model only");
    }
  }

  // "energy = FILE", of the objective `energy`.
  std::optional<EnergySource> ReadEnergy(TomlTable* top) {
    const auto file = top->String("energy");
    bool energy = false, area = false;
    for (const Objective& objective : space_.objectives) {
      energy |= objective.metric == Metric::kEnergy;
      area |= objective.metric == Metric::kArea;
    }
    if (space_.cost_kind != CostKind::kNative && (energy || area)) {
      top->Fail(*top->Find("objectives"),
                "energy and area are known to the native cost model only");
    }
    if (!energy) {
      if (file) top->Fail(*top->Find("energy"), "is for the objective energy; remove it");
      return std::nullopt;
    }
    if (!file) return EnergySource{};
    const std::filesystem::path folder = std::filesystem::path(space_.file).parent_path(),
                                path = folder / *file;
    if (!std::filesystem::exists(path)) {
      top->Fail(*top->Find("energy"),
                fmt::format("{} is not there; paths start at the folder of {}", path.string(),
                            space_.file));
    }
    return LoadEnergy(path.lexically_normal().string());
  }

  // "silicon = FILE", of the objectives silicon, clock and time.
  std::optional<SiliconTable> ReadSilicon(TomlTable* top) {
    const auto file = top->String("silicon");
    for (const Objective& objective : space_.objectives)
      space_.silicon |= OfSilicon(objective.metric);
    if (!space_.silicon) {
      if (file) {
        top->Fail(*top->Find("silicon"),
                  "is for the objectives silicon, clock and time; remove it");
      }
      return std::nullopt;
    }
    const toml::node& objectives = *top->Find("objectives");
    if (space_.cost_kind != CostKind::kNative)
      top->Fail(objectives, "silicon, clock and time are known to the native cost model only");
    if (!file) {
      top->Fail(objectives,
                "silicon, clock and time need a table of synthesised designs; add silicon = "
                "\"FILE.json\" (docs/silicon.md)");
    }
    const std::filesystem::path folder = std::filesystem::path(space_.file).parent_path(),
                                path = folder / *file;
    if (!std::filesystem::exists(path)) {
      top->Fail(*top->Find("silicon"),
                fmt::format("{} is not there; paths start at the folder of {}", path.string(),
                            space_.file));
    }
    return LoadSilicon(path.lexically_normal().string());
  }

  bool ReadCorrected(TomlTable* top) {
    const toml::node* node = top->Find("scalesim");
    if (!node) return false;
    if (!node->is_table()) top->Fail(*node, "scalesim must be a table: [scalesim]");
    TomlTable table(*node->as_table(), space_.file, "[scalesim]");
    const auto corrected = table.Bool("corrected");
    table.RefuseOthers();
    if (space_.cost_kind == CostKind::kNative)
      table.Fail(*node, "is for cost = \"scalesim\"; remove it");
    return corrected.value_or(false);
  }

  const Overrides& overrides_;
  toml::table root_;
  Space space_;
};

}  // namespace

Space ParseSpace(const std::string& text, const std::string& file, const Overrides& overrides) {
  return Parser(text, file, overrides).Parse();
}

Space LoadSpace(const std::string& file, const Overrides& overrides) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || std::filesystem::is_directory(file))
    throw InputError(file + ": cannot be read; give a SPACE.toml");
  text << in.rdbuf();
  return ParseSpace(text.str(), file, overrides);
}

}  // namespace systole::explore
