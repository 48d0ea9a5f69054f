"""SCALE-Sim's cycles of networks beside this array's, from docs/recorded/scalesim_array.txt."""

from .designs import RECORDED, axis
from .svg import INK, Canvas

NETWORKS = ("alexnet", "mobilenet_v2", "resnet18", "resnet50", "densenet121")
# Column of the recording, name, colour.
BARS = (
    (3, "SCALE-Sim", "#bab0ac"),
    (4, "this array, one fold at a time", "#e07b39"),
    (5, "this array, folds overlapped", "#4c78a8"),
)


def rows():
    """(network, dataflow) -> the recorded line's cells."""
    text = (RECORDED / "scalesim_array.txt").read_text(encoding="utf-8")
    found = {}
    for line in text.splitlines()[3:]:
        cells = line.split()
        found[cells[0], cells[1]] = cells
    return found


def draw():
    """Million cycles of a network, a group of bars for each dataflow."""
    canvas = Canvas(900, 290, "SCALE-Sim's folds on this array, 16x16")
    found = rows()
    most = 1.05e-6 * max(int(found[n, f][c]) for n in NETWORKS for f in ("os", "ws", "is")
                         for c, _, _ in BARS)
    box = left, top, width, height = 55, 50, 830, 190
    axis(canvas, box, most, "million cycles")
    wide = width / len(NETWORKS)
    for index, network in enumerate(NETWORKS):
        group = (wide - 20) / 3
        for place, flow in enumerate(("os", "ws", "is")):
            x = left + wide * index + 10 + group * place
            bar = (group - 6) / len(BARS)
            for k, (column, _, colour) in enumerate(BARS):
                tall = height * 1e-6 * int(found[network, flow][column]) / most
                canvas.rect(x + 3 + bar * k, top + height - tall, bar, tall, colour, colour, 0.2)
            canvas.text(x + group / 2, top + height + 14, flow, 9)
        canvas.text(left + wide * (index + 0.5), top + height + 30, network, 10)
    for index, (_, name, colour) in enumerate(BARS):
        canvas.rect(250 + 200 * index, 12, 10, 10, colour, INK, 0.3)
        canvas.text(265 + 200 * index, 21, name, 11, "start")
    return canvas.file()
