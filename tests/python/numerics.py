"""docs/arithmetic.md once more, in numpy, written independently of the C++: the yardstick of the
Python tests.

Values are int64 arrays; every rounding mode is spelled out as its definition says. float32
literally uses numpy's IEEE single precision.
"""

import math

import numpy as np


def quantize_multiplier(real):
    """(m, s) with m in [2^30, 2^31), real = m 2^-s, rounded half away from zero."""
    if real == 0:
        return 0, 0
    fraction, exponent = math.frexp(real)
    m = int(math.floor(fraction * 2**31 + 0.5))
    if m == 2**31:
        m, exponent = m // 2, exponent + 1
    return m, 31 - exponent


def requantize_float32(acc, multiplier):
    """RNE(float32(acc) * multiplier) with every step in IEEE single precision."""
    return np.rint(acc.astype(np.float32) * np.float32(multiplier)).astype(np.int64)


def requantize_tflite(acc, m, s):
    """TensorFlow Lite's MultiplyByQuantizedMultiplier: a doubling high multiplication, then a
    rounding shift.
    """
    left, right = max(0, 31 - s), max(0, s - 31)
    high = ((acc << left) * m + (1 << 30)) >> 31
    magnitude = np.abs(high)
    if right:
        magnitude = (magnitude + (1 << (right - 1))) >> right
    return np.sign(high) * magnitude


def requantize_exact(acc, m, s, mode):
    """floor, half_up, half_away, half_even of acc m / 2^s by integer arithmetic."""
    product = acc.astype(np.int64) * m
    if mode == "floor":
        return product >> s
    half = (1 << s) >> 1
    if mode == "half_up":
        return (product + half) >> s
    if mode == "half_away":
        return np.sign(product) * ((np.abs(product) + half) >> s)
    if mode == "half_even":
        quotient = product >> s
        rest = product - (quotient << s)
        up = (
            (2 * rest > (1 << s)) | ((2 * rest == (1 << s)) & (quotient & 1 == 1))
            if s
            else np.zeros_like(rest, bool)
        )
        return quotient + up
    raise ValueError(mode)


def patches(x, kernel, stride, pad, fill):
    """x: N x C x H x W -> N x OH x OW x C x KH x KW."""
    top, left, bottom, right = pad
    x = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=fill)
    view = np.lib.stride_tricks.sliding_window_view(x, kernel, (2, 3))[
        :, :, :: stride[0], :: stride[1]
    ]
    return view.transpose(0, 2, 3, 1, 4, 5)


def convolution_sums(x, zero_x, weights, zero_w, bias, stride=(1, 1), pad=(0, 0, 0, 0)):
    """int64 sums N x OC x OH x OW of (x - Zx)(w - Zw) + bias; exact (float64 holds them)."""
    columns = patches(x.astype(np.int64) - zero_x, weights.shape[2:], stride, pad, 0)
    n, oh, ow = columns.shape[:3]
    flat = columns.reshape(n * oh * ow, -1).astype(np.float64)
    kernel = (weights.astype(np.int64) - zero_w).reshape(len(weights), -1).astype(np.float64)
    sums = np.rint(flat @ kernel.T).astype(np.int64)
    if bias is not None:
        sums += bias.astype(np.int64)
    return sums.reshape(n, oh, ow, -1).transpose(0, 3, 1, 2)


def rescale(sums, scale_x, weight_scales, scale_y, mode, fully_connected=False):
    """R(acc) per output channel: sums N x C x H x W, weight_scales 1 or C."""
    result = np.empty_like(sums)
    for channel in range(sums.shape[1]):
        scale_w = weight_scales[channel if len(weight_scales) > 1 else 0]
        if mode == "float32":
            multiplier = np.float32(
                np.float32(np.float32(scale_x) * np.float32(scale_w)) / np.float32(scale_y)
            )
            result[:, channel] = requantize_float32(sums[:, channel], multiplier)
            continue
        if mode == "tflite" and fully_connected and len(weight_scales) == 1:
            product = float(np.float32(scale_x) * np.float32(scale_w))
        else:
            product = float(scale_x) * float(scale_w)
        m, s = quantize_multiplier(product / float(scale_y))
        if mode == "tflite":
            result[:, channel] = requantize_tflite(sums[:, channel], m, s)
        else:
            result[:, channel] = requantize_exact(sums[:, channel], m, s, mode)
    return result


def run(model, images, mode):
    """Every layer's quantized output (in the tensors' own types) of a QuantModel; images: quantized
    N x C x H x W.
    """
    outputs, value = [], images.astype(np.int64)
    for index, layer in enumerate(model.layers):
        spec, source, target = layer.spec, model.tensors[index], model.tensors[index + 1]
        first, last = (0, 255) if target.dtype == "uint8" else (-128, 127)
        if spec.kind == "maxpool":
            window = patches(
                value, (spec.kernel, spec.kernel), (spec.stride, spec.stride), spec.pad, first
            )
            value = window.max(axis=(4, 5)).transpose(0, 3, 1, 2)
        elif spec.kind in ("conv", "fc"):
            weights = layer.weights
            if spec.kind == "fc":
                value = value.reshape(len(value), -1, 1, 1)
                weights = weights.reshape(len(weights), -1, 1, 1)
            sums = convolution_sums(
                value,
                source.zero_point,
                weights,
                layer.weight_zero_point,
                layer.bias,
                (spec.stride, spec.stride),
                spec.pad,
            )
            rounded = rescale(
                sums, source.scale, layer.weight_scales, target.scale, mode, spec.kind == "fc"
            )
            low = max(first, target.zero_point) if spec.relu else first
            value = np.clip(rounded + target.zero_point, low, last)
        else:
            raise ValueError(f"{spec.kind} is not part of this yardstick")
        outputs.append(value.astype(target.dtype))
    return outputs
