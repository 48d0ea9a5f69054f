"""From nothing to the shipped models: every network trained, quantized, trained under quantization,
and exported.

Each step is a process of one thread; the chains of the networks run side by side. A chain's steps
are the commands a user would give. A step whose result is there, and no older than what it is made
from, is done again only with `force`; training continues where it was interrupted.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tqdm import tqdm

from . import UserError
from .networks import NETWORKS

SHIPPED = ("lenet5-mnist", "lenet5-avgpool", "lenet5-maxpool", "fashion3x3")
QAT_PRESETS = {
    "lenet5-mnist": (),
    "lenet5-avgpool": ("recommended", "shift", "power_of_two"),
    "lenet5-maxpool": ("recommended", "homework", "shift", "power_of_two"),
    "lenet5-maxpool-bias": (),
    "fashion3x3": ("recommended", "shift", "power_of_two"),
}
_QAT_EPOCHS = 6


@dataclass
class Step:
    result: str  # the file that it leaves
    command: list  # words of the command line
    epochs: int = 0  # of training
    source: str = ""  # the file that it is made from, if any


def chain(name, models, work):
    """The Steps of one network."""
    steps = []
    for recipe, how in NETWORKS[name].recipes.items():
        folder = os.path.join(work, name, recipe)
        trained = os.path.join(folder, "float.pt")
        common = [name, "--recipe", recipe, "--work", work]
        steps.append(Step(trained, ["train", *common, "--resume"], how.epochs))
        if recipe == "better" and name in SHIPPED:
            output = os.path.join(models, name, "model.onnx")
            steps.append(Step(output, ["quantize", *common, "-o", output], source=trained))
        for preset in QAT_PRESETS[name]:
            words = ["qat", *common, "--preset", preset, "--resume"]
            result = os.path.join(folder, f"qat-{preset}", "qat.json")
            if recipe == "better":
                steps.append(Step(result, words, _QAT_EPOCHS, trained))
            elif (
                preset == "homework"
            ):  # as long as its source trains; after training, and as the source from scratch
                steps.append(
                    Step(result, [*words, "--epochs", str(how.epochs)], how.epochs, trained)
                )
                result = os.path.join(folder, f"qat-{preset}-scratch", "qat.json")
                steps.append(Step(result, [*words, "--scratch"], how.epochs))
    return steps


def is_done(step):
    """Whether the result is there and no older than its source."""
    if not os.path.exists(step.result):
        return False
    return not step.source or os.path.getmtime(step.result) >= os.path.getmtime(step.source)


def label(step):
    words = step.command
    preset = f" --preset {words[words.index('--preset') + 1]}" if "--preset" in words else ""
    scratch = " --scratch" if "--scratch" in words else ""
    return f"{words[1]}: {words[0]} {' '.join(words[2:4])}{preset}{scratch}"


class _Progress:
    """Epochs done of all, with the time left; lines appear above it. Steps run in
    several threads.
    """

    def __init__(self, epochs, quiet):
        self.bar = tqdm(total=epochs, unit="epoch", disable=quiet or None, dynamic_ncols=True)
        self.lock = threading.Lock()

    def advance(self, epochs):
        with self.lock:
            self.bar.update(epochs)

    def line(self, text):
        with self.lock:
            tqdm.write(text)
            sys.stdout.flush()


def _run_step(step, data_folder, force, progress):
    if is_done(step) and not force:
        progress.advance(step.epochs)
        progress.line(f"{label(step)}: {step.result} is there")
        return
    anew = os.path.exists(
        step.result
    )  # an old result: nothing of the run that left it is continued
    words = [word for word in step.command if not (anew and word == "--resume")]
    arguments = [sys.executable, "-m", "systole_nn", *words] + (
        ["--data", data_folder] if data_folder else []
    )
    scripts = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": scripts,
        "PYTHONUNBUFFERED": "1",
    }
    started, done, last, told = time.monotonic(), 0, "no message", ""
    with subprocess.Popen(
        arguments,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        bufsize=1,
    ) as process:
        for line in process.stdout:
            found = re.search(r" epoch +(\d+): train", line)
            if found:
                progress.advance(int(found.group(1)) - done)
                done = int(found.group(1))
            elif line.strip():
                last = line.strip()
                told = last if "%" in last else told
    if process.returncode:
        raise UserError(f"{label(step)}: exit status {process.returncode}: {last}")
    progress.advance(step.epochs - done)
    progress.line(f"{label(step)}: {told or last} [{time.monotonic() - started:.0f} s]")


def _summary(names, models, work):
    """Lines: what each network's float weights reach, and the exported files with their
    checksums.
    """
    lines = [f"{'network':20s} {'recipe':9s} {'float':>8s}  file"]
    for name in names:
        for recipe in NETWORKS[name].recipes:
            with open(os.path.join(work, name, recipe, "train.json"), encoding="utf-8") as file:
                share = json.load(file)["test_accuracy"]
            path = os.path.join(models, name, "model.onnx")
            text = ""
            if recipe == "better" and name in SHIPPED:
                with open(path, "rb") as file:
                    text = f"{path}  sha256 {hashlib.sha256(file.read()).hexdigest()[:16]}"
            lines.append(f"{name:20s} {recipe:9s} {share:8.2%}  {text}".rstrip())
    return lines


def run(names, models, work, data_folder, jobs, force, quiet=False):
    started = time.monotonic()
    chains = {name: chain(name, models, work) for name in names}
    progress = _Progress(sum(step.epochs for steps in chains.values() for step in steps), quiet)

    def run_chain(name):
        for step in chains[name]:
            _run_step(step, data_folder, force, progress)

    # The longest chains first.
    names = sorted(names, key=lambda name: -len(chains[name]))
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for future in [pool.submit(run_chain, name) for name in names]:
                future.result()
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise
    progress.bar.close()
    print("\n".join(_summary(names, models, work)))
    print(f"{time.monotonic() - started:.0f} s in all, {jobs} processes side by side")
