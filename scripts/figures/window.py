"""docs/img/window.svg: a padded image with the window of one cell beside the array's lanes and
columns.

LeNet-5's C1 on 16x16: 28 x 28 pixels with a halo of 2, 5x5 filters, 6 of them, two neighbouring
output pixels side by side on 12 columns, their common window 5 x 6 pixels: 30 elements in 2
K-slices of 16 lanes.
"""

from .svg import ENGINE, GREY, INK, Canvas

PIXELS, HALO, KERNEL, FILTERS, CELL = 28, 2, 5, 6, 2
LANES, COLUMNS = 16, 16
STEP = 9


def draw():
    c = Canvas(860, 420, "The window of two output pixels, as lanes and columns of the array")
    size = PIXELS + 2 * HALO
    left, top = 24, 50
    c.text(left + size * STEP / 2, 28, "input: 28 x 28 pixels and a halo of 2 (holds Zx)", 12)
    for y in range(size):
        for x in range(size):
            inside = HALO <= x < PIXELS + HALO and HALO <= y < PIXELS + HALO
            c.rect(
                left + x * STEP,
                top + y * STEP,
                STEP,
                STEP,
                "white" if inside else "#d9d9d9",
                "#c4c4c4",
                0.4,
            )
    # The windows of output pixels (0, 10) and (0, 11)
    wx, wy = 10, 4
    width = KERNEL + CELL - 1
    c.rect(
        left + wx * STEP,
        top + wy * STEP,
        width * STEP,
        KERNEL * STEP,
        ENGINE["MATMUL"],
        INK,
        1.2,
        opacity=0.55,
    )
    c.rect(left + wx * STEP, top + wy * STEP, KERNEL * STEP, KERNEL * STEP, "none", INK, 1.6)
    c.rect(
        left + (wx + 1) * STEP,
        top + wy * STEP,
        KERNEL * STEP,
        KERNEL * STEP,
        "none",
        "#555",
        1.6,
        "3 2",
    )
    c.text(
        left, top + size * STEP + 20, "one cell = 2 output pixels: their 5 x 5 windows", 11, "start"
    )
    c.text(
        left, top + size * STEP + 35, "overlap in a common window of 5 x 6 elements", 11, "start"
    )
    # Lanes and columns
    gx, gy, cell = 460, 78, 15
    c.text(
        gx + COLUMNS * cell / 2 + 30,
        28,
        "array: 16 lanes x 16 columns, K-slice 0, filters 0 to 5 of each pixel",
        12,
    )
    for n in range(COLUMNS):
        used = n < CELL * FILTERS
        words = f"{n % FILTERS}" if used else "-"
        c.text(gx + n * cell + cell / 2, gy - 5, words, 9, fill=INK if used else GREY)
    for p in range(CELL):
        c.text(gx + (p + 0.5) * FILTERS * cell, gy - 20, f"pixel {p}", 10)
    c.text(gx + (CELL * FILTERS + 2) * cell, gy - 20, "unused", 10, fill=GREY)
    for k in range(LANES):
        ky, kx = divmod(k, width)
        c.text(gx - 6, gy + k * cell + 11, f"lane {k}: window ({ky},{kx})", 9, "end", mono=True)
        for n in range(COLUMNS):
            pixel = n // FILTERS
            if pixel >= CELL:
                fill = "#f0f0f0"
            else:
                fill = ENGINE["MATMUL"] if 0 <= kx - pixel < KERNEL else "white"
            c.rect(gx + n * cell, gy + k * cell, cell, cell, fill, "#b0b0b0", 0.5, opacity=0.85)
    y = gy + LANES * cell + 18
    c.text(gx, y, "filled: a filter's weight; white: Zw, where the pixel's own", 11, "start")
    c.text(gx, y + 14, "window does not reach. K-slice 1 holds the other 14 elements;", 11, "start")
    c.text(gx, y + 28, "lanes 14 and 15 of it are forced to 0. 2 slices x 392 cells", 11, "start")
    c.text(gx, y + 42, "= 784 cycles for 784 pixels of 6 channels.", 11, "start")
    return c.file()
