"""A QuantModel as a folder of text files, one a tensor, that `systole` reads as a model (grammar:
docs/quantization.md).
"""

import os

import numpy as np

from . import folders
from .export_onnx import image_encoding


def _line(layer):
    spec = layer.spec
    words = [spec.kind, spec.name]
    if spec.kind in ("conv", "fc"):
        words.append(str(len(layer.weights)))
    if spec.kind != "fc":
        words += [str(spec.kernel)] * 2
        if spec.stride != 1:
            words += ["stride", str(spec.stride), str(spec.stride)]
        if any(spec.pad):
            words += ["pad", *map(str, spec.pad)]
    return " ".join(words + (["relu"] if spec.relu else []))


def _rows(array):
    """Integers in C order, the last axis a line."""
    return "".join(
        " ".join(map(str, row)) + "\n"
        for row in np.atleast_2d(array.reshape(-1, array.shape[-1])).tolist()
    )


def _scale_zero(scale, zero_point):
    return f"{float(scale):.9g} {int(zero_point)}\n"  # nine digits hold every float32


def save(model, path):
    image = model.tensors[0]
    scale, mean = image_encoding(model)
    lines = [
        f"input {image.name} {image.dtype} {' '.join(map(str, image.shape))}",
        f"image {scale!r} {mean!r}",
    ]
    lines += [_line(layer) for layer in model.layers]
    with folders.whole(path) as part:

        def write(name, text):
            with open(os.path.join(part, name), "w", encoding="ascii") as file:
                file.write(text)

        write("network.txt", f"# {model.name}\n" + "\n".join(lines) + "\n")
        for tensor in model.tensors:
            write(f"{tensor.name}_scale_zero.txt", _scale_zero(tensor.scale, tensor.zero_point))
        for layer in model.layers:
            if layer.weights is None:
                continue
            name = layer.spec.name
            write(f"{name}.weight.txt", _rows(layer.weights))
            if layer.bias is not None:
                write(f"{name}.bias.txt", _rows(layer.bias))
            pairs = [_scale_zero(scale, layer.weight_zero_point) for scale in layer.weight_scales]
            write(f"{name}.weight_scale_zero.txt", "".join(pairs))
