"""Energy and cycles of ResNets at many widths, which need no training: the shapes say all."""

import os
import tempfile

import numpy as np
import torch

from . import data, export, measure, networks, tables

UNEVEN20 = (
    (8, 14, 42),
    (14, 14, 28),
    (14, 28, 42),
    (14, 28, 64),
    (14, 28, 72),
    (16, 28, 56),
    (16, 32, 48),
    (12, 24, 64),
)
WIDTHS20 = (*((w, 2 * w, 4 * w) for w in range(8, 19)), *UNEVEN20)
# ResNet-50's inner widths: scaled plainly, and multiples of 14, of 12 and of 16.
WIDTHS50 = (
    *((w, 2 * w, 4 * w, 8 * w) for w in (32, 40, 48, 52, 56, 60, 64)),
    (42, 84, 168, 336),
    (56, 112, 252, 504),
    (56, 112, 256, 512),
    (48, 96, 192, 448),
)
# A chip for ImageNet: docs/compiler.md has ResNet-50 itself on it.
LARGE = ["--act-kib", "128", "--act-groups", "8", "--lanes", "16", "--outstanding", "16"]


def untrained(net, size, seed=1):
    """The network in int8, weights random, calibrated on one random image; the image."""
    random = np.random.default_rng(seed)
    image = random.integers(0, 256, (3, size, size), dtype=np.uint8)
    with torch.no_grad():
        net.train()(torch.from_numpy((image[None].astype(np.float32) - data.ZERO) * data.SCALE))
    return export.quantize(net.eval(), image[None]), image


def cost(systole, net, layers, size, options=()):
    """(Cost on every design, cycles on the project's array) of one image."""
    torch.set_num_threads(1)
    proto, image = untrained(net, size)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "net.onnx")
        export.write(proto, path)
        own = measure.own_cycles(systole, path, image, options=options)
    return measure.mapped(systole, layers), own


def line(name, costs, own):
    eyeriss, weight = costs["eyeriss"], costs["weight"]
    return (
        f"{name:18} {eyeriss.macs:12,} {eyeriss.energy_uj:11.2f} {eyeriss.cycles:11,}"
        f" {weight.energy_uj:11.2f} {weight.cycles:11,} {own:11,}"
    )


HEAD = (
    f"{'channels':18} {'MACs':>12} {'Eyeriss uJ':>11} {'cycles':>11} {'weight uJ':>11}"
    f" {'cycles':>11} {'own cycles':>11}"
)


def resnet20(systole, widths=WIDTHS20):
    """Prints a line for each width of ResNet-20 on CIFAR-10's shapes."""
    print(HEAD)
    for width in widths:
        torch.manual_seed(1)
        costs = cost(systole, networks.resnet(width, 3), tables.resnet20(width), data.SIZE)
        print(line("-".join(map(str, width)), *costs), flush=True)


def resnet50(systole, widths=WIDTHS50):
    """The same of ResNet-50 on ImageNet's shapes."""
    print(HEAD)
    for width in widths:
        torch.manual_seed(1)
        costs = cost(systole, networks.bottlenecks(width), tables.resnet50(width), 224, LARGE)
        print(line("-".join(map(str, width)), *costs), flush=True)
