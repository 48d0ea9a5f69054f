"""What the recorded runs of docs/recorded say of ResNets at many widths."""

import pathlib

from .plot import Plot
from .svg import ENGINE, Canvas

RECORDED = pathlib.Path(__file__).resolve().parents[2] / "docs" / "recorded"
EYERISS, OWN = ENGINE["MATMUL"], ENGINE["LOAD"]


def rows(name):
    """The lines of a recording as words, those of its head left out."""
    text = (RECORDED / name).read_text(encoding="utf-8")
    return [line.replace(",", "").split() for line in text.splitlines()[2:] if line.strip()]


def draw_widths():
    """Multiply-adds a cycle of ResNet-20 of W, 2 W, 4 W channels."""
    canvas = Canvas(640, 300, "Multiply-adds a cycle by width")
    scaled = {}
    for row in rows("widths.txt"):
        channels = [int(c) for c in row[0].split("-")] if row[0][0].isdigit() else []
        if len(channels) == 3 and channels[1:] == [2 * channels[0], 4 * channels[0]]:
            scaled[channels[0]] = (int(row[1]), int(row[3]), int(row[6]))
    first, last = min(scaled), max(scaled)
    titles = ("W: stages of W, 2 W, 4 W channels", "multiply-adds a cycle")
    plot = Plot(canvas, (60, 40, 560, 210), (first - 0.5, last + 0.5), (0, 260), titles)
    for at, colour, name, y in ((1, EYERISS, "Eyeriss-like 14x12", 20), (2, OWN, "own 16x16", 34)):
        line = [(w, row[0] / row[at]) for w, row in sorted(scaled.items())]
        plot.line(line, colour)
        for w, value in line:
            plot.point(w, value, colour)
        canvas.rect(470, y - 8, 8, 8, colour, colour, radius=4)
        canvas.text(484, y, name, 11, "start")
    return canvas.file()
