"""Why two runs of the same integers give one element different values: the exact value of it, and
what each run did to it.

Everything is exact (integers and fractions) and serves to explain results that others computed.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np


@dataclass
class Element:
    """One output of a layer before its rounding. Zero points and limits in the int8 domain."""

    accumulator: int
    ratio: Fraction  # real scale ratio, of the single-precision scales
    zero_point: int
    low: int
    high: int
    average: bool


def nearest(value, mode):
    """The integer that one rounding of the exact value gives in a mode; tflite's and float32's
    ideal.
    """
    floor = math.floor(value)
    part = value - floor
    if mode == "floor" or part < Fraction(1, 2):
        return floor
    if part > Fraction(1, 2) or mode == "half_up":
        return floor + 1
    if mode in ("half_away", "tflite"):
        return floor + 1 if value > 0 else floor
    if mode not in ("half_even", "float32"):
        raise ValueError(f"rounding mode {mode}")
    return floor + floor % 2


def _window(layer, source, values, row, column):
    """The inputs less their zero point under one output position, C x K x K, zero outside, and how
    many are inside.
    """
    spec, (_, height, width) = layer.spec, source.shape
    size = spec.kernel
    taps = np.zeros((values.shape[0], size, size), np.int64)
    inside = 0
    for i in range(size):
        for j in range(size):
            y, x = row * spec.stride - spec.pad[0] + i, column * spec.stride - spec.pad[1] + j
            if 0 <= y < height and 0 <= x < width:
                taps[:, i, j] = values[:, y, x] - source.zero_point
                inside += 1
    return taps, inside


def element(model, index, values, place):
    """The Element at place (channel, row, column) of layer `index` for its inputs `values`, C x H x
    W of their type.

    None for max pooling, which does not round.
    """
    layer, source, target = model.layers[index], model.tensors[index], model.tensors[index + 1]
    channel, row, column = place
    values = values.reshape(source.shape).astype(np.int64)
    moved = 128 if target.dtype == "uint8" else 0
    zero = target.zero_point - moved
    low = zero if layer.spec.relu else -128
    ratio = Fraction(float(source.scale)) / Fraction(float(target.scale))
    if layer.spec.kind == "maxpool":
        return None
    if layer.spec.kind == "avgpool":
        taps, inside = _window(layer, source, values, row, column)
        return Element(int(taps[channel].sum()), ratio / inside, zero, low, 127, True)
    if layer.spec.kind == "conv":
        taps, _ = _window(layer, source, values, row, column)
    else:
        taps = values - source.zero_point
    weights = layer.weights[channel].astype(np.int64) - layer.weight_zero_point
    total = int((taps.reshape(-1) * weights.reshape(-1)).sum())
    total += int(layer.bias[channel]) if layer.bias is not None else 0
    scale = layer.weight_scales[channel if len(layer.weight_scales) > 1 else 0]
    return Element(total, ratio * Fraction(float(scale)), zero, low, 127, False)


def fixed(constants, index, channel, taps):
    """m / 2^s of a layer's output channel (or of an average over `taps` values) as the hardware
    gets it.
    """
    entry = constants["layers"][index]
    place = taps if entry["kind"] == "average pool" else channel if len(entry["m"]) > 1 else 0
    return Fraction(entry["m"][place], 1 << entry["s"][place])


def _clamped(one, rounded):
    return min(max(one.zero_point + rounded, one.low), one.high)


_DOUBLE = {
    "tflite": (
        "double rounding: the product is rounded to an integer once before the last shift, and"
        " again by it"
    ),
    "float32": (
        "single precision: the product is rounded to 24 bits before it is rounded to an integer"
    ),
}


@dataclass
class Side:
    """What one run made of an element. value and golden in the int8 domain."""

    name: str  # golden, rtl, onnxruntime, litert
    mode: str
    value: int
    multiplier: Fraction  # m / 2^s of the mode
    golden: int  # the value that the golden reference gives in this mode


def _own_fault(one, side):
    """Why a run does not give what one rounding of its exact product gives; "" if it does."""
    ideal = _clamped(one, nearest(one.accumulator * side.multiplier, side.mode))
    if side.value != side.golden:
        if side.name == "rtl":
            return f"rtl is not what golden computes in mode {side.mode} ({side.golden}): a defect"
        if one.average:
            return (
                f"{side.name} averages in its own way (single-precision sums, or division by the"
                " count)"
            )
        return f"{side.name}'s kernel is not mode {side.mode}, which gives {side.golden}"
    if side.value == ideal:
        return ""
    if side.mode in _DOUBLE:
        return f"{_DOUBLE[side.mode]} ({side.name}, {side.mode})"
    return f"{side.name} is not what mode {side.mode} gives ({ideal}): a defect"


def reason(one, first, second):
    """One line on why two Sides differ."""
    faults = [fault for fault in (_own_fault(one, side) for side in (first, second)) if fault]
    if faults:
        return "; ".join(faults)
    values = [one.accumulator * side.multiplier for side in (first, second)]
    if nearest(values[0], first.mode) != nearest(values[1], first.mode):
        return (
            "scale approximation: the multipliers differ, and with them the side of the rounding"
            " border"
        )
    part = values[0] - math.floor(values[0])
    if part == Fraction(1, 2):
        return (
            f"rounding mode: the value lies exactly between two integers, {first.mode} and"
            f" {second.mode} choose differently"
        )
    return (
        f"rounding mode: of the fraction {float(part):.6f}, {first.mode} and {second.mode} make"
        " different integers"
    )
