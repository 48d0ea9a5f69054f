// Folders of text files to Models: one file per tensor, as course projects exchange quantized
// networks.
#pragma once

#include <string>

#include "sw/model/model.h"

namespace systole {

// The name of the file that lists the layers of a text folder.
inline constexpr char kTextNetworkFile[] = "network.txt";

// Reads `folder` (docs/quantization.md has the grammar):
//   network.txt                   the input and the layers, one a line, in topological order
//   <layer>.weight.txt            integers -128..127, N x C/groups x KH x KW (or N x K), C order,
//   white space between <layer>.bias.txt              N integers of int32; no file: zeros
//   <layer>.weight_scale_zero.txt scale and zero point: one line, or one per output channel (the
//   zero point the same) <name>_scale_zero.txt         scale and zero point of the input and of
//   every layer's output, in the type of
//                                 network.txt; a pooling without one keeps those of its input
// Throws InputError "<file>: line <n>: <what>; <remedy>". Multipliers are not chosen yet
// (ChooseMultipliers); the result has passed CheckModel.
Model ImportTextFolder(const std::string& folder);

}  // namespace systole
