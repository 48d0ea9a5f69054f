"""docs/img/timeline.svg and gantt.svg: one LeNet image through the four engines, and its first
instructions.

Drawn from the stamps that `systole run --stamps` writes (issue and retire cycle of every
instruction).
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
            rows = csv.DictReader(file)
            return [r for r in rows if r["backend"] == "tlm" and r["run"] == "code"]


ENGINES = ("LOAD", "MATMUL", "POST", "STORE")


def bars(stamps):
    """(engine, first cycle, last cycle, row) of every instruction but Sync: issue to retire."""
    for row in stamps:
        if not row["opcode"].startswith("Sync"):
            yield row["engine"], int(row["issue"]), int(row["retire"]), row


def axis(c, left, right, y, first, last, step):
    """Cycle numbers along the line y; returns the function from cycle to x."""

    def x(cycle):
        return left + (right - left) * (cycle - first) / (last - first)

    c.line([(left, y), (right, y)], GREY, 1)
    for cycle in range(first - first % step, last + 1, step):
        if cycle >= first:
            c.line([(x(cycle), y), (x(cycle), y + 4)], GREY, 1)
            c.text(x(cycle), y + 16, f"{cycle:,}", 10, fill=GREY)
    return x


def draw_image(stamps):
    """The whole run of one image: a lane per engine, layers marked by their first Matmul."""
    items = list(bars(stamps))
    last = max(end for _, _, end, _ in items)
    c = Canvas(860, 236, "One LeNet-5 image at batch 1 through the four engines of a 16x16 array")
    left, right, top, height = 76, 820, 44, 34
    c.text(
        left, 18, f"one image, batch 1, 16x16: {last + 2:,} cycles from START to DONE", 12, "start"
    )
    x = axis(c, left, right, top + 4 * height + 8, 0, last + 2, 500)
    for i, engine in enumerate(ENGINES):
        y = top + i * height
        c.text(left - 8, y + 18, engine, 12, "end", ENGINE[engine], True)
        c.rect(left, y, right - left, height - 8, "#fafafa", "#e4e4e4", 0.6)
        for name, start, end, _ in items:
            if name == engine:
                w = max(0.7, x(end + 1) - x(start))
                c.rect(x(start), y + 2, w, height - 12, ENGINE[engine], "white", 0.3, opacity=0.8)
    layers = []
    for name, start, _, row in items:
        if name == "MATMUL" and (not layers or layers[-1][0] != row["layer"]):
            layers.append((row["layer"], start))
    for name, start in layers:
        c.line([(x(start), top - 4), (x(start), top + 4 * height)], INK, 0.7, dash="2 2")
        c.text(x(start) + 2, top - 8, name, 10, "start")
    c.text((left + right) / 2, 228, "cycle", 11, fill=GREY)
    return c.file()


def draw_first(stamps, count=12):
    """A Gantt chart of the first instructions: one line each, tokens as arrows to who
    takes them.
    """
    items = [(n, s, e, r) for n, s, e, r in bars(stamps) if int(r["index"]) < count]
    last = max(end for _, _, end, _ in items)
    c = Canvas(
        860, 60 + 24 * len(items) + 40, "The first instructions of an image: issue to retire"
    )
    left, right, top = 130, 790, 40
    c.text(left, 18, f"the first {count} instructions: from issue to retire", 12, "start")
    bottom = top + 24 * len(items)
    x = axis(c, left, right, bottom + 6, 0, last + 5, 50)
    for i, (engine, start, end, row) in enumerate(items):
        y = top + i * 24
        c.line([(left, y + 20), (right, y + 20)], "#eeeeee", 0.7)
        c.text(
            left - 8,
            y + 14,
            f"{row['index']}  {row['opcode']}",
            11,
            "end",
            ENGINE[engine],
            mono=True,
        )
        c.rect(x(start), y + 3, max(1, x(end + 1) - x(start)), 14, ENGINE[engine], "none")
        c.text(x(end + 1) + 4, y + 14, f"{start} - {end}", 9, "start", GREY)
    c.text((left + right) / 2, bottom + 36, "cycle", 11, fill=GREY)
    return c.file()
