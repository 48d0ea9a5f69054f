"""Networks on three designs, from docs/recorded: AlexNet's energy by layer and by batch
(alexnet.txt); energy and speed of ten networks (networks_by_design.txt).
"""

import math
import pathlib

from .plot import ticks
from .svg import GREY, INK, Canvas

RECORDED = pathlib.Path(__file__).resolve().parents[2] / "docs" / "recorded"
NAMES = {
    "weight-split6": "weight stationary",
    "output-split6": "output stationary",
    "eyeriss": "Eyeriss-like",
}
LINES = {"weight-split6": "#4c78a8", "output-split6": "#e07b39", "eyeriss": "#3f8f5f"}
# Where energy goes, from the inside out, and its colour.
PARTS = (
    ("multipliers", "#bab0ac"),
    ("registers, scratchpads", "#4c78a8"),
    ("buffer", "#e07b39"),
    ("DRAM", "#edc948"),
)


def layers():
    """Rows of the recorded table: design, batch, layer, uJ by PARTS."""
    text = (RECORDED / "alexnet.txt").read_text(encoding="utf-8")
    for line in text.splitlines()[2:]:
        cells = line.split(",")
        if len(cells) != 6 or cells[0] not in NAMES or not cells[1].isdigit():
            continue
        parts = [0.0] * len(PARTS)
        for part in cells[5].split(";"):
            name, energy = part.split("=")
            at = {"mac": 0, "shared_glb": 2, "DRAM": 3}.get(name, 1)
            parts[at] += float(energy) * 1e-6
        yield cells[0], int(cells[1]), cells[2], parts


def axis(canvas, box, most, title):
    left, top, width, height = box
    for value in ticks(0, most):
        y = top + height * (1 - value / most)
        canvas.line([(left, y), (left + width, y)], GREY, 0.3)
        canvas.text(left - 5, y + 3.5, f"{value:g}", 10, "end")
    canvas.text(left, top - 8, title, 11, "start")


def draw_layers():
    """Energy of each layer at batch 1, a panel for each design, stacked by level."""
    canvas = Canvas(900, 300, "AlexNet: energy by layer and level")
    rows = [row for row in layers() if row[1] == 1]
    most = 1.05 * max(sum(row[3]) for row in rows)
    for panel, (design, name) in enumerate(NAMES.items()):
        box = left, top, width, height = 55 + 290 * panel, 50, 240, 190
        axis(canvas, box, most, f"{name}: uJ" if panel == 0 else name)
        bars = [row for row in rows if row[0] == design]
        wide = width / len(bars)
        for index, (_, _, layer, parts) in enumerate(bars):
            x, y = left + wide * index + 3, top + height
            for (_, colour), energy in zip(PARTS, parts):
                tall = height * energy / most
                y -= tall
                canvas.rect(x, y, wide - 6, tall, colour, colour, 0.2)
            canvas.text(x + wide / 2 - 3, top + height + 14, layer, 9)
    for index, (name, colour) in enumerate(PARTS):
        canvas.rect(60 + 190 * index, 275, 10, 10, colour, colour)
        canvas.text(75 + 190 * index, 284, name, 11, "start")
    return canvas.file()


def draw_batches():
    """Energy of one image by batch, convolutions and fully connected layers apart."""
    canvas = Canvas(900, 300, "AlexNet: energy of one image by batch")
    sums = {}
    for design, batch, layer, parts in layers():
        kind = "fully connected" if layer.startswith("fc") else "convolutions"
        key = kind, design, batch
        sums[key] = sums.get(key, 0) + sum(parts) / batch
    batches = sorted({key[2] for key in sums})
    for panel, kind in enumerate(("convolutions", "fully connected")):
        box = left, top, width, height = 65 + 430 * panel, 50, 350, 190
        most = 1.1 * max(value for key, value in sums.items() if key[0] == kind)
        axis(canvas, box, most, f"{kind}: uJ an image")
        for batch in batches:
            x = left + 20 + (width - 40) * math.log2(batch) / math.log2(batches[-1])
            canvas.text(x, top + height + 14, str(batch), 10)
        canvas.text(left + width / 2, top + height + 30, "images at once", 11)
        for design in NAMES:
            points = []
            for batch in batches:
                x = left + 20 + (width - 40) * math.log2(batch) / math.log2(batches[-1])
                points.append((x, top + height * (1 - sums[kind, design, batch] / most)))
            canvas.line(points, LINES[design], 1.6)
            for x, y in points:
                canvas.rect(x - 3, y - 3, 6, 6, LINES[design], LINES[design], radius=3)
    for index, (design, name) in enumerate(NAMES.items()):
        canvas.rect(230 + 170 * index, 12, 10, 10, LINES[design], INK, 0.3)
        canvas.text(245 + 170 * index, 21, name, 11, "start")
    return canvas.file()


def networks():
    """{network: {design: (pJ a multiply-add, multiply-adds a cycle)}}."""
    text = (RECORDED / "networks_by_design.txt").read_text(encoding="utf-8")
    found, network = {}, None
    for words in map(str.split, text.splitlines()[2:]):
        if len(words) == 1:
            network = found.setdefault(words[0], {})
        elif words and words[0] in NAMES and len(words) == 8:
            macs, cycles, energy = (float(word) for word in words[3:6])
            network[words[0]] = energy * 1e6 / macs, macs / cycles
    return found


def draw_networks():
    """Energy of a multiply-add and multiply-adds a cycle of each network at batch 1."""
    canvas = Canvas(900, 275, "Ten networks on three designs")
    found = networks()
    for panel, title in enumerate(("pJ a multiply-add", "multiply-adds a cycle")):
        box = left, top, width, height = 55 + 435 * panel, 50, 390, 190
        most = 1.05 * max(one[panel] for designs in found.values() for one in designs.values())
        axis(canvas, box, most, title)
        wide = width / len(found)
        for index, (network, designs) in enumerate(found.items()):
            bar = (wide - 8) / len(NAMES)
            for place, design in enumerate(NAMES):
                tall = height * designs[design][panel] / most
                x = left + wide * index + 4 + bar * place
                canvas.rect(x, top + height - tall, bar, tall, LINES[design], LINES[design], 0.2)
            name, _, rest = network.partition("_")
            y = top + height + 14
            canvas.text(left + wide * (index + 0.5), y, name.rstrip("0123456789"), 7)
            size = rest or name.lstrip("abcdefghijklmnopqrstuvwxyz")
            canvas.text(left + wide * (index + 0.5), y + 10, size, 8)
    for index, (design, name) in enumerate(NAMES.items()):
        canvas.rect(230 + 170 * index, 12, 10, 10, LINES[design], INK, 0.3)
        canvas.text(245 + 170 * index, 21, name, 11, "start")
    return canvas.file()
