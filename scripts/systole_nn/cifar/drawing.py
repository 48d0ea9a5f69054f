"""Accuracy against energy and cycles as a drawing: one panel for each axis of the front."""

from figures.plot import Plot
from figures.svg import ENGINE, INK, Canvas

from .front import on_front

PANELS = (
    ("energy", 1, "Eyeriss-like: uJ an image", INK),
    ("eyeriss", 1e-3, "Eyeriss-like: thousand cycles", ENGINE["MATMUL"]),
    ("own", 1e-3, "own 16x16: thousand cycles", ENGINE["LOAD"]),
)


def draw(points):
    """SVG of the points of the shortest training; filled and joined: on the front."""
    epochs = min(point.epochs for point in points)
    points = [point for point in points if point.epochs == epochs]
    canvas = Canvas(900, 300, f"Accuracy after {epochs} epochs against energy and cycles")
    shares = [100 * point.share for point in points]
    y_range = (min(shares) - 1, max(shares) + 1)
    for index, (axis, unit, title, colour) in enumerate(PANELS):
        values = [getattr(point, axis) * unit for point in points]
        box, right = (50 + 295 * index, 40, 240, 205), "" if index else "int8, % right"
        plot = Plot(canvas, box, (0, 1.12 * max(values)), y_range, (title, right))
        front = [on_front(point, points, axis) for point in points]
        plot.line(
            sorted((v, s) for v, s, on in zip(values, shares, front) if on), colour, dash="3 2"
        )
        for value, share, on, point in zip(values, shares, front, points):
            name = point.name if point.name != "resnet20" else "resnet20-16-32-64"
            plot.point(value, share, colour, name.replace("resnet20-", ""), on)
    return canvas.file()
