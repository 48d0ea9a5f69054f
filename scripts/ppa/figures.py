"""The flow's figures: areas by block, instances as a tree, paths; and their table."""

import dataclasses


@dataclasses.dataclass
class Areas:
    cells: float  # of the library
    memories: float  # by the model

    def __add__(self, other):
        return Areas(self.cells + other.cells, self.memories + other.memories)

    def times(self, n):
        return Areas(self.cells * n, self.memories * n)


def own(module, netlist, library):
    """What is in the module itself, blocks inside it left out."""
    boxes = {memory.name: memory for memory in netlist.memories}
    cells = sum(library.cells[c].area * n for c, n in module.cells.items() if c in library.cells)
    held = sum(boxes[c].area(library) * n for c, n in module.cells.items() if c in boxes)
    return Areas(cells, held)


def flops(module, library):
    return sum(
        n
        for c, n in module.cells.items()
        if c in library.cells and library.cells[c].sequential and not library.cells[c].gate
    )


def tree(netlist, library, name=None, instance=None):
    """The instance and all in it: name, block, own area in um2 (cells and memories), inside."""
    module = netlist.modules[name or netlist.top]
    area = own(module, netlist, library)
    return {
        "instance": instance or netlist.top,
        "block": module.block,
        "cells": round(area.cells, 3),
        "memories": round(area.memories, 3),
        "inside": [tree(netlist, library, kind, inner) for inner, kind in module.inside],
    }


def instances(netlist, name=None):
    """Module name -> how many there are."""
    counts = {}

    def walk(kind, n):
        counts[kind] = counts.get(kind, 0) + n
        for _, inner in netlist.modules[kind].inside:
            walk(inner, n)

    walk(name or netlist.top, 1)
    return counts


def blocks(netlist, library, paths):
    """One row a block: modules of one name together, the largest area first."""
    rows = {}
    for name, count in instances(netlist).items():
        module = netlist.modules[name]
        area = own(module, netlist, library).times(count)
        row = rows.setdefault(
            module.block,
            {"block": module.block, "instances": 0, "cells": 0.0, "memories": 0.0, "flops": 0},
        )
        row["instances"] += count
        row["cells"] += area.cells
        row["memories"] += area.memories
        row["flops"] += flops(module, library) * count
        path = paths.get(name)
        if path and path.ns > row.get("ns", 0.0):
            row |= {"ns": round(path.ns, 4), "from": path.start, "to": path.end}
    for row in rows.values():
        row["cells"] = round(row["cells"], 1)
        row["memories"] = round(row["memories"], 1)
    return sorted(rows.values(), key=lambda row: -row["cells"] - row["memories"])


def table(report):
    """The report as text."""
    total = report["total"]
    lines = [
        f"{report['library']}: FO4 {report['fo4_ps']:.1f} ps, NAND {report['nand2_um2']:g} um2; "
        f"{'registers with an enable behind clock gates' if report['gated'] else 'no clock gate'}",
        f"{'block':<16}{'instances':>10}{'um2':>12}{'memories':>12}{'flops':>8}"
        f"{'share':>8}{'ns':>8}  longest path",
    ]
    for row in report["blocks"]:
        path = f"{row['ns']:>8.3f}  {row['from']} to {row['to']}" if "ns" in row else ""
        share = row["cells"] / total["cells"] if total["cells"] else 0.0
        lines.append(
            f"{row['block']:<16}{row['instances']:>10}{row['cells']:>12.0f}"
            f"{row['memories']:>12.0f}{row['flops']:>8}{100 * share:>7.1f}%{path}"
        )
    lines.append(
        f"{'total':<16}{'':>10}{total['cells']:>12.0f}{total['memories']:>12.0f}"
        f"{total['flops']:>8}{'':>8}{total['ns']:>8.3f}  {total['from']} to {total['to']}"
    )
    lines.append(f"clock: {1000 / total['ns']:.0f} MHz (no wires, ideal clock)")
    return "\n".join(lines)
