"""Draws 28 x 28 handwritten-looking digits from pen strokes: no data set, no network, no selection.

A digit is a few strokes, each a smooth curve or polyline through control points in a unit box (x
right, y down), in several ways of writing it. Every image moves the control points, then turns,
slants and stretches the whole, and draws it with a round pen of its own width, anti-aliased. Like
MNIST, the drawing fills a box of 20 x 20 pixels (its longer side) and has its centre of mass in the
middle of the image; a small random shift is added. Image i shows digit i mod 10, so the set is
balanced from the first image on. Every image drawn is kept.
"""

import math
import random

import numpy as np

SIZE = 28
_BOX = 20.0
_SAMPLES = 4  # samples per pixel and axis


def _arc(cx, cy, rx, ry, start, stop, count=9):
    """Points on an ellipse; angles in degrees, 0 to the right, 90 downwards."""
    angles = [math.radians(start + (stop - start) * i / (count - 1)) for i in range(count)]
    return [(cx + rx * math.cos(a), cy + ry * math.sin(a)) for a in angles]


def _smooth(points, steps=8):
    """Catmull-Rom curve through the points."""
    ends = [points[0]] + points + [points[-1]]
    curve = [points[0]]
    for i in range(1, len(ends) - 2):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = ends[i - 1 : i + 3]
        for step in range(1, steps + 1):
            t = step / steps
            a, b, c = -t * (1 - t) ** 2, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3
            d = t**2 * (t - 1)
            curve.append(
                ((a * x0 + b * x1 + c * x2 + d * x3) / 2, (a * y0 + b * y1 + c * y2 + d * y3) / 2)
            )
    return curve


