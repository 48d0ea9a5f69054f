"""The table of quantization variants: one option at a time from the recommended setting, then the
documents' own.

Every integer accuracy is the golden reference's on the whole test set; a difference is to the float
network that the variant was made from, with the 95 % interval of a paired difference. A variant
that a network has not (real biases without biases, a last checkpoint, a quantization-aware run that
was not made) has no row.
"""

import dataclasses
import json
import math
import os

import numpy as np
import torch
from tqdm import tqdm

from . import data, evaluate, folders, golden, qat, quantize, train
from .networks import to_real
from .quantize import PRESETS, Options


@dataclasses.dataclass(frozen=True)
class Variant:
    group: str
    name: str
    options: Options = Options()
    # integer, qat: the golden reference. In float: float; last, the last checkpoint where the best
    # one is kept; weights, those on the grid; biases, integers simulated with real biases;
    # qat-float, weights trained under quantization.
    kind: str = "integer"
    rounding: str = "float32"
    run: str = ""  # qat, qat-float: the folder


INTEGER_KINDS = ("integer", "qat")


# Name of a quantization-aware run (its folder is qat-NAME) -> its preset.
QAT_RUNS = {
    "recommended": "recommended",
    "homework": "homework",
    "homework-scratch": "homework",
    "shift": "shift",
    "power_of_two": "power_of_two",
}


