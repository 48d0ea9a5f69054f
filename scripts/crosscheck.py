#!/usr/bin/env python3
"""Compares the golden reference with ONNX Runtime and TensorFlow Lite, output by output.

  .venv/bin/python scripts/crosscheck.py ort     a model, QLinear operators of ONNX Runtime, mode
                                                 float32: equal
  .venv/bin/python scripts/crosscheck.py tflite  a model, LiteRT's reference kernels, mode tflite:
                                                 equal
  .venv/bin/python scripts/crosscheck.py rtl     a model, every layer on golden, TLM and RTL: equal
                                                 (make rtl builds it)
  .venv/bin/python scripts/crosscheck.py random  random ONNX chains and graphs that branch, mode
                                                 float32: equal; where they average, within 1

A network that averages may differ from ONNX Runtime by 1 in its first average, and in whatever
follows; the rates are printed. Model: the shipped LeNet, or --model. Images: the first of the test
set that the model is made for, in SYSTOLE_DATA, padded as it wants, or those of --images (IDX).
Exit status: 0 as claimed; 1 a difference (where: image, layer, element, both values); 2 bad input
or usage.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "scripts"))
from systole_nn import UserError, golden  # noqa: E402


def compare(label, mine, theirs, tolerance=0):
    """Prints and returns one comparison; both arrays as N x anything, in the same type. tolerance
    None: only told.
    """
    if mine.dtype != theirs.dtype or mine.size != theirs.size:
        raise UserError(
            f"{label}: {mine.dtype} {mine.shape} cannot be compared with"
            f" {theirs.dtype} {theirs.shape}"
        )
    mine, theirs = mine.reshape(len(mine), -1).astype(np.int64), theirs.reshape(
        len(theirs), -1
    ).astype(np.int64)
    distance = np.abs(mine - theirs)
    different, largest = int((distance > 0).sum()), int(distance.max(initial=0))
    entry = {"layer": label, "compared": mine.size, "different": different, "largest": largest}
    entry["pass"] = tolerance is None or largest <= tolerance
    where = ""
    if not entry["pass"]:
        image, element = np.argwhere(distance > tolerance)[0]
        values = f"systole {mine[image, element]}, framework {theirs[image, element]}"
        where = f"  first: image {image} element {element}: {values}"
    told = f", {different / max(mine.size, 1):.3%}" if tolerance != 0 else ""
    print(
        f"  {label:16s} {mine.size:9d} compared {different:6d} different{told}"
        f" (largest {largest}){where}"
    )
    return entry


def quantized_images(arguments, model):
    """The first images, padded to the model's input, as its quantized input."""
    from systole_nn import data, evaluate, idx
    from systole_nn.networks import NETWORKS

    if arguments.images:
        images = idx.read(arguments.images)[: arguments.first]
    else:
        images = data.load(
            NETWORKS[model.name].dataset if model.name in NETWORKS else "mnist", "test"
        )[0]
        images = images[: arguments.first]
    return evaluate.quantized_input(
        model, data.pad(images, max(0, (model.tensors[0].shape[1] - images.shape[1]) // 2))
    )


def golden_outputs(arguments, images, mode, model_path=None):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "images.npy")
        np.save(path, images)
        return golden.layer_outputs(arguments.systole, model_path or arguments.model, path, mode)


def tflite_outputs(arguments, model, images):
    """Golden in mode tflite; a network that averages, with TensorFlow Lite's averages."""
    from systole_nn import export_onnx

    if not any(layer.spec.kind == "avgpool" for layer in model.layers):
        return golden_outputs(arguments, images, "tflite")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.onnx")
        export_onnx.save(export_onnx.qdq(model, average="tflite"), path)
        return golden_outputs(arguments, images, "tflite", path)


def check_ort(arguments):
    from systole_nn import export_onnx, import_onnx, ort

    model = import_onnx.load(arguments.model)
    images = quantized_images(arguments, model)
    running = ort.session(export_onnx.qlinear(model), precise=model.tensors[0].dtype == "uint8")
    theirs = ort.run(running, images)
    mine = golden_outputs(arguments, images, "float32")
    print(f"{arguments.model}, {len(images)} images, mode float32, ONNX Runtime QLinear operators:")
    return _layers(model, mine, theirs) + _after_averages(arguments, model, theirs)


def _after_averages(arguments, model, theirs):
    """The layers behind each average pooling, given the framework's own averages: equal up to the
    next average.
    """
    from systole_nn import quantize

    averages = [index for index, layer in enumerate(model.layers) if layer.spec.kind == "avgpool"]
    entries = []
    for start, stop in zip(averages, [*averages[1:], len(model.layers) - 1]):
        part = quantize.QuantModel(
            model.name, model.tensors[start + 1 :], model.layers[start + 1 :]
        )
        source = theirs[start].reshape(-1, *model.tensors[start + 1].shape)
        mine = golden.all_outputs(arguments.systole, part, source, "float32")
        print(f"  from the averages of {model.layers[start].spec.name} that ONNX Runtime computed:")
        for index in range(start + 1, stop + 1):
            name, tolerance = model.layers[index].spec.name, int(index in averages)
            entries.append(compare(f"  {name}", mine[index - start - 1], theirs[index], tolerance))
    return entries


def check_tflite(arguments):
    from systole_nn import import_onnx, litert

    model = import_onnx.load(arguments.model)
    images = quantized_images(arguments, model)
    moved = 128 if model.tensors[0].dtype == "uint8" else 0
    theirs = litert.run(model, (images.astype(np.int16) - moved).astype(np.int8))
    theirs = [(array.astype(np.int16) + moved).astype(model.tensors[0].dtype) for array in theirs]
    mine = tflite_outputs(arguments, model, images)
    print(f"{arguments.model}, {len(images)} images, mode tflite, LiteRT reference kernels:")
    return _layers(model, mine, theirs, average_tolerance=0)


def check_rtl(arguments):
    """Every layer on golden, TLM and RTL, by the command line's own comparison; cycles of RTL, TLM
    and model too.
    """
    from systole_nn import import_onnx

    model = import_onnx.load(arguments.model)
    images = quantized_images(arguments, model)
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("images.npy", "run.json")]
        np.save(paths[0], images)
        command = [
            arguments.systole,
            "run",
            arguments.model,
            "--images",
            paths[0],
            "--no-fuse",
            "--batch",
            "8",
        ]
        done = subprocess.run(
            [*command, "--backend", "golden,tlm,rtl", "--json", paths[1]],
            capture_output=True,
            text=True,
            check=False,
        )
        if not os.path.exists(paths[1]):
            message = done.stderr.strip().splitlines() or ["no message"]
            raise UserError(f"systole run: exit status {done.returncode}: {message[-1]}")
        with open(paths[1], encoding="utf-8") as file:
            report = json.load(file)
    print(f"{arguments.model}, {len(images)} images, mode float32, golden with TLM and with RTL:")
    return _backends(model, len(images), report)