# Each way of writing a digit: strokes of (smooth, points), with its weight.
# fmt: off
_FORMS = {
    0: [
        (3, [(True, _arc(0.35, 0.5, 0.35, 0.5, -100, 265, 13))]),
        (1, [(True, _arc(0.28, 0.5, 0.28, 0.5, -60, 310, 13))]),
        (1, [(True, _arc(0.42, 0.5, 0.42, 0.5, -80, 290, 13))]),
    ],
    1: [
        (4, [(False, [(0.5, 0.0), (0.5, 0.5), (0.5, 1.0)])]),
        (1, [(False, [(0.36, 0.2), (0.5, 0.0), (0.5, 0.5), (0.5, 1.0)])]),
    ],
    2: [
        (
            3,
            [
                (
                    True,
                    [
                        (0.05, 0.25), (0.15, 0.07), (0.38, 0.0), (0.6, 0.1), (0.63, 0.3),
                        (0.48, 0.57), (0.25, 0.8), (0.02, 0.98),
                    ],
                ),
                (False, [(0.02, 0.98), (0.4, 0.96), (0.75, 0.97)]),
            ],
        ),
        (
            2,
            [
                (
                    True,
                    [
                        (0.1, 0.2), (0.25, 0.03), (0.5, 0.02), (0.63, 0.18), (0.55, 0.45),
                        (0.35, 0.75), (0.15, 0.95), (0.02, 0.88), (0.12, 0.75), (0.35, 0.83),
                        (0.55, 0.97), (0.8, 0.92),
                    ],
                )
            ],
        ),
    ],
    3: [
        (
            3,
            [
                (
                    True,
                    [
                        (0.05, 0.14), (0.25, 0.01), (0.5, 0.06), (0.56, 0.24), (0.43, 0.42),
                        (0.25, 0.48), (0.47, 0.53), (0.62, 0.7), (0.53, 0.92), (0.28, 1.0),
                        (0.02, 0.9),
                    ],
                )
            ],
        ),
        (
            1,
            [
                (True, [(0.08, 0.1), (0.3, 0.0), (0.52, 0.08), (0.52, 0.28), (0.28, 0.46)]),
                (True, [(0.28, 0.46), (0.55, 0.55), (0.6, 0.78), (0.4, 0.97), (0.15, 0.97),
                        (0.0, 0.86)]),
            ],
        ),
    ],
    4: [
        (
            3,
            [
                (True, [(0.08, 0.02), (0.05, 0.25), (0.02, 0.48), (0.18, 0.54), (0.4, 0.51),
                        (0.6, 0.47)]),
                (False, [(0.58, 0.0), (0.56, 0.5), (0.52, 1.0)]),
            ],
        ),
        (
            1,
            [
                (False, [(0.5, 0.02), (0.25, 0.33), (0.0, 0.62), (0.4, 0.62), (0.72, 0.6)]),
                (False, [(0.5, 0.02), (0.49, 0.5), (0.48, 1.0)]),
            ],
        ),
        (
            2,
            [
                (False, [(0.15, 0.05), (0.04, 0.5), (0.35, 0.52), (0.65, 0.49)]),
                (False, [(0.55, 0.08), (0.48, 0.55), (0.42, 1.0)]),
            ],
        ),
    ],
    5: [
        (
            3,
            [
                (
                    True,
                    [
                        (0.13, 0.03), (0.11, 0.22), (0.08, 0.42), (0.28, 0.37), (0.5, 0.46),
                        (0.6, 0.67), (0.5, 0.9), (0.25, 1.0), (0.0, 0.92),
                    ],
                ),
                (False, [(0.13, 0.03), (0.38, 0.02), (0.66, 0.0)]),
            ],
        ),
        (
            2,
            [
                (
                    True,
                    [
                        (0.72, 0.02), (0.42, 0.03), (0.2, 0.07), (0.15, 0.25), (0.2, 0.42),
                        (0.42, 0.5), (0.53, 0.7), (0.4, 0.93), (0.18, 0.99), (0.0, 0.9),
                    ],
                )
            ],
        ),
    ],
    6: [
        (
            3,
            [
                (
                    True,
                    [
                        (0.42, 0.0), (0.22, 0.2), (0.07, 0.48), (0.03, 0.76), (0.15, 0.95),
                        (0.36, 0.99), (0.54, 0.86), (0.53, 0.66), (0.36, 0.55), (0.17, 0.64),
                        (0.06, 0.8),
                    ],
                )
            ],
        ),
        (
            1,
            [
                (
                    True,
                    [
                        (0.28, 0.0), (0.12, 0.25), (0.03, 0.55), (0.06, 0.85), (0.26, 1.0),
                        (0.48, 0.92), (0.54, 0.74), (0.42, 0.6), (0.22, 0.64), (0.08, 0.82),
                    ],
                )
            ],
        ),
    ],
    7: [
        (3, [(False, [(0.0, 0.07), (0.3, 0.05), (0.62, 0.03), (0.45, 0.45), (0.25, 1.0)])]),
        (1, [(False, [(0.02, 0.2), (0.05, 0.05), (0.35, 0.05), (0.65, 0.03), (0.47, 0.45),
                      (0.3, 1.0)])]),
        (
            1,
            [
                (False, [(0.0, 0.06), (0.3, 0.05), (0.64, 0.03), (0.45, 0.5), (0.28, 1.0)]),
                (False, [(0.22, 0.52), (0.42, 0.5), (0.65, 0.48)]),
            ],
        ),
        (1, [(True, [(0.0, 0.14), (0.2, 0.04), (0.42, 0.08), (0.6, 0.04), (0.5, 0.35),
                     (0.36, 0.65), (0.28, 1.0)])]),
    ],
    8: [
        (
            3,
            [
                (
                    True,
                    [
                        (0.52, 0.12), (0.3, 0.0), (0.08, 0.1), (0.09, 0.3), (0.3, 0.46),
                        (0.52, 0.66), (0.5, 0.9), (0.27, 1.0), (0.06, 0.88), (0.08, 0.66),
                        (0.3, 0.47), (0.5, 0.3), (0.54, 0.14),
                    ],
                )
            ],
        ),
        (
            1,
            [
                (True, _arc(0.3, 0.24, 0.2, 0.24, 80, 445, 11)),
                (True, _arc(0.3, 0.74, 0.25, 0.26, -90, 275, 11)),
            ],
        ),
    ],
    9: [
        (
            3,
            [
                (
                    True,
                    [
                        (0.5, 0.14), (0.32, 0.01), (0.1, 0.08), (0.03, 0.28), (0.15, 0.46),
                        (0.36, 0.42), (0.5, 0.22), (0.52, 0.1),
                    ],
                ),
                (False, [(0.52, 0.1), (0.49, 0.5), (0.45, 1.0)]),
            ],
        ),
        (
            2,
            [
                (
                    True,
                    [
                        (0.52, 0.16), (0.33, 0.0), (0.1, 0.1), (0.04, 0.3), (0.2, 0.46),
                        (0.42, 0.38), (0.53, 0.18), (0.52, 0.45), (0.47, 0.72), (0.36, 0.93),
                        (0.15, 0.99),
                    ],
                )
            ],
        ),
    ],
}
# fmt: on


