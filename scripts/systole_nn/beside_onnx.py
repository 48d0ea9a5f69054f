"""The golden reference beside ONNX Runtime, tensor by tensor, of a network that ONNX Runtime
quantized: 0 bytes may differ. Averages, which ONNX Runtime computes in floating point, may differ
by 1, and what follows one starts from ONNX Runtime's own average.
"""

import os
import re
import tempfile

import numpy as np
import onnx

from . import UserError, golden, ort


class Graph:
    """Who makes and who reads the values of an ONNX graph."""

    def __init__(self, proto):
        self.nodes = proto.graph.node
        self.made = {value: node for node in self.nodes for value in node.output}
        self.readers = {}
        for node in self.nodes:
            for value in node.input:
                self.readers.setdefault(value, []).append(node)

    def is_integer(self, value):
        node = self.made.get(value)
        while node is not None and node.op_type in ("MaxPool", "Pad", "Flatten", "Reshape"):
            node = self.made.get(node.input[0])
        return node is not None and (
            node.op_type == "QuantizeLinear" or node.op_type[:2] in ("QL", "QG")
        )

    def integers(self, value):
        """The integers that a layer whose output has this name holds, or None: a clamp behind the
        value is part of its layer.
        """
        if value in self.made and self.made[value].op_type == "DequantizeLinear":
            value = self.made[value].input[0]
        while not self.is_integer(value):
            value = self.readers[value][0].output[0]
        behind = [
            reader
            for node in self.readers.get(value, [])
            for reader in [node, *self.readers.get(node.output[0], [])]
            if reader is node or node.op_type == "DequantizeLinear"
        ]
        return None if any(node.op_type in ("Clip", "Relu") for node in behind) else value

    def averages(self):
        """Quantized values that are averages in floating point."""
        values = []
        for node in self.nodes:
            kernel = [max(a.ints) for a in node.attribute if a.name == "kernel_shape"]
            if node.op_type == "ReduceMean" or ("AveragePool" in node.op_type and kernel > [1]):
                values.append(self.integers(node.output[0]))
        return values


def systole_tensors(systole, proto, path, image_path):
    """Every layer's output by the name of its integers."""
    graph = Graph(proto)
    tensors = golden.constants(systole, path, "float32")["tensors"]
    outputs = golden.layer_outputs(systole, path, image_path, "float32")
    names = [  # a join's own rescaling has no name in the file
        None if re.search("/input[0-9]+$", tensor["name"]) else graph.integers(tensor["name"])
        for tensor in tensors[1:]
    ]
    return dict(zip(names, outputs))


def onnx_tensors(proto, names, images):
    """ONNX Runtime's values of these names."""
    watched = onnx.ModelProto()
    watched.CopyFrom(proto)
    del watched.graph.output[:]
    for name in names:
        watched.graph.output.add().name = name
    return dict(zip(names, ort.run(ort.session(watched), images)))


def compare(systole, proto, path, images, source, averaged, total):
    """The tensors between a source and the averages behind it; the averages that ONNX Runtime
    makes of them.
    """
    with tempfile.TemporaryDirectory() as folder:
        image_path = os.path.join(folder, "images.npy")
        np.save(image_path, images)
        mine = systole_tensors(systole, proto, path, image_path)
    names = [name for name in mine if name is not None]
    if list(mine)[-1] is None:
        raise UserError(f"the output behind {source} would not be compared")
    theirs = onnx_tensors(proto, names, images)
    for name in names:
        a, b = mine[name].reshape(-1), theirs[name].reshape(-1)
        if a.dtype != b.dtype or a.size != b.size:
            raise UserError(
                f"{name}: {a.dtype} {a.size} cannot be compared with {b.dtype} {b.size}"
            )
        distance = np.abs(a.astype(np.int16) - b.astype(np.int16))
        different, is_average = int((distance > 0).sum()), name in averaged
        kind = "average" if is_average else "exact"
        total[kind][0] += different
        total[kind][1] += a.size
        if distance.max(initial=0) > is_average:
            total["failed"].append(name)
            print(f"  from {source}: {name}: {different} of {a.size} differ, by {distance.max()}")
    return theirs


def described(proto, names, images):
    """The network with types and shapes of these values."""
    whole = onnx.ModelProto()
    whole.CopyFrom(proto)
    for name, array in (onnx_tensors(proto, names, images) if names else {}).items():
        whole.graph.value_info.append(
            onnx.helper.make_tensor_value_info(
                name, onnx.TensorProto.UINT8, ["N", *array.shape[1:]]
            )
        )
    return whole


def check(systole, proto, images):
    """The whole network on these images: "exact": [different, of], "average": [different by 1, of],
    "failed": names.
    """
    total = {"exact": [0, 0], "average": [0, 0], "failed": []}
    averaged, source, values = Graph(proto).averages(), proto.graph.input[0].name, images
    extractor = onnx.utils.Extractor(described(proto, averaged, images))
    for stop in [*averaged, proto.graph.output[0].name]:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "part.onnx")
            part = extractor.extract_model([source], [stop])
            onnx.save(part, path)
            theirs = compare(systole, part, path, values, source, averaged, total)
        source, values = stop, theirs.get(stop)
    return total
