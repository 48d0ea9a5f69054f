"""Questions that quantized networks raise, each answered by a measurement for the page of a
network.
"""

import numpy as np

from . import evaluate, golden, measure
from .networks import shapes


def write(page, systole, net, model, images, tables):
    """tables: {recipe: rows of the table of variants}; net and model are the first recipe's."""
    page.section("Questions, answered by measurement")
    _rounding(page, systole, model, images[:1000])
    _fixed_point(page, systole, model, images[:1000], next(iter(tables.values())))
    _training(page, tables)
    _convolution(page, systole, net, model, images[:200])


def _row(rows, group, name):
    return next((row for row in rows if row["group"] == group and row["name"] == name), None)


def _percent(row):
    return (
        f"{100 * row['accuracy']:.2f} % ({100 * row['difference']:+.2f} ±"
        f" {100 * row['difference_half_width']:.2f})"
    )


def _rounding(page, systole, model, images):
    page.heading("Why floor? What does the rounding mode do?")
    pixels = evaluate.quantized_input(model, images)
    outputs = {mode: golden.all_outputs(systole, model, pixels, mode) for mode in golden.MODES}
    layer = model.layers[0].spec
    exact = measure.exact_steps(model, pixels)
    first, last = model.tensors[1], model.tensors[-1]
    limit = 255 if first.dtype == "uint8" else 127
    used = (exact > 1) & (exact < limit - first.zero_point - 1)
    once = np.unique(exact[used], return_index=True)[1]
    table = []
    for mode, tensors in outputs.items():
        error = (tensors[0].astype(np.float64) - first.zero_point - exact)[used][once]
        differing = float((tensors[0] != outputs["float32"][0]).mean())
        final = float((tensors[-1] != outputs["float32"][-1]).mean())
        chosen, usual = (
            each.reshape(len(images), -1).argmax(1)
            for each in (tensors[-1], outputs["float32"][-1])
        )
        answers = int((chosen != usual).sum())
        table.append(
            [mode, f"{error.mean():+.4f}", f"{np.sqrt((error**2).mean()):.4f}"]
            + [f"{100 * differing:.3f} %", f"{100 * final:.2f} %", answers]
        )
    head = [
        "mode",
        f"mean error of {layer.name}, steps",
        "root mean square",
        f"{layer.name} differs from float32",
    ]
    page.table(
        [*head, f"{model.layers[-1].spec.name} differs", "answers that differ, of 1,000"], table
    )
    page.text(
        "Floor is a bare right shift: no adder for the rounding constant. It lies half a step low"
        " on average, the modes that round to nearest do not, and these hardly differ from one"
        " another. (Against the exact sum of the same integers, each distinct value above zero and"
        " not saturated counted once: images repeat their background.) A step of the last layer is"
        f" {float(last.scale):.4g}."
    )


def _fixed_point(page, systole, model, images, rows):
    page.heading("Why a fixed-point scale?")
    constants = golden.model_constants(systole, model, "half_even")
    worst = 0.0
    for index, (layer, entry) in enumerate(zip(model.layers, constants["layers"])):
        if layer.weights is None:
            continue
        ratios = float(model.tensors[index].scale) * layer.weight_scales.astype(np.float64)
        ratios = np.resize(ratios / float(model.tensors[index + 1].scale), len(entry["m"]))
        fixed = np.array([m / 2.0**s for m, s in zip(entry["m"], entry["s"])])
        worst = max(worst, float(np.abs(fixed / ratios - 1).max()))
    pixels = evaluate.quantized_input(model, images)
    exact, single = (
        golden.all_outputs(systole, model, pixels, mode) for mode in ("half_even", "float32")
    )
    different = sum(int((a != b).sum()) for a, b in zip(exact, single))
    page.text(
        f"A 31-bit multiplier and a shift stand for the real scale within {worst:.1e} of it, less"
        f" than single precision loses (6e-8): of {sum(a.size for a in exact):,} outputs of all"
        f" layers {different:,} differ between it (half_even) and single-precision requantization"
        " (float32), and no floating-point unit is needed."
    )
    found = [
        (label, _row(rows, "shift only", name))
        for label, name in (
            ("ratios that are powers of two", "ratios are powers of two"),
            ("every scale a power of two", "every scale a power of two"),
        )
    ]
    page.text(
        "Without a multiplier at all, a shift alone, after training: "
        + "; ".join(f"{label} {_percent(row)}" for label, row in found if row)
        + ". In brackets: difference to float, in points."
    )


_HOMEWORK = "floor, 31-bit multiplier"
# Setting, row of the quantization-aware run, row of the same setting after training.
_PAIRS = (
    ("recommended", "recommended", ("reference", "recommended: weights, activations, biases")),
    ("homework", f"homework, {_HOMEWORK}", ("homework 1", f"everything, {_HOMEWORK}")),
    (
        "homework, from scratch",
        f"homework-scratch, {_HOMEWORK}",
        ("homework 1", f"everything, {_HOMEWORK}"),
    ),
    ("shift", "shift", ("shift only", "ratios are powers of two")),
    ("power_of_two", "power_of_two", ("shift only", "every scale a power of two")),
)


def _training(page, tables):
    page.heading("Quantization after training or during it?")
    table = []
    for recipe, rows in tables.items():
        for setting, run, key in _PAIRS:
            after, during = _row(rows, *key), _row(rows, "quantization-aware", run)
            if after and during:
                gain = 100 * (during["accuracy"] - after["accuracy"])
                table.append([setting, recipe, _percent(after), _percent(during), f"{gain:+.2f}"])
    if table:
        page.table(
            ["setting", "recipe", "after training", "during training", "gain, points"], table, 2
        )
        page.text(
            "In brackets: difference to the float network trained by the recipe, in points, with"
            " its 95 % interval. Runs during training start from that network's weights, or from"
            " scratch where it says so."
        )
    else:
        page.text("No quantization-aware run of this network is there: systole_nn qat makes one.")


def _convolution(page, systole, net, model, images):
    page.heading("A convolution as a fully connected layer?")
    table = []
    tensor_shapes = shapes(net.network)
    for layer, source, target in zip(net.network.layers, tensor_shapes, tensor_shapes[1:]):
        if layer.kind != "conv":
            continue
        weights = net.weights[layer.name].weight.numel()
        dense = int(np.prod(source)) * int(np.prod(target))
        macs = weights * target[1] * target[2]
        table.append(
            [
                layer.name,
                f"{weights:,}",
                f"{dense:,}",
                f"{dense / weights:.0f}",
                f"{dense / macs:.1f}",
            ]
        )
    page.table(["layer", "weights", "weights as a matrix", "times", "multiply-adds, times"], table)
    for index, layer in enumerate(model.layers):
        if layer.spec.kind == "conv" and model.tensors[index].shape[1:] == (layer.spec.kernel,) * 2:
            pixels = evaluate.quantized_input(model, images)
            first = golden.all_outputs(systole, model, pixels, "float32")
            second = golden.all_outputs(
                systole, measure.convolution_as_matrix(model, index), pixels, "float32"
            )
            different = sum(
                int((a.reshape(-1) != b.reshape(-1)).sum()) for a, b in zip(first, second)
            )
            page.text(
                f"{layer.spec.name} covers its whole input, so the matrix is the convolution:"
                f" computed either way, {different} of {sum(a.size for a in first):,} outputs of"
                f" all layers differ on {len(images)} images. The other convolutions share their"
                " weights between positions; as a matrix each position has its own copy."
            )