def _backends(model, images, report):
    """A comparison a layer: all of its bytes on both backends, and the cycles."""
    entries = []
    for layer, tensor, told in zip(model.layers, model.tensors[1:], report["layers"]):
        wanted = 2 * images * int(np.prod(tensor.shape))
        cycles = set(told["cycles"].values())
        entry = {
            "layer": told["name"],
            "compared": told["bytes_compared"],
            "different": told["mismatches"],
        }
        whole = told["name"] == layer.spec.name and told["bytes_compared"] == wanted
        entry["pass"] = whole and told["mismatches"] == 0 and len(cycles) == 1
        entries.append(entry)
        missing = "" if whole else f", not {wanted}: a byte was not compared"
        print(
            f"  {told['name']:16s} {entry['compared']:9d} compared{missing}"
            f" {entry['different']:6d} different, cycles"
            f" {' '.join(f'{name} {count}' for name, count in told['cycles'].items())}"
        )
    if len(report["layers"]) != len(model.layers):
        raise UserError(
            f"systole ran {len(report['layers'])} layers, the model has {len(model.layers)}"
        )
    return entries


def _layers(model, mine, theirs, average_tolerance=1):
    """Equal up to the first average pooling, that within 1; what follows it starts from other
    values and is told.

    average_tolerance 0: equal throughout.
    """
    if len(mine) != len(theirs):
        raise UserError(f"systole wrote {len(mine)} layers, the framework has {len(theirs)}")
    entries, tolerance = [], 0
    for layer, a, b in zip(model.layers, mine, theirs):
        average = layer.spec.kind == "avgpool" and average_tolerance > 0
        entries.append(
            compare(
                layer.spec.name,
                a,
                b,
                average_tolerance if average and tolerance == 0 else tolerance,
            )
        )
        tolerance = None if average else tolerance
    if tolerance is None:
        answers = [each[-1].reshape(len(each[-1]), -1).argmax(1) for each in (mine, theirs)]
        print(
            f"  answers that differ: {int((answers[0] != answers[1]).sum())} of {len(answers[0])}"
        )
    return entries


