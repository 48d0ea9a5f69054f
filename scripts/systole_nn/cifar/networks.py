"""The families. Behind each convolution is a batch normalization, which folds into it at the end.

  resnet8, resnet20        one, three blocks a stage (He et al. 2015), stages of 16, 32, 64
                           channels; resnet20-A-B-C: stages of A, B, C channels
  mobilenet-0.25, -0.5     MobileNetV1 (Howard et al. 2017) for 32 x 32 pixels: stride 1 at the
                           first convolution and at the second separable one
  densenet22               growth 12, bottlenecks, three blocks of three layers, halved between
                           (DenseNet-BC, Huang et al. 2016); normalization and ReLU follow their
                           convolution, so that they fold into it

A shortcut that changes the shape is a 1x1 convolution.

bottlenecks() is ResNet-50 for ImageNet's shapes at any width; it is not trained here.
"""

import re

import torch
from torch import nn
from torch.nn import functional

from .. import UserError

NAMES = ("resnet8", "resnet20", "mobilenet-0.25", "mobilenet-0.5", "densenet22")


def convolution(inputs, outputs, kernel=3, stride=1, groups=1, relu=True):
    layers = [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*layers, *([nn.ReLU()] if relu else []))


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = convolution(inputs, outputs, stride=stride)
        self.second = convolution(outputs, outputs, relu=False)
        same = stride == 1 and inputs == outputs
        self.shortcut = None if same else convolution(inputs, outputs, 1, stride, relu=False)

    def forward(self, x):
        around = x if self.shortcut is None else self.shortcut(x)
        return functional.relu(self.second(self.first(x)) + around)


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride, changed):
        super().__init__()
        self.narrow = convolution(inputs, width, 1)
        self.middle = convolution(width, width, 3, stride)
        self.widen = convolution(width, 4 * width, 1, relu=False)
        self.shortcut = convolution(inputs, 4 * width, 1, stride, relu=False) if changed else None

    def forward(self, x):
        around = x if self.shortcut is None else self.shortcut(x)
        return functional.relu(self.widen(self.middle(self.narrow(x))) + around)


class Dense(nn.Module):
    """A layer of a dense block: `growth` channels behind its input's."""

    def __init__(self, inputs, growth):
        super().__init__()
        self.narrow = convolution(inputs, 4 * growth, 1)
        self.grow = convolution(4 * growth, growth)

    def forward(self, x):
        return torch.cat([x, self.grow(self.narrow(x))], 1)


def classifier(channels):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10)]


def resnet(widths, blocks):
    layers, channels = [convolution(3, widths[0])], widths[0]
    for stage, width in enumerate(widths):
        for block in range(blocks):
            layers.append(Residual(channels, width, 2 if stage and not block else 1))
            channels = width
    return nn.Sequential(*layers, *classifier(channels))


def bottlenecks(widths, classes=1000):
    """ResNet-50 for 224 x 224 pixels; 64, 128, 256, 512 are the published inner widths."""
    channels = widths[0]
    layers = [convolution(3, channels, 7, 2), nn.MaxPool2d(3, 2, 1)]
    for stage, (width, blocks) in enumerate(zip(widths, (3, 4, 6, 3))):
        for block in range(blocks):
            stride = 2 if stage and not block else 1
            layers.append(Bottleneck(channels, width, stride, not block))
            channels = 4 * width
    return nn.Sequential(
        *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes)
    )


def mobilenet(multiplier):
    def scaled(channels):
        return int(channels * multiplier)

    rows = [(64, 1), (128, 1), (128, 1), (256, 2), (256, 1), (512, 2)]
    rows += [(512, 1)] * 5 + [(1024, 2), (1024, 1)]
    layers, channels = [convolution(3, scaled(32))], scaled(32)
    for width, stride in rows:
        layers.append(convolution(channels, channels, 3, stride, groups=channels))
        layers.append(convolution(channels, scaled(width), 1))
        channels = scaled(width)
    return nn.Sequential(*layers, *classifier(channels))


def densenet(growth, blocks, layers_each):
    channels = 2 * growth
    layers = [convolution(3, channels)]
    for block in range(blocks):
        for _ in range(layers_each):
            layers.append(Dense(channels, growth))
            channels += growth
        if block + 1 < blocks:
            layers += [convolution(channels, channels // 2, 1), nn.AvgPool2d(2)]
            channels //= 2
    return nn.Sequential(*layers, *classifier(channels))


def build(name):
    """The untrained network of this name; UserError where there is none."""
    if match := re.fullmatch(r"resnet(8|20)(?:-(\d+)-(\d+)-(\d+))?", name):
        widths = [int(width or plain) for width, plain in zip(match.groups()[1:], (16, 32, 64))]
        if 0 < min(widths) and max(widths) <= 1024:
            return resnet(widths, 1 if match[1] == "8" else 3)
    if name in ("mobilenet-0.25", "mobilenet-0.5"):
        return mobilenet(float(name.split("-")[1]))
    if name == "densenet22":
        return densenet(12, 3, 3)
    raise UserError(
        f"no network '{name}'; there are {', '.join(NAMES)}, and resnet20-A-B-C of A, B and C"
        " channels, 1 to 1024"
    )


@torch.no_grad()
def folded(net):
    """Batch normalization into the convolution before it, in place; `net` must be in evaluation."""
    for module in net.modules():
        if not isinstance(module, nn.Sequential):
            continue
        for index in range(len(module) - 1):
            layer, behind = module[index], module[index + 1]
            if isinstance(layer, nn.Conv2d) and isinstance(behind, nn.BatchNorm2d):
                module[index] = nn.utils.fuse_conv_bn_eval(layer, behind)
                module[index + 1] = nn.Identity()
    return net
