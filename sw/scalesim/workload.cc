#include "sw/scalesim/workload.h"

#include <sstream>

#include "sw/base/error.h"
#include "sw/scalesim/config.h"

namespace systole::scalesim {
namespace {

struct Column {
  const char* name;
  int64_t WorkloadLayer::*field;
  int64_t least;
};

constexpr Column kColumns[] = {
    {"in_h", &WorkloadLayer::in_h, 1},
    {"in_w", &WorkloadLayer::in_w, 1},
    {"in_channels", &WorkloadLayer::in_channels, 1},
    {"filters", &WorkloadLayer::filters, 1},
    {"filter_h", &WorkloadLayer::filter_h, 1},
    {"filter_w", &WorkloadLayer::filter_w, 1},
    {"stride_h", &WorkloadLayer::stride_h, 1},
    {"stride_w", &WorkloadLayer::stride_w, 1},
    {"pad_top", &WorkloadLayer::pad_top, 0},
    {"pad_bottom", &WorkloadLayer::pad_bottom, 0},
    {"pad_left", &WorkloadLayer::pad_left, 0},
    {"pad_right", &WorkloadLayer::pad_right, 0},
    {"groups", &WorkloadLayer::groups, 1},
    {"bias", &WorkloadLayer::bias, 0},
};

std::string Header() {
  std::string header = "layer,type";
  for (const Column& column : kColumns) header += std::string(",") + column.name;
  return header;
}

void Check(const WorkloadLayer& l, const std::string& place) {
  const auto require = [&place](bool holds, const char* what) {
    if (!holds) throw InputError(place + ": " + what);
  };
  require(l.Multiplies() || l.type == "maxpool" || l.type == "avgpool" || l.type == "norm",
          "type must be conv, dense, maxpool, avgpool or norm");
  require(l.in_h + l.pad_top + l.pad_bottom >= l.filter_h,
          "the filter is higher than the padded input");
  require(l.in_w + l.pad_left + l.pad_right >= l.filter_w,
          "the filter is wider than the padded input");
  require(l.in_channels % l.groups == 0 && l.filters % l.groups == 0,
          "groups must divide in_channels and filters");
  require(l.type != "dense" ||
              (l.in_h == 1 && l.in_w == 1 && l.filter_h == 1 && l.filter_w == 1 && l.groups == 1),
          "a dense layer reads a 1x1 map with one group");
  require(l.type == "conv" || l.type == "dense" || l.filters == l.in_channels,
          "pooling and norm have as many filters as in_channels");
  require(l.Multiplies() || l.bias == 0, "only conv and dense have a bias");
}

}  // namespace

int64_t WorkloadLayer::Macs() const {
  return Multiplies() ? OutH() * OutW() * filters * filter_h * filter_w * (in_channels / groups)
                      : 0;
}

int64_t WorkloadLayer::Parameters() const {
  if (type == "norm") return 2 * in_channels;
  return Multiplies() ? filters * (filter_h * filter_w * (in_channels / groups) + (bias ? 1 : 0))
                      : 0;
}

std::vector<WorkloadLayer> ParseWorkload(const std::string& text, const std::string& file) {
  std::vector<WorkloadLayer> layers;
  std::istringstream lines(text);
  std::string line;
  bool header_seen = false;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::string place = file + ": line " + std::to_string(number);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line[0] == '#') continue;
    if (!header_seen) {
      if (line != Header()) throw InputError(place + ": the header must be " + Header());
      header_seen = true;
      continue;
    }
    std::vector<std::string> fields;
    std::istringstream row(line);
    for (std::string field; std::getline(row, field, ',');) fields.push_back(field);
    if (fields.size() != 2 + std::size(kColumns)) {
      throw InputError(place + ": " + std::to_string(fields.size()) + " columns, but " +
                       std::to_string(2 + std::size(kColumns)) + " are needed: " + Header());
    }
    WorkloadLayer layer{};
    layer.name = fields[0];
    layer.type = fields[1];
    for (size_t i = 0; i < std::size(kColumns); ++i) {
      const std::string what = place + ": " + kColumns[i].name;
      layer.*kColumns[i].field = ParsePythonInt(fields[i + 2], what);
      if (layer.*kColumns[i].field < kColumns[i].least) {
        throw InputError(what + " must be at least " + std::to_string(kColumns[i].least));
      }
    }
    Check(layer, place);
    layers.push_back(layer);
  }
  if (!header_seen) throw InputError(file + ": no header line; the first line must be " + Header());
  return layers;
}

std::string WorkloadText(const std::vector<WorkloadLayer>& layers, const std::string& comment) {
  std::ostringstream out;
  out << "# " << comment << "\n" << Header() << "\n";
  for (const WorkloadLayer& layer : layers) {
    out << layer.name << "," << layer.type;
    for (const Column& column : kColumns) out << "," << layer.*column.field;
    out << "\n";
  }
  return out.str();
}

std::string ToTopologyText(const std::vector<WorkloadLayer>& layers) {
  std::ostringstream out;
  out << "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num "
         "Filter, Strides,\n";
  for (const WorkloadLayer& l : layers) {
    if (!l.Multiplies()) continue;
    const int64_t h = (l.OutH() - 1) * l.stride_h + l.filter_h,
                  w = (l.OutW() - 1) * l.stride_w + l.filter_w;
    const auto row = [&](const std::string& name, int64_t channels, int64_t filters) {
      out << name << ", " << h << ", " << w << ", " << l.filter_h << ", " << l.filter_w << ", "
          << channels << ", " << filters << ", " << l.stride_h << ",";
      if (l.stride_w != l.stride_h) out << " " << l.stride_w << ",";  // v3 has no second stride
      out << "\n";
    };
    std::string name = l.name;  // DP in a name means depthwise
    for (size_t at; (at = name.find("DP")) != std::string::npos;) name.replace(at, 2, "Dp");
    const int64_t channels = l.in_channels / l.groups, filters = l.filters / l.groups;
    if (l.groups == 1) {
      row(name, channels, filters);
    } else if (channels == 1) {
      row(name + "_DP", l.groups, filters);
    } else {
      for (int64_t g = 0; g < l.groups; ++g)
        row(name + "_group" + std::to_string(g), channels, filters);
    }
  }
  return out.str();
}

}  // namespace systole::scalesim