def _choose(rng, forms):
    pick = rng.random() * sum(weight for weight, _ in forms)
    for weight, strokes in forms:
        pick -= weight
        if pick < 0:
            return strokes
    return forms[-1][1]


def _strokes(rng, digit):
    """Polylines of one digit, in units of its box."""
    strokes = _choose(rng, _FORMS[digit])
    wobble = 0.022
    moved = {}  # strokes that share a point keep sharing it

    def move(point):
        if point not in moved:
            moved[point] = (point[0] + rng.gauss(0, wobble), point[1] + rng.gauss(0, wobble))
        return moved[point]

    angle = math.radians(rng.gauss(0, 5))
    slant = rng.gauss(0.12, 0.12)
    stretch = math.exp(rng.gauss(0, 0.1))
    cos, sin = math.cos(angle), math.sin(angle)
    result = []
    for smooth, points in strokes:
        points = [move(point) for point in points]
        if smooth:
            points = _smooth(points)
        line = []
        for x, y in points:
            x = x * stretch - slant * (y - 0.5)
            line.append((cos * x - sin * y, sin * x + cos * y))
        result.append(line)
    return result


def _render(lines, radius, size):
    """Coverage in 0..1 of a round pen along polylines given in pixels, with _SAMPLES^2 samples per
    pixel.
    """
    axis = (np.arange(size * _SAMPLES) + 0.5) / _SAMPLES
    x, y = np.meshgrid(axis, axis)
    nearest = np.full(x.shape, np.inf)
    for line in lines:
        for (ax, ay), (bx, by) in zip(line[:-1], line[1:]):
            dx, dy = bx - ax, by - ay
            length = dx * dx + dy * dy
            t = np.clip(((x - ax) * dx + (y - ay) * dy) / length, 0, 1) if length > 0 else 0.0
            nearest = np.minimum(nearest, (x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2)
    # A soft edge of one pixel, as a scan has.
    ink = np.clip(radius + 0.5 - np.sqrt(nearest), 0, 1)
    return ink.reshape(size, _SAMPLES, size, _SAMPLES).mean(axis=(1, 3))


def draw(rng, digit):
    """One 28 x 28 uint8 image of `digit`."""
    lines = _strokes(rng, digit)
    width = min(max(rng.gauss(2.5, 0.5), 1.5), 3.8)  # pixels
    xs = [x for line in lines for x, _ in line]
    ys = [y for line in lines for _, y in line]
    longest = max(max(xs) - min(xs), max(ys) - min(ys))
    scale = (_BOX - width) / longest
    pixels = [[((x - min(xs)) * scale, (y - min(ys)) * scale) for x, y in line] for line in lines]
    # Centre of mass: drawn once on a canvas large enough, then moved by a fraction of a pixel and
    # drawn again.
    canvas, margin = 48, 12
    first = _render(
        [[(x + margin, y + margin) for x, y in line] for line in pixels], width / 2, canvas
    )
    centre = np.arange(canvas) + 0.5
    mass = first.sum()
    mass_x = float((first.sum(0) * centre).sum() / mass) - margin
    mass_y = float((first.sum(1) * centre).sum() / mass) - margin
    move_x = SIZE / 2 - mass_x + rng.uniform(-0.7, 0.7)
    move_y = SIZE / 2 - mass_y + rng.uniform(-0.7, 0.7)
    image = _render(
        [[(x + move_x, y + move_y) for x, y in line] for line in pixels], width / 2, SIZE
    )
    return np.rint(image * 255).astype(np.uint8)


def draw_set(count, seed):
    """(images uint8 count x 28 x 28, labels uint8 count); image i shows digit i mod 10."""
    images = np.zeros((count, SIZE, SIZE), np.uint8)
    labels = (np.arange(count) % 10).astype(np.uint8)
    for index in range(count):
        images[index] = draw(random.Random(f"{seed}-{index}"), int(labels[index]))
    return images, labels
