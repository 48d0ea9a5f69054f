"""From nothing to the shipped models: every network trained, quantized, trained under quantization, and exported.

Each step is a process of one thread; the chains of the networks run side by side. A chain's steps are the commands a
user would give. A step whose result is there is done again only with `force`; training continues where it was
interrupted.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from . import UserError
from .networks import NETWORKS

QAT_PRESETS = {
    "lenet5-mnist": (),
    "lenet5-avgpool": ("recommended", "shift", "power_of_two"),
    "lenet5-maxpool": ("recommended", "homework", "shift", "power_of_two"),
    "lenet5-maxpool-bias": (),
    "fashion3x3": ("recommended", "shift", "power_of_two"),
}


def chain(name, models, work):
    """[(file that the step leaves, command line)] of one network."""
    steps = []
    for recipe in NETWORKS[name].recipes:
        folder = os.path.join(work, name, recipe)
        common = [name, "--recipe", recipe, "--work", work, "--quiet"]
        steps.append((os.path.join(folder, "float.pt"), ["train", *common, "--resume"]))
        if recipe == "better":
            output = os.path.join(models, name, "model.onnx")
            steps.append((output, ["quantize", *common, "-o", output]))
        for preset in QAT_PRESETS[name]:
            if recipe == "better" or preset == "homework":
                result = os.path.join(folder, f"qat-{preset}", "qat.json")
                epochs = ["--epochs", "2"] if recipe == "document" else []  # as long as the source trains
                steps.append((result, ["qat", *common, "--preset", preset, "--resume", *epochs]))
    return steps


def _run(name, models, work, data_folder, force):
    for result, command in chain(name, models, work):
        label = f"{name}: {' '.join(command[:1] + command[2:4])}"
        if os.path.exists(result) and not force:
            print(f"{label}: {result} is there", flush=True)
            continue
        if force and "--resume" in command:
            command = [word for word in command if word != "--resume"]
        os.makedirs(os.path.join(work, name), exist_ok=True)
        arguments = [sys.executable, "-m", "systole_nn", *command] + (["--data", data_folder] if data_folder else [])
        scripts = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": scripts}
        done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            message = done.stderr.strip().splitlines() or ["no message"]
            raise UserError(f"{label}: exit status {done.returncode}: {message[-1]}")
        print(f"{label}: {done.stdout.strip().splitlines()[-1]}", flush=True)


def run(names, models, work, data_folder, jobs, force):
    # The longest chains first.
    names = sorted(names, key=lambda name: -len(chain(name, models, work)))
    with ThreadPoolExecutor(jobs) as pool:
        for future in [pool.submit(_run, name, models, work, data_folder, force) for name in names]:
            future.result()
