"""Quantization after training: ranges from a calibration set, integer weights, biases and tensor
scales.

real = scale * (q - zero_point). Activations carry one scale per tensor; weights one per tensor or
per output channel; biases are int32 on the scale Sx * Sw[n]. Pooling keeps the quantization of its
input. Integer inference itself is not
here: the C++ golden reference does it.
"""

from dataclasses import dataclass, field, replace
from typing import List, Optional

import numpy as np
import torch
from tqdm import tqdm

from . import UserError, data
from .networks import Layer, shapes, to_real

RANGES = ("minmax", "sigma3", "percentile", "mse", "entropy")


@dataclass(frozen=True)
class Options:
    """What can be chosen. The defaults are the recommended setting."""

    weights: str = "symmetric"  # symmetric, asymmetric (per tensor only)
    per_channel: bool = True
    weight_range: str = "minmax"
    activations: str = "asymmetric"  # asymmetric, symmetric
    activation_type: str = "uint8"  # uint8, int8
    activation_range: str = "mse"
    # real; power_of_two: every scale; shift: only the ratios Sx Sw / Sy, which is all that a
    # shifter needs.
    scales: str = "real"
    full_range: bool = (
        False  # symmetric steps of 2 max / 255 (-128..127) instead of max / 127 (-127..127)
    )
    integers: str = "nearest"  # nearest, floor: how weights become integers
    percentile: float = 99.99
    calibration_images: int = 1000  # the first of the training set


# Named settings: the recommended one, and the conventions of the source documents.
PRESETS = {
    "recommended": Options(),
    # Linear asymmetric quantization of weights and activations, one scale a tensor.
    "asymmetric": Options(weights="asymmetric", per_channel=False, activation_range="minmax"),
    # q = floor(S x) with S = 255 / (2 max |x|) for everything; meant for the rounding mode floor.
    "homework": Options(
        per_channel=False,
        activations="symmetric",
        activation_type="int8",
        activation_range="minmax",
        full_range=True,
        integers="floor",
    ),
    # PyTorch's qnnpack configuration: symmetric weights and histogram ranges, one scale a tensor.
    "qnnpack": Options(per_channel=False, full_range=True),
    "shift": Options(scales="shift"),
    "power_of_two": Options(scales="power_of_two"),
}


@dataclass
class Tensor:
    name: str
    shape: tuple  # C x H x W
    scale: np.float32
    zero_point: int
    dtype: str  # uint8, int8


@dataclass
class QuantLayer:
    """A layer of the chain with its integers; tensors[i] is the input and tensors[i + 1] the output
    of layers[i].
    """

    spec: Layer
    weights: Optional[
        np.ndarray
    ] = None  # int8 (or uint8), N x C x KH x KW, or N x K with K in C-H-W order
    weight_scales: Optional[np.ndarray] = None  # float32, 1 or N
    weight_zero_point: int = 0
    bias: Optional[np.ndarray] = None  # int32, N


@dataclass
class QuantModel:
    name: str
    tensors: List[Tensor] = field(default_factory=list)
    layers: List[QuantLayer] = field(default_factory=list)


def limits(dtype):
    return (0, 255) if dtype == "uint8" else (-128, 127)


def find_range(values, method, percentile=99.99, symmetric=False):
    """(low, high), low <= 0 <= high, of a sample of real values by one of RANGES."""
    values = np.asarray(values, np.float64).ravel()
    low, high = min(values.min(), 0.0), max(values.max(), 0.0)
    if method == "minmax":
        return low, high
    if method == "sigma3":
        # Zeros made by a ReLU are no part of the distribution whose width is wanted.
        used = values[values != 0] if low == 0 or high == 0 else values
        mean, deviation = (used.mean(), used.std()) if used.size else (0.0, 0.0)
        return max(low, min(mean - 3 * deviation, 0.0)), min(high, max(mean + 3 * deviation, 0.0))
    if method == "percentile":
        tail = (100 - percentile) / 100
        return min(np.quantile(values, tail), 0.0), max(np.quantile(values, 1 - tail), 0.0)
    if method == "mse":
        return _mse_range(values, low, high, symmetric)
    if method == "entropy":
        return _entropy_range(values, low, high)
    raise UserError(f"unknown range method '{method}' (known: {', '.join(RANGES)})")


