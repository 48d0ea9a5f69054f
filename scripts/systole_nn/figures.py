"""The report's figures as SVG text."""

import io

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

matplotlib.rcParams.update(
    {"svg.fonttype": "none", "svg.hashsalt": "systole", "font.size": 8, "axes.spines.top": False}
)
matplotlib.rcParams.update({"axes.spines.right": False, "font.family": "sans-serif"})
_REAL, _SIGMA = "#c0392b", "#1e8449"


def _svg(figure):
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None}, bbox_inches="tight")
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def curves(history):
    """Loss and accuracy by epoch, training and check images."""
    figure = Figure(figsize=(9.5, 2.8))
    epochs = [entry["epoch"] for entry in history]
    for axes, quantity in zip(figure.subplots(1, 2), ("loss", "accuracy")):
        factor = 100 if quantity == "accuracy" else 1
        for kind, colour, label in (
            ("train", "#0b5cad", "training"),
            ("check", "#d35400", "validation"),
        ):
            values = [factor * entry[f"{kind}_{quantity}"] for entry in history]
            axes.plot(
                epochs, values, color=colour, label=label, marker="o" if len(epochs) < 4 else None
            )
        _finish(axes, quantity)
    figure.tight_layout()
    return _svg(figure)


def _finish(axes, quantity):
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel(quantity + (" in %" if quantity == "accuracy" else ""))
    axes.grid(alpha=0.25)
    axes.legend(frameon=False)


def curves_of_runs(histories):
    """The same of several runs, {name: history}, training dashed."""
    figure = Figure(figsize=(9.5, 2.8))
    for axes, quantity in zip(figure.subplots(1, 2), ("loss", "accuracy")):
        factor = 100 if quantity == "accuracy" else 1
        for number, (name, history) in enumerate(histories.items()):
            epochs = [entry["epoch"] for entry in history]
            for kind, style in (("train", "--"), ("check", "-")):
                values = [factor * entry[f"{kind}_{quantity}"] for entry in history]
                label = name if kind == "check" else None
                axes.plot(
                    epochs, values, color=f"C{number}", linestyle=style, label=label, marker="."
                )
        _finish(axes, quantity)
    figure.tight_layout()
    return _svg(figure)


def histograms(distributions):
    """A panel for each Distribution, counts on a logarithmic axis; real range and three-sigma range
    drawn in.
    """
    columns = 3
    lines = -(-len(distributions) // columns)
    figure = Figure(figsize=(9.5, 1.9 * lines))
    panels = np.atleast_1d(figure.subplots(lines, columns)).ravel()
    for axes, one in zip(panels, distributions):
        axes.stairs(
            np.maximum(one.counts, 0.5), one.edges, fill=True, color="#7f9bb8", baseline=0.5
        )
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(base=10, numticks=4))
        axes.yaxis.set_minor_formatter(NullFormatter())
        for (low, high), colour, style, label in (
            (one.real, _REAL, "-", "real range"),
            (one.sigma, _SIGMA, "--", "three sigma"),
        ):
            axes.axvline(low, color=colour, linestyle=style, linewidth=1.1, label=label)
            axes.axvline(high, color=colour, linestyle=style, linewidth=1.1)
        axes.set_title(one.name, loc="left", fontsize=9)
    for axes in panels[len(distributions) :]:
        axes.axis("off")
    panels[0].legend(frameon=False, fontsize=7)
    figure.tight_layout()
    return _svg(figure)
