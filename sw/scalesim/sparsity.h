// v3's layer-wise N:M sparsity: of every M filter words the first N are kept, in every filter.
// Filters only; the cycles follow from the shorter K (geometry.h). This is the rest: storage,
// metadata, ws ifmap reads.
#pragma once

#include "sw/scalesim/geometry.h"

namespace systole::scalesim {

// Storage of the filter matrix (K x N, `nnz` words kept), in words:
//   csr            2 nnz + K + 1 in all, nnz + K + 1 of it metadata
//   csc            2 nnz + N + 1 in all, nnz + N + 1 of it metadata
//   ellpack_block  nnz + metadata, metadata = nnz ceil(log2 M) / 32
// ws: SRAM ifmap reads are counted M/N times, added fold by fold in floating point.
void FillSparsity(const Geometry& g, const Layer& layer, const Options& options,
                  LayerReport* report);

const char* SparseFormatName(SparseFormat format);

}  // namespace systole::scalesim
