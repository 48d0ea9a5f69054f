"""The report of a network: one self-contained HTML page with every figure and the measurement
behind it.
"""

import json
import os

import numpy as np

from . import (
    UserError,
    beside,
    data,
    evaluate,
    figures,
    folders,
    golden,
    measure,
    published,
    questions,
    train,
    variants,
)
from .networks import shapes
from .page import Page
from .quantize import PRESETS, quantize

_CALIBRATION = 1000  # training images behind histograms and signal-to-noise ratios


def _recipes(network, work):
    """The recipes that are trained, the project's own first."""
    found = [
        name
        for name in network.recipes
        if os.path.exists(os.path.join(work, network.name, name, "float.pt"))
    ]
    if not found:
        raise UserError(
            f"{work}/{network.name}: no trained weights (python -m systole_nn train"
            f" {network.name} makes them)"
        )
    return found


def _accuracy(page, network, tables):
    """tables: {recipe: rows}."""
    page.section("Accuracy of every variant")
    page.text(
        "Share of the 10,000 test images, with its 95 % interval (Wilson), and the paired"
        " difference to the float network with its 95 % interval, in points. Integers are computed"
        " by the golden reference. One option at a time is varied from the recommended setting;"
        " then come the source documents' own settings."
    )
    theirs = published.ACCURACY.get(network.name, {})
    head = ["variant", "rounding"]
    for recipe in tables:
        head += [f"{recipe} recipe, %", "95 % interval", "to float, points"]
    head.append("source, %")
    by_key = [
        {(row["group"], row["name"], row["rounding"]): row for row in rows}
        for rows in tables.values()
    ]
    keys = list(dict.fromkeys(key for table in by_key for key in table))
    order = [(variant.group, variant.name) for variant in variants.table()]
    keys.sort(key=lambda key: order.index(key[:2]) if key[:2] in order else len(order))
    rows, group = [], None
    for key in keys:
        if key[0] != group:
            group = key[0]
            rows.append(group)
        cells = [key[1], key[2]]
        for table in by_key:
            row = table.get(key)
            if row is None:
                cells += ["", "", ""]
                continue
            cells += [
                f"{100 * row['accuracy']:.2f}",
                f"{100 * row['low']:.2f} to {100 * row['high']:.2f}",
                f"{100 * row['difference']:+.2f} ± {100 * row['difference_half_width']:.2f}",
            ]
        rows.append([*cells, f"{theirs[key[:2]]:.2f}" if key[:2] in theirs else ""])
    page.table(head, rows, 1, "variants")


def _layers(page, network, net):
    page.section("Layers")
    rows, totals = [], np.zeros(4, np.int64)
    tensor_shapes = shapes(network)
    for layer, source, target in zip(network.layers, tensor_shapes, tensor_shapes[1:]):
        parameters, macs, constant_bytes = 0, 0, 0
        if layer.name in net.weights:
            module = net.weights[layer.name]
            weights, biases = (
                module.weight.numel(),
                0 if module.bias is None else module.bias.numel(),
            )
            parameters, constant_bytes = weights + biases, weights + 4 * biases
            macs = weights * target[1] * target[2]
        entry = [parameters, macs, constant_bytes, int(np.prod(target))]
        totals += entry
        kind = {
            "conv": "convolution",
            "fc": "fully connected",
            "maxpool": "max pooling",
            "avgpool": "average pooling",
        }
        window = f" {layer.kernel}x{layer.kernel}" if layer.kind != "fc" else ""
        text = kind[layer.kind] + window + (", ReLU" if layer.relu else "")
        sizes = ["x".join(map(str, shape)) for shape in (source, target)]
        rows.append([layer.name, text, *sizes, *(f"{value:,}" for value in entry)])
    rows.append(["sum", "", "", "", *(f"{value:,}" for value in totals)])
    head = [
        "layer",
        "operation",
        "input CxHxW",
        "output CxHxW",
        "parameters",
        "multiply-adds",
        "int8 bytes",
        "outputs",
    ]
    theirs = published.LAYERS.get(network.name)
    if theirs:
        head += ["source: output", "parameters"]
        for row in rows:
            size, count = theirs.get(
                row[0], ("", sum(parameters for _, parameters in theirs.values()))
            )
            row += [size, f"{count:,}"]
    page.table(head, rows, 2)
    float_bytes = 4 * int(totals[0])
    page.text(
        "Multiply-adds are an image's. Bytes: weights one, biases four. The parameters take"
        f" {float_bytes:,} bytes in single precision and {int(totals[2]):,} in integers"
        f" ({float_bytes / totals[2]:.2f} times less)."
    )


