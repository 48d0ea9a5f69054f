// A layer table from an ONNX file: what a network multiplies, whatever its number formats.
//
// Rows come from Conv, ConvInteger, QLinearConv (1-D and 2-D), Gemm, QGemm, MatMul, MatMulInteger,
// QLinearMatMul, MaxPool, AveragePool, GlobalMaxPool, GlobalAveragePool and BatchNormalization; all
// other nodes neither multiply nor have parameters. A matrix product of M > 1 rows becomes a 1x1
// convolution of M positions, a batch of products one row each. Shapes are those of the file,
// completed by ONNX's shape inference; an open first dimension of an input is one image.
#pragma once

#include <string>
#include <vector>

#include "sw/scalesim/workload.h"

namespace systole::scalesim {

// Throws InputError that names the file and the node: unreadable, a shape that stays unknown,
// dilations, 3-D or transposed convolutions, more than one image at a time.
std::vector<WorkloadLayer> WorkloadFromOnnx(const std::string& path);

// `systole workload MODEL.onnx [-o TABLE.csv]`: prints or writes the table. Returns the exit
// status: 0, or 2 for bad input.
int WorkloadMain(int argc, char** argv);

}  // namespace systole::scalesim
