"""Draws the figures of the docs: python3 -m figures [--systole F] [--out DIR] from scripts/."""

import argparse
import pathlib
import sys

from . import array_cells, block_diagram, designs, reshaping, rooms, scalesim, timeline, window

ROOT = pathlib.Path(__file__).resolve().parents[2]


def figures(systole):
    """name -> SVG text. `systole`: the command line program that runs what the timelines show."""
    stamps = timeline.stamps(systole)
    return {
        "blocks.svg": block_diagram.draw(),
        "window.svg": window.draw(),
        "array.svg": array_cells.draw(),
        "rooms.svg": rooms.draw(),
        "timeline.svg": timeline.draw_image(stamps),
        "widths.svg": reshaping.draw_widths(),
        "fronts.svg": reshaping.draw_fronts(reshaping.trained()),
        "energy_layers.svg": designs.draw_layers(),
        "energy_batches.svg": designs.draw_batches(),
        "energy_networks.svg": designs.draw_networks(),
        "scalesim_folds.svg": scalesim.draw(),
        "gantt.svg": timeline.draw_first(stamps),
    }


def main():
    parser = argparse.ArgumentParser(prog="figures", description=__doc__.splitlines()[0])
    parser.add_argument("--systole", default=ROOT / "build/host/sw/cli/systole")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs/img")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, text in figures(options.systole).items():
        (options.out / name).write_text(text, encoding="utf-8")
        print(options.out / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