def _curves(page, folder, recipe):
    with open(os.path.join(folder, "train.json"), encoding="utf-8") as file:
        summary = json.load(file)
    kept = summary["recipe"]["keep"]
    last = "; the last checkpoint is in the table too" if kept == "best" else ""
    checked = (
        "the last 5,000 training images, held out"
        if kept == "best"
        else "the test images, which choose nothing"
    )
    page.figure(
        figures.curves(summary["history"]),
        (
            f"{recipe} recipe: validation on {checked}; epoch {summary['kept_epoch']} of"
            f" {len(summary['history'])} is kept{last}."
        ),
    )
    runs = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name, "train.json")
        if name.startswith("qat-") and os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                runs[name[4:]] = json.load(file)["history"]
    if runs:
        page.figure(
            figures.curves_of_runs(runs),
            (
                f"{recipe} recipe, quantization-aware training: training (dashed) and test images,"
                " which choose nothing."
            ),
        )


def _ranges(page, weights, activations, rows):
    page.section("Ranges: real or three sigma")
    page.text(
        f"Weights, and activations of the first {_CALIBRATION:,} training images; the ranges are"
        " minimum to maximum, and mean minus to mean plus three standard deviations. Counts are"
        " logarithmic."
    )
    page.figure(figures.histograms(weights), "Weights by layer.")
    page.figure(
        figures.histograms(activations),
        "Input and outputs by layer (after ReLU where there is one).",
    )
    cells, score = [], {"real": 0, "three sigma": 0}
    for one in [*weights, *activations]:
        widths = one.real[1] - one.real[0], one.sigma[1] - one.sigma[0]
        better = "real" if one.real_sqnr >= one.sigma_sqnr else "three sigma"
        score[better] += 1
        cells.append(
            [one.name, f"{one.real[0]:.4f} to {one.real[1]:.4f}", f"{widths[0]:.4f}"]
            + [f"{one.sigma[0]:.4f} to {one.sigma[1]:.4f}"]
            + [f"{widths[1]:.4f}, {'larger' if widths[1] > widths[0] else 'smaller'}"]
            + [f"{one.real_sqnr:.1f}", f"{one.sigma_sqnr:.1f}", better]
        )
    head = [
        "tensor",
        "real range",
        "width",
        "three-sigma range",
        "width",
        "real, dB",
        "three sigma, dB",
        "better",
    ]
    page.table(head, cells)
    page.text(
        "The signal-to-noise ratios in dB are those of symmetric 8-bit integers over either range,"
        " one scale a tensor, what lies outside saturated. By them the real range is better for"
        f" {score['real']} tensors, three sigma for {score['three sigma']}."
    )
    wanted = ("everything, floor, 31-bit multiplier", "everything, three-sigma ranges")
    found = [next((row for row in rows if row["name"] == name), None) for name in wanted]
    if all(found):
        real, sigma = (100 * row["accuracy"] for row in found)
        page.text(
            "By accuracy, with symmetric scales a tensor and floor throughout (HW1's setting):"
            f" real ranges {real:.2f} %, three-sigma ranges {sigma:.2f} %, a difference of"
            f" {sigma - real:+.2f} points."
        )


def _noise(page, systole, net, model, images):
    page.section("Signal-to-quantization-noise ratio")
    page.text(
        "The integer network against the float one on 1,000 test images: 10 log10 of the power of a"
        " layer's real outputs over the power of the difference, the noise of all layers before"
        " included. A good 8-bit tensor alone has about 40."
    )
    chosen = images[:1000]
    reals = measure.float_outputs(net, chosen)
    head, rows = ["layer"], [[layer.spec.name] for layer in model.layers]
    for mode in ("float32", "floor"):
        outputs = golden.all_outputs(systole, model, evaluate.quantized_input(model, chosen), mode)
        head += [f"SQNR {mode}, dB", f"largest error {mode}"]
        for row, tensor, real, integers in zip(rows, model.tensors[1:], reals, outputs):
            approximation = measure.real_values(tensor, integers).reshape(real.shape)
            row += [
                f"{measure.sqnr(real, approximation):.1f}",
                f"{np.abs(real - approximation).max():.3f}",
            ]
    page.table(head, rows)


