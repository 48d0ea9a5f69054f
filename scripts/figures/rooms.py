"""docs/img/rooms.svg: the folders of the C++ code and who includes whom, measured from the code.

A folder stands above everything it includes. Arrows that follow from others are left out.
"""

import pathlib
import re

from .svg import GREY, PALE, Canvas

ROOT = pathlib.Path(__file__).resolve().parents[2]


def includes(root=ROOT):
    """folder -> set of other folders whose headers it includes; sw/x, systemc and tb are folders."""
    rooms = [p for p in sorted((root / "sw").iterdir()) if p.is_dir()]
    rooms += [root / "systemc", root / "tb"]
    result = {}
    for room in rooms:
        name = str(room.relative_to(root))
        found = set()
        for file in [*room.rglob("*.cc"), *room.rglob("*.h")]:
            text = file.read_text(encoding="utf-8")
            for target in re.findall(r'^#include "((?:sw/\w+|systemc|tb)/)', text, re.M):
                found.add(target.rstrip("/"))
        result[name] = found - {name}
    return {name: {t for t in found if t in result} for name, found in result.items()}


def levels(graph):
    """folder -> height above the lowest; raises ValueError on a circle."""
    height, open_ = {}, []

    def visit(name):
        if name in open_:
            raise ValueError("folders include each other: " + " -> ".join([*open_, name]))
        if name not in height:
            open_.append(name)
            height[name] = 1 + max((visit(n) for n in sorted(graph[name])), default=-1)
            open_.pop()
        return height[name]

    for name in sorted(graph):
        visit(name)
    return height


def reachable(graph, start):
    seen, todo = set(), list(graph[start])
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += graph[name]
    return seen


def draw(root=ROOT):
    graph = includes(root)
    height = levels(graph)
    top = max(height.values())
    step, width, box = 62, 860, (88, 30)
    c = Canvas(width, (top + 1) * step + 30, "Folders of the C++ code: who includes whom")
    place = {}
    for level in range(top + 1):
        row = sorted(n for n in graph if height[n] == level)
        # Below what they use most: ordered by the mean place of what they include.
        row.sort(key=lambda n: sum(place[t][0] for t in graph[n]) / max(1, len(graph[n])))
        for i, name in enumerate(row):
            x = width * (i + 0.5) / len(row)
            place[name] = (x, 20 + (top - level) * step + box[1] / 2)
    for name, targets in sorted(graph.items()):
        for target in sorted(targets):
            if any(target in reachable(graph, other) for other in targets - {target}):
                continue
            (x, y), (u, v) = place[name], place[target]
            c.arrow((x, y + box[1] / 2), (u, v - box[1] / 2), stroke=GREY, width=1)
    for name, (x, y) in sorted(place.items()):
        c.box(x - box[0] / 2, y - box[1] / 2, *box, name, PALE, 11)
    return c.file()