def _mse_range(values, low, high, symmetric):
    """The shrunk range whose 8-bit quantization has the least mean squared error, over a histogram
    of the values.
    """
    counts, edges = np.histogram(values, 4096)
    centres = (edges[:-1] + edges[1:]) / 2
    best = (np.inf, low, high)
    for share in np.linspace(0.3, 1.0, 71):
        if symmetric:
            scale, first, last = max(-low, high) * share / 127, -128, 127
        else:
            scale = (high - low) * share / 255
            first = np.rint(low * share / scale) if scale > 0 else 0
            last = first + 255
        if scale <= 0:
            continue
        error = np.clip(np.rint(centres / scale), first, last) * scale - centres
        total = float((counts * error * error).sum())
        if total <= best[0]:
            best = (total, low * share, high * share)
    return best[1], best[2]


def _entropy_range(values, low, high):
    """The threshold on |x| with the least Kullback-Leibler divergence of 128 levels from the
    clipped histogram.
    """
    magnitudes = np.abs(values[values != 0])
    if magnitudes.size == 0:
        return low, high
    bins = 2048
    counts, edges = np.histogram(magnitudes, bins, range=(0, magnitudes.max()))
    best, threshold = np.inf, edges[-1]
    for stop in range(128, bins + 1, 16):
        clipped = counts[:stop].astype(np.float64)
        clipped[-1] += counts[stop:].sum()
        level = np.arange(stop) * 128 // stop
        used = counts[:stop] > 0
        totals = np.bincount(level, weights=counts[:stop], minlength=128)
        members = np.bincount(level, weights=used, minlength=128)
        coarse = np.where(used, (totals / np.maximum(members, 1))[level], 0.0)
        p, q = clipped / clipped.sum(), coarse / max(coarse.sum(), 1e-12)
        mask = p > 0
        divergence = float((p[mask] * np.log(p[mask] / np.maximum(q[mask], 1e-12))).sum())
        if divergence < best:
            best, threshold = divergence, edges[stop]
    return max(low, -threshold), min(high, threshold)


def _power_of_two(scale):
    """The power of two nearest to `scale` from above, so that no value of the range is lost."""
    return np.float32(2.0 ** np.ceil(np.log2(float(scale)) - 1e-6))


def _step(low, high, symmetric, full_range):
    """The real step of 8 bits over [low, high]."""
    if symmetric:
        return max(-low, high) * 2 / 255 if full_range else max(-low, high) / 127
    return (high - low) / 255


def choose_scale(low, high, dtype, options, symmetric, where):
    """(scale, zero point) that maps [low, high] onto the values of dtype."""
    if not (np.isfinite(low) and np.isfinite(high)):
        raise UserError(f"{where}: a value is not finite")
    if low == high:
        raise UserError(f"{where}: is constant zero on the calibration set; no scale can be chosen")
    first, last = limits(dtype)
    scale = np.float32(_step(low, high, symmetric, options.full_range))
    if not (np.isfinite(scale) and scale > 0):
        raise UserError(f"{where}: the range {low:g} to {high:g} has no scale in single precision")
    if options.scales == "power_of_two":
        scale = _power_of_two(scale)
    return scale, _zero_point(low, scale, dtype, symmetric)


def _zero_point(low, scale, dtype, symmetric):
    first, last = limits(dtype)
    if symmetric:
        return (first + last + 1) // 2
    return int(np.clip(np.rint(first - low / float(scale)), first, last))


