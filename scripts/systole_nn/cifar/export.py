"""A trained network to int8 in ONNX's QDQ form, by ONNX Runtime's quantizer: weights int8, a scale
for each output channel; activations uint8, ranges of the calibration images; biases int32.
"""

import copy
import json
import logging
import os
import tempfile
import warnings

import numpy as np
import onnx
import torch

from .. import UserError, folders
from . import data, networks

CALIBRATION = 512  # training images, evenly spread over the classes


def calibration(images, labels, count=CALIBRATION):
    """`count` images, the first ones of every class in turn."""
    order = np.argsort(labels, kind="stable").reshape(len(data.CLASSES), -1).T.reshape(-1)
    return images[order[:count]]


def export_float(net, path, size=data.SIZE):
    """The network of real numbers, its normalizations folded, for size x size pixels, as ONNX."""
    plain = networks.folded(copy.deepcopy(net).to(memory_format=torch.contiguous_format).eval())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            plain,
            (torch.zeros(1, 3, size, size),),
            path,
            dynamo=False,
            opset_version=13,
            input_names=["image"],
            output_names=["classes"],
            dynamic_axes={"image": {0: "N"}, "classes": {0: "N"}},
        )


def quantize(net, images):
    """The network in QDQ form, calibrated on `images`, uint8. An image's bytes are its quantized
    values.
    """
    from onnxruntime import quantization as q

    class Reader(q.CalibrationDataReader):
        def __init__(self):
            # Black and white, too: the range of the input is that of a byte.
            ends = np.stack([np.zeros_like(images[0]), np.full_like(images[0], 255)])
            real = (np.concatenate([images, ends]).astype(np.float32) - data.ZERO) * data.SCALE
            self.left = [{"image": image[None]} for image in real.astype(np.float32)]

        def get_next(self):
            return self.left.pop(0) if self.left else None

    logging.disable(logging.WARNING)  # that the network was not prepared
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        real, prepared, done = (os.path.join(folder, f"{n}.onnx") for n in "abc")
        export_float(net, real, images.shape[-1])
        q.quant_pre_process(real, prepared, skip_symbolic_shape=True)
        q.quantize_static(
            prepared,
            done,
            Reader(),
            quant_format=q.QuantFormat.QDQ,
            per_channel=True,
            activation_type=q.QuantType.QUInt8,
            weight_type=q.QuantType.QInt8,
        )
        proto = onnx.load(done)
    logging.disable(logging.NOTSET)
    check_input(proto)
    for key, value in (("scale", data.SCALE), ("mean", data.ZERO * data.SCALE)):
        proto.metadata_props.add(key=f"systole.input_{key}", value=repr(float(value)))
    return proto


def check_input(proto):
    """Refuses a network whose input is not quantized to an image's bytes."""
    values = {t.name: onnx.numpy_helper.to_array(t) for t in proto.graph.initializer}
    first = next(node for node in proto.graph.node if "image" in node.input)
    scale, zero = (values.get(name) for name in first.input[1:3])
    if first.op_type != "QuantizeLinear" or scale != np.float32(data.SCALE) or zero != data.ZERO:
        raise UserError(f"the input's scale is {scale}, zero point {zero}, not 1/64 and 128")


def write(proto, path, trained=None):
    """Writes the file; `trained`: how and how well, kept in its metadata."""
    if trained:
        proto.metadata_props.add(key="trained", value=json.dumps(trained))
    folders.write_bytes(path, proto.SerializeToString())


def trained(path):
    """What `write` kept in the file."""
    for entry in onnx.load(path).metadata_props:
        if entry.key == "trained":
            return json.loads(entry.value)
    raise UserError(
        f"{path}: does not say how it was trained (systole_nn.cifar quantize writes it)"
    )
