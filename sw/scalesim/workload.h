// The project's own layer tables (models/workloads/*.csv): published networks with padding, groups
// and pooling, and their conversion to SCALE-Sim's topology.
//
// Lines that start with '#' are comments; the first other line is the header. One row a layer:
//   layer,type,in_h,in_w,in_channels,filters,filter_h,filter_w,stride_h,stride_w,
//   pad_top,pad_bottom,pad_left,pad_right,groups,bias
// type: conv, dense (a 1x1 convolution of a 1x1 map), maxpool, avgpool, norm (scale and shift of
// each channel). Output: floor((in + padding - filter) / stride) + 1 a side.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/scalesim/topology.h"

namespace systole::scalesim {

struct WorkloadLayer {
  std::string name;
  std::string type;
  int64_t in_h, in_w, in_channels, filters, filter_h, filter_w, stride_h, stride_w;
  int64_t pad_top, pad_bottom, pad_left, pad_right, groups, bias;

  int64_t OutH() const { return (in_h + pad_top + pad_bottom - filter_h) / stride_h + 1; }
  int64_t OutW() const { return (in_w + pad_left + pad_right - filter_w) / stride_w + 1; }
  bool Multiplies() const { return type == "conv" || type == "dense"; }
  int64_t Macs() const;        // multiply-adds of one image; 0 for pooling and norm
  int64_t Parameters() const;  // weights and biases; 2 a channel for norm
};

// Throws InputError that names file, line and column.
std::vector<WorkloadLayer> ParseWorkload(const std::string& text, const std::string& file);

// The table, after a comment line; ParseWorkload reads it back.
std::string WorkloadText(const std::vector<WorkloadLayer>& layers, const std::string& comment);

// SCALE-Sim's topology of the layers that multiply: padding goes into the ifmap, less what no
// window reaches (SCALE-Sim would add a window for it); a depthwise layer becomes one row with DP
// in its name, another grouped layer one row a group.
std::string ToTopologyText(const std::vector<WorkloadLayer>& layers);

}  // namespace systole::scalesim
