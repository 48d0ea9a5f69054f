#!/usr/bin/env python3
"""Holds the order of the C++ folders: a file includes its own folder and lower ones, never a higher
one.

rooms.py [--root DIR]          exit status 1 and one line for each include that goes up or sideways
"""

import argparse
import os
import re
import sys

# The order, lowest first. Folders of one line do not know each other.
ROOMS = [
    ["sw/base"],
    ["sw/isa", "sw/gates"],
    ["sw/arith"],
    ["sw/program", "sw/device", "sw/timing"],
    ["sw/model", "sw/functional", "sw/driver", "sw/scalesim"],
    ["sw/quant", "systemc", "tb", "sw/timeloop"],
    ["sw/golden", "sw/compiler", "sw/compare", "sw/energy"],
    ["sw/tiling"],
    ["sw/explore", "sw/cli"],
    ["sw/check", "sw/bench", "sw/nest"],
]
# They look at everything, and nothing may look at them.
OUTSIDE = ("tests", "examples")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def room_of(path):
    """sw/base/error.h -> sw/base; systemc/bus.h -> systemc; None for files of no room."""
    parts = path.split("/")
    if parts[0] in OUTSIDE:
        return parts[0]
    if parts[0] == "sw":
        return "/".join(parts[:2]) if len(parts) > 2 else None
    return parts[0] if len(parts) > 1 else None


def includes(root):
    """(file, included file) of every include of a file of this tree."""
    for top in ("sw", "systemc", "tb", *OUTSIDE):
        for folder, _, names in os.walk(os.path.join(root, top)):
            for name in sorted(names):
                if name.endswith((".cc", ".h")):
                    full = os.path.join(folder, name)
                    path = os.path.relpath(full, root)
                    with open(full, encoding="utf-8") as file:
                        for included in INCLUDE.findall(file.read()):
                            if os.path.exists(os.path.join(root, included)):
                                yield path, included


def check(root):
    """The messages, one for each folder without a place and each include against the order."""
    level = {room: i for i, rooms in enumerate(ROOMS) for room in rooms}
    messages = []
    unknown = set()
    for path, included in includes(root):
        source, target = room_of(path), room_of(included)
        if source in OUTSIDE or source == target:
            continue
        for room in (source, target):
            if room not in level and room not in OUTSIDE and room not in unknown:
                unknown.add(room)
                messages.append(f"{room}: has no place in the order of scripts/rooms.py")
        if source not in level:
            continue
        if target in OUTSIDE:
            messages.append(f"{path}: includes {included}: {target}/ is not for the product")
        elif target in level and level[target] >= level[source]:
            place = "beside" if level[target] == level[source] else "above"
            messages.append(f"{path}: includes {included}: {target} stands {place} {source}")
    return messages


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--root", default=os.path.join(os.path.dirname(__file__), ".."))
    arguments = parser.parse_args()
    messages = check(arguments.root)
    for message in messages:
        print(message)
    if not messages:
        print("rooms: clean")
    return 1 if messages else 0


if __name__ == "__main__":
    sys.exit(main())
