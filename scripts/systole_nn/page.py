"""A self-contained HTML page: headings, paragraphs, tables, figures and images, legible on screen
and in print.
"""

import base64
import html
import io

import numpy as np
from PIL import Image

_STYLE = """
:root { --ink: #1b1f24; --soft: #5b6570; --line: #d5dae0; --shade: #f4f6f8; --accent: #0b5cad; }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; color: var(--ink); \
margin: 0 auto;
  max-width: 1080px; padding: 24px 28px 60px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 36px 0 8px; border-bottom: \
2px solid
  var(--line); padding-bottom: 4px; break-after: avoid; } h3 { font-size: 15px; margin: 18px 0 \
4px; break-after: avoid; }
p { margin: 6px 0 10px; max-width: 80ch; } .lead { color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; margin: 8px 0 14px; font-variant-numeric: \
tabular-nums; }
th, td { padding: 3px 9px; border-bottom: 1px solid var(--line); text-align: right; white-space: \
nowrap; }
th { background: var(--shade); font-weight: 600; vertical-align: bottom; white-space: normal; }
th.left, td.left { text-align: left; white-space: normal; min-width: 8.5em; }
td.group { background: var(--shade); font-weight: 600; text-align: left; }
tr { break-inside: avoid; } thead { break-after: avoid; } figure { margin: 8px 0 14px; \
break-inside: avoid; } figure svg { max-width: 100%;
  height: auto; } figcaption { color: var(--soft); font-size: 13px; }
.tiles { display: flex; flex-wrap: wrap; gap: 10px; } .tile { width: 92px; font-size: 12px; \
line-height: 1.3;
  break-inside: avoid; } .tile img { width: 84px; height: 84px; image-rendering: pixelated; \
border: 1px solid
  var(--line); } .numbers { font: 10px/1.4 ui-monospace, monospace; word-break: break-word; \
max-width: none; }
.variants th.left, .variants td.left { min-width: 17em; } .variants th, .variants td { padding: \
3px 7px; }
.confusion td { text-align: center; min-width: 3.4em; }
nav a { margin-right: 14px; color: var(--accent); text-decoration: none; font-size: 13px; \
white-space: nowrap; }
@media print { @page { size: A4; margin: 14mm; } body { font-size: 10.5pt; padding: 0; max-width: \
none; }
  nav { display: none; } table { font-size: 7.6pt; } th.left, td.left { min-width: 6em; }
  .variants th.left, .variants td.left { min-width: 13em; } th, td { padding: 2px 5px; }
  .scroll { overflow: visible; } * { -webkit-print-color-adjust: exact; print-color-adjust: exact; \
} }
"""


class Page:
    def __init__(self, title, lead):
        self.title, self.parts, self.sections = title, [], []
        self.lead = lead

    def section(self, name):
        self.sections.append(name)
        self.parts.append(f'<h2 id="s{len(self.sections)}">{html.escape(name)}</h2>')

    def heading(self, text):
        self.parts.append(f"<h3>{html.escape(text)}</h3>")

    def text(self, text, css=""):
        self.parts.append(f'<p class="{css}">{html.escape(text)}</p>')

    def table(self, head, rows, left=1, css=""):
        """head: texts; rows: lists of texts, or one text (a row that names a group); the first
        `left` columns are text.

        A cell may be (text, share): its background is shaded by share, 0 to 1.
        """
        width = len(head)

        def side(index):
            return ' class="left"' if index < left else ""

        names = "".join(f"<th{side(i)}>{html.escape(name)}</th>" for i, name in enumerate(head))
        lines = [f"<thead><tr>{names}</tr></thead>"]
        for row in rows:
            if isinstance(row, str):
                lines.append(
                    f'<tr><td class="group" colspan="{width}">{html.escape(row)}</td></tr>'
                )
                continue
            cells = []
            for i, cell in enumerate(row):
                shade = ""
                if isinstance(cell, tuple):
                    cell, share = cell
                    shade = f' style="background: rgba(11, 92, 173, {share:.2f})"'
                cells.append(f"<td{side(i)}{shade}>{html.escape(str(cell))}</td>")
            lines.append("<tr>" + "".join(cells) + "</tr>")
        self.parts.append(
            f'<div class="scroll"><table class="{css}">{"".join(lines)}</table></div>'
        )

    def figure(self, svg, caption):
        self.parts.append(f"<figure>{svg}<figcaption>{html.escape(caption)}</figcaption></figure>")

    def tiles(self, items):
        """items: (uint8 image H x W, text)."""
        tiles = "".join(
            f'<div class="tile"><img alt="" src="{_png(image)}"><br>{html.escape(text)}</div>'
            for image, text in items
        )
        self.parts.append(f'<div class="tiles">{tiles}</div>')

    def render(self):
        links = " ".join(
            f'<a href="#s{i + 1}">{html.escape(name)}</a>' for i, name in enumerate(self.sections)
        )
        return (
            '<!doctype html><html lang="en"><head><meta'
            f' charset="utf-8"><title>{html.escape(self.title)}</title><meta name="viewport"'
            f' content="width=device-width"><style>{_STYLE}</style></head>'
            f"<body><h1>{html.escape(self.title)}</h1><p"
            f' class="lead">{html.escape(self.lead)}</p><nav>{links}</nav>'
            + "\n".join(self.parts)
            + "</body></html>\n"
        )


def _png(image):
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(image, np.uint8)).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
