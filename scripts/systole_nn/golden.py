"""Integer inference by the C++ golden reference, through the command line `systole run --backend
golden`.

The binary is the environment variable SYSTOLE, or the one that the project's build leaves in
build/.
"""

import json
import os
import subprocess
import tempfile

import numpy as np

from . import UserError, export_onnx

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_PLACES = ("build/host/sw/cli/systole", "build/sw/cli/systole")
with open(os.path.join(ROOT, "spec", "systole.json"), encoding="utf-8") as _definitions:
    MODES = tuple(json.load(_definitions)["roundings"])


def binary(option=None):
    """Path of the command line; UserError if there is none."""
    named = option or os.environ.get("SYSTOLE")
    if named:
        return named
    for place in _PLACES:
        if os.path.exists(os.path.join(ROOT, place)):
            return os.path.join(ROOT, place)
    raise UserError(
        "the systole command line is not built: run make sim, or name it with --systole or SYSTOLE"
    )


def _call(command):
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise UserError(
            f"{command[0]}: {error.strerror} (build it, or name it with --systole)"
        ) from error
    if result.returncode:
        message = result.stderr.strip().splitlines() or ["no message"]
        raise UserError(f"{' '.join(command[:3])}: exit status {result.returncode}: {message[-1]}")


def constants(systole, model, rounding):
    """Tensors and layers of a model file with the multipliers and shifts for a rounding mode
    (`systole info --json`).
    """
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "constants.json")
        _call([systole, "info", model, "--rounding", rounding, "--json", path])
        with open(path, encoding="utf-8") as file:
            return json.load(file)


def layer_outputs(systole, model, images, rounding, first=None, backend="golden", options=()):
    """Every layer's quantized output, N x C x H x W in the tensors' own types; model and images are
    files.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [
            systole,
            "run",
            model,
            "--images",
            images,
            "--backend",
            backend,
            "--rounding",
            rounding,
            *options,
        ]
        _call(command + ["--outputs-dir", folder] + (["--first", str(first)] if first else []))
        names = [name for name in os.listdir(folder) if name.endswith(".npy")]
        names.sort(key=lambda name: int(name.split("_")[0]))
        return [np.load(os.path.join(folder, name)) for name in names]


def outputs(systole, model, images, rounding):
    """The last layer's integers, N x classes, of a QuantModel for quantized images N x C
    x H x W.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("model.onnx", "images.npy", "outputs.npy")]
        export_onnx.save(export_onnx.qdq(model), paths[0])
        np.save(paths[1], images)
        command = [
            systole,
            "run",
            paths[0],
            "--images",
            paths[1],
            "--backend",
            "golden",
            "--rounding",
            rounding,
        ]
        _call(command + ["--outputs", paths[2]])
        return np.load(paths[2]).reshape(len(images), -1)


def predictions(systole, model, images, rounding):
    """Predicted classes of a QuantModel for quantized images N x C x H x W."""
    return outputs(systole, model, images, rounding).argmax(1)


def all_outputs(systole, model, images, rounding):
    """layer_outputs() of a QuantModel and quantized images N x C x H x W."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("model.onnx", "images.npy")]
        export_onnx.save(export_onnx.qdq(model), paths[0])
        np.save(paths[1], images)
        return layer_outputs(systole, *paths, rounding)


def model_constants(systole, model, rounding):
    """constants() of a QuantModel."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.onnx")
        export_onnx.save(export_onnx.qdq(model), path)
        return constants(systole, path, rounding)
