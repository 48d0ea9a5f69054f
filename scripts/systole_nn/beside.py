"""The part of a network's page that puts every further figure of its source document beside the
project's own.
"""

import json
import math
import os

import numpy as np

from . import export_onnx, measure, published
from .networks import shapes
from .quantize import PRESETS, quantize


def batch_costs(network, net):
    """(million multiply-adds, MB of input, MB of outputs forward and backward, MB of parameters,
    their sum), batch 4.
    """
    tensor_shapes = shapes(network)
    parameters = sum(p.numel() for p in net.parameters())
    macs = outputs = 0
    for layer, target in zip(network.layers, tensor_shapes[1:]):
        if layer.name in net.weights:
            macs += net.weights[layer.name].weight.numel() * target[1] * target[2]
            outputs += int(np.prod(target))
    batch = published.BATCH
    sizes = [
        4 * batch * int(np.prod(tensor_shapes[0])) / 1e6,
        8 * batch * outputs / 1e6,
        4 * parameters / 1e6,
    ]
    return (batch * macs / 1e6, *sizes, sum(sizes))


def _costs(page, network, net, folder, integers):
    """Parameters, sizes and costs."""
    rows = []
    theirs = published.PARAMETERS.get(network.name)
    if theirs:
        rows.append(["parameters", f"{sum(p.numel() for p in net.parameters()):,}", f"{theirs:,}"])
    theirs = published.BATCH_COSTS.get(network.name)
    if theirs:
        head = (
            "multiply-adds, millions",
            "input, MB",
            "outputs forward and backward, MB",
            "parameters, MB",
            "sum, MB",
        )
        for name, mine, printed in zip(head, batch_costs(network, net), theirs):
            rows.append(
                [f"{name} (batch {published.BATCH}, single precision)", f"{mine:.4f}", printed]
            )
    theirs = published.FILE_SIZES.get(network.name)
    if theirs:
        size = os.path.getsize(os.path.join(folder, "float.pt"))
        proto = len(export_onnx.qdq(integers).SerializeToString())
        rows.append(["file of float weights, MB", f"{size / 1e6:.6f}", theirs[0]])
        rows.append(["file of the int8 model, MB", f"{proto / 1e6:.6f} (ONNX)", theirs[1]])
        rows.append(["ratio", f"{size / proto:.2f}", f"{theirs[0] / theirs[1]:.2f}"])
    if rows:
        page.table(["quantity", "ours", "source document"], rows)
    if network.name in published.PARAMETERS_REMARK:
        page.text(published.PARAMETERS_REMARK[network.name])


def _epochs(page, network, folder):
    """Accuracy and loss after each epoch."""
    rows = []
    for run, epochs in published.EPOCHS.get(network.name, {}).items():
        path = os.path.join(
            folder if run == "float" else os.path.join(folder, f"qat-{run}"), "train.json"
        )
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as file:
            history = json.load(file)["history"]
        for entry, (accuracy, losses) in zip(history, epochs):
            rows.append(
                [run, entry["epoch"], f"{100 * entry['check_accuracy']:.2f}", f"{accuracy:.2f}"]
                + [
                    f"{entry['train_loss']:.3f}",
                    f"{np.mean(losses):.3f}",
                    f"{losses[0]:.3f} to {losses[-1]:.3f}",
                ]
            )
    if rows:
        page.heading("By epoch")
        head = [
            "training",
            "epoch",
            "accuracy, %",
            "theirs, %",
            "mean loss",
            "theirs",
            "first to last 2,000 batches",
        ]
        page.table(head, rows)


def _ranges(page, network, net, calibration):
    theirs = published.RANGES.get(network.name)
    if not theirs:
        return
    page.heading("Ranges")
    rows = []
    for one in sum(measure.distributions(net, calibration), []):
        printed = theirs[one.name]
        low_high = [one.real, printed[:2], one.sigma, printed[2:]]
        wider = [
            "larger" if s[1] - s[0] > r[1] - r[0] else "smaller"
            for r, s in (low_high[::2], low_high[1::2])
        ]
        rows.append([one.name, *(f"{low:.3f} to {high:.3f}" for low, high in low_high), *wider])
    head = [
        "tensor",
        "real range",
        "theirs",
        "three sigma",
        "theirs",
        "three sigma is",
        "theirs is",
    ]
    page.table(head, rows)


def _scales(page, network, net, integers):
    theirs = published.SCALES.get(network.name)
    if not theirs:
        return
    page.heading("Scales and zero points, qnnpack configuration")
    weights = {layer.spec.name: layer.weight_scales for layer in integers.layers}
    rows = []
    for tensor in integers.tensors:
        scale, zero, weight = theirs[tensor.name]
        mine = weights.get(tensor.name)
        rows.append(
            [tensor.name, f"{tensor.scale:.5f}", scale, tensor.zero_point, zero]
            + [f"{mine[0]:.5f}" if mine is not None else "", weight or ""]
            + (["0", "0"] if mine is not None else ["", ""])
        )
    head = [
        "tensor",
        "scale",
        "theirs",
        "zero point",
        "theirs",
        "weight scale",
        "theirs",
        "weight zero point",
        "theirs",
    ]
    page.table(head, rows)
    bias, integer, ratio, shift = published.FIRST_LAYER[network.name]
    first = integers.layers[0]
    product = float(integers.tensors[0].scale) * float(first.weight_scales[0])
    mine = float(integers.tensors[1].scale) / product
    real = float(net.weights[first.spec.name].bias.detach()[0])
    product_theirs = theirs["image"][0] * theirs[first.spec.name][2]
    page.table(
        ["first layer", "ours", "source document"],
        [
            ["bias of its first filter, real", f"{real:.6f}", f"{bias:.6f}"],
            [
                "in units of Sx Sw",
                f"{int(first.bias[0]):,}",
                f"{integer} (recomputed: {bias / product_theirs:.2f})",
            ],
            [
                "Sy / (Sx Sw)",
                f"{mine:.2f}",
                f"{ratio} (recomputed: {theirs[first.spec.name][0] / product_theirs:.2f})",
            ],
            [
                "right shift instead",
                f"{round(math.log2(mine))} ({math.log2(mine):.2f})",
                f"{shift} ({math.log2(ratio):.2f})",
            ],
        ],
    )


def write(page, network, nets, folders, calibration):
    """nets, folders: {recipe: trained FloatNet}, {recipe: its folder}; calibration: uint8 images N
    x H x W.
    """
    if network.name not in published.ACCURACY:
        return
    recipe = "document" if "document" in nets else next(iter(nets))
    net = nets[recipe]
    page.section("The source document's other figures beside ours")
    page.text(f"Ours are those of the network trained by the {recipe} recipe.")
    integers = quantize(net, calibration, PRESETS["qnnpack"])
    _costs(page, network, net, folders[recipe], integers)
    _epochs(page, network, folders[recipe])
    _ranges(page, network, net, calibration[:1000])
    _scales(page, network, net, integers)
