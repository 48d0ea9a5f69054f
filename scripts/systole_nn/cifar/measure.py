"""What a quantized network is worth and costs: accuracy on the golden reference, energy and cycles
on Eyeriss-like (systole map), cycles on the project's own array (systole run, TLM).
"""

import csv
import hashlib
import json
import os
import subprocess
import tempfile
from dataclasses import dataclass

import numpy as np

from .. import UserError, folders
from ..golden import ROOT

DESIGNS = {
    "eyeriss": ("eyeriss_like.yaml", "energy/eyeriss_timeloop.yaml"),
    "weight": ("simple_weight_stationary.yaml", "split6.yaml", "energy/simple_timeloop.yaml"),
}
OWN = (16, 16)  # rows and columns of the project's array, everything else its default


def call(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()
        raise UserError(f"{' '.join(command[:3])}: exit status {done.returncode}: {lines[-1]}")
    return done.stdout


@dataclass(frozen=True)
class Cost:
    macs: int
    energy_uj: float
    cycles: int


def table(systole, model):
    """The layer table of an ONNX file, as text."""
    return call([systole, "workload", model])


def mapped(systole, layers, designs=tuple(DESIGNS), objective="edp", jobs=1):
    """The best mapping of every layer of a table (text) on each design: {design: Cost of one
    image}.
    """
    with tempfile.TemporaryDirectory() as folder:
        network, result = os.path.join(folder, "n.csv"), os.path.join(folder, "r.csv")
        with open(network, "w", encoding="utf-8") as file:
            file.write(layers)
        command = [systole, "map", "--network", network, "--csv", result, "--jobs", str(jobs)]
        for name in designs:
            files = [os.path.join(ROOT, "models", "designs", f) for f in DESIGNS[name]]
            command += ["--design", f"{name}={','.join(files)}"]
        call([*command, "--objective", objective])
        with open(result, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    return {
        name: Cost(
            sum(int(row["macs"]) for row in rows if row["design"] == name),
            sum(float(row["energy_pJ"]) for row in rows if row["design"] == name) / 1e6,
            sum(int(row["cycles"]) for row in rows if row["design"] == name),
        )
        for name in designs
    }


def run(systole, model, images, backends, options=()):
    """The report of `systole run` on images (uint8, or real values), all compared, and the outputs.

    A difference between backends ends it: UserError.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("i.npy", "o.npy", "r.json")]
        np.save(paths[0], images)
        command = [systole, "run", model, "--images", paths[0], "--backend", backends]
        command += ["--outputs", paths[1], "--json", paths[2], "--batch", "1"]
        call([*command, *options])
        with open(paths[2], encoding="utf-8") as file:
            return json.load(file), np.load(paths[1])


def own_cycles(systole, model, image, shape=OWN, options=()):
    """Cycles of one image on the project's array, everything from memory; TLM equals golden."""
    rows, columns = shape
    options = ["--rows", str(rows), "--cols", str(columns), *options]
    report, _ = run(systole, model, image[None], "golden,tlm", options)
    return round(report["cycles_per_image"])


def accuracy(systole, model, images, labels):
    """Share of images whose largest integer output, by golden, is their label."""
    _, outputs = run(systole, model, images, "golden")
    return float((outputs.reshape(len(images), -1).argmax(1) == labels).mean())


def kept_accuracy(systole, model, images, labels, work):
    """accuracy(), measured once for the same model and images: work/golden.json keeps it."""
    digest = hashlib.sha256(images.tobytes() + labels.tobytes())
    with open(model, "rb") as file:
        digest.update(file.read())
    path, kept = os.path.join(work, "golden.json"), {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            kept = json.load(file)
    key = digest.hexdigest()
    if key not in kept:
        kept[key] = accuracy(systole, model, images, labels)
        os.makedirs(work, exist_ok=True)
        folders.write_json(path, kept)
    return kept[key]
