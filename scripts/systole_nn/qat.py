"""Quantization-aware training: the network is trained on as if its weights and activations were
integers already.

Forward, the net computes the integers that the hardware will, on exactly the scales that quantize()
will use (mode float32; floor where the options floor); backward, rounding counts as the identity
and saturation cuts the gradient. Weight scales follow the weights; the activations' ranges are
calibrated again before each epoch of the first half and stand still after it, so that the second
half trains the constants that go to the hardware. All options of quantization after training apply.
"""

import dataclasses
import json
import os

import numpy as np
import torch
import torch.nn as nn

from . import UserError, folders, quantize, train
from .networks import FloatNet


def _integers(scaled, zero_point, first, last, floor):
    """q - Z of scaled = real / scale: nearest (or floor), saturated; gradient 1 inside the range
    and 0 outside.
    """
    rounded = torch.floor(scaled) if floor else torch.round(scaled)
    return torch.clamp(scaled + (rounded - scaled).detach(), first - zero_point, last - zero_point)


class QatNet(nn.Module):
    """A FloatNet trained under quantization; forward() takes the same real input."""

    def __init__(self, net, options, images, integer_biases=True, follow=0):
        """integer_biases: as the hardware has them; follow: steps between calibrations in the first
        half, 0: one an epoch.
        """
        super().__init__()
        if len(net.norms):
            raise UserError(
                f"{net.network.name}: fold the batch normalization before quantization-aware"
                " training"
            )
        quantize.check_options(options)
        self.network, self.options, self.images = (
            net.network,
            options,
            images[: options.calibration_images],
        )
        self.net, self.norms = net, net.norms
        self.integer_biases, self.follow = integer_biases, follow
        self.following, self.step = False, 0
        count = len(net.network.layers)
        self.register_buffer("ranges", torch.zeros(count, 2, dtype=torch.float64))
        self.register_buffer("epoch", torch.zeros((), dtype=torch.int64))
        self.recalibrate()

    def recalibrate(self):
        """Ranges of the activations of the float network with its weights as they are now."""
        training = self.net.training
        ranges = quantize.calibrate(self.net, self.images, self.options)
        self.net.train(training)
        self.ranges.copy_(torch.tensor(ranges, dtype=torch.float64))

    def weight_scales(self, layer):
        """(scales float32, zero point) of the layer's weights as they are now."""
        weights = self.net.weights[layer.name].weight.detach().numpy()
        return quantize.weight_scales(weights, self.options, f"{self.network.name} {layer.name}")

    def all_scales(self):
        return {
            layer.name: self.weight_scales(layer)
            for layer in self.network.layers
            if layer.name in self.net.weights
        }

    def forward(self, x):
        """Runs on the integers q - Z, held as floats: sums are exact up to 2^24, and one
        multiplication requantizes.
        """
        if self.training and self.following:
            self.step += 1
            if self.step % self.follow == 0:
                self.recalibrate()
        first, last = quantize.limits(self.options.activation_type)
        floor = self.options.integers == "floor"
        scale, zero_point = quantize.image_quantization(self.network, self.options)
        # The image's bytes are its integers.
        moved = 128 if self.options.activation_type == "int8" else 0
        x = (
            torch.round(x / self.network.input_scale + self.network.input_offset)
            - moved
            - zero_point
        )
        for index, layer in enumerate(self.network.layers):
            if layer.name not in self.net.weights:
                x = self.net.apply_layer(layer, x)
                if layer.kind == "avgpool":
                    x = _integers(x, zero_point, first, last, floor)
                continue
            module = self.net.weights[layer.name]
            scales, weight_zero_point = self.weight_scales(layer)
            column = torch.from_numpy(scales).reshape((-1,) + (1,) * (module.weight.dim() - 1))
            weight = _integers(module.weight / column, weight_zero_point, -128, 127, floor)
            product = np.float32(scale) * scales
            bias = None
            if module.bias is not None:
                bias = module.bias / torch.from_numpy(product)
                if self.integer_biases:
                    bias = bias + (torch.round(bias) - bias).detach()
            sums = self.net.apply_layer(layer, x, weight, bias)
            low, high = (float(value) for value in self.ranges[index])
            scale, zero_point = quantize.activation_scale(
                low, high, scale, scales, self.options, f"{self.network.name} {layer.name}"
            )
            ratio = torch.from_numpy((product / np.float32(scale)).astype(np.float32))
            x = _integers(sums * ratio[:, None, None], zero_point, first, last, floor)
        return x.flatten(1) * float(scale)

    def start_epoch(self, epoch, epochs):
        self.following, self.step = self.follow > 0 and epoch < epochs / 2, 0
        if 0 < epoch < epochs / 2:
            self.recalibrate()

    def deployable(self):
        return self.net

    def quantized(self):
        """The QuantModel on the scales trained with."""
        ranges = [tuple(map(float, pair)) for pair in self.ranges]
        return quantize.quantize(
            self.net, None, self.options, ranges=ranges, scales=self.all_scales()
        )


def recipe_for(recipe, epochs):
    """The recipe of the continuation: the same augmentation, a tenth of the learning rate, decaying
    to zero.
    """
    rate = recipe.learning_rate / 10 if recipe.optimizer == "adamw" else recipe.learning_rate
    return dataclasses.replace(
        recipe,
        epochs=epochs,
        learning_rate=rate,
        schedule="one_cycle",
        batch_norm=False,
        keep="last",
    )


def fresh(network, recipe):
    """An untrained FloatNet, to be trained under quantization from its first step."""
    if recipe.batch_norm:
        raise UserError(
            f"{network.name}: batch normalization cannot be folded before it is trained; leave"
            " --scratch out"
        )
    train.deterministic(recipe.seed)
    return FloatNet(network)


def train_aware(net, recipe, options, images, folder, data_folder=None, quiet=False, follow=0):
    """Trains the FloatNet `net` under quantization; writes float.pt, qat.json; returns the QatNet.

    follow: steps between calibrations in the first half of the epochs, 0: one before each of its
    epochs.
    """
    train.deterministic(recipe.seed)
    aware = QatNet(net, options, images, follow=follow)
    aware.quantized()  # refuses what has no scale, before anything is written
    train.train(net.network, recipe, folder, data_folder, aware, quiet)
    state = {"options": dataclasses.asdict(options), "ranges": aware.ranges.tolist()}
    folders.write_json(os.path.join(folder, "qat.json"), state)
    return aware


def load(network, folder):
    """The QuantModel of a finished run in `folder`."""
    net = train.load(network, folder)
    path = os.path.join(folder, "qat.json")
    if not os.path.exists(path):
        raise UserError(f"{path}: no such file (python -m systole_nn qat {network.name} makes it)")
    with open(path, encoding="utf-8") as file:
        state = json.load(file)
    options = quantize.Options(**state["options"])
    scales = {
        layer.name: quantize.weight_scales(
            net.weights[layer.name].weight.detach().numpy(), options, layer.name
        )
        for layer in network.layers
        if layer.name in net.weights
    }
    return quantize.quantize(
        net, None, options, ranges=[tuple(pair) for pair in state["ranges"]], scales=scales
    )


def copy_of(net):
    copy = FloatNet(net.network)
    copy.load_state_dict(net.state_dict())
    return copy
