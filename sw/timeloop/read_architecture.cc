#include <algorithm>
#include <charconv>
#include <cmath>

#include "sw/timeloop/read_parts.h"

namespace systole::timeloop {
namespace {

constexpr int64_t kMost = int64_t{1} << 40;
constexpr int64_t kMostInstances = 1 << 20;

// Read by Timeloop or by energy estimators, without effect on words, cycles or energy by table.
const std::vector<std::string> kNoEffect = {"type",
                                            "technology",
                                            "has_power_gating",
                                            "n_banks",
                                            "num-banks",
                                            "n_ports",
                                            "num-ports",
                                            "n_rd_ports",
                                            "n_wr_ports",
                                            "n_rdwr_ports",
                                            "update_fifo_depth",
                                            "global_cycle_seconds",
                                            "latency",
                                            "version",
                                            "adder_width",
                                            "multiplier_width",
                                            "num_pipeline_stages",
                                            "address_generator_width"};
// Other words for what is not modelled.
const std::vector<std::string> kRefused = {"bandwidth",
                                           "shared_bandwidth",
                                           "entries",
                                           "sizeKB",
                                           "vector-access-energy",
                                           "addr-gen-energy",
                                           "cluster-area",
                                           "network_read",
                                           "network_fill",
                                           "network_drain",
                                           "network_update",
                                           "metadata_storage_depth",
                                           "metadata_storage_width"};

// Keys that need one value to be modelled: the others are another machine.
void Needs(const YamlNode& attributes, const std::string& key, double value,
           const std::string& text) {
  if (attributes.Has(key) && attributes.At(key).Number() != value) {
    attributes.At(key).Fail("only " + text + " is modelled; write " + text);
  }
}

void ReadMesh(const YamlNode& node, const YamlNode& attributes, int64_t instances, int64_t* x,
              int64_t* y) {
  const bool has_x = attributes.Has("meshX"), has_y = attributes.Has("meshY");
  *x = attributes.Whole("meshX", 1, 1, kMostInstances);
  *y = attributes.Whole("meshY", 1, 1, kMostInstances);
  if (!has_x) *x = std::max<int64_t>(1, instances / *y);
  if (!has_y) *y = std::max<int64_t>(1, instances / *x);
  if (*x * *y != instances) {
    node.Fail("meshX x meshY is " + std::to_string(*x * *y) + ", the name says " +
              std::to_string(instances) + " instances; make them equal");
  }
}

Level ReadLevel(const YamlNode& node, const YamlNode& attributes, int64_t instances) {
  Level level;
  std::vector<std::string> known = {"cluster-size",
                                    "datawidth",
                                    "word-bits",
                                    "word_width",
                                    "width",
                                    "memory_width",
                                    "depth",
                                    "memory_depth",
                                    "block-size",
                                    "block_size",
                                    "meshX",
                                    "meshY",
                                    "instances",
                                    "multiple-buffering",
                                    "min-utilization",
                                    "allow_overbooking",
                                    "reduction_supported",
                                    "read_bandwidth",
                                    "write_bandwidth"};
  for (const std::string& key : kRefused) {
    if (attributes.Has(key)) {
      attributes.At(key).Fail("'" + key + "' is not modelled; use depth, width, datawidth, " +
                              "read_bandwidth and write_bandwidth");
    }
  }
  attributes.Allow(known, kNoEffect);
  const auto either = [&](std::initializer_list<const char*> keys, int64_t otherwise) {
    for (const char* key : keys) {
      if (attributes.Has(key)) return attributes.At(key).Whole(1, kMost);
    }
    return otherwise;
  };
  Needs(attributes, "cluster-size", 1, "1");
  Needs(attributes, "min-utilization", 0, "0");
  if (attributes.Has("allow_overbooking") && attributes.At("allow_overbooking").Truth()) {
    attributes.At("allow_overbooking").Fail("overbooking is not modelled; write false");
  }
  if (attributes.Has("reduction_supported") && !attributes.At("reduction_supported").Truth()) {
    attributes.At("reduction_supported")
        .Fail("a level that cannot add is not modelled; write true");
  }
  const int64_t word = either({"word-bits", "word_width", "datawidth"}, 16);
  level.block = either({"block-size", "block_size"}, 1);
  const int64_t width = either({"width", "memory_width"}, 0);
  if (width > 0) {
    if (width % word != 0) {
      attributes.Fail("the width of " + std::to_string(width) + " bits holds no whole number of " +
                      std::to_string(word) + "-bit words; change width or datawidth");
    }
    level.block = width / word;
  }
  const int64_t depth = either({"depth", "memory_depth"}, 0);
  if (depth > 0) {
    double tax = 1;
    if (attributes.Has("multiple-buffering")) tax = attributes.At("multiple-buffering").Number();
    if (tax < 1) attributes.At("multiple-buffering").Fail("is less than 1; write 1 or more");
    level.bounded = true;
    if (depth > kMost / level.block) attributes.Fail("depth x width is too large; make it smaller");
    level.capacity =
        static_cast<int64_t>(std::floor(static_cast<double>(depth * level.block) / tax));
  }
  for (auto [key, value] : {std::pair{"read_bandwidth", &level.read_bandwidth},
                            std::pair{"write_bandwidth", &level.write_bandwidth}}) {
    if (!attributes.Has(key)) continue;
    *value = attributes.At(key).Number();
    if (*value <= 0)
      attributes.At(key).Fail("is not above 0; write words a cycle, or leave it out");
  }
  level.instances = attributes.Whole("instances", instances, 1, kMostInstances);
  ReadMesh(node, attributes, level.instances, &level.mesh_x, &level.mesh_y);
  return level;
}

bool IsCompute(const std::string& name) {
  for (const char* word : {"mac", "intmac", "fpmac", "compute", "multiplier"}) {
    if (name == word) return true;
  }
  return false;
}

void ReadLocal(const YamlNode& node, int64_t multiple, Architecture* arch, bool* has_macs) {
  node.Allow({"name", "class", "attributes"}, {"subclass"});
  const std::string type = node.At("class").Text();
  int64_t instances = 1;
  const std::string name = PlainName(node.At("name"), node.At("name").Name(), &instances);
  instances *= multiple;
  if (instances > kMostInstances) node.At("name").Fail("has too many instances");
  YamlNode attributes(&node.File(), node.Place(), YAML::Node(YAML::NodeType::Map));
  if (node.Has("attributes")) attributes = node.At("attributes");
  if (arch->Find(name) >= 0 || (*has_macs && arch->mac_name == name)) {
    node.At("name").Fail("'" + name + "' is there twice; rename one");
  }
  if (IsCompute(type)) {
    if (*has_macs) node.Fail("is a second array of multipliers; keep one");
    *has_macs = true;
    std::vector<std::string> known = {"meshX", "meshY", "instances", "datawidth", "word-bits"};
    attributes.Allow(known, kNoEffect);
    arch->mac_name = name;
    arch->macs = attributes.Whole("instances", instances, 1, kMostInstances);
    ReadMesh(node, attributes, arch->macs, &arch->mac_mesh_x, &arch->mac_mesh_y);
    return;
  }
  const std::vector<std::string> storage = {
      "DRAM",           "SRAM",    "regfile",       "smartbuffer", "smartbuffer_SRAM",
      "smartbuffer_RF", "storage", "dummy_storage", "reg_storage", "simple_storage"};
  if (std::find(storage.begin(), storage.end(), type) == storage.end()) {
    std::vector<std::string> all = storage;
    all.push_back("intmac");
    node.At("class").Fail("'" + type + "' is not modelled" + Suggestion(type, all));
  }
  if (*has_macs) node.Fail("stands inside the multipliers; write them last");
  if (arch->Levels() == kMaxLevels) {
    node.Fail("is one level too many; " + std::to_string(kMaxLevels) + " are possible");
  }
  arch->levels.push_back(ReadLevel(node, attributes, instances));
  arch->levels.back().name = name;
}

void ReadTree(const YamlNode& node, int64_t multiple, Architecture* arch, bool* has_macs) {
  if (node.Has("local")) {
    for (const YamlNode& local : node.At("local").Items()) {
      ReadLocal(local, multiple, arch, has_macs);
    }
  }
  if (!node.Has("subtree")) return;
  const std::vector<YamlNode> trees = node.At("subtree").Items();
  if (trees.size() != 1) node.At("subtree").Fail("needs one item; one chain of levels is modelled");
  trees[0].Allow({"name", "local", "subtree"}, {"attributes"});
  int64_t instances = 1;
  PlainName(trees[0].At("name"), trees[0].At("name").Name(), &instances);
  if (instances > kMostInstances / multiple) trees[0].At("name").Fail("has too many instances");
  ReadTree(trees[0], multiple * instances, arch, has_macs);
}

}  // namespace

std::string PlainName(const YamlNode& node, const std::string& text, int64_t* instances) {
  const size_t bracket = text.find('[');
  const std::string whole = text.substr(0, bracket);
  if (instances != nullptr) *instances = 1;
  if (bracket != std::string::npos) {
    int64_t first = 0, last = 0;
    const char* end = text.data() + text.size();
    auto [dots, error] = std::from_chars(text.data() + bracket + 1, end, first);
    const bool range = error == std::errc() && end - dots > 3 && dots[0] == '.' && dots[1] == '.';
    if (range) {
      const auto [close, bad] = std::from_chars(dots + 2, end, last);
      if (bad != std::errc() || std::string(close, end) != "]") last = -1;
    }
    if (!range || first < 0 || last < first || last - first >= kMostInstances) {
      node.Fail("'" + text.substr(0, 60) + "' is not possible; write name[0..N]");
    }
    if (instances != nullptr) *instances = last - first + 1;
  }
  const std::string name = whole.substr(whole.rfind('.') + 1);  // npos + 1 is 0
  if (name.empty()) node.Fail("is empty; write a name");
  return name;
}

Architecture ReadArchitecture(const YamlNode& node) {
  Architecture arch;
  node.Allow({"subtree"}, {"version"});
  bool has_macs = false;
  ReadTree(node, 1, &arch, &has_macs);
  if (!has_macs) node.Fail("has no multipliers; add a component of class intmac");
  if (arch.levels.empty()) node.Fail("has no storage; add a component of class DRAM");
  std::reverse(arch.levels.begin(), arch.levels.end());
  for (int b = 0; b < arch.Levels(); ++b) {
    const Level& outer = arch.levels[b];
    const std::string inner = b == 0 ? arch.mac_name : arch.levels[b - 1].name;
    const int64_t x = b == 0 ? arch.mac_mesh_x : arch.levels[b - 1].mesh_x;
    const int64_t y = b == 0 ? arch.mac_mesh_y : arch.levels[b - 1].mesh_y;
    if (x % outer.mesh_x != 0 || y % outer.mesh_y != 0) {
      node.Fail("the mesh of " + inner + " is no multiple of that of " + outer.name +
                "; change meshX or meshY");
    }
  }
  if (const int64_t fan = arch.FanoutX(0) * arch.FanoutY(0); fan > 1) {
    node.Fail(std::to_string(fan) + " multipliers for each " + arch.levels[0].name +
              " are not modelled; give each multiplier a storage of its own inside");
  }
  return arch;
}

}  // namespace systole::timeloop
