"""docs/img/rooms.svg: the folders of the C++ code and who includes whom.

Rows are the order that scripts/rooms.py holds; arrows are measured from the files, without those
that follow from others.
"""

import os

import rooms as order

from .svg import GREY, PALE, Canvas

ROOT = os.path.join(os.path.dirname(__file__), "..", "..")
STEP, WIDTH, BOX = 62, 860, (96, 30)


def below(root):
    """folder -> the folders that it includes."""
    graph = {room: set() for row in order.ROOMS for room in row}
    for path, included in order.includes(root):
        source, target = order.room_of(path), order.room_of(included)
        if source in graph and target in graph and source != target:
            graph[source].add(target)
    return graph


def through(graph, start):
    """All folders below this one."""
    seen, todo = set(), list(graph[start])
    while todo:
        room = todo.pop()
        if room not in seen:
            seen.add(room)
            todo += graph[room]
    return seen


def draw(root=ROOT):
    graph = below(root)
    top = len(order.ROOMS) - 1
    c = Canvas(WIDTH, (top + 1) * STEP + 20, "Folders of the C++ code: who includes whom")
    place = {}
    for level, row in enumerate(order.ROOMS):
        for i, room in enumerate(row):
            place[room] = (WIDTH * (i + 0.5) / len(row), 20 + (top - level) * STEP + BOX[1] / 2)
    for room in sorted(graph):
        for target in sorted(graph[room]):
            if any(target in through(graph, r) for r in graph[room] - {target}):
                continue
            (x, y), (u, v) = place[room], place[target]
            c.arrow((x, y + BOX[1] / 2), (u, v - BOX[1] / 2), stroke=GREY, width=1)
    for room, (x, y) in sorted(place.items()):
        c.box(x - BOX[0] / 2, y - BOX[1] / 2, *BOX, room, PALE, 11)
    return c.file()
