"""Generated text inside files written by hand, between comment lines `spec: begin NAME` and
`spec: end`."""

import re

from .load import require

BEGIN = re.compile(r"^\s*(?://|#|<!--) spec: begin (\w+)")
END = re.compile(r"^\s*(?://|#|<!--) spec: end")


def fill(name, text, regions):
    """`text` with every region written anew; regions: {name: lines, unindented}."""
    out, skipping, used = [], None, set()
    for number, line in enumerate(text.splitlines(), 1):
        begin = BEGIN.search(line)
        if END.search(line):
            require(skipping, f"{name}, line {number}: an end without a begin")
            skipping = None
        if skipping is None:
            out.append(line)
        if begin:
            require(skipping is None, f"{name}, line {number}: a region inside a region")
            skipping = begin.group(1)
            require(skipping in regions, f"{name}, line {number}: unknown region {skipping}")
            used.add(skipping)
            indent = line[: len(line) - len(line.lstrip())]
            out += [indent + part if part else "" for part in regions[skipping]]
    require(skipping is None, f"{name}: region {skipping} never ends")
    require(used == set(regions), f"{name}: no region {', '.join(set(regions) - used)}")
    return "\n".join(out) + "\n"
