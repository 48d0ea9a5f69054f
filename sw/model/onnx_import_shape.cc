// Windows, their padding and output sizes; and the operators that change shape alone: a layer's
// output keeps its C x H x W, only whether it counts as flattened changes.
#include <fmt/format.h>

#include <algorithm>

#include "sw/model/check.h"
#include "sw/model/onnx_importer.h"

namespace systole {

using onnx::NodeProto;
using onnx::TensorProto;

void OnnxImporter::RequireImage(const NodeProto& node) const {
  if (cur_.flat) graph_.Refuse(node, "its input is flattened; N x C x H x W is needed");
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

void OnnxImporter::Flatten(const NodeProto& node) {
  RequireInputs(node, 1, 1);
  graph_.RequireAttributes(node, {"axis"});
  const int64_t axis = graph_.Int(node, "axis", 1);
  if (axis != 1 && axis != (cur_.flat ? -1 : -3))
    graph_.Refuse(node, "only axis 1 keeps the images apart");
  cur_.flat = true;
  cur_.bias_may_follow = false;
}

void OnnxImporter::Reshape(const NodeProto& node) {
  RequireInputs(node, 2, 2);
  graph_.RequireAttributes(node, {"allowzero"});
  const Constant shape = graph_.GetConstant(node.input(1), node);
  if (shape.type != TensorProto::INT64 || shape.integers.size() < 2) {
    graph_.Refuse(node, "its shape must be two or more int64 values");
  }
  std::vector<int64_t> dims(shape.integers.begin() + 1, shape.integers.end());
  const int64_t first = shape.integers[0];
  const std::vector<int64_t> current = Dims();
  int64_t known = 1;
  int free = -1;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 0 && i < current.size() && graph_.Int(node, "allowzero", 0) == 0)
      dims[i] = current[i];
    if (dims[i] == -1 && free < 0 && first != -1) {
      free = static_cast<int>(i);
      continue;
    }
    if (dims[i] < 1 || dims[i] > kMaxTensorElements || known * dims[i] > kMaxTensorElements) {
      graph_.Refuse(node, fmt::format("its shape has the dimension {}", dims[i]));
    }
    known *= dims[i];
  }
  if (first != -1 && first != 0 && first != 1 && first != batch_) {
    graph_.Refuse(node, fmt::format("changes the batch dimension to {}", first));
  }
  const int64_t elements = back().Elements();
  if (free >= 0) {
    dims[free] = elements / known;
    known *= dims[free];
  }
  if (known != elements)
    graph_.Refuse(node, fmt::format("turns {} elements into {} per image", elements, known));
  SetShape(node, dims);
}

std::vector<int64_t> OnnxImporter::Axes(const NodeProto& node) const {
  std::vector<int64_t> axes = graph_.Ints(node, "axes", {});
  if (node.input_size() == 2) {
    const Constant constant = graph_.GetConstant(node.input(1), node);
    axes.assign(constant.integers.begin(), constant.integers.end());
  }
  if (axes.empty()) graph_.Refuse(node, "needs its axes named");
  return axes;
}

void OnnxImporter::Squeeze(const NodeProto& node) {
  RequireInputs(node, 1, 2);
  graph_.RequireAttributes(node, {"axes"});
  std::vector<int64_t> dims = Dims();
  const auto rank = static_cast<int64_t>(dims.size()) + 1;
  std::vector<bool> gone(rank, false);
  for (int64_t axis : Axes(node)) {
    if (axis < 0) axis += rank;
    if (axis < 1 || axis >= rank || dims[axis - 1] != 1)
      graph_.Refuse(node, "squeezes an axis that is not 1 long");
    gone[axis] = true;
  }
  std::vector<int64_t> left;
  for (int64_t axis = 1; axis < rank; ++axis) {
    if (!gone[axis]) left.push_back(dims[axis - 1]);
  }
  if (left.empty()) graph_.Refuse(node, "leaves no dimension");
  SetShape(node, left);
}

void OnnxImporter::Unsqueeze(const NodeProto& node) {
  RequireInputs(node, 1, 2);
  graph_.RequireAttributes(node, {"axes"});
  std::vector<int64_t> axes = Axes(node);
  const std::vector<int64_t> dims = Dims();
  const auto rank = static_cast<int64_t>(dims.size() + axes.size()) + 1;
  for (int64_t& axis : axes) {
    if (axis < 0) axis += rank;
    if (axis < 1 || axis >= rank) graph_.Refuse(node, "inserts an axis before the images");
  }
  std::vector<int64_t> made;
  size_t next = 0;
  for (int64_t axis = 1; axis < rank; ++axis) {
    const bool inserted = std::find(axes.begin(), axes.end(), axis) != axes.end();
    if (!inserted && next == dims.size()) graph_.Refuse(node, "names an axis twice");
    made.push_back(inserted ? 1 : dims[next++]);
  }
  if (next != dims.size()) graph_.Refuse(node, "names an axis twice");
  SetShape(node, made);
}

std::vector<int64_t> OnnxImporter::Dims() const {
  const Tensor& tensor = model_.tensors[cur_.tensor];
  if (cur_.flat) return {tensor.Elements()};
  return {tensor.c, tensor.h, tensor.w};
}

void OnnxImporter::SetShape(const NodeProto& node, const std::vector<int64_t>& dims) {
  cur_.bias_may_follow = false;
  const Tensor& tensor = back();
  const bool input = cur_.tensor == 0 && !cur_.shared && model_.layers.empty();
  if (input && (dims.size() == 1 || dims.size() == 3)) {
    if (model_.file_input.empty()) model_.file_input = {tensor.c, tensor.h, tensor.w};
    SetInputDims(dims);
  } else if (dims.size() == 1) {
    cur_.flat = true;
  } else if (dims == std::vector<int64_t>{tensor.c, tensor.h, tensor.w}) {
    cur_.flat = false;
  } else {
    graph_.Refuse(node,
                  "this change of shape is not supported; N x C x H x W can be flattened, the "
                  "input reshaped");
  }
}

void OnnxImporter::Dropout(const NodeProto& node) {
  RequireInputs(node, 1, 2);
  graph_.RequireAttributes(node, {"ratio", "seed"});
}

}  // namespace systole
