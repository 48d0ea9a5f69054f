"""A plot on a canvas: two linear axes from zero or not, points with names, lines."""

import math

from .svg import GREY, INK


def ticks(low, high, most=6):
    """Round values from low to high, `most` at most."""
    decade = 10.0 ** math.floor(math.log10((high - low) / most))
    step = next(m * decade for m in (1, 2, 5, 10) if (high - low) / (m * decade) <= most)
    first = int(low / step)
    return [n * step for n in range(first, int(high / step) + 1) if n * step >= low]


class Plot:
    def __init__(self, canvas, box, x_range, y_range, titles):
        """box: left, top, width, height of the axes' rectangle; titles: of x, of y."""
        self.canvas, self.box, self.x_range, self.y_range = canvas, box, x_range, y_range
        left, top, width, height = box
        canvas.rect(left, top, width, height)
        for value in ticks(*x_range):
            x = self.x(value)
            canvas.line([(x, top + height), (x, top + height + 4)])
            canvas.text(x, top + height + 16, f"{value:g}", 10)
        for value in ticks(*y_range):
            y = self.y(value)
            canvas.line([(left, y), (left + width, y)], GREY, 0.3)
            canvas.text(left - 5, y + 3.5, f"{value:g}", 10, "end")
        canvas.text(left + width / 2, top + height + 32, titles[0], 11)
        canvas.text(left, top - 7, titles[1], 11, "start")

    def x(self, value):
        low, high = self.x_range
        return self.box[0] + (value - low) / (high - low) * self.box[2]

    def y(self, value):
        low, high = self.y_range
        return self.box[1] + self.box[3] - (value - low) / (high - low) * self.box[3]

    def line(self, points, colour=INK, width=1.2, dash=""):
        self.canvas.line([(self.x(a), self.y(b)) for a, b in points], colour, width, dash=dash)

    def point(self, a, b, colour=INK, name="", filled=True):
        """Its name stands to the right and below, in the right part of the plot left and above."""
        x, y = self.x(a), self.y(b)
        self.canvas.rect(x - 3, y - 3, 6, 6, colour if filled else "white", colour, radius=3)
        if name and x < self.box[0] + 0.6 * self.box[2]:
            self.canvas.text(x + 6, y + 11, name, 9, "start")
        elif name:
            self.canvas.text(x - 6, y - 5, name, 9, "end")
