"""The measurements behind the report: distributions and their ranges, signal-to-noise ratios,
biases of rounding.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch

from . import data, quantize
from .networks import to_real


@dataclass
class Distribution:
    """Values of a tensor: its histogram, its real range and mean +- 3 standard deviations, and what
    each range costs.
    """

    name: str
    counts: np.ndarray
    edges: np.ndarray
    real: tuple
    sigma: tuple
    real_sqnr: float  # dB, 8 bits over the real range
    sigma_sqnr: float  # dB, 8 bits over the three-sigma range, what lies outside saturated


def sqnr(values, approximation):
    """Signal-to-quantization-noise ratio in dB; infinite where nothing is lost."""
    values = np.asarray(values, np.float64)
    noise = float(np.square(values - approximation).sum())
    return float("inf") if noise == 0 else 10 * np.log10(float(np.square(values).sum()) / noise)


def symmetric_sqnr(values, low, high):
    """That of symmetric 8-bit integers, to nearest, with the step max(|low|, |high|) / 127."""
    step = max(abs(low), abs(high)) / 127
    return sqnr(values, np.clip(np.rint(values / step), -128, 127) * step)


def distribution(name, values):
    values = np.asarray(values, np.float64).ravel()
    counts, edges = np.histogram(values, 100)
    real = float(values.min()), float(values.max())
    mean, deviation = float(values.mean()), float(values.std())
    sigma = mean - 3 * deviation, mean + 3 * deviation
    return Distribution(
        name,
        counts,
        edges,
        real,
        sigma,
        symmetric_sqnr(values, *real),
        symmetric_sqnr(values, *sigma),
    )


@torch.no_grad()
def float_outputs(net, images):
    """Every layer's real output for uint8 images, N x C x H x W."""
    net.eval()
    return [
        output.numpy() for output in net.layer_outputs(to_real(net.network, data.to_pixels(images)))
    ]


def distributions(net, images):
    """(of the weights, of the input and the layers' outputs): lists of Distribution."""
    weights = [
        distribution(f"{layer.name} weights", net.weights[layer.name].weight.detach().numpy())
        for layer in net.network.layers
        if layer.name in net.weights
    ]
    outputs = float_outputs(net, images)
    activations = [distribution("input", to_real(net.network, data.to_pixels(images)).numpy())]
    for layer, output in zip(net.network.layers, outputs):
        if layer.name in net.weights:
            activations.append(distribution(f"{layer.name} output", output))
    return weights, activations


def real_values(tensor, integers):
    return (integers.astype(np.float64) - tensor.zero_point) * float(tensor.scale)


def exact_steps(model, pixels):
    """The first layer's outputs, a convolution's, before rounding: sum Sx Sw / Sy in double
    precision, N x C x H x W.
    """
    layer, source, target = model.layers[0], model.tensors[0], model.tensors[1]
    top, left, bottom, right = layer.spec.pad
    x = torch.from_numpy(pixels.astype(np.float64) - source.zero_point)
    x = torch.nn.functional.pad(x, (left, right, top, bottom))
    weights = torch.from_numpy(layer.weights.astype(np.float64) - layer.weight_zero_point)
    bias = None if layer.bias is None else torch.from_numpy(layer.bias.astype(np.float64))
    sums = torch.nn.functional.conv2d(x, weights, bias, layer.spec.stride).numpy()
    ratio = float(source.scale) * layer.weight_scales.astype(np.float64) / float(target.scale)
    return sums * ratio[:, None, None]


def convolution_as_matrix(model, index):
    """The QuantModel whose layer `index`, a convolution that covers its whole input, is a fully
    connected one.
    """
    layer = model.layers[index]
    layers = list(model.layers)
    layers[index] = replace(
        layer,
        spec=replace(layer.spec, kind="fc", kernel=1),
        weights=layer.weights.reshape(len(layer.weights), -1),
    )
    return quantize.QuantModel(model.name, model.tensors, layers)
