"""Quantization after training: ranges from a calibration set, integer weights, biases and tensor scales.

real = scale * (q - zero_point). Activations carry one scale per tensor; weights one per tensor or per output channel;
biases are int32 on the scale Sx * Sw[n]. Pooling keeps the quantization of its input. Integer inference itself is not
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
    power_of_two: bool = False  # every scale a power of two: requantization is a shift
    percentile: float = 99.99
    calibration_images: int = 1000  # the first of the training set


@dataclass
class Tensor:
    name: str
    shape: tuple  # C x H x W
    scale: np.float32
    zero_point: int
    dtype: str  # uint8, int8


@dataclass
class QuantLayer:
    """A layer of the chain with its integers; tensors[i] is the input and tensors[i + 1] the output of layers[i]."""

    spec: Layer
    weights: Optional[np.ndarray] = None  # int8 (or uint8), N x C x KH x KW, or N x K with K in C-H-W order
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
    """The shrunk range whose 8-bit quantization has the least mean squared error, over a histogram of the values."""
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
    """The threshold on |x| with the least Kullback-Leibler divergence between the clipped and the 128-level histogram."""
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
    return np.float32(2.0 ** np.ceil(np.log2(float(scale)) - 1e-9))


def choose_scale(low, high, dtype, symmetric, power_of_two, where):
    """(scale, zero point) that maps [low, high] onto the values of dtype."""
    if not (np.isfinite(low) and np.isfinite(high)):
        raise UserError(f"{where}: a value is not finite")
    if low == high:
        raise UserError(f"{where}: is constant zero on the calibration set; no scale can be chosen")
    first, last = limits(dtype)
    if symmetric:
        scale, zero_point = max(-low, high) / 127, (first + last + 1) // 2
        if dtype == "uint8" and low == 0:
            scale, zero_point = high / 255, 0
    else:
        scale = (high - low) / 255
    scale = np.float32(scale)
    if power_of_two:
        scale = _power_of_two(scale)
    if not symmetric:
        zero_point = int(np.clip(np.rint(first - low / float(scale)), first, last))
    return scale, int(zero_point)


def quantize_array(values, scale, zero_point, dtype):
    """Integers nearest to values / scale + zero_point (halves to even), saturated to dtype."""
    first, last = limits(dtype)
    scaled = np.asarray(values, np.float64) / np.asarray(scale, np.float64)
    return np.clip(np.rint(scaled) + zero_point, first, last).astype(dtype)


def quantize_weights(weights, options, where):
    """(integers, scales float32 of 1 or N, zero point) of float weights N x ...; int8."""
    if not np.isfinite(weights).all():
        raise UserError(f"{where}: a weight is not finite")
    if options.weights == "asymmetric" and options.per_channel:
        raise UserError("asymmetric weights have one zero point per tensor: choose per-tensor scales with them")
    symmetric = options.weights == "symmetric"
    groups = list(weights.reshape(len(weights), -1)) if options.per_channel else [weights.ravel()]
    scales, zero_point = [], 0
    for group in groups:
        low, high = find_range(group, options.weight_range, options.percentile, symmetric)
        if low == high:  # an all-zero channel: any scale represents it
            scales.append(np.float32(1.0))
            continue
        scale, zero_point = choose_scale(low, high, "int8", symmetric, options.power_of_two, where)
        scales.append(scale)
    scales = np.array(scales, np.float32)
    column = scales.reshape((-1,) + (1,) * (weights.ndim - 1))
    return quantize_array(weights, column, zero_point, "int8"), scales, zero_point


@torch.no_grad()
def calibrate(net, images, options, quiet=True):
    """Real ranges (low, high) of the output of every layer over uint8 images N x H x W."""
    if len(images) == 0:
        raise UserError("the calibration set is empty")
    samples = [[] for _ in net.network.layers]
    net.eval()
    for start in tqdm(range(0, len(images), 250), "calibrate", disable=quiet or None, leave=False):
        outputs = net.layer_outputs(to_real(net.network, data.to_pixels(images[start : start + 250])))
        for sample, output in zip(samples, outputs):
            sample.append(output.numpy())
    symmetric = options.activations == "symmetric"
    return [
        find_range(np.concatenate([part.ravel() for part in sample]), options.activation_range, options.percentile, symmetric)
        for sample in samples
    ]


def quantize(net, images, options=Options(), quiet=True):
    """The QuantModel of a trained FloatNet; `images` (uint8 N x H x W) calibrate the activations."""
    network = net.network
    ranges = calibrate(net, images[: options.calibration_images], options, quiet)
    tensor_shapes = shapes(network)
    dtype = options.activation_type
    # The image's bytes are used as they are; an int8 network sees them moved by -128.
    moved = 128 if dtype == "int8" else 0
    tensors = [Tensor("image", tensor_shapes[0], np.float32(network.input_scale), network.input_zero_point - moved, dtype)]
    if options.power_of_two:
        tensors[0].scale = _power_of_two(tensors[0].scale)
    model = QuantModel(network.name, tensors)
    for layer, shape, (low, high) in zip(network.layers, tensor_shapes[1:], ranges):
        source = tensors[-1]
        if layer.kind in ("maxpool", "avgpool"):
            tensors.append(replace(source, name=layer.name, shape=shape))
            model.layers.append(QuantLayer(layer))
            continue
        scale, zero_point = choose_scale(
            low, high, dtype, options.activations == "symmetric", options.power_of_two, f"{network.name} {layer.name}"
        )
        tensors.append(Tensor(layer.name, shape, scale, zero_point, dtype))
        module = net.weights[layer.name]
        weights, scales, weight_zero_point = quantize_weights(
            module.weight.detach().numpy(), options, f"{network.name} {layer.name}"
        )
        bias = None
        if module.bias is not None:
            bias = quantize_bias(
                module.bias.detach().numpy(), float(source.scale) * scales.astype(np.float64), f"{network.name} {layer.name}"
            )
        model.layers.append(QuantLayer(layer, weights, scales, weight_zero_point, bias))
    return model


def quantize_bias(bias, scale, where):
    """int32 integers nearest to bias / (Sx Sw[n])."""
    if not np.isfinite(bias).all():
        raise UserError(f"{where}: a bias is not finite")
    integers = np.rint(bias.astype(np.float64) / scale)
    if np.abs(integers).max(initial=0) >= 2**31:
        raise UserError(f"{where}: a bias does not fit into int32 on its scale")
    return integers.astype(np.int32)