def quantize_array(values, scale, zero_point, dtype, integers="nearest"):
    """Integers nearest to (halves to even), or not above, values / scale + zero_point, saturated to
    dtype.
    """
    first, last = limits(dtype)
    scaled = np.asarray(values, np.float64) / np.asarray(scale, np.float64)
    rounded = np.rint(scaled) if integers == "nearest" else np.floor(scaled)
    return np.clip(rounded + zero_point, first, last).astype(dtype)


def check_options(options):
    known = {
        "weights": ("symmetric", "asymmetric"),
        "activations": ("symmetric", "asymmetric"),
        "activation_type": ("uint8", "int8"),
        "weight_range": RANGES,
        "activation_range": RANGES,
        "scales": ("real", "power_of_two", "shift"),
        "integers": ("nearest", "floor"),
    }
    for name, values in known.items():
        if getattr(options, name) not in values:
            raise UserError(
                f"option {name} is '{getattr(options, name)}'; known are {', '.join(values)}"
            )
    if options.weights == "asymmetric" and options.per_channel:
        raise UserError(
            "asymmetric weights have one zero point per tensor: choose per-tensor scales with them"
        )
    if options.calibration_images < 1:
        raise UserError("the calibration set is empty")


def weight_scales(weights, options, where):
    """(scales float32 of 1 or N, zero point) for float weights N x ...; int8."""
    if not np.isfinite(weights).all():
        raise UserError(f"{where}: a weight is not finite")
    check_options(options)
    symmetric = options.weights == "symmetric"
    groups = list(weights.reshape(len(weights), -1)) if options.per_channel else [weights.ravel()]
    scales, zero_point = [], 0
    for group in groups:
        low, high = find_range(group, options.weight_range, options.percentile, symmetric)
        if low == high:  # an all-zero channel: any scale represents it
            scales.append(None)
            continue
        scale, zero_point = choose_scale(low, high, "int8", options, symmetric, where)
        scales.append(scale)
    largest = max((scale for scale in scales if scale is not None), default=np.float32(1))
    scales = [largest if scale is None else scale for scale in scales]
    if options.scales == "shift":  # the channels' scales are powers of two apart
        scales = [largest * _power_of_two(scale / largest) for scale in scales]
    return np.array(scales, np.float32), zero_point


def quantize_weights(weights, options, where, scales=None):
    """(integers int8, scales float32 of 1 or N, zero point) of float weights N x ...; scales:
    (scales, zero point).
    """
    scales, zero_point = scales or weight_scales(weights, options, where)
    column = scales.reshape((-1,) + (1,) * (weights.ndim - 1))
    return quantize_array(weights, column, zero_point, "int8", options.integers), scales, zero_point


def image_quantization(network, options):
    """(scale, zero point) of the input. The image's bytes are used as they are; an int8 network
    sees them less 128.
    """
    scale = np.float32(network.input_scale)
    if options.scales == "power_of_two":
        scale = np.float32(2.0 ** np.rint(np.log2(network.input_scale)))
    return scale, int(np.rint(network.input_offset)) - (
        128 if options.activation_type == "int8" else 0
    )


def _fit_power_of_two(sample, low, high, options, symmetric, dtype):
    """The range of the power-of-two scale that holds [low, high], or of half of it: that of less
    squared error.
    """
    best = None
    for share in (1.0, 0.5):
        scale, zero_point = choose_scale(
            low * share, high * share, dtype, options, symmetric, "range"
        )
        first, last = limits(dtype)
        real = (np.clip(np.rint(sample / scale) + zero_point, first, last) - zero_point) * scale
        error = float(np.square(real - sample).mean())
        if best is None or error < best[0]:
            best = (error, low * share, high * share)
    return best[1], best[2]


