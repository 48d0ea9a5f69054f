#!/usr/bin/env python3
"""Merges what runs of the coverage libraries wrote, and says what was not reached.

report.py FOLDER     reads FOLDER/data/*.dat and FOLDER/cpp.info; prints a table by RTL module, one
                     of the functional points and one by folder of the C++, writes
                     FOLDER/holes.txt: every line, branch, toggle and point not reached. Exit
                     status 1 if a point is not reached that tests/coverage/holes.toml has no
                     reason for, or a reason stands there for one that is; 2: nothing to read.

A place counts once: reached in one instance of one shape is reached. Lines and branches are
Verilator's points of these kinds, a toggle is a bit that went both up and down.
"""

import collections
import fnmatch
import pathlib
import re
import sys
import tomllib

import points

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RECORD = re.compile(r"^C '(.*)' (\d+)$")


def read(folder):
    """{(kind, file, line, column, text): count}, and {point: count}."""
    places, named = collections.Counter(), collections.Counter()
    files = sorted((folder / "data").glob("*.dat"))
    for path in files:
        for line in path.read_text(encoding="utf-8").split("\n"):
            match = RECORD.match(line)
            if not match:
                continue
            keys = dict(part.split("\x02", 1) for part in match[1].split("\x01") if part)
            kind = keys["page"].split("/")[0].removeprefix("v_")
            count = int(match[2])
            if kind == "user":
                named[keys["h"].split(".")[-1] + " " + keys.get("o", "")] += count
            else:
                at = (kind, keys["f"], int(keys["l"]), int(keys.get("n", 0)), keys.get("o", ""))
                places[at] += count
    return len(files), places, named


def part(hit, of):
    """Hits of all, and their share."""
    return f"{hit} of {of} | {100 * hit / of:.1f} %" if of else "0 | "


def table(places):
    """The rows by module, and of all."""
    kinds = ("line", "branch", "toggle")
    total = collections.defaultdict(collections.Counter)
    for (kind, path, *_), count in places.items():
        name = pathlib.Path(path).stem
        if not name.startswith("systole_") or name == "systole_points":
            continue
        for row in (name.removeprefix("systole_"), "all"):
            total[row][kind] += 1
            total[row][kind, "hit"] += count > 0
    yield "| RTL | lines | | branches | | toggles | |"
    yield "|---|---|---|---|---|---|---|"
    for row in [*sorted(r for r in total if r != "all"), "all"]:
        cells = (part(total[row][k, "hit"], total[row][k]) for k in kinds)
        yield f"| {row} | " + " | ".join(cells) + " |"


def cpp_table(path):
    """Lines and branches of the C++ by folder, of lcov's file."""
    total = collections.defaultdict(collections.Counter)
    rows = ()
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.startswith("SF:"):
            place = pathlib.Path(line[3:]).relative_to(ROOT).parts[:-1]
            rows = ("/".join(place[:2]), "all")
        kind = {"DA": "lines", "BRDA": "branches"}.get(line.split(":", 1)[0])
        if kind:
            for row in rows:
                total[row][kind] += 1
                hit = line.rsplit(",", 1)[1] if kind == "branches" else line.split(",")[1]
                total[row][kind, "hit"] += hit not in ("0", "-")
    yield "| C++ | lines | | branches | |"
    yield "|---|---|---|---|---|"
    for row in [*sorted(r for r in total if r != "all"), "all"]:
        cells = (part(total[row][k, "hit"], total[row][k]) for k in ("lines", "branches"))
        yield f"| {row} | " + " | ".join(cells) + " |"


def judge(names, hit, reasons):
    """(holes with a reason, without one, reasons that no hole needs)."""
    with_reason, without = [], []
    used = collections.Counter()
    for name in names:
        told = [r["points"] for r in reasons if fnmatch.fnmatchcase(name, r["points"])]
        if name in hit:
            continue
        used.update(told)
        (with_reason if told else without).append(name)
    return with_reason, without, [r["points"] for r in reasons if not used[r["points"]]]


def main():
    """The command line."""
    folder = pathlib.Path(sys.argv[1])
    files, places, named = read(folder)
    if not files:
        print(f"error: {folder}/data: no *.dat; the coverage library writes them", file=sys.stderr)
        sys.exit(2)
    print("\n".join(table(places)))
    names = [name for _, rows in points.points() for name, _ in rows]
    hit = {word for name, count in named.items() if count for word in re.split(r"[ .]", name)}
    reasons = tomllib.loads((ROOT / "tests/coverage/holes.toml").read_text("utf-8"))["reason"]
    explained, holes, idle = judge(names, hit, reasons)
    print("\n| functional points | reached | of | others with a reason | without |")
    print("|---|---|---|---|---|")
    for kind in ("field", "wait", "cause", "error"):
        mine = [n for n in names if n.startswith(kind + "_")]
        told = sum(n in explained for n in mine)
        reached = sum(n in hit for n in mine)
        print(f"| {kind} | {reached} | {len(mine)} | {told} | {len(mine) - reached - told} |")
    if (folder / "cpp.info").exists():
        print("\n" + "\n".join(cpp_table(folder / "cpp.info")))
    lines = [f"point {n}" for n in holes]
    lines += [f"{kind} {pathlib.Path(f).name}:{line}:{column} {text}".rstrip()
              for (kind, f, line, column, text), count in sorted(places.items()) if not count]
    (folder / "holes.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for pattern in idle:
        print(f"{pattern}: a reason in tests/coverage/holes.toml, but no hole")
    for name in holes:
        print(f"{name}: not reached, and no reason in tests/coverage/holes.toml")
    sys.exit(1 if holes or idle else 0)


if __name__ == "__main__":
    main()
