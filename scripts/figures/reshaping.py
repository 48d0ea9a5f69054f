"""What the recorded runs of docs/recorded say of ResNets at many widths."""

import pathlib

from .plot import Plot
from .svg import ENGINE, INK, Canvas

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


def networks():
    """The networks of the shortest training in the recorded front: name, int8 %, and costs."""
    found = [row for row in rows("reshaping.txt") if len(row) > 8 and row[1].isdigit()]
    least = min(int(row[1]) for row in found)
    return [
        (row[0].replace("resnet20-", ""), float(row[5]), row[6:9], row[9:])
        for row in found
        if int(row[1]) == least and row[0].startswith("resnet20")
    ]


def draw_fronts():
    """Accuracy against energy and cycles; filled and joined: on the front."""
    canvas = Canvas(900, 300, "Accuracy against energy and cycles")
    points = networks()
    panels = (
        ("energy", 0, 1, "Eyeriss-like: uJ an image", INK),
        ("eyeriss", 1, 1e-3, "Eyeriss-like: thousand cycles", EYERISS),
        ("own", 2, 1e-3, "own 16x16: thousand cycles", OWN),
    )
    shares = [point[1] for point in points]
    y_range = (min(shares) - 1, max(shares) + 1)
    for index, (axis, at, unit, title, colour) in enumerate(panels):
        values = [float(point[2][at]) * unit for point in points]
        box = (50 + 295 * index, 40, 240, 205)
        titles = (title, "int8, % right" if index == 0 else "")
        plot = Plot(canvas, box, (0, 1.12 * max(values)), y_range, titles)
        front = sorted((v, p[1]) for v, p in zip(values, points) if axis in p[3])
        plot.line(front, colour, dash="3 2")
        for value, point in zip(values, points):
            name = {"resnet20": "16-32-64"}.get(point[0], point[0])
            plot.point(value, point[1], colour, name, axis in point[3])
    return canvas.file()
