"""docs/img/timeline.svg and gantt.svg: one LeNet image through the four engines, and its first instructions.

Drawn from the stamps that `systole run --stamps` writes (issue and retire cycle of every instruction).
"""

import csv
import pathlib
import subprocess
import tempfile

from .svg import ENGINE, GREY, INK, Canvas

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL = ROOT / "models/lenet5-mnist/model.onnx"
IMAGES = ROOT / "models/digits/images.idx3-ubyte.gz"


def stamps(systole):
    """The stamps of the TLM platform's run of one digit at batch 1, as a list of dicts."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "stamps.csv"
        command = [systole, "run", MODEL, "--images", IMAGES, "--first", "1", "--batch", "1"]
        subprocess.run(
            [*command, "--backend", "tlm", "--stamps", out], check=True, capture_output=True
        )
        with open(out, encoding="utf-8") as file:
            return list(csv.DictReader(file))
