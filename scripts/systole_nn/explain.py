"""The doctor: one image through float, the frameworks, the golden reference and RTL; where they
part first, and why.
"""

import os
import tempfile
from dataclasses import dataclass

import numpy as np
import torch

from . import UserError, diagnose, evaluate, export_onnx, golden, measure, ort
from .networks import FloatNet, Network


@dataclass
class Run:
    name: str  # golden, onnxruntime, litert, rtl
    mode: str  # the rounding mode that it claims
    outputs: list  # of all layers, C x H x W in the model's own types
    note: str = ""  # why there are no outputs


def float_net(model):
    """The model in real arithmetic: its weights and biases as they are on the grid, nothing else
    quantized.
    """
    network = Network(
        model.name, "", tuple(layer.spec for layer in model.layers), {}, model.tensors[0].shape
    )
    net = FloatNet(network)
    for layer, source in zip(model.layers, model.tensors):
        if layer.weights is None:
            continue
        column = layer.weight_scales.reshape((-1,) + (1,) * (layer.weights.ndim - 1)).astype(
            np.float64
        )
        module = net.weights[layer.spec.name]
        module.weight.data = torch.from_numpy(
            (layer.weights.astype(np.float64) - layer.weight_zero_point) * column
        )
        if layer.bias is not None:
            scale = float(source.scale) * layer.weight_scales.astype(np.float64)
            module.bias.data = torch.from_numpy(layer.bias * scale)
    return net.double().eval()


@torch.no_grad()
def float_outputs(net, model, image):
    return [
        one[0].numpy()
        for one in net.layer_outputs(torch.from_numpy(measure.real_values(model.tensors[0], image)))
    ]


def _shaped(model, outputs):
    """The arrays of a run, N = 1, as C x H x W."""
    if len(outputs) != len(model.layers):
        raise UserError(f"{len(outputs)} outputs, but the model has {len(model.layers)} layers")
    return [one.reshape(tensor.shape) for one, tensor in zip(outputs, model.tensors[1:])]


def integer_runs(systole, path, model, image, modes, rtl):
    """Golden in every mode, ONNX Runtime, LiteRT, and RTL in `rtl` modes; a Run that cannot be has
    a note.
    """
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "image.npy")
        np.save(source, image)
        for mode in modes:
            runs.append(
                Run(
                    "golden",
                    mode,
                    _shaped(model, golden.layer_outputs(systole, path, source, mode)),
                )
            )
        for mode in rtl:
            try:
                outputs = golden.layer_outputs(
                    systole, path, source, mode, None, "rtl", ["--no-fuse"]
                )
                runs.append(Run("rtl", mode, _shaped(model, outputs)))
            except UserError as error:
                runs.append(Run("rtl", mode, [], str(error)))
    unsigned = model.tensors[0].dtype == "uint8"
    theirs = ort.run(ort.session(export_onnx.qlinear(model), precise=unsigned), image)
    runs.append(Run("onnxruntime", "float32", _shaped(model, theirs)))
    try:
        from . import litert

        moved = 128 if unsigned else 0
        theirs = litert.run(model, (image.astype(np.int16) - moved).astype(np.int8))
        theirs = [(one.astype(np.int16) + moved).astype(image.dtype) for one in theirs]
        runs.append(Run("litert", "tflite", _shaped(model, theirs)))
    except (UserError, RuntimeError, ValueError) as error:
        runs.append(Run("litert", "tflite", [], f"LiteRT does not take this model ({error})"))
    return runs


def first_difference(a, b):
    """(layer, (channel, row, column), elements that differ in the layer) of the first, in C order;
    or None.
    """
    for index, (mine, theirs) in enumerate(zip(a.outputs, b.outputs)):
        different = np.argwhere(mine != theirs)
        if len(different):
            return index, tuple(int(part) for part in different[0]), len(different)
    return None


