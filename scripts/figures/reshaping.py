"""What the recorded runs of docs/recorded say of ResNets at many widths."""

import pathlib
from dataclasses import dataclass

from .plot import Plot
from .svg import ENGINE, INK, Canvas

RECORDED = pathlib.Path(__file__).resolve().parents[2] / "docs" / "recorded"
EYERISS, OWN = ENGINE["MATMUL"], ENGINE["LOAD"]
PANELS = (
    ("energy", 1, "Eyeriss-like: uJ an image", INK),
    ("eyeriss", 1e-3, "Eyeriss-like: thousand cycles", EYERISS),
    ("own", 1e-3, "own 16x16: thousand cycles", OWN),
)


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


@dataclass(frozen=True)
class Trained:
    """A network's accuracy and costs, and the names of PANELS on whose front it is."""

    name: str
    epochs: int
    share: float  # %
    energy: float  # uJ
    eyeriss: int  # cycles
    own: int
    fronts: tuple


def trained():
    """The networks of the recorded table of `systole_nn.cifar front`."""
    return [
        Trained(r[0], int(r[1]), float(r[5]), float(r[6]), int(r[7]), int(r[8]), tuple(r[9:]))
        for r in rows("reshaping.txt")
        if r[0].startswith("resnet20")
    ]


def draw_fronts(points):
    """Accuracy against each cost, of the shortest training; filled and joined: on the front."""
    epochs = min(point.epochs for point in points)
    points = [point for point in points if point.epochs == epochs]
    canvas = Canvas(900, 300, f"Accuracy after {epochs} epochs against energy and cycles")
    shares = [point.share for point in points]
    y_range = (min(shares) - 1, max(shares) + 1)
    for index, (axis, unit, title, colour) in enumerate(PANELS):
        values = [getattr(point, axis) * unit for point in points]
        box, right = (50 + 295 * index, 40, 240, 205), "" if index else "int8, % right"
        plot = Plot(canvas, box, (0, 1.12 * max(values)), y_range, (title, right))
        front = [axis in point.fronts for point in points]
        plot.line(
            sorted((v, s) for v, s, on in zip(values, shares, front) if on), colour, dash="3 2"
        )
        for value, share, on, point in zip(values, shares, front, points):
            name = point.name if point.name != "resnet20" else "resnet20-16-32-64"
            plot.point(value, share, colour, name.replace("resnet20-", ""), on)
    return canvas.file()
