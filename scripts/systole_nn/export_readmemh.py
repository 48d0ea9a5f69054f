"""A model's constants as $readmemh files, for RTL that is not Systole's: weights, biases,
multipliers, shifts.

Multipliers and shifts are those that `systole info` chooses for the rounding mode.
"""

import os

import numpy as np

from . import folders, golden


def _hex(values, digits):
    mask = (1 << (4 * digits)) - 1
    return "".join(f"{int(value) & mask:0{digits}x}\n" for value in np.asarray(values).reshape(-1))


def save(systole, model_path, model, path, rounding):
    """model: the QuantModel of the file model_path."""
    constants = golden.constants(systole, model_path, rounding)
    lines = [
        (
            f"# {model.name}, rounding mode {rounding}: y = clamp(Zy + R(sum (x - Zx)(w - Zw) +"
            " bias, m, s), lo, hi)"
        ),
        (
            "# Everything is signed and held as int8: uint8 values and their zero points are moved"
            " by -128."
        ),
        (
            "# One word a line, two's complement, most significant digit first; C order: output"
            " channel first, then input"
        ),
        "# channel, row, column. A layer with one multiplier uses it for all of its outputs.",
        "# file words bits content",
    ]
    with folders.whole(path) as part:

        def write(name, values, digits, content):
            with open(os.path.join(part, name), "w", encoding="ascii") as file:
                file.write(_hex(values, digits))
            lines.append(f"{name} {np.size(values)} {4 * digits} {content}")

        for index, (layer, entry) in enumerate(zip(model.layers, constants["layers"])):
            source, target = constants["tensors"][index], constants["tensors"][index + 1]
            name = layer.spec.name
            low, high = entry["clamp"]
            shapes = ["x".join(map(str, tensor["shape"])) for tensor in (source, target)]
            lines.append(
                f"# {name}: {entry['kind']}, {shapes[0]} to {shapes[1]}; Zx {source['zero_point']},"
                f" Zw {entry['weight_zero_point']}, Zy {target['zero_point']}, lo {low}, hi {high}"
            )
            if layer.weights is not None:
                write(
                    f"{name}.weight.hex",
                    layer.weights,
                    2,
                    "int8 " + "x".join(map(str, layer.weights.shape)),
                )
                bias = np.zeros(len(layer.weights), np.int32) if layer.bias is None else layer.bias
                write(f"{name}.bias.hex", bias, 8, "int32")
            if entry["m"]:
                content = (
                    "by the number of values averaged"
                    if layer.weights is None
                    else "by output channel"
                )
                write(f"{name}.m.hex", entry["m"], 8, f"multipliers, {content}")
                write(f"{name}.s.hex", entry["s"], 2, f"shifts, {content}")
        with open(os.path.join(part, "listing.txt"), "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")
