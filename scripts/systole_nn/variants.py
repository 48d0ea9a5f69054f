"""The table of quantization variants: one option at a time from the recommended setting, then the documents' own.

Every integer accuracy is the golden reference's on the whole test set; a difference is to the float network of the same
weights, with the 95 % interval of a paired difference.
"""

import dataclasses
import json
import math
import os

import numpy as np
import torch
from tqdm import tqdm

from . import data, evaluate, golden, qat, quantize, train
from .networks import to_real
from .quantize import PRESETS, Options


@dataclasses.dataclass(frozen=True)
class Variant:
    group: str
    name: str
    options: Options = Options()
    kind: str = "integer"  # float, weights (float with weights on the grid), integer, qat
    rounding: str = "float32"
    run: str = ""  # qat: the folder


def table():
    """All variants, in the order of the report."""

    def change(**changes):
        return dataclasses.replace(Options(), **changes)

    homework = PRESETS["homework"]
    rows = [
        Variant("reference", "float", kind="float"),
        Variant("reference", "weights only (float, weights on the grid)", kind="weights"),
        Variant("reference", "recommended: weights and activations"),
        Variant("weights", "symmetric, one scale a tensor", change(per_channel=False)),
        Variant("weights", "asymmetric, one scale a tensor", change(per_channel=False, weights="asymmetric")),
    ]
    rows += [
        Variant("weight range", method, change(weight_range=method))
        for method in quantize.RANGES
        if method != Options().weight_range
    ]
    rows += [
        Variant("activation range", method, change(activation_range=method))
        for method in quantize.RANGES
        if method != Options().activation_range
    ]
    rows += [
        Variant("activations", "int8", change(activation_type="int8")),
        Variant("activations", "symmetric int8", change(activation_type="int8", activations="symmetric")),
    ]
    rows += [Variant("rounding", mode, rounding=mode) for mode in golden.MODES if mode != "float32"]
    rows += [
        Variant("shift only", "ratios are powers of two", PRESETS["shift"]),
        Variant("shift only", "ratios are powers of two, floor", PRESETS["shift"], rounding="floor"),
        Variant("shift only", "every scale a power of two", PRESETS["power_of_two"]),
        Variant("shift only", "every scale a power of two, floor", PRESETS["power_of_two"], rounding="floor"),
        Variant("6501 group 6", "asymmetric weights and activations", PRESETS["asymmetric"]),
        Variant("homework 1", "weights only", homework, "weights"),
        Variant("homework 1", "weights and activations, floor, 31-bit multiplier", homework, rounding="floor"),
        Variant("homework 1", "the same, to nearest, float multiplier", homework),
        Variant(
            "homework 1",
            "integers to nearest, then floor",
            dataclasses.replace(homework, integers="nearest"),
            rounding="floor",
        ),
        Variant(
            "homework 1",
            "three-sigma ranges",
            dataclasses.replace(homework, activation_range="sigma3", weight_range="sigma3"),
            rounding="floor",
        ),
        Variant("team 9", "qnnpack configuration", PRESETS["qnnpack"]),
        Variant(
            "team 9",
            "its ratios replaced by right shifts",
            dataclasses.replace(PRESETS["qnnpack"], scales="shift"),
            rounding="floor",
        ),
    ]
    for preset in ("recommended", "homework", "shift", "power_of_two"):
        rounding = "floor" if PRESETS[preset].integers == "floor" else "float32"
        rows.append(Variant("quantization-aware", preset, PRESETS[preset], "qat", rounding, f"qat-{preset}"))
    nearest = "homework, to nearest, float multiplier"
    rows.append(Variant("quantization-aware", nearest, homework, "qat", "float32", "qat-homework"))
    return rows


def paired_difference(right, reference):
    """(difference, half width of its 95 % interval) of two accuracies on the same images; boolean arrays."""
    count = len(right)
    gained, lost = int((right & ~reference).sum()), int((~right & reference).sum())
    difference = (gained - lost) / count
    variance = (gained + lost) / count - difference**2
    return difference, 1.96 * math.sqrt(max(variance, 0) / count)


@torch.no_grad()
def float_predictions(net, images):
    net.eval()
    parts = [
        net(to_real(net.network, data.to_pixels(images[start : start + 1000]))).argmax(1).numpy()
        for start in range(0, len(images), 1000)
    ]
    return np.concatenate(parts)


def evaluate_all(network, folder, systole, data_folder=None, quiet=False):
    """Rows (dicts) of the whole table for the weights in `folder`; also written to folder/variants.json."""
    net = train.load(network, folder)
    calibration, _ = data.load_for(network, "train", data_folder)
    images, labels = data.load_for(network, "test", data_folder)
    rows, reference = [], None
    models = {}  # the same integers serve several rounding modes
    for variant in tqdm(table(), network.name, disable=quiet or None, leave=False):
        if variant.kind == "float":
            predicted = float_predictions(net, images)
        elif variant.kind == "qat":
            place = os.path.join(folder, variant.run)
            if not os.path.exists(os.path.join(place, "qat.json")):
                continue
            model = qat.load(network, place)
            predicted = golden.predictions(systole, model, evaluate.quantized_input(model, images), variant.rounding)
        else:
            if variant.options not in models:
                models[variant.options] = quantize.quantize(net, calibration, variant.options)
            model = models[variant.options]
            if variant.kind == "weights":
                predicted = float_predictions(quantize.dequantized(net, model), images)
            else:
                predicted = golden.predictions(
                    systole, model, evaluate.quantized_input(model, images), variant.rounding
                )
        right = predicted == labels
        reference = right if reference is None else reference
        low, high = evaluate.wilson(int(right.sum()), len(right))
        difference, half = paired_difference(right, reference)
        rows.append(
            {
                "group": variant.group,
                "name": variant.name,
                "rounding": variant.rounding if variant.kind in ("integer", "qat") else "",
                "accuracy": float(right.mean()),
                "low": low,
                "high": high,
                "difference": difference,
                "difference_half_width": half,
            }
        )
    path = os.path.join(folder, "variants.json")
    with open(path + ".part", "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=1)
    os.replace(path + ".part", path)
    return rows


def latest(network, folder, systole, data_folder=None, quiet=False):
    """The rows in folder/variants.json, evaluated again if weights are newer than the table."""
    path = os.path.join(folder, "variants.json")
    weights = [os.path.join(folder, "float.pt")]
    weights += [os.path.join(folder, variant.run, "qat.json") for variant in table() if variant.run]
    newest = max((os.path.getmtime(name) for name in weights if os.path.exists(name)), default=0)
    if not os.path.exists(path) or os.path.getmtime(path) < newest:
        return evaluate_all(network, folder, systole, data_folder, quiet)
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def print_table(rows):
    group = None
    for row in rows:
        if row["group"] != group:
            group = row["group"]
            print(group)
        print(
            f"  {row['name']:50s} {row['rounding']:9s} {row['accuracy']:8.2%}  [{row['low']:.2%}, {row['high']:.2%}]"
            f"  {100 * row['difference']:+.2f} +- {100 * row['difference_half_width']:.2f} points"
        )
