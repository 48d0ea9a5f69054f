"""The networks, described once as chains of layers; training, quantization and export all walk the same description."""

from dataclasses import dataclass, field
from typing import Tuple

import torch
import torch.nn as nn
import torch.nn.functional as functional

from .data import Augmentation


@dataclass(frozen=True)
class Layer:
    """One hardware layer: a convolution or fully connected layer with its ReLU, or a pooling."""

    name: str
    kind: str  # conv, fc, maxpool, avgpool
    out: int = 0  # conv, fc: output channels
    kernel: int = 1
    stride: int = 1
    pad: Tuple[int, int, int, int] = (0, 0, 0, 0)  # top, left, bottom, right
    relu: bool = False
    bias: bool = True


@dataclass(frozen=True)
class Recipe:
    """How a network is trained. Everything random comes from `seed`."""

    epochs: int
    batch: int
    learning_rate: float
    optimizer: str = "sgd"  # sgd (Nesterov where momentum > 0 and `nesterov`), adamw
    schedule: str = "constant"  # constant, one_cycle
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    augmentation: Augmentation = field(default_factory=Augmentation)
    seed: int = 1
    keep: str = "last"  # last, or best (by validation accuracy on the last 5,000 training images)


@dataclass(frozen=True)
class Network:
    name: str
    dataset: str
    layers: Tuple[Layer, ...]
    recipe: Recipe
    input_shape: Tuple[int, int, int] = (1, 28, 28)
    # Real value of a pixel p (0..255): input_scale * (p - input_zero_point).
    input_scale: float = 1 / 255
    input_zero_point: int = 0


def output_shape(layer, shape):
    """C x H x W of a layer's output."""
    if layer.kind == "fc":
        return (layer.out, 1, 1)
    channels, height, width = shape
    top, left, bottom, right = layer.pad
    height = (height + top + bottom - layer.kernel) // layer.stride + 1
    width = (width + left + right - layer.kernel) // layer.stride + 1
    return (layer.out if layer.kind == "conv" else channels, height, width)


def shapes(network):
    """Shapes of all tensors: the input's, then one per layer."""
    result = [network.input_shape]
    for layer in network.layers:
        result.append(output_shape(layer, result[-1]))
    return result


class FloatNet(nn.Module):
    """The chain in PyTorch. forward() takes real input values; layer_outputs() also returns every layer's output."""

    def __init__(self, network):
        super().__init__()
        self.network = network
        self.weights = nn.ModuleDict()
        for layer, shape in zip(network.layers, shapes(network)):
            if layer.kind == "conv":
                self.weights[layer.name] = nn.Conv2d(shape[0], layer.out, layer.kernel, layer.stride, bias=layer.bias)
            elif layer.kind == "fc":
                self.weights[layer.name] = nn.Linear(shape[0] * shape[1] * shape[2], layer.out, bias=layer.bias)

    def apply_layer(self, layer, x):
        top, left, bottom, right = layer.pad
        if layer.kind == "maxpool":
            return functional.max_pool2d(x, layer.kernel, layer.stride)
        if layer.kind == "avgpool":
            return functional.avg_pool2d(x, layer.kernel, layer.stride)
        if layer.kind == "conv":
            x = self.weights[layer.name](functional.pad(x, (left, right, top, bottom)))
        else:
            x = self.weights[layer.name](x.flatten(1))[:, :, None, None]
        return functional.relu(x) if layer.relu else x

    def layer_outputs(self, x):
        outputs = []
        for layer in self.network.layers:
            x = self.apply_layer(layer, x)
            outputs.append(x)
        return outputs

    def forward(self, x):
        for layer in self.network.layers:
            x = self.apply_layer(layer, x)
        return x.flatten(1)


def to_real(network, pixels):
    """Pixels as float in [0, 1] to the network's real input values."""
    return (pixels * 255 - network.input_zero_point) * network.input_scale


LENET5_MNIST = Network(
    name="lenet5-mnist",
    dataset="mnist",
    layers=(
        Layer("C1", "conv", 6, kernel=5, pad=(2, 2, 2, 2), relu=True),
        Layer("S2", "maxpool", kernel=2, stride=2),
        Layer("C3", "conv", 16, kernel=5, relu=True),
        Layer("S4", "maxpool", kernel=2, stride=2),
        Layer("C5", "conv", 120, kernel=5, relu=True),
        Layer("F6", "fc", 84, relu=True),
        Layer("OUT", "fc", 10),
    ),
    recipe=Recipe(
        epochs=30,
        batch=128,
        learning_rate=4e-3,
        optimizer="adamw",
        schedule="one_cycle",
        weight_decay=1e-2,
        augmentation=Augmentation(rotate=12, scale=0.12, shear=0.15, shift=2.0, elastic=0.7, thickness=0.35),
    ),
)

NETWORKS = {network.name: network for network in (LENET5_MNIST,)}
