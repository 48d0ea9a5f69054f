"""Reads an RTL file into slang's parse tree whose places are those of the file.

Macros are not expanded: what they guard is left as written, blanks in place of their names; their
assertions, and what else is nothing in hardware, are blanks.
"""

import bisect
import functools
import pathlib
import re
import typing

import pyslang.syntax

SCOPES = ("ModuleDeclaration", "GenerateBlock", "FunctionDeclaration", "SequentialBlockStatement")
# Followed by what a simulator may rest by: 1 in hardware.
SHORTCUT = re.compile(r"`SYSTOLE_ANY\(")
# A function to the parser: (when, value).
AS_FUNCTION = re.compile(r"`(?=SYSTOLE_UNDEFINED\b)")
NO_HARDWARE = re.compile(r"`include[^\n]*|`SYSTOLE_PROGRAM_CHECKS\b|//[^\n]*")
WITH_ARGUMENTS = re.compile(r"`SYSTOLE_(?:ASSERT|ASSERT_PROGRAM|CHECK_PROGRAM|REQUIRE)\(")


def blanks(text):
    """As long, and with the same lines."""
    return re.sub(r"[^\n]", " ", text)


def closing(text, begin):
    """Past the parenthesis that closes the one before begin."""
    depth = 1
    while depth:
        depth += {"(": 1, ")": -1}.get(text[begin], 0)
        begin += 1
    return begin


def without_macros(text):
    """The text as the parser takes it, every character in its place."""
    text = NO_HARDWARE.sub(lambda m: blanks(m.group()), text)
    text = SHORTCUT.sub(lambda m: blanks(m.group()[:-1]) + "(", text)
    text = AS_FUNCTION.sub(" ", text)
    while match := WITH_ARGUMENTS.search(text):
        end = closing(text, match.end())
        text = text[: match.start()] + blanks(text[match.start() : end]) + text[end:]
    return text


def kind(node):
    """The name of a node's kind."""
    return node.kind.name


def children(node):
    """The nodes below, without the tokens."""
    return [child for child in node if isinstance(child, pyslang.syntax.SyntaxNode)]


class Signal(typing.NamedTuple):
    """A declaration: type and dimensions as written, where it stands, where its scope ends."""

    type: str
    begin: int
    end: int


class Source:
    """A file, its text and its parse tree."""

    def __init__(self, path: pathlib.Path):
        self.path = path
        self.text = path.read_text(encoding="utf-8")
        self.tree = pyslang.syntax.SyntaxTree.fromText(without_macros(self.text))
        if len(self.tree.diagnostics):
            raise ValueError(f"{path}: slang does not read this without its macros")
        self.shortcuts = [
            (m.end() - 1, closing(self.text, m.end())) for m in SHORTCUT.finditer(self.text)
        ]
        self.lines = [0] + [m.end() for m in re.finditer("\n", self.text)]

    @property
    def module(self):
        """The file's name without its ending."""
        return self.path.stem

    def span(self, node):
        """Where the node's first and last character stand."""
        extent = node.sourceRange
        return extent.start.offset, extent.end.offset

    def is_shortcut(self, node):
        """Whether the node is 1 in hardware: the argument of SYSTOLE_ANY."""
        begin, end = self.span(node)
        return any(first <= begin and end <= last for first, last in self.shortcuts)

    def of(self, node):
        """The node's text as it stands in the file."""
        begin, end = self.span(node)
        return self.text[begin:end]

    def line(self, offset):
        """The line of a place, counted from 1."""
        return bisect.bisect_right(self.lines, offset)

    @functools.cached_property
    def declared(self):
        """Each signal that is declared once: type as written, place, where its scope ends."""
        signals, again = {}, set()

        def walk(node, end):
            if kind(node) in SCOPES:
                end = self.span(node)[1]
            elif kind(node) == "DataDeclaration":
                self._declare(node.type, node.declarators, end, signals, again)
            elif kind(node) == "ImplicitAnsiPort":
                self._declare(node.header.dataType, [node.declarator], end, signals, again)
            for child in children(node):
                walk(child, end)

        walk(self.tree.root, len(self.text))
        return {name: signal for name, signal in signals.items() if name not in again}

    def _declare(self, written, declarators, end, signals, again):
        for declarator in declarators:
            if not isinstance(declarator, pyslang.syntax.SyntaxNode):
                continue  # a comma
            name = declarator.name.valueText
            if name in signals:
                again.add(name)
            dimensions = "".join(self.of(d) for d in declarator.dimensions)
            written_type = " ".join(f"{self.of(written)} / {dimensions}".split())
            signals[name] = Signal(written_type, self.span(declarator)[0], end)
