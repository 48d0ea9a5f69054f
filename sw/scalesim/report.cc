#include "sw/scalesim/report.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "sw/scalesim/sparsity.h"
#include "sw/scalesim/utilization.h"

namespace systole::scalesim {
namespace {

void AppendInt(int64_t value, std::string* out) {
  char text[24];
  out->append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

// "value, " or, at the end of a row, "value,\n".
void Field(double value, std::string* out) {
  AppendPythonFloat(value, out);
  out->append(", ");
}
void Field(int64_t value, std::string* out) {
  AppendInt(value, out);
  out->append(", ");
}
void CycleField(int64_t value, std::string* out) {
  Field(static_cast<double>(value), out);
}  // cycles print as floats
void EndRow(std::string* out) { out->replace(out->size() - 2, 2, ",\n"); }

double AverageDram(const Access& a) {
  return static_cast<double>(a.words) / static_cast<double>(a.stop - a.start + 1);
}

double AverageIfmapSram(const LayerReport& r) {
  return r.ifmap_reads_scaled ? r.scaled_ifmap_reads / static_cast<double>(r.total_cycles)
                              : TrueDivide(r.ifmap_sram.words, r.total_cycles);
}

double AverageMetadata(const LayerReport& r) {
  return r.metadata_words / static_cast<double>(r.total_cycles);
}

int64_t CyclesWithPrefetch(const LayerReport& r) {
  return r.ofmap_dram.stop - std::min(r.ifmap_dram.start, r.filter_dram.start);
}

void AppendAccess(const Access& access, std::string* out) {
  CycleField(access.start, out);
  CycleField(access.stop, out);
  Field(access.words, out);
}

std::string Format(const char* format, double value) {
  char text[400];
  return std::string(text, std::snprintf(text, sizeof text, format, value));
}

}  // namespace

void AppendPythonFloat(double value, std::string* out) {
  if (!std::isfinite(value)) {
    out->append(std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
    return;
  }
  char text[40];
  if (value == std::floor(value) && std::fabs(value) < 1e15) {
    if (value == 0 && std::signbit(value)) out->push_back('-');
    AppendInt(static_cast<int64_t>(value), out);
    out->append(".0");
    return;
  }
  char* end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
  char* e = std::find(text, end, 'e');
  int exponent = 0;
  std::from_chars(e[1] == '+' ? e + 2 : e + 1, end, exponent);
  if (exponent < -4 || exponent >= 16) {
    out->append(text, end);
    return;
  }
  if (text[0] == '-') out->push_back('-');
  std::string digits;
  for (char* p = text; p != e; ++p) {
    if (*p >= '0' && *p <= '9') digits.push_back(*p);
  }
  const int length = static_cast<int>(digits.size());
  if (exponent < 0) {
    out->append("0.").append(-exponent - 1, '0').append(digits);
  } else if (length <= exponent + 1) {
    out->append(digits).append(exponent + 1 - length, '0').append(".0");
  } else {
    out->append(digits, 0, exponent + 1).append(".").append(digits, exponent + 1);
  }
}

void AppendHeaders(const Options& options, Reports* reports) {
  const bool sparse = options.sparse != SparseFormat::kNone;
  reports->compute.append(
      options.compat == Compat::kV3
          ? "LayerID, Total Cycles (incl. prefetch), Total Cycles, Stall Cycles, Overall Util %, "
            "Mapping Efficiency %, Compute Util %,\n"
          : "LayerID, Total Cycles, Stall Cycles, Overall Util %, Mapping Efficiency %, "
            "Compute Util %,\n");
  reports->bandwidth.append("LayerID, Avg IFMAP SRAM BW, Avg FILTER SRAM BW, ")
      .append(sparse ? "Avg FILTER Metadata SRAM BW, " : "")
      .append("Avg OFMAP SRAM BW, Avg IFMAP DRAM BW, Avg FILTER DRAM BW, Avg OFMAP DRAM BW,\n");
  reports->detail.append(
      "LayerID, SRAM IFMAP Start Cycle, SRAM IFMAP Stop Cycle, SRAM IFMAP Reads, SRAM Filter Start "
      "Cycle, "
      "SRAM Filter Stop Cycle, SRAM Filter Reads, SRAM OFMAP Start Cycle, SRAM OFMAP Stop Cycle, "
      "SRAM OFMAP Writes, "
      "DRAM IFMAP Start Cycle, DRAM IFMAP Stop Cycle, DRAM IFMAP Reads, DRAM Filter Start Cycle, "
      "DRAM Filter Stop Cycle, DRAM Filter Reads, DRAM OFMAP Start Cycle, DRAM OFMAP Stop Cycle, "
      "DRAM OFMAP Writes,\n");
  if (!sparse) return;
  reports->sparse.append(
      "LayerID, Sparsity Representation, Original Filter Storage, New Storage (Filter+Metadata), "
      "Filter Metadata Storage, Avg FILTER Metadata SRAM BW, \n");
}

void AppendLayer(int64_t layer_id, const LayerReport& r, const Options& options, Reports* reports) {
  const bool sparse = options.sparse != SparseFormat::kNone;
  std::string* out = &reports->compute;
  Field(layer_id, out);
  if (options.compat == Compat::kV3) Field(CyclesWithPrefetch(r), out);
  Field(r.total_cycles, out);
  Field(r.stall_cycles, out);
  Field(r.overall_util, out);
  Field(r.mapping_eff, out);
  Field(r.compute_util, out);
  EndRow(out);

  out = &reports->bandwidth;
  Field(layer_id, out);
  Field(AverageIfmapSram(r), out);
  Field(TrueDivide(r.filter_sram.words, r.total_cycles), out);
  if (sparse) Field(AverageMetadata(r), out);
  Field(TrueDivide(r.ofmap_sram.words, r.total_cycles), out);
  Field(AverageDram(r.ifmap_dram), out);
  Field(AverageDram(r.filter_dram), out);
  Field(AverageDram(r.ofmap_dram), out);
  EndRow(out);

  out = &reports->detail;
  Field(layer_id, out);
  CycleField(r.ifmap_sram.start, out);
  CycleField(r.ifmap_sram.stop, out);
  if (r.ifmap_reads_scaled) {
    Field(r.scaled_ifmap_reads, out);
  } else {
    Field(r.ifmap_sram.words, out);
  }
  AppendAccess(r.filter_sram, out);
  AppendAccess(r.ofmap_sram, out);
  AppendAccess(r.ifmap_dram, out);
  AppendAccess(r.filter_dram, out);
  AppendAccess(r.ofmap_dram, out);
  EndRow(out);

  if (!sparse) return;
  out = &reports->sparse;
  Field(layer_id, out);
  out->append(SparseFormatName(options.sparse)).append(", ");
  Field(r.dense_filter_words, out);
  if (options.sparse == SparseFormat::kEllpackBlock) {
    Field(r.sparse_filter_words, out);
    Field(r.metadata_words, out);
  } else {
    Field(static_cast<int64_t>(r.sparse_filter_words), out);
    Field(static_cast<int64_t>(r.metadata_words), out);
  }
  Field(AverageMetadata(r), out);
  EndRow(out);
}

std::string LayerSummary(int64_t layer_id, const LayerReport& r, const Options& options) {
  const bool v3 = options.compat == Compat::kV3;
  std::string text = "\nRunning Layer " + std::to_string(layer_id) + "\n";
  if (v3) text += "Total cycles: " + std::to_string(CyclesWithPrefetch(r)) + "\n";
  text += "Compute cycles: " + std::to_string(r.total_cycles) + "\n";
  text += "Stall cycles: " + std::to_string(r.stall_cycles) + "\n";
  text += Format("Overall utilization: %.2f%%\n", r.overall_util);
  text += Format("Mapping efficiency: %.2f%%\n", r.mapping_eff);
  const auto bandwidth = [&text](const char* what, double value) {
    text += std::string("Average ") + what + Format(" BW: %.3f words/cycle\n", value);
  };
  if (v3) {
    bandwidth("IFMAP SRAM", AverageIfmapSram(r));
    bandwidth("Filter SRAM", TrueDivide(r.filter_sram.words, r.total_cycles));
    if (options.sparse != SparseFormat::kNone)
      bandwidth("Filter Metadata SRAM", AverageMetadata(r));
    bandwidth("OFMAP SRAM", TrueDivide(r.ofmap_sram.words, r.total_cycles));
  }
  bandwidth("IFMAP DRAM", AverageDram(r.ifmap_dram));
  bandwidth("Filter DRAM", AverageDram(r.filter_dram));
  bandwidth("OFMAP DRAM", AverageDram(r.ofmap_dram));
  return text;
}

}  // namespace systole::scalesim
