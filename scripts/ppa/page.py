"""The figures as one HTML page: a treemap of the area, a table by block."""

from html import escape

from . import power

COLOURS = ["#4c78a8", "#e07b39", "#3f8f5f", "#8663a6", "#b8860b", "#5f9ea0", "#c06c84", "#708090"]
STYLE = """body { font: 14px Helvetica, Arial, sans-serif; color: #222; margin: 2em; width: 76em }
table { border-collapse: collapse } td, th { padding: .2em .7em; text-align: right }
td:first-child, th:first-child, td:last-child, th:last-child { text-align: left }
tr:nth-child(even) { background: #f3f3f3 } svg text { pointer-events: none }"""


def whole(node):
    return node["cells"] + node["memories"] + sum(whole(inner) for inner in node["inside"])


def leaves(node, path=""):
    """(path, kind, block, area): own cells and memories of each instance, children after."""
    path = f"{path}/{node['instance']}" if path else node["instance"]
    for kind in ("cells", "memories"):
        if node[kind] > 0:
            yield path, kind, node["block"], node[kind]
    for inner in node["inside"]:
        yield from leaves(inner, path)


def layout(sizes, x, y, w, h):
    """Rectangles of areas in the proportion of sizes (falling), as square as rows allow."""
    found, at, total = [], 0, sum(sizes)
    while at < len(sizes) and total > 0:
        short, scale = min(w, h), w * h / total
        row, best = 1, None
        while at + row <= len(sizes):
            part = sizes[at : at + row]
            thick = sum(part) * scale / short
            worst = max(max(thick**2 / (s * scale), s * scale / thick**2) for s in part)
            if best is not None and worst > best:
                row -= 1
                break
            best = worst
            row += 1
        row = min(row, len(sizes) - at)
        part = sizes[at : at + row]
        thick, along = sum(part) * scale / short, 0.0
        for s in part:
            long = s * scale / thick
            found.append((x, y + along, thick, long) if w >= h else (x + along, y, long, thick))
            along += long
        x, y, w, h = (x + thick, y, w - thick, h) if w >= h else (x, y + thick, w, h - thick)
        total -= sum(part)
        at += row
    return found


def draw(node, box, depth, colour, parts, path, unit):
    """The instance as a rectangle; what is inside it as rectangles of their own."""
    x, y, w, h = box
    items = [(area, None, kind) for kind in ("cells", "memories") if (area := node[kind]) > 0]
    items += [(whole(inner), inner, "") for inner in node["inside"] if whole(inner) > 0]
    items.sort(key=lambda item: -item[0])
    spots = layout([item[0] for item in items], x, y, w, h)
    for number, ((area, inner, kind), spot) in enumerate(zip(items, spots)):
        shade = COLOURS[number % len(COLOURS)] if depth == 0 else colour
        if inner is not None:
            draw(inner, spot, depth + 1, shade, parts, f"{path}/{inner['instance']}", unit)
            continue
        left, top, width, height = spot
        title = escape(f"{path} ({node['block']}, {kind}): {area:.0f} {unit}")
        parts.append(
            f'<rect x="{left:.2f}" y="{top:.2f}" width="{width:.2f}" height="{height:.2f}" '
            f'fill="{shade}" fill-opacity="{0.45 if kind == "memories" else 0.8}" stroke="white">'
            f"<title>{title}</title></rect>"
        )
        if width > 7 * len(node["block"]) + 4 and height > 14:
            parts.append(
                f'<text x="{left + 3:.2f}" y="{top + 12:.2f}" font-size="11" fill="white">'
                f"{escape(node['block'])}</text>"
            )


def treemap(tree, unit="um2", width=1100, height=620):
    parts = []
    draw(tree, (0, 0, width, height), 0, COLOURS[0], parts, tree["instance"], unit)
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        + "\n".join(parts)
        + "</svg>"
    )


def row(block, total):
    share = 100 * block["cells"] / total["cells"] if total["cells"] else 0
    path = f"{block['from']} to {block['to']}" if "ns" in block else ""
    values = [
        block["block"],
        block["instances"],
        f"{block['cells']:,.0f}",
        f"{block['memories']:,.0f}",
        f"{block['flops']:,}",
        f"{share:.1f} %",
        f"{block['ns']:.3f}" if "ns" in block else "",
        path,
    ]
    return "<tr>" + "".join(f"<td>{escape(str(v))}</td>" for v in values) + "</tr>"


def power_section(measured):
    """One workload's power: a treemap and a table."""
    heads = ["block", *power.KINDS, "all", "share"]
    rows = []
    for block, row in [*measured["blocks"].items(), ("total", measured["uw"])]:
        whole = sum(row.values())
        values = [block, *(f"{row[kind] / 1000:.4f}" for kind in power.KINDS)]
        share = 100 * whole / 1000 / measured["mw"] if measured["mw"] else 0
        values += [f"{whole / 1000:.4f}", f"{share:.1f} %"]
        rows.append("<tr>" + "".join(f"<td>{escape(value)}</td>" for value in values) + "</tr>")
    return f"""<h2>Power: {escape(measured['workload'])}</h2>
<p>{measured['mw']:.3f} mW in {measured['cycles']:,} cycles of {measured['period_ns']:.3f} ns,
{measured['pj_a_cycle']:,.1f} pJ a cycle; no wires, no glitches (docs/silicon.md). Netlist and run:
{escape(measured['compared'])}. Without leakage in the picture, mW in the table.</p>
{treemap(measured['tree'], "uW")}
<table><tr>{"".join(f"<th>{head}</th>" for head in heads)}</tr>
{"".join(rows)}
</table>"""


def html(report):
    total = report["total"]
    heads = ["block", "instances", "cells, um2", "memories, um2", "flip-flops", "share of cells"]
    heads += ["longest path, ns", "from, to"]
    named = " ".join(f"{name}={value}" for name, value in report["parameters"].items())
    return f"""<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Silicon figures</title><style>{STYLE}</style>
<h1>Silicon figures: {escape(named or report['top'])}</h1>
<p>{escape(report['library'])}; cells {total['cells']:,.0f} um2, memories {total['memories']:,.0f}
um2 by the model of docs/silicon.md, {1000 / total['ns']:.0f} MHz without wires (the longest path
takes {total['ns']:.3f} ns, {escape(total['from'])} to {escape(total['to'])}).</p>
<h2>Area</h2>
<p>One colour an instance of the top; paler: memories. Hold the pointer over a rectangle.</p>
{treemap(report['tree'])}
<h2>By block</h2>
<table><tr>{"".join(f"<th>{head}</th>" for head in heads)}</tr>
{"".join(row(block, total) for block in report['blocks'])}
</table>
{"".join(power_section(measured) for measured in report["power"])}</html>
"""
