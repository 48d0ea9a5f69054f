#include "sw/scalesim/topology.h"

#include <cctype>

#include "sw/base/error.h"
#include "sw/scalesim/config.h"

namespace systole::scalesim {
namespace {

std::string Strip(const std::string& s) {
  size_t begin = 0, end = s.size();
  while (begin < end && std::isspace(static_cast<unsigned char>(s[begin]))) ++begin;
  while (end > begin && std::isspace(static_cast<unsigned char>(s[end - 1]))) --end;
  return s.substr(begin, end - begin);
}

// Lines as Python's text mode gives them: \n, \r\n or \r end a line.
std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  size_t begin = 0;
  while (begin < text.size()) {
    size_t end = text.find_first_of("\r\n", begin);
    if (end == std::string::npos) end = text.size();
    lines.push_back(text.substr(begin, end - begin));
    begin = end + (text.compare(end, 2, "\r\n") == 0 ? 2 : 1);
  }
  return lines;
}

// Fields between commas; what follows the last comma is dropped.
std::vector<std::string> Fields(const std::string& row) {
  std::vector<std::string> fields;
  size_t begin = 0;
  for (size_t comma; (comma = row.find(',', begin)) != std::string::npos; begin = comma + 1) {
    fields.push_back(row.substr(begin, comma - begin));
  }
  return fields;
}

void ParseRatio(const std::string& text, const std::string& place, Layer* layer) {
  const size_t colon = text.find(':');
  if (colon == std::string::npos)
    throw InputError(place + ": the sparsity is '" + Strip(text) +
                     "'; write N:M (v3 has no second stride)");
  layer->sparse_n = ParsePythonInt(text.substr(0, colon), place + ": N of the sparsity");
  layer->sparse_m = ParsePythonInt(text.substr(colon + 1), place + ": M of the sparsity");
  if (layer->sparse_n < 1 || layer->sparse_m < layer->sparse_n) {
    throw InputError(place + ": the sparsity N:M must have 1 <= N <= M");
  }
}

void Check(const Layer& l, const std::string& place) {
  const auto positive = [&](int64_t value, const char* what) {
    if (value < 1)
      throw InputError(place + ": " + what + " is " + std::to_string(value) +
                       ", but must be at least 1");
  };
  positive(l.ifmap_h, "the IFMAP height");
  positive(l.ifmap_w, "the IFMAP width");
  positive(l.filter_h, "the filter height");
  positive(l.filter_w, "the filter width");
  positive(l.channels, "the number of channels");
  positive(l.filters, "the number of filters");
  positive(l.stride_h, "the stride");
  positive(l.stride_w, "the stride");
  if (l.filter_h > l.ifmap_h) throw InputError(place + ": the filter is higher than the IFMAP");
  if (l.filter_w > l.ifmap_w) throw InputError(place + ": the filter is wider than the IFMAP");
  // Addresses, words and cycles are counted in 64 bits.
  constexpr double kMost = 1e18;
  const double ifmap = double(l.ifmap_h) * double(l.ifmap_w) * double(l.channels);
  const double macs = ifmap * double(l.filters) * double(l.filter_h) * double(l.filter_w);
  if (ifmap > kMost || macs > kMost) {
    throw InputError(place + ": the layer is too large: heights, widths, channels and filters " +
                     "multiplied are more than 10^18");
  }
}

// Missing numbers mostly come from a missing comma at the end of the row.
[[noreturn]] void TooFew(const std::string& place, size_t fields, const char* wanted) {
  throw InputError(place + ": " + std::to_string(fields) + " fields end with a comma, but " +
                   wanted + " are needed; each row must end with a comma");
}

void AppendGemm(const std::vector<std::string>& fields, const std::string& place, Compat compat,
                std::vector<NamedLayer>* layers) {
  if (fields.size() < 4) TooFew(place, fields.size(), "name, M, N, K");
  Layer l;
  l.ifmap_h = ParsePythonInt(fields[1], place + ": M");
  l.filters = ParsePythonInt(fields[2], place + ": N");
  l.ifmap_w = l.filter_w = ParsePythonInt(fields[3], place + ": K");
  if (compat == Compat::kV3 && fields.size() > 4) ParseRatio(fields[4], place, &l);
  Check(l, place);
  layers->push_back({Strip(fields[0]), l});
}

void AppendConv(const std::vector<std::string>& fields, const std::string& place, Compat compat,
                std::vector<NamedLayer>* layers) {
  static constexpr const char* kNames[] = {"the name",
                                           "the IFMAP height",
                                           "the IFMAP width",
                                           "the filter height",
                                           "the filter width",
                                           "the number of channels",
                                           "the number of filters",
                                           "the stride",
                                           "the stride in the width"};
  if (fields.size() < 8) {
    TooFew(place, fields.size(),
           "name, IFMAP height and width, filter height and width, channels, filters, stride");
  }
  const bool ratio = compat == Compat::kV3 && fields.size() > 8;
  if (compat == Compat::kV3 && fields.size() > 9)
    throw InputError(place + ": after the stride v3 takes only the sparsity N:M");
  std::vector<int64_t> v(1, 0);
  for (size_t i = 1; i < (ratio ? 8 : fields.size()); ++i) {
    v.push_back(ParsePythonInt(fields[i], place + ": " + (i < 9 ? kNames[i] : "a further field")));
  }
  Layer l;
  l.ifmap_h = v[1];
  l.ifmap_w = v[2];
  l.filter_h = v[3];
  l.filter_w = v[4];
  l.channels = v[5];
  l.filters = v[6];
  l.stride_h = v[7];
  l.stride_w = v.size() > 8 ? v[8] : v[7];
  if (ratio) ParseRatio(fields[8], place, &l);
  const std::string name = Strip(fields[0]);
  if (name.find("DP") == std::string::npos) {
    Check(l, place);
    layers->push_back({name, l});
    return;
  }
  constexpr int64_t kMostRows = 1000000;
  const int64_t channels = l.channels;
  if (channels > kMostRows) {
    throw InputError(place + ": DP makes a layer of each of the " + std::to_string(channels) +
                     " channels; " + std::to_string(kMostRows) + " are possible");
  }
  for (int64_t i = 0; i < channels; ++i) {
    l.channels = 1;
    Check(l, place);
    layers->push_back({name + "Channel_" + std::to_string(i), l});
  }
}

}  // namespace

std::vector<NamedLayer> ParseTopology(const std::string& text, const std::string& file,
                                      InputType type, Compat compat) {
  std::vector<NamedLayer> layers;
  const std::vector<std::string> lines = Lines(text);
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::string row = Strip(lines[i]);
    if (row.empty()) continue;
    const std::string place = file + ": line " + std::to_string(i + 1);
    (type == InputType::kGemm ? AppendGemm : AppendConv)(Fields(row), place, compat, &layers);
  }
  return layers;
}

}  // namespace systole::scalesim
