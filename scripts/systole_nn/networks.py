"""The networks, described once as chains of layers; training, quantization and export all walk the
same description.
"""

from dataclasses import dataclass, field
from typing import Dict, Tuple

import torch
import torch.nn as nn
import torch.nn.functional as functional

from . import UserError
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
    batch_norm: bool = (
        False  # trained with batch normalization after every convolution, folded into it at the end
    )
    seed: int = 1
    keep: str = "last"  # last, or best (by validation accuracy on the last 5,000 training images)


@dataclass(frozen=True)
class Network:
    name: str
    dataset: str
    layers: Tuple[Layer, ...]
    recipes: Dict[
        str, Recipe
    ]  # better: the project's own; document: that of the source of the network
    input_shape: Tuple[int, int, int] = (1, 28, 28)
    image_pad: int = 0  # background pixels put around the data set's images
    # Real value of a pixel p (0..255): input_scale * (p - input_offset).
    input_scale: float = 1 / 255
    input_offset: float = 0.0


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
    """The chain in PyTorch. forward() takes real input values; layer_outputs() also returns every
    layer's output.
    """

    def __init__(self, network, batch_norm=False):
        super().__init__()
        self.network = network
        self.weights, self.norms = nn.ModuleDict(), nn.ModuleDict()
        for layer, shape in zip(network.layers, shapes(network)):
            if layer.kind == "conv":
                self.weights[layer.name] = nn.Conv2d(
                    shape[0], layer.out, layer.kernel, layer.stride, bias=layer.bias
                )
                if batch_norm:
                    self.norms[layer.name] = nn.BatchNorm2d(layer.out)
            elif layer.kind == "fc":
                self.weights[layer.name] = nn.Linear(
                    shape[0] * shape[1] * shape[2], layer.out, bias=layer.bias
                )

    def apply_layer(self, layer, x, weight=None, bias=None):
        """`weight` and `bias` stand in for the layer's own (quantization-aware training)."""
        top, left, bottom, right = layer.pad
        if layer.kind == "maxpool":
            return functional.max_pool2d(x, layer.kernel, layer.stride)
        if layer.kind == "avgpool":
            return functional.avg_pool2d(x, layer.kernel, layer.stride)
        module = self.weights[layer.name]
        weight = module.weight if weight is None else weight
        bias = module.bias if bias is None else bias
        if layer.kind == "conv":
            if any(layer.pad):
                x = functional.pad(x, (left, right, top, bottom))
            x = functional.conv2d(x, weight, bias, layer.stride)
        else:
            x = functional.linear(x.flatten(1), weight, bias)[:, :, None, None]
        if layer.name in self.norms:
            x = self.norms[layer.name](x)
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

    def deployable(self):
        """The FloatNet whose weights are quantized and exported."""
        return fold_batch_norm(self) if len(self.norms) else self


@torch.no_grad()
def fold_batch_norm(net):
    """The FloatNet without batch normalization that computes what `net` computes in evaluation."""
    folded = FloatNet(net.network)
    for name, module in net.weights.items():
        target = folded.weights[name]
        target.weight.copy_(module.weight)
        if module.bias is not None:
            target.bias.copy_(module.bias)
        if name in net.norms:
            norm = net.norms[name]
            if target.bias is None:
                raise UserError(
                    f"{net.network.name} {name}: batch normalization can be folded only into a"
                    " layer with a bias"
                )
            factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            target.weight.mul_(factor[:, None, None, None])
            target.bias.copy_((target.bias - norm.running_mean) * factor + norm.bias)
    folded.eval()
    return folded


def to_real(network, pixels):
    """Pixels as float in [0, 1] to the network's real input values."""
    return (pixels * 255 - network.input_offset) * network.input_scale


_DIGITS = Augmentation(rotate=12, scale=0.12, shear=0.15, shift=2.0, elastic=0.7, thickness=0.35)
_BETTER_DIGITS = Recipe(
    epochs=30,
    batch=128,
    learning_rate=4e-3,
    optimizer="adamw",
    schedule="one_cycle",
    weight_decay=1e-2,
    augmentation=_DIGITS,
)


def _lenet5(pad, pool, relu, bias):
    """LeNet-5 with `pool`; `relu`: after C5 and F6 too; pad: of C1."""
    return (
        Layer("C1", "conv", 6, kernel=5, pad=(pad,) * 4, relu=True, bias=bias),
        Layer("S2", pool, kernel=2, stride=2),
        Layer("C3", "conv", 16, kernel=5, relu=True, bias=bias),
        Layer("S4", pool, kernel=2, stride=2),
        Layer("C5", "conv", 120, kernel=5, relu=relu, bias=bias),
        Layer("F6", "fc", 84, relu=relu, bias=bias),
        Layer("OUT", "fc", 10, bias=bias),
    )


LENET5_MNIST = Network(
    "lenet5-mnist", "mnist", _lenet5(2, "maxpool", True, True), {"better": _BETTER_DIGITS}
)

LENET5_AVGPOOL = Network(
    "lenet5-avgpool",
    "mnist",
    _lenet5(2, "avgpool", False, True),
    {
        "better": _BETTER_DIGITS,
        "document": Recipe(epochs=50, batch=32, learning_rate=1e-3, momentum=0.9, keep="best"),
    },
)

# 32 x 32 images scaled to [-1, 1].
_HALF_RANGE = {
    "input_shape": (1, 32, 32),
    "image_pad": 2,
    "input_scale": 1 / 127.5,
    "input_offset": 127.5,
}
_HOMEWORK = Recipe(epochs=2, batch=4, learning_rate=1e-3, momentum=0.9)

LENET5_MAXPOOL = Network(
    "lenet5-maxpool",
    "mnist",
    _lenet5(0, "maxpool", True, False),
    {"better": _BETTER_DIGITS, "document": _HOMEWORK},
    **_HALF_RANGE,
)

LENET5_MAXPOOL_BIAS = Network(
    "lenet5-maxpool-bias",
    "mnist",
    _lenet5(0, "maxpool", True, True),
    {"better": _BETTER_DIGITS, "document": _HOMEWORK},
    **_HALF_RANGE,
)

FASHION3X3 = Network(
    "fashion3x3",
    "fashion_mnist",
    (
        Layer("conv1", "conv", 6, kernel=3, pad=(1, 1, 1, 1), relu=True),
        Layer("pool", "maxpool", kernel=2, stride=2),
        Layer("conv2", "conv", 16, kernel=3, relu=True),
        Layer("pool_1", "maxpool", kernel=2, stride=2),
        Layer("fc1", "fc", 120, relu=True),
        Layer("fc2", "fc", 84, relu=True),
        Layer("fc3", "fc", 10),
    ),
    {
        "better": Recipe(
            epochs=40,
            batch=128,
            learning_rate=4e-3,
            optimizer="adamw",
            schedule="one_cycle",
            weight_decay=5e-2,
            label_smoothing=0.05,
            batch_norm=True,
            augmentation=Augmentation(flip=True, shift=1.0, scale=0.05),
        ),
        # The source gives no recipe beyond the framework.
        "document": Recipe(epochs=15, batch=64, learning_rate=1e-3, optimizer="adamw", keep="best"),
    },
)

NETWORKS = {
    network.name: network
    for network in (LENET5_MNIST, LENET5_AVGPOOL, LENET5_MAXPOOL, LENET5_MAXPOOL_BIAS, FASHION3X3)
}