def check_random(arguments):
    import random_models

    entries, averaged, averaged_different = [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        manifest = random_models.write_cases(folder, arguments.seed, arguments.count, 4)
        for case in manifest:
            place = os.path.join(folder, case["folder"])
            files = os.path.join(place, "model.onnx"), os.path.join(place, "input.npy")
            mine = golden.layer_outputs(arguments.systole, *files, "float32")
            chain, _, _, theirs = random_models.make_case(case["seed"], 4)
            averages = [
                index
                for index, stage in enumerate(chain.stages)
                if stage.kind == "avgpool" and max(stage.kernel) > 1
            ]
            _require_told(arguments, files[0], bool(averages))
            # Up to an average pooling every layer is compared, itself within 1; what follows starts
            # from other values.
            last = averages[0] if averages else len(theirs) - 1
            if last == len(theirs) - 1:
                index, mine_last = last, mine[-1]
            elif len(mine) == len(theirs):
                index, mine_last = last, mine[last]
            else:
                continue  # clamps count as layers of their own: this output cannot be told
            entry = compare(
                f"seed {case['seed']} {case['form']}",
                mine_last,
                theirs[index],
                1 if averages else 0,
            )
            entry["average"] = bool(averages)
            entries.append(entry)
            if averages:
                averaged += entry["compared"]
                averaged_different += entry["different"]
    graphs = check_graphs(arguments)
    exact = [entry for entry in entries if not entry["average"]]
    print(
        f"{len(exact)} models without average pooling:"
        f" {sum(entry['different'] for entry in exact)} of"
        f" {sum(entry['compared'] for entry in exact)} outputs differ"
    )
    print(
        f"{len(entries) - len(exact)} models with average pooling: {averaged_different} of"
        f" {averaged} outputs differ by 1"
        f" ({averaged_different / max(averaged, 1):.2%})"
    )
    return entries + graphs


def _require_told(arguments, path, differs):
    """`systole info` names the layers that ONNX Runtime may compute within 1: some, or none."""
    told = golden.constants(arguments.systole, path, "float32")["layers"]
    named = [layer["name"] for layer in told if layer["onnx_runtime_differs"]]
    if bool(named) != differs:
        raise UserError(f"{path}: systole info names {named or 'no layer'} as within 1")


def check_graphs(arguments):
    """Graphs that branch and join."""
    import random_graphs

    entries = []
    with tempfile.TemporaryDirectory() as folder:
        for case in random_graphs.write_cases(folder, arguments.seed, arguments.count, 4):
            place = os.path.join(folder, case["folder"])
            files = os.path.join(place, "model.onnx"), os.path.join(place, "input.npy")
            mine = golden.layer_outputs(arguments.systole, *files, "float32")[-1]
            theirs = np.load(os.path.join(place, "expected.npy"))
            many = case["scales"] == "many"
            _require_told(arguments, files[0], False)
            label = f"graph {case['seed']} {case['form']}"
            entries.append({**compare(label, mine, theirs), "many": many})
    for many, what in ((False, "of one scale"), (True, "of several scales")):
        some = [entry for entry in entries if entry["many"] == many]
        print(
            f"{len(some)} graphs that join tensors {what}: {sum(e['different'] for e in some)} of"
            f" {sum(e['compared'] for e in some)} outputs differ"
        )
    return entries


CHECKS = {"ort": check_ort, "tflite": check_tflite, "rtl": check_rtl, "random": check_random}


def main(argv=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("check", choices=CHECKS)
    parser.add_argument(
        "--systole", help="the command line (default: $SYSTOLE, or the one built in build/)"
    )
    parser.add_argument(
        "--model", default=os.path.join(ROOT, "models", "lenet5-mnist", "model.onnx")
    )
    parser.add_argument("--images", help="IDX file instead of the model's test set")
    parser.add_argument(
        "--first", type=int, default=1000, help="images compared (default: %(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=1000, help="random: first seed (default: %(default)s)"
    )
    parser.add_argument(
        "--count", type=int, default=150, help="random: models (default: %(default)s)"
    )
    parser.add_argument("--json", help="write the comparisons there")
    arguments = parser.parse_args(argv)
    try:
        arguments.systole = golden.binary(arguments.systole)
        entries = CHECKS[arguments.check](arguments)
    except UserError as error:
        print(f"crosscheck.py: {error}", file=sys.stderr)
        return 2
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"check": arguments.check, "comparisons": entries}, file, indent=1)
    failed = [entry for entry in entries if not entry["pass"]]
    print(
        f"{'FAILED' if failed else 'equal as claimed'}: {len(entries)} comparisons,"
        f" {len(failed)} failed"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