@torch.no_grad()
def calibrate(net, images, options, quiet=True):
    """Real ranges (low, high) of the output of every layer over uint8 images N x H x W."""
    if len(images) == 0:
        raise UserError("the calibration set is empty")
    samples = [[] for _ in net.network.layers]
    net.eval()
    for start in tqdm(range(0, len(images), 250), "calibrate", disable=quiet or None, leave=False):
        outputs = net.layer_outputs(
            to_real(net.network, data.to_pixels(images[start : start + 250]))
        )
        for sample, output in zip(samples, outputs):
            sample.append(output.numpy())
    symmetric = options.activations == "symmetric"
    ranges = []
    for sample in samples:
        sample = np.concatenate([part.ravel() for part in sample])
        low, high = find_range(sample, options.activation_range, options.percentile, symmetric)
        if options.scales == "power_of_two" and options.activation_range == "mse" and low < high:
            low, high = _fit_power_of_two(
                sample, low, high, options, symmetric, options.activation_type
            )
        ranges.append((low, high))
    return ranges


def activation_scale(low, high, source_scale, scales, options, where):
    """(scale, zero point) of a layer's output; scales: those of its weights."""
    symmetric = options.activations == "symmetric"
    scale, zero_point = choose_scale(low, high, options.activation_type, options, symmetric, where)
    if options.scales == "shift":
        # The nearest power-of-two multiple of Sx Sw, in single precision as the ratio will be
        # formed again.
        product = np.float32(np.float32(source_scale) * scales[0])
        scale = np.float32(product * 2.0 ** np.rint(np.log2(float(scale) / float(product)) + 0.2))
        zero_point = _zero_point(low, scale, options.activation_type, symmetric)
    return scale, zero_point


def quantize(net, images, options=Options(), quiet=True, ranges=None, scales=None):
    """The QuantModel of a trained FloatNet; `images` (uint8 N x H x W) calibrate the activations.

    ranges: those of all layers' outputs, instead of calibrating; scales: {layer name: (weight
    scales, zero point)}.
    """
    check_options(options)
    network = net.network
    ranges = ranges or calibrate(net, images[: options.calibration_images], options, quiet)
    tensor_shapes = shapes(network)
    tensors = [
        Tensor(
            "image",
            tensor_shapes[0],
            *image_quantization(network, options),
            options.activation_type,
        )
    ]
    model = QuantModel(network.name, tensors)
    for layer, shape, (low, high) in zip(network.layers, tensor_shapes[1:], ranges):
        source, where = tensors[-1], f"{network.name} {layer.name}"
        if layer.kind in ("maxpool", "avgpool"):
            tensors.append(replace(source, name=layer.name, shape=shape))
            model.layers.append(QuantLayer(layer))
            continue
        module = net.weights[layer.name]
        weights, used_scales, weight_zero_point = quantize_weights(
            module.weight.detach().numpy(), options, where, (scales or {}).get(layer.name)
        )
        scale, zero_point = activation_scale(low, high, source.scale, used_scales, options, where)
        tensors.append(Tensor(layer.name, shape, scale, zero_point, options.activation_type))
        bias = None
        if module.bias is not None:
            bias = quantize_bias(
                module.bias.detach().numpy(),
                float(source.scale) * used_scales.astype(np.float64),
                where,
            )
        model.layers.append(QuantLayer(layer, weights, used_scales, weight_zero_point, bias))
    return model


def dequantized(net, model):
    """A FloatNet with the weights on the integers' grid and float biases: what `weights only`
    evaluates.
    """
    copy = type(net)(net.network)
    copy.load_state_dict(net.state_dict())
    for layer in model.layers:
        if layer.weights is not None:
            column = layer.weight_scales.reshape((-1,) + (1,) * (layer.weights.ndim - 1))
            real = (layer.weights.astype(np.float32) - layer.weight_zero_point) * column
            copy.weights[layer.spec.name].weight.data = torch.from_numpy(real.astype(np.float32))
    copy.eval()
    return copy


def quantize_bias(bias, scale, where):
    """int32 integers nearest to bias / (Sx Sw[n])."""
    if not np.isfinite(bias).all():
        raise UserError(f"{where}: a bias is not finite")
    integers = np.rint(bias.astype(np.float64) / scale)
    if np.abs(integers).max(initial=0) >= 2**31:
        raise UserError(f"{where}: a bias does not fit into int32 on its scale")
    return integers.astype(np.int32)
