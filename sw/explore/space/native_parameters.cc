// The native cost model's axes, and what a point of them is: hardware, options of the compiler.
#include <algorithm>
#include <stdexcept>

#include "sw/driver/parameters.h"
#include "sw/explore/space/native_index.h"
#include "sw/explore/space/native_model.h"

namespace systole::explore {
namespace {

// A parameter of the hardware: default and bounds are those of spec/parameters.toml.
Parameter Hardware(const std::string& key, const std::string& meaning) {
  for (const ParameterInfo& p : kParameters) {
    if (key == p.key) return {key, meaning, HwConfig{}.*p.member, p.lowest, p.highest, {}, true};
  }
  throw std::logic_error("no hardware parameter " + key);
}

Parameter WithAuto(Parameter p) {
  p.fallback = 0;
  p.names = {{"auto", 0}};
  return p;
}

// DATAFLOWS: what is asked for, beside weight stationary; input stationary with one weight port.
int DataflowsOf(Dataflow dataflow, int wport) {
  switch (dataflow) {
    case Dataflow::kWs:
      return 1;
    case Dataflow::kOs:
      return 3;
    case Dataflow::kIs:
      return 5;
    case Dataflow::kAuto:
      return wport == 1 ? 7 : 3;
  }
  return 1;
}

struct OfRows {
  NativeIndex index;
  const char* name;
  int HwConfig::*member;
};
constexpr OfRows kOfRows[] = {{kRsRows, "RS_ROWS", &HwConfig::rs_rows},
                              {kRsCols, "RS_COLS", &HwConfig::rs_cols},
                              {kIfmapSpad, "IFMAP_SPAD", &HwConfig::ifmap_spad},
                              {kWgtSpad, "WGT_SPAD", &HwConfig::wgt_spad},
                              {kPsumSpad, "PSUM_SPAD", &HwConfig::psum_spad}};

}  // namespace

const std::vector<Parameter>& NativeParameters() {
  static const std::vector<Parameter> table = {
      Hardware("rows", "array rows"),
      Hardware("cols", "array columns"),
      {"pe_budget", "processing elements", 0, 4, 4096, {}, true},
      {"dataflow",
       "weight stationary; output or input stationary where a layer can be; auto: fewest cycles",
       static_cast<int64_t>(Dataflow::kWs),
       0,
       0,
       {{"ws", static_cast<int64_t>(Dataflow::kWs)},
        {"os", static_cast<int64_t>(Dataflow::kOs)},
        {"is", static_cast<int64_t>(Dataflow::kIs)},
        {"auto", static_cast<int64_t>(Dataflow::kAuto)}},
       false},
      Hardware("wport", "weight columns loaded in a cycle, divides cols"),
      WithAuto(Hardware("lanes", "requantize lanes, or auto: min(8, cols)")),
      Hardware("act_kib", "KiB of the activation buffer"),
      Hardware("act_groups", "address groups of the activation buffer"),
      Hardware("wgt_kib", "KiB of the weight buffer"),
      Hardware("par_kib", "KiB of the parameter memory"),
      Hardware("ktab_kib", "KiB of the offset table"),
      Hardware("acc_depth", "accumulator entries per half"),
      Hardware("axi_data_width", "bits of the memory bus"),
      Hardware("outstanding", "bursts in flight"),
      Hardware("queue_depth", "instructions per engine queue"),
      {"batch", "images of a run", 1, 1, 1024, {}, true},
      {"fuse_pool",
       "yes: pooling in the requantizer; no: on its own",
       1,
       0,
       1,
       {{"no", 0}, {"yes", 1}},
       false},
      {"packing",
       "yes: pixels side by side on the columns where it pays; no: one",
       1,
       0,
       1,
       {{"no", 0}, {"yes", 1}},
       false},
      {"engine",
       "array: weight and output stationary; row: row stationary",
       0,
       0,
       1,
       {{"array", 0}, {"row", 1}},
       false},
      WithAuto(Hardware("rs_rows", "rows of the row-stationary array; auto: 12 with engine row")),
      WithAuto(Hardware("rs_cols", "its columns; auto: 14 with engine row")),
      WithAuto(Hardware("ifmap_spad", "input words of an element; auto: 32 with engine row")),
      WithAuto(Hardware("wgt_spad", "weights of an element; auto: 64 with engine row")),
      WithAuto(Hardware("psum_spad", "sums of an element; auto: 16 with engine row")),
      {"latency",
       "cycles from a read request to its first word",
       MemoryTiming().latency,
       1,
       100000,
       {},
       true},
  };
  static_assert(kCount == 25, "an entry for each index");
  return table;
}

HwConfig NativeConfig(const int64_t* p) {
  const auto value = [&](NativeIndex index) { return static_cast<int>(p[index]); };
  HwConfig c;
  c.rows = static_cast<int>(p[kRows]);
  c.cols = static_cast<int>(p[kCols]);
  c.wport = value(kWport);
  c.lanes = p[kLanes] ? value(kLanes) : std::min(8, c.cols);
  c.act_kib = value(kActKib);
  c.act_groups = value(kActGroups);
  c.wgt_kib = value(kWgtKib);
  c.par_kib = value(kParKib);
  c.ktab_kib = value(kKtabKib);
  c.acc_depth = value(kAccDepth);
  c.axi_data_width = value(kAxiDataWidth);
  c.outstanding = value(kOutstanding);
  c.queue_depth = value(kQueueDepth);
  c.dataflows = DataflowsOf(static_cast<Dataflow>(p[kDataflow]), c.wport);
  c.engine = value(kEngine);
  std::vector<std::string> given;
  for (const auto& [index, name, member] : kOfRows) {
    c.*member = value(index);
    if (p[index] != 0) given.push_back(name);
  }
  if (c.engine != 0) SetRowDefaults(given, &c);
  return c;
}

ProgramOptions NativeOptions(const int64_t* p) {
  ProgramOptions options;
  options.images = options.batch = static_cast<int>(p[kBatch]);
  options.fuse_pool = p[kFusePool] != 0;
  options.pack_pixels = p[kPacking] != 0;
  options.dataflow = static_cast<Dataflow>(p[kDataflow]);
  return options;
}

int64_t NativeLatency(const int64_t* parameters) { return parameters[kLatency]; }

}  // namespace systole::explore
