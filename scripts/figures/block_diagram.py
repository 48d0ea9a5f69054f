"""docs/img/blocks.svg: the accelerator, its engines, memories and ports."""

from .svg import ENGINE, GREY, MEMORY, Canvas


def draw():
    c = Canvas(860, 400, "Systole: engines, memories and bus ports")
    # Ports on the left
    for y, words in (
        (40, "AXI4-Lite\nregisters"),
        (125, "AXI4 fetch\nprogram"),
        (270, "AXI4 data\nimages, weights,\nresults"),
    ):
        c.box(8, y, 100, 54, words, fill="white", size=11, dash="4 3")
    c.box(140, 40, 150, 50, "registers, counters,\nrun control, interrupt", size=11)
    c.box(140, 125, 62, 50, "fetch", size=12)
    c.box(228, 125, 82, 50, "dispatcher", size=12)
    c.arrow((108, 65), (140, 65))
    c.arrow((108, 150), (140, 150))
    c.arrow((202, 150), (228, 150))
    c.arrow((171, 90), (171, 125))
    # The queues
    for i, name in enumerate(("LOAD", "MATMUL", "POST", "STORE")):
        y = 28 + 36 * i
        c.rect(352, y, 110, 24, "white", ENGINE[name], 1.5, radius=3)
        for k in range(4):
            c.rect(362 + 13 * k, y + 6, 10, 12, ENGINE[name], "none", opacity=0.35 + 0.15 * k)
        c.text(440, y + 16, "queue", 10, fill=GREY)
        c.arrow((310, 150), (331, 150), (331, y + 12), (352, y + 12))
        c.text(474, y + 16, f"{name}: in order, takes and gives tokens", 11, "start", ENGINE[name])
    # The data path
    c.box(140, 262, 76, 66, "LOAD", ENGINE["LOAD"], 13, True, "white")
    c.box(262, 212, 132, 40, "weight buffer,\noffset table", MEMORY, 11)
    c.box(262, 262, 132, 66, "activation buffer\nbyte banks", MEMORY, 11)
    c.box(262, 338, 132, 36, "parameter memory", MEMORY, 11)
    c.box(432, 216, 172, 112, "", ENGINE["MATMUL"], opacity=0.16)
    c.text(518, 206, "MATMUL", 13, fill=ENGINE["MATMUL"], bold=True)
    c.box(440, 262, 62, 66, "gather\nwindows", "white", 11)
    c.box(518, 226, 80, 92, "array\nROWS x\nCOLS int8", "white", 11, True)
    c.box(632, 250, 92, 60, "accumulators\n2 halves\nint32", MEMORY, 11)
    c.box(756, 250, 84, 60, "POST\npool,\nrequantize", ENGINE["POST"], 10, True, "white")
    c.box(140, 346, 76, 40, "STORE", ENGINE["STORE"], 13, True, "white")
    c.arrow((108, 295), (140, 295))
    c.arrow((216, 280), (240, 280), (240, 232), (262, 232))
    c.arrow((216, 290), (262, 290))
    c.arrow((216, 312), (240, 312), (240, 356), (262, 356))
    c.arrow((394, 238), (518, 238))
    c.arrow((394, 295), (440, 295))
    c.arrow((502, 295), (518, 295))
    c.arrow((598, 280), (632, 280))
    c.arrow((724, 280), (756, 280))
    c.arrow((394, 356), (790, 356), (790, 310))
    c.arrow((812, 310), (812, 390), (412, 390), (412, 316), (394, 316), stroke=ENGINE["POST"])
    c.arrow((282, 328), (282, 333), (228, 333), (228, 366), (216, 366))
    c.arrow((140, 366), (58, 366), (58, 320))
    return c.file()