def table():
    """All variants, in the order of the report."""

    def change(**changes):
        return dataclasses.replace(Options(), **changes)

    homework = PRESETS["homework"]
    rows = [
        Variant("reference", "float", kind="float"),
        Variant("reference", "float, last checkpoint", kind="last"),
        Variant("reference", "weights only (float, weights on the grid)", kind="weights"),
        Variant("reference", "weights and activations, real biases (simulated)", kind="biases"),
        Variant("reference", "recommended: weights, activations, biases"),
        Variant("weights", "symmetric, one scale a tensor", change(per_channel=False)),
        Variant(
            "weights",
            "asymmetric, one scale a tensor",
            change(per_channel=False, weights="asymmetric"),
        ),
        Variant("weights", "floored, not to nearest", change(integers="floor")),
        Variant("weights", "steps of 2 max / 255, not max / 127", change(full_range=True)),
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
        Variant(
            "activations", "symmetric int8", change(activation_type="int8", activations="symmetric")
        ),
    ]
    rows += [
        Variant("calibration", f"{count} images, not 1,000", change(calibration_images=count))
        for count in (10, 100)
    ]
    rows += [Variant("rounding", mode, rounding=mode) for mode in golden.MODES if mode != "float32"]
    rows += [
        Variant("shift only", "ratios are powers of two", PRESETS["shift"]),
        Variant(
            "shift only", "ratios are powers of two, floor", PRESETS["shift"], rounding="floor"
        ),
        Variant("shift only", "every scale a power of two", PRESETS["power_of_two"]),
        Variant(
            "shift only",
            "every scale a power of two, floor",
            PRESETS["power_of_two"],
            rounding="floor",
        ),
        Variant("6501 group 6", "asymmetric weights and activations", PRESETS["asymmetric"]),
        Variant("homework 1", "weights only", homework, "weights"),
        Variant(
            "homework 1", "weights and activations, real biases (simulated)", homework, "biases"
        ),
        Variant("homework 1", "everything, floor, 31-bit multiplier", homework, rounding="floor"),
        Variant("homework 1", "everything, to nearest, float multiplier", homework),
        Variant(
            "homework 1",
            "everything, weights to nearest, then floor",
            dataclasses.replace(homework, integers="nearest"),
            rounding="floor",
        ),
        Variant(
            "homework 1",
            "everything, three-sigma ranges",
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
    for name, preset in QAT_RUNS.items():
        options, run = PRESETS[preset], f"qat-{name}"
        if options.integers == "floor":
            rows.append(
                Variant(
                    "quantization-aware",
                    f"{name}, to nearest, float multiplier",
                    options,
                    "qat",
                    run=run,
                )
            )
            rows.append(
                Variant(
                    "quantization-aware",
                    f"{name}, floor, 31-bit multiplier",
                    options,
                    "qat",
                    "floor",
                    run,
                )
            )
        else:
            rows.append(Variant("quantization-aware", name, options, "qat", run=run))
        rows.append(
            Variant(
                "quantization-aware", f"{name}, its weights in float", options, "qat-float", run=run
            )
        )
    return rows


def paired_difference(right, reference):
    """(difference, half width of its 95 % interval) of two accuracies on the same images; boolean
    arrays.
    """
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


def _present(variant, network, folder):
    """Whether the network trained in `folder` has this variant."""
    if variant.kind == "last":
        return os.path.exists(os.path.join(folder, "last.pt"))
    if variant.kind == "biases":
        return any(layer.bias for layer in network.layers if layer.kind in ("conv", "fc"))
    return not variant.run or os.path.exists(os.path.join(folder, variant.run, "qat.json"))


class _Predictor:
    """Predicted classes of a network's variants on the test images."""

    def __init__(self, network, folder, systole, calibration, images):
        self.network, self.folder, self.systole = network, folder, systole
        self.calibration, self.images = calibration, images
        self.net = train.load(network, folder)
        self.models = {}  # the same integers serve several rounding modes

    def _model(self, variant):
        key = variant.options, variant.run
        if key not in self.models:
            place = os.path.join(self.folder, variant.run)
            self.models[key] = (
                qat.load(self.network, place)
                if variant.run
                else quantize.quantize(self.net, self.calibration, variant.options)
            )
        return self.models[key]

    def _float_net(self, variant):
        if variant.kind == "float":
            return self.net
        if variant.kind == "last":
            return train.load(self.network, self.folder, "last.pt")
        if variant.kind == "weights":
            return quantize.dequantized(self.net, self._model(variant))
        if variant.kind == "qat-float":
            return train.load(self.network, os.path.join(self.folder, variant.run))
        return qat.QatNet(
            qat.copy_of(self.net).eval(), variant.options, self.calibration, integer_biases=False
        )

    def __call__(self, variant):
        if variant.kind not in INTEGER_KINDS:
            return float_predictions(self._float_net(variant), self.images)
        model = self._model(variant)
        pixels = evaluate.quantized_input(model, self.images)
        return golden.predictions(self.systole, model, pixels, variant.rounding)


def evaluate_all(network, folder, systole, data_folder=None, quiet=False):
    """Rows (dicts) of the whole table for the weights in `folder`; also written to
    folder/variants.json.
    """
    calibration, _ = data.load_for(network, "train", data_folder)
    images, labels = data.load_for(network, "test", data_folder)
    predict = _Predictor(network, folder, systole, calibration, images)
    rows, reference = [], None
    variants = [variant for variant in table() if _present(variant, network, folder)]
    for variant in tqdm(variants, network.name, disable=quiet or None, leave=False):
        right = predict(variant) == labels
        reference = right if reference is None else reference
        low, high = evaluate.wilson(int(right.sum()), len(right))
        difference, half = paired_difference(right, reference)
        rows.append(
            {
                "group": variant.group,
                "name": variant.name,
                "rounding": variant.rounding if variant.kind in INTEGER_KINDS else "",
                "accuracy": float(right.mean()),
                "low": low,
                "high": high,
                "difference": difference,
                "difference_half_width": half,
            }
        )
    folders.write_json(os.path.join(folder, "variants.json"), rows)
    return rows


def latest(network, folder, systole, data_folder=None, quiet=False):
    """The rows in folder/variants.json; evaluated if weights are newer, or if these are not the
    table's variants.
    """
    path = os.path.join(folder, "variants.json")
    weights = [os.path.join(folder, "float.pt")]
    weights += [os.path.join(folder, variant.run, "qat.json") for variant in table() if variant.run]
    newest = max((os.path.getmtime(name) for name in weights if os.path.exists(name)), default=0)
    if os.path.exists(path) and os.path.getmtime(path) >= newest:
        with open(path, encoding="utf-8") as file:
            rows = json.load(file)
        wanted = [
            (variant.group, variant.name)
            for variant in table()
            if _present(variant, network, folder)
        ]
        if [(row["group"], row["name"]) for row in rows] == wanted:
            return rows
    return evaluate_all(network, folder, systole, data_folder, quiet)


def print_table(rows):
    group = None
    for row in rows:
        if row["group"] != group:
            group = row["group"]
            print(group)
        print(
            f"  {row['name']:50s} {row['rounding']:9s} {row['accuracy']:8.2%}  [{row['low']:.2%},"
            f" {row['high']:.2%}]  {100 * row['difference']:+.2f} +-"
            f" {100 * row['difference_half_width']:.2f} points"
        )
