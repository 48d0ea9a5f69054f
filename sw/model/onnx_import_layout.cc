// Operators that change shape or layout alone: a layer's output keeps its C x H x W, only whether
// it counts as flattened, or as N x H x W x C, changes.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sw/model/check.h"
#include "sw/model/onnx_importer.h"

namespace systole {

using onnx::NodeProto;
using onnx::TensorProto;

void OnnxImporter::Flatten(const NodeProto& node) {
  RequireInputs(node, 1, 1);
  graph_.RequireAttributes(node, {"axis"});
  const int64_t axis = graph_.Int(node, "axis", 1);
  if (axis != 1 && axis != (cur_.flat ? -1 : -3))
    graph_.Refuse(node, "only axis 1 keeps the images apart");
  cur_.flat = true;
  cur_.last = cur_.last && back().c > 1 && back().h * back().w > 1;
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
  if (cur_.last) return {tensor.h, tensor.w, tensor.c};
  return {tensor.c, tensor.h, tensor.w};
}

void OnnxImporter::SetShape(const NodeProto& node, const std::vector<int64_t>& dims) {
  cur_.bias_may_follow = false;
  const Tensor& tensor = back();
  const bool input = cur_.tensor == 0 && !cur_.shared && !cur_.last && model_.layers.empty();
  const std::vector<int64_t> image = cur_.last ? std::vector<int64_t>{tensor.h, tensor.w, tensor.c}
                                               : std::vector<int64_t>{tensor.c, tensor.h, tensor.w};
  if (input && (dims.size() == 1 || dims.size() == 3)) {
    if (model_.file_input.empty()) model_.file_input = {tensor.c, tensor.h, tensor.w};
    SetInputDims(dims);
  } else if (dims.size() == 1) {
    cur_.flat = true;
    cur_.last = cur_.last && tensor.c > 1 && tensor.h * tensor.w > 1;
  } else if (dims == image) {
    cur_.flat = false;
  } else {
    graph_.Refuse(node,
                  "this change of shape is not supported; N x C x H x W can be flattened, the "
                  "input reshaped");
  }
}

void OnnxImporter::Transpose(const NodeProto& node) {
  RequireInputs(node, 1, 1);
  graph_.RequireAttributes(node, {"perm"});
  const std::vector<int64_t> perm = graph_.Ints(node, "perm", {});
  if (ReadsImagesLast(node, perm)) return;
  std::vector<int64_t> same(cur_.flat ? 2 : 4);
  std::iota(same.begin(), same.end(), 0);
  if (perm == same) return;
  const std::vector<int64_t> other =
      cur_.last ? std::vector<int64_t>{0, 3, 1, 2} : std::vector<int64_t>{0, 2, 3, 1};
  if (cur_.flat || perm != other)
    graph_.Refuse(node, "only between N x C x H x W and N x H x W x C; cut the model before it");
  cur_.last = !cur_.last;
}

bool OnnxImporter::ReadsImagesLast(const NodeProto& node, const std::vector<int64_t>& perm) {
  const bool first = cur_.tensor == 0 && !cur_.shared && model_.layers.empty() && !cur_.flat &&
                     !cur_.last && model_.file_input.empty() && !model_.channels_last;
  if (!first || perm != std::vector<int64_t>{0, 3, 1, 2}) return false;
  if (cur_.pad_node != nullptr) graph_.Refuse(node, "transposes a padded input");
  const Tensor& tensor = back();
  SetInputDims({tensor.w, tensor.c, tensor.h});  // read as C x H x W, they were H x W x C
  model_.channels_last = true;
  return true;
}

void OnnxImporter::Dropout(const NodeProto& node) {
  RequireInputs(node, 1, 2);
  graph_.RequireAttributes(node, {"ratio", "seed"});
}

}  // namespace systole