def _confusion(page, network, outputs, images, labels):
    page.section("Confusion and the worst images")
    predicted = outputs.argmax(1)
    classes = outputs.shape[1]
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (labels, predicted), 1)
    rows = []
    for label in range(classes):
        total = max(int(counts[label].sum()), 1)
        cells = [
            (str(value), 0.15 if label == other else min(0.6, 5 * value / total)) if value else ""
            for other, value in enumerate(counts[label])
        ]
        rows.append([str(label), *cells, f"{100 * counts[label, label] / total:.1f} %"])
    page.table(["label", *map(str, range(classes)), "right"], rows, css="confusion")
    right = int((predicted == labels).sum())
    page.text(
        "Rows: labels; columns: what the recommended integer network answers, mode float32."
        f" {right:,} of {len(labels):,} images right. Below, the wrong answers that lead by most,"
        " in steps of the last layer."
    )
    values = outputs.astype(np.int64)
    lead = values.max(1) - values[np.arange(len(labels)), labels]
    worst = [
        index
        for index in np.argsort(-lead, kind="stable")[:30]
        if predicted[index] != labels[index]
    ]
    page.tiles(
        (
            images[index],
            f"no. {index}: {labels[index]}, read as {predicted[index]}, by {lead[index]}",
        )
        for index in worst
    )


def _constants(page, systole, model):
    page.section("Constants that go to the hardware")
    page.text(
        "Recommended setting, mode float32. Zero points and clamps are given in the int8 domain"
        " (uint8 less 128); an output is clamp(Zy + R(sum · m, s)), R rounding m · sum / 2^s."
    )
    constants = golden.model_constants(systole, model, "float32")
    rows = []
    for index, (layer, entry) in enumerate(zip(model.layers, constants["layers"])):
        source, target = constants["tensors"][index : index + 2]
        rows.append(
            [
                layer.spec.name,
                f"{source['scale']:.6g}",
                source["zero_point"],
                f"{target['scale']:.6g}",
            ]
            + [
                target["zero_point"],
                entry["weight_zero_point"],
                " to ".join(map(str, entry["clamp"])),
                len(entry["m"]),
            ]
        )
    page.table(["layer", "Sx", "Zx", "Sy", "Zy", "Zw", "clamp", "multipliers"], rows)
    for entry in constants["layers"]:
        if entry["m"]:
            page.heading(f"{entry['name']}: m / 2^s")
            page.text(", ".join(f"{m}/2^{s}" for m, s in zip(entry["m"], entry["s"])), "numbers")


def write(network, work, systole, path, data_folder=None, quiet=False):
    """Writes the page of `network` from the weights in `work`."""
    recipes = _recipes(network, work)
    places = {recipe: os.path.join(work, network.name, recipe) for recipe in recipes}
    tables = {
        recipe: variants.latest(network, places[recipe], systole, data_folder, quiet)
        for recipe in recipes
    }
    nets = {recipe: train.load(network, places[recipe]) for recipe in recipes}
    net, rows = nets[recipes[0]], tables[recipes[0]]
    calibration, _ = data.load_for(network, "train", data_folder)
    images, labels = data.load_for(network, "test", data_folder)
    model = quantize(net, calibration, PRESETS["recommended"])
    outputs = golden.outputs(systole, model, evaluate.quantized_input(model, images), "float32")
    reference = next(row for row in rows if row["name"] == "float")
    page = Page(
        f"{network.name}: from float to int8",
        (
            f"Trained by the {recipes[0]} recipe: float {100 * reference['accuracy']:.2f} %, int8"
            f" {100 * float((outputs.argmax(1) == labels).mean()):.2f} % of {len(labels):,} test"
            " images."
        ),
    )
    _accuracy(page, network, tables)
    _layers(page, network, net)
    page.section("Training")
    for recipe in recipes:
        _curves(page, places[recipe], recipe)
    weights, activations = measure.distributions(net, calibration[:_CALIBRATION])
    _ranges(page, weights, activations, rows)
    beside.write(page, network, nets, places, calibration)
    _noise(page, systole, net, model, images)
    questions.write(page, systole, net, model, images, tables)
    _constants(page, systole, model)
    _confusion(page, network, outputs, images, labels)
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    folders.write_bytes(path, page.render().encode("utf-8"))
    return {"path": path, "bytes": os.path.getsize(path)}
