"""A small SVG canvas: rectangles, text, arrows; fixed fonts and colours for all figures of the
docs.
"""

from xml.sax.saxutils import escape

# One colour per engine, in every figure.
ENGINE = {"LOAD": "#4c78a8", "MATMUL": "#e07b39", "POST": "#3f8f5f", "STORE": "#8663a6"}
INK, GREY, PALE, MEMORY = "#222222", "#8a8a8a", "#f3f3f3", "#fff6dd"
CHARACTER = 0.56  # mean width of a character, in font sizes


class Canvas:
    """Collects shapes in user units (pixels at scale 1); `text()` returns the whole file."""

    def __init__(self, width, height, title):
        self.width, self.height = width, height
        self.parts = [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
                f'width="{width:g}" height="{height:g}" font-family="Helvetica, Arial, sans-serif">'
            ),
            f"<title>{escape(title)}</title>",
            (
                '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7"'
                ' markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"'
                ' fill="#222222"/></marker></defs>'
            ),
            f'<rect width="{width:g}" height="{height:g}" fill="white"/>',
        ]

    def rect(self, x, y, w, h, fill="white", stroke=INK, width=1.0, dash="", radius=0, opacity=1.0):
        more = f' stroke-dasharray="{dash}"' if dash else ""
        more += f' rx="{radius:g}"' if radius else ""
        more += f' opacity="{opacity:g}"' if opacity != 1.0 else ""
        self.parts.append(
            f'<rect x="{x:.2f}" y="{y:.2f}" width="{w:.2f}" height="{h:.2f}" fill="{fill}" '
            f'stroke="{stroke}" stroke-width="{width:g}"{more}/>'
        )

    def text(self, x, y, words, size=12, anchor="middle", fill=INK, bold=False, mono=False):
        more = ' font-weight="bold"' if bold else ""
        more += ' font-family="DejaVu Sans Mono, Menlo, monospace"' if mono else ""
        self.parts.append(
            f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size:g}" text-anchor="{anchor}" '
            f'fill="{fill}"{more}>{escape(words)}</text>'
        )

    def box(self, x, y, w, h, words, fill=PALE, size=12, bold=False, ink=INK, **style):
        """A rectangle with centred lines of text."""
        self.rect(x, y, w, h, fill, radius=3, **style)
        lines = words.split("\n")
        top = y + h / 2 - (len(lines) - 1) * size * 0.6 + size * 0.35
        for i, line in enumerate(lines):
            self.text(x + w / 2, top + i * size * 1.2, line, size, fill=ink, bold=bold and i == 0)

    def line(self, points, stroke=INK, width=1.2, arrow=False, dash=""):
        path = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
        more = ' marker-end="url(#a)"' if arrow else ""
        more += f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<polyline points="{path}" fill="none" stroke="{stroke}"'
            f' stroke-width="{width:g}"{more}/>'
        )

    def arrow(self, *points, **style):
        self.line(points, arrow=True, **style)

    def file(self):
        return "\n".join(self.parts) + "\n</svg>\n"
