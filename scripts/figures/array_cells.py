"""docs/img/array.svg: four rows and columns of the array, one PE in detail with its shadow weight.
"""

from .svg import ENGINE, GREY, MEMORY, Canvas


def draw():
    c = Canvas(860, 400, "The array with its shadow weights, and one processing element")
    x0, y0, step, size = 96, 84, 68, 44
    c.text(x0 + 1.5 * step + size / 2, 24, "activations move right, sums move down", 12)
    for r in range(4):
        y = y0 + r * step
        c.text(x0 - 60, y + 34, f"lane {r}", 11)
        # The skew: r delays in front of lane r
        for d in range(r):
            c.rect(x0 - 22 - 8 * d, y + 24, 6, 12, MEMORY, GREY, 0.8)
        for k in range(4):
            x = x0 + k * step
            c.rect(x, y, size, size, ENGINE["MATMUL"], opacity=0.25, radius=3)
            c.rect(x + 14, y + 3, 16, 13, "#e6e6e6", GREY)
            c.text(x + 22, y + 13, "s", 9)
            c.rect(x + 14, y + 18, 16, 13, "white", ENGINE["MATMUL"])
            c.text(x + 22, y + 28, "w", 9)
            c.text(x + size / 2, y + 41, "x +", 10)
            left = x - (step - size) if k else x - 14
            c.arrow((left, y + 30), (x, y + 30))
            c.arrow((x + size / 2, y + size), (x + size / 2, y + step))
            c.line(
                [(x - step + 30 if k else x - 14, y + 9), (x + 14, y + 9)], GREY, 1.2, True, "3 2"
            )
    c.text(
        x0 + 1.5 * step + size / 2,
        y0 + 4 * step + 18,
        "to the accumulators, column c: c cycles later",
        11,
    )
    c.text(
        x0 - 10, 62, "weights of the next slice shift in from the left (dashed),", 11, "start", GREY
    )
    c.text(x0 - 10, 76, "while this one computes", 11, "start", GREY)
    # One PE
    px, py = 470, 70
    c.rect(px, py, 350, 250, ENGINE["MATMUL"], opacity=0.12, radius=6)
    c.text(px + 175, py - 12, "one processing element (PE)", 12, bold=True)
    c.box(px + 120, py + 24, 88, 34, "shadow weight s", "#e6e6e6", 10)
    c.box(px + 120, py + 84, 88, 34, "weight w", "white", 11)
    c.box(px + 236, py + 92, 88, 30, "activation", MEMORY, 11)
    c.box(px + 120, py + 146, 88, 40, "x (int8 x int8)", "white", 11)
    c.box(px + 236, py + 146, 88, 40, "+ (int32)", "white", 11)
    c.box(px + 236, py + 200, 88, 34, "sum", MEMORY, 11)
    c.arrow((px - 26, py + 41), (px + 120, py + 41), stroke=GREY, dash="3 2")
    c.arrow((px + 208, py + 41), (px + 376, py + 41), stroke=GREY, dash="3 2")
    c.arrow((px + 164, py + 58), (px + 164, py + 84))
    c.text(px + 172, py + 75, "swap, a bit that travels", 10, "start")
    c.arrow((px + 164, py + 118), (px + 164, py + 146))
    c.arrow((px - 26, py + 166), (px + 120, py + 166))
    c.arrow(
        (px + 60, py + 166),
        (px + 60, py + 130),
        (px + 222, py + 130),
        (px + 222, py + 107),
        (px + 236, py + 107),
    )
    c.arrow((px + 324, py + 107), (px + 376, py + 107))
    c.arrow((px + 208, py + 166), (px + 236, py + 166))
    c.arrow((px + 334, py - 2), (px + 334, py + 136), (px + 280, py + 136), (px + 280, py + 146))
    c.arrow((px + 280, py + 186), (px + 280, py + 200))
    c.arrow((px + 280, py + 234), (px + 280, py + 276))
    c.text(
        px + 175, py + 300, "registers: shadow weight, weight, activation (int8), sum (int32);", 10
    )
    c.text(
        px + 175,
        py + 314,
        "no bubble between two slices: w takes s as the first vector arrives",
        10,
    )
    return c.file()
