"""Accuracy against energy and cycles of quantized networks, and who is on the fronts: no other
network of as many epochs has at least its accuracy for less.
"""

import os
from dataclasses import dataclass

from .. import UserError
from . import NOTE, export, measure

AXES = ("energy", "eyeriss", "own")  # energy and cycles on Eyeriss-like, cycles on the own array


@dataclass(frozen=True)
class Point:
    name: str
    epochs: int
    size: int  # bytes of the ONNX file
    macs: int
    float_share: float
    share: float  # right in int8
    energy: float  # uJ
    eyeriss: int
    own: int


def models(folder):
    """ONNX files below the folder, by name."""
    found = [
        os.path.join(place, name)
        for place, _, names in os.walk(folder)
        for name in names
        if name.endswith(".onnx")
    ]
    if not found:
        raise UserError(f"{folder}: holds no ONNX file (systole_nn.cifar quantize writes one)")
    return sorted(found)


def point(systole, path, images, labels, work):
    """A network measured on all these images; work: see measure.kept_accuracy."""
    kept = export.trained(path)
    cost = measure.mapped(systole, measure.table(systole, path), ("eyeriss",))["eyeriss"]
    return Point(
        kept["network"],
        kept["epochs"],
        os.path.getsize(path),
        cost.macs,
        kept["float_right"] / kept["of"],
        measure.kept_accuracy(systole, path, images, labels, work),
        cost.energy_uj,
        cost.cycles,
        measure.own_cycles(systole, path, images[0]),
    )


def on_front(one, points, axis):
    """Has nobody of as many epochs at least its accuracy for less, or more for as much?"""
    cost = getattr(one, axis)
    return not any(
        other.epochs == one.epochs
        and other.share >= one.share
        and getattr(other, axis) <= cost
        and (other.share > one.share or getattr(other, axis) < cost)
        for other in points
    )


HEAD = (
    f"{'network':20} {'epochs':>6} {'bytes':>7} {'MACs':>11} {'float %':>7} {'int8 %':>6}"
    f" {'uJ':>7} {'Eyeriss':>9} {'own':>9}  front"
)


def drawing(points):
    """The fronts of the shortest training as SVG."""
    from figures import reshaping

    return reshaping.draw_fronts(
        [
            reshaping.Trained(
                one.name,
                one.epochs,
                100 * one.share,
                one.energy,
                one.eyeriss,
                one.own,
                tuple(axis for axis in AXES if on_front(one, points, axis)),
            )
            for one in points
        ]
    )


def lines(points):
    """A table; the last column names the fronts that a network is on."""
    yield f"{NOTE}; energy and cycles of one image"
    yield HEAD
    for one in sorted(points, key=lambda p: (-p.epochs, p.macs)):
        fronts = [axis for axis in AXES if on_front(one, points, axis)]
        yield (
            f"{one.name:20} {one.epochs:6} {one.size:7} {one.macs:11,} {100 * one.float_share:7.2f}"
            f" {100 * one.share:6.2f} {one.energy:7.2f} {one.eyeriss:9,} {one.own:9,}"
            f"  {' '.join(fronts)}"
        )
