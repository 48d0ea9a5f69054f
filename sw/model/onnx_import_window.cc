// Windows, their padding and output sizes.
#include <fmt/format.h>

#include <algorithm>

#include "sw/model/check.h"
#include "sw/model/onnx_importer.h"

namespace systole {

using onnx::NodeProto;

void OnnxImporter::RequireImage(const NodeProto& node) const {
  if (cur_.flat) graph_.Refuse(node, "its input is flattened; N x C x H x W is needed");
  if (cur_.last)
    graph_.Refuse(node, "its input is N x H x W x C; Transpose to N x C x H x W must come before");
}

int OnnxImporter::Side(const NodeProto& node, int64_t value, int64_t least,
                       const char* what) const {
  if (value < least || value > kMaxSide) {
    graph_.Refuse(node, fmt::format("{} is {}; {}..{} is supported", what, value, least, kMaxSide));
  }
  return static_cast<int>(value);
}

void OnnxImporter::ReadPair(const NodeProto& node, const char* name, int& h, int& w) const {
  const std::vector<int64_t> values = graph_.Ints(node, name, {1, 1});
  if (values.size() != 2)
    graph_.Refuse(node, fmt::format("attribute '{}' needs two values (2-D)", name));
  h = Side(node, values[0], 1, name);
  w = Side(node, values[1], 1, name);
}

void OnnxImporter::ReadWindow(const NodeProto& node, Layer& layer) const {
  ReadPair(node, "strides", layer.stride_h, layer.stride_w);
  ReadPair(node, "dilations", layer.dilation_h, layer.dilation_w);
  const std::vector<int64_t> pads = graph_.Ints(node, "pads", {0, 0, 0, 0});
  if (pads.size() != 4) graph_.Refuse(node, "attribute 'pads' needs four values (2-D)");
  layer.pad.top = Side(node, pads[0], 0, "a padding");
  layer.pad.left = Side(node, pads[1], 0, "a padding");
  layer.pad.bottom = Side(node, pads[2], 0, "a padding");
  layer.pad.right = Side(node, pads[3], 0, "a padding");
  const std::string auto_pad = graph_.String(node, "auto_pad", "NOTSET");
  if (auto_pad == "NOTSET") return;
  if (pads != std::vector<int64_t>{0, 0, 0, 0}) graph_.Refuse(node, "has both pads and auto_pad");
  if (auto_pad == "VALID") return;
  if (auto_pad != "SAME_UPPER" && auto_pad != "SAME_LOWER") {
    graph_.Refuse(node, fmt::format("auto_pad '{}' is unknown", auto_pad));
  }
  const Tensor& in = model_.tensors[cur_.tensor];
  const bool lower = auto_pad == "SAME_LOWER";
  SamePadding(node, in.h, layer.kernel_h, layer.stride_h, layer.dilation_h, lower, layer.pad.top,
              layer.pad.bottom);
  SamePadding(node, in.w, layer.kernel_w, layer.stride_w, layer.dilation_w, lower, layer.pad.left,
              layer.pad.right);
}

void OnnxImporter::SamePadding(const NodeProto& node, int64_t in, int64_t kernel, int64_t stride,
                               int64_t dilation, bool lower, int& before, int& after) const {
  const int64_t out = (in + stride - 1) / stride;
  const int64_t span = dilation * (kernel - 1) + 1;
  const int64_t total = std::max<int64_t>(0, (out - 1) * stride + span - in);
  before = Side(node, lower ? total - total / 2 : total / 2, 0, "a padding");
  after = Side(node, total - before, 0, "a padding");
}

void OnnxImporter::CeilAxis(const NodeProto& node, int64_t in, int before, int& after,
                            int64_t kernel, int64_t stride, int64_t dilation) const {
  const int64_t room = in + before + after - dilation * (kernel - 1) - 1;
  if (room < 0 || room % stride == 0) return;
  const int64_t start = (room / stride + 1) * stride;  // of the partial window, in padded rows
  if (start >= in + before) return;                    // ONNX leaves one out that is padding alone
  after = Side(node, after + stride - room % stride, 0, "a padding");
}

int64_t OnnxImporter::OutputSide(const NodeProto& node, int64_t in, int64_t pads, int64_t kernel,
                                 int64_t stride, int64_t dilation) const {
  const int64_t room = in + pads - dilation * (kernel - 1) - 1;
  if (room < 0)
    graph_.Refuse(node, fmt::format("its window does not fit the padded input of {}", in + pads));
  return room / stride + 1;
}

Layer& OnnxImporter::AppendWindow(const NodeProto& node, Layer layer, int64_t c) {
  const Tensor& in = back();
  const Padding& pad = layer.pad;
  const int64_t h = OutputSide(node, in.h, int64_t{pad.top} + pad.bottom, layer.kernel_h,
                               layer.stride_h, layer.dilation_h);
  const int64_t w = OutputSide(node, in.w, int64_t{pad.left} + pad.right, layer.kernel_w,
                               layer.stride_w, layer.dilation_w);
  return Append(node, std::move(layer), c, h, w);
}

}  // namespace systole