def compare(systole, path, model, image, reference, other, runs, cache):
    """A line on how `other` differs from `reference`; cache: {mode: constants}."""
    label = f"{other.name} {other.mode}"
    if other.note:
        return f"{label}: {other.note}"
    found = first_difference(reference, other)
    if found is None:
        return f"{label}: equal in every element of every layer"
    index, place, count = found
    spec, tensor = model.layers[index].spec, model.tensors[index + 1]
    moved = 128 if tensor.dtype == "uint8" else 0
    values = [int(run.outputs[index][place]) for run in (reference, other)]
    inputs = image[0] if index == 0 else reference.outputs[index - 1]
    one = diagnose.element(model, index, inputs, place)
    text = (
        f"{label}: differs first in {spec.name}, channel {place[0]} row {place[1]} column"
        f" {place[2]}: {values[1]}, not {values[0]} (by {values[1] - values[0]:+d}; {count} of"
        f" {tensor_size(tensor)} elements of {spec.name})"
    )
    if one is None:
        return f"{text}\n    why: max pooling rounds nothing; one of the two is defective"
    sides = []
    for run, value in zip((reference, other), values):
        if run.mode not in cache:
            cache[run.mode] = golden.constants(systole, path, run.mode)
        multiplier = diagnose.fixed(cache[run.mode], index, place[0], spec.kernel * spec.kernel)
        twin = next(each for each in runs if each.name == "golden" and each.mode == run.mode)
        golden_value = int(twin.outputs[index][place]) - moved
        sides.append(diagnose.Side(run.name, run.mode, value - moved, multiplier, golden_value))
    exact = float(one.accumulator * one.ratio)
    return (
        f"{text}\n    exact: {one.accumulator} * {float(one.ratio):.9g} = {exact:.7f}, zero point"
        f" {one.zero_point + moved}\n    why: {diagnose.reason(one, *sides)}"
    )


def tensor_size(tensor):
    return int(np.prod(tensor.shape))


def compare_float(model, image, reals, reference):
    """Lines: by layer, how far the integers are from the real numbers, and the first element off by
    more than a step.
    """
    lines, told = [], False
    for index, (layer, tensor, real) in enumerate(zip(model.layers, model.tensors[1:], reals)):
        integers = reference.outputs[index]
        steps = (measure.real_values(tensor, integers) - real) / float(tensor.scale)
        first, last = (0, 255) if tensor.dtype == "uint8" else (-128, 127)
        wanted = real / float(tensor.scale) + tensor.zero_point
        outside = (wanted > last + 0.5) | (wanted < first - 0.5)
        ratio = measure.sqnr(real, measure.real_values(tensor, integers))
        lines.append(
            f"  {layer.spec.name:8s} SQNR {ratio:6.1f} dB, largest error"
            f" {np.abs(steps).max():7.2f} steps, {int(outside.sum())} of {outside.size} saturated"
        )
        beyond = np.argwhere(np.abs(steps) > 1)
        if told or not len(beyond):
            continue
        told = True
        place = tuple(int(part) for part in beyond[0])
        lines.append(
            f"    first off by more than a step: channel {place[0]} row {place[1]} column"
            f" {place[2]}: {integers[place]}, real {wanted[place]:.3f}, {steps[place]:+.2f} steps"
        )
        inputs = image[0] if index == 0 else reference.outputs[index - 1]
        one = diagnose.element(model, index, inputs, place)
        if outside[place]:
            why = (
                "saturation: the real value lies"
                f" {wanted[place] - (last if wanted[place] > last else first):+.2f} steps outside"
            )
        elif one is None:
            why = "its inputs: max pooling itself changes nothing"
        else:
            exact = float(one.accumulator * one.ratio) + tensor.zero_point
            why = (
                "rounding of earlier layers: from the integers that come in, the exact value is"
                f" {exact:.3f}"
            )
        lines.append(f"    why: {why}")
    return lines


def explain(systole, path, model, image, reference_mode, rtl):
    """The whole text; image: 1 x C x H x W of the model's quantized input."""
    runs = integer_runs(systole, path, model, image, golden.MODES, rtl)
    reference = next(run for run in runs if run.name == "golden" and run.mode == reference_mode)
    answer = [int(reference.outputs[-1].reshape(-1).argmax())]
    lines = [f"{path}: golden {reference_mode} answers {answer[0]}; the others beside it:"]
    cache = {}
    for run in runs:
        if run is not reference:
            lines.append("  " + compare(systole, path, model, image, reference, run, runs, cache))
    for run in runs:
        same = next(each for each in runs if each.name == "golden" and each.mode == run.mode)
        if run.name != "golden" and run.mode != reference_mode and not run.note:
            lines.append(
                f"  beside golden {run.mode}: "
                + compare(systole, path, model, image, same, run, runs, cache)
            )
    lines.append(
        f"float (this model's weights, no activation rounded) beside golden {reference_mode}:"
    )
    lines += compare_float(model, image, float_outputs(float_net(model), model, image), reference)
    return "\n".join(lines)


def quantized_image(model, images, number):
    """Image `number` of uint8 images N x H x W, padded to the model's input, 1 x C x H x W."""
    height, width = model.tensors[0].shape[1:]
    border = (height - images.shape[1]) // 2
    chosen = np.pad(
        images[number : number + 1], ((0, 0), (max(border, 0),) * 2, (max(border, 0),) * 2)
    )
    if chosen.shape[1:] != (height, width):
        raise UserError(
            f"images of {images.shape[1]} x {images.shape[2]} do not fit an input of {height} x"
            f" {width}"
        )
    return evaluate.quantized_input(model, chosen)
