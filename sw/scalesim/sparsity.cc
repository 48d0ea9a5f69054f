#include "sw/scalesim/sparsity.h"

namespace systole::scalesim {

void FillSparsity(const Geometry& g, const Layer& layer, const Options& options,
                  LayerReport* report) {
  const int64_t kept = g.k * g.n;
  report->dense_filter_words = g.dense_k * g.n;
  if (options.sparse == SparseFormat::kEllpackBlock) {
    int64_t bits = 0;
    while ((int64_t{1} << bits) < layer.sparse_m) ++bits;
    report->metadata_words = static_cast<double>(kept * bits) / 32;
    report->sparse_filter_words = static_cast<double>(kept) + report->metadata_words;
  } else {
    const int64_t pointers = (options.sparse == SparseFormat::kCsr ? g.dense_k : g.n) + 1;
    report->metadata_words = static_cast<double>(kept + pointers);
    report->sparse_filter_words = static_cast<double>(2 * kept + pointers);
  }
  if (g.dataflow != Dataflow::kWs) return;
  const double ratio = static_cast<double>(layer.sparse_m) / static_cast<double>(layer.sparse_n);
  report->ifmap_reads_scaled = true;
  for (int64_t col_fold = 0; col_fold < g.fc; ++col_fold) {
    for (int64_t row_fold = 0; row_fold < g.fr; ++row_fold) {
      report->scaled_ifmap_reads += static_cast<double>(g.t * g.UsedRows(row_fold)) * ratio;
    }
  }
}

const char* SparseFormatName(SparseFormat format) {
  switch (format) {
    case SparseFormat::kCsr:
      return "csr";
    case SparseFormat::kCsc:
      return "csc";
    case SparseFormat::kEllpackBlock:
      return "ellpack_block";
    case SparseFormat::kNone:
      break;
  }
  return "none";
}

}  // namespace systole::scalesim
