"""Every mutant of a file, from clang's tree.

An alternative has the type of what it replaces, so that a conditional expression can choose
between the two. Macros' insides, what must be constant at compile time (constexpr variables,
static_assert, case labels, template arguments, array bounds) and what only forms a message (throw,
fmt) have none.
"""

import dataclasses
import re

from clang.cindex import CursorKind as K
from clang.cindex import TypeKind as T

from .files import relative, text

NUMBERS = {T.BOOL, T.CHAR_S, T.CHAR_U, T.SCHAR, T.UCHAR, T.SHORT, T.USHORT, T.INT, T.UINT, T.LONG,
           T.ULONG, T.LONGLONG, T.ULONGLONG, T.FLOAT, T.DOUBLE}
# By token: what stands there instead.
BINARY = {
    "+": ["-"], "-": ["+"], "*": ["+"], "/": ["*"], "%": ["/"],
    "&": ["|"], "|": ["&"], "^": ["|"], "<<": [">>"], ">>": ["<<"],
    "==": ["!=", "<="], "!=": ["==", "<"],
    "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"],
    "&&": ["||"], "||": ["&&"],
}
NAMES = {
    **dict.fromkeys(["+", "-", "*", "/", "%", "<<", ">>"], "arithmetic"),
    **dict.fromkeys(["&", "|", "^", "&&", "||"], "logic"),
    **dict.fromkeys(["==", "!=", "<", "<=", ">", ">="], "comparison"),
}
SKIPPED = {K.STATIC_ASSERT, K.CXX_THROW_EXPR, K.ENUM_DECL, K.TYPE_ALIAS_DECL, K.TYPEDEF_DECL,
           K.TYPE_REF, K.TEMPLATE_REF, K.NAMESPACE_REF, K.USING_DIRECTIVE}
LEAVES = {K.CALL_EXPR, K.UNEXPOSED_EXPR, K.BINARY_OPERATOR, K.COMPOUND_ASSIGNMENT_OPERATOR,
          K.UNARY_OPERATOR, K.BREAK_STMT, K.CONTINUE_STMT}
SAID = re.compile(r"(fmt::|std::printf|std::fprintf|throw\b|assert\b|static_assert\b|delete\b)")
LOOPS = (K.FOR_STMT, K.WHILE_STMT, K.CXX_FOR_RANGE_STMT)


def statements(kind, children):
    """Which of the children stand where a statement may."""
    first = {K.COMPOUND_STMT: 0, K.IF_STMT: 1, **dict.fromkeys(LOOPS, -1)}.get(kind)
    return [] if first is None else children[first:]


@dataclasses.dataclass(frozen=True)
class Mutant:
    """A place, what stands there, and how another takes it: by value, always, never, negated or
    as a statement left out."""

    file: str
    begin: int
    end: int
    line: int
    operator: str
    form: str
    text: str
    what: str

    @property
    def key(self):
        """Names the mutant in this text of its file."""
        return f"{self.file}:{self.begin}:{self.end}:{self.form}:{self.text}"

    @property
    def module(self):
        """The folder."""
        return self.file.split("/")[1]


class Finder:
    """Collects the mutants of the files that one unit reads and no other has read."""

    def __init__(self, unit, taken):
        self.unit, self.taken, self.found, self.texts = unit, taken, {}, {}

    def all(self):
        """By file."""
        for cursor in self.unit.cursor.get_children():
            name = self._file(cursor)
            if name is not None and name not in self.taken:
                self.found.setdefault(name, [])
                self._walk(cursor, None, name)
        return {name: sorted(set(found), key=lambda m: m.key) for name, found in self.found.items()}

    def _file(self, cursor):
        at = cursor.location.file
        return None if at is None else relative(at.name)

    def _of(self, name, begin, end):
        if name not in self.texts:
            self.texts[name] = text(name)
        return self.texts[name][begin:end]

    def _add(self, name, span, operator, form, other, shown=None):
        was = " ".join(self._of(name, *span).split())
        line = self._of(name, 0, span[0]).count("\n") + 1
        shown = shown or " ".join(other.split())
        self.found[name].append(
            Mutant(name, *span, line, operator, form, other, f"{was} -> {shown}"))

    def _walk(self, cursor, parent, name):
        kind = cursor.kind
        begin, end = cursor.extent.start.offset, cursor.extent.end.offset
        own = self._of(name, begin, end)
        if kind in SKIPPED or not own or SAID.match(own):
            return
        if kind == K.VAR_DECL and (
                re.match(r"(static |inline )*(constexpr|const static|static const)\b", own)
                or parent is None or parent.kind == K.NAMESPACE):
            return
        if kind == K.FIELD_DECL and cursor.is_bitfield():
            return
        children = list(cursor.get_children())
        self._at(cursor, parent, children, name, (begin, end), own)
        for child in statements(kind, children):
            self._statement(child, name)
        if kind == K.CASE_STMT:
            children = children[1:]
        if kind == K.IF_STMT and own.startswith("if constexpr"):
            children = children[1:]
        for child in children:
            self._walk(child, cursor, name)

    def _at(self, cursor, parent, children, name, span, own):
        kind = cursor.kind
        if kind in (K.BINARY_OPERATOR, K.COMPOUND_ASSIGNMENT_OPERATOR) and len(children) == 2:
            self._binary(children, name, span)
        elif kind == K.UNARY_OPERATOR and children:
            self._unary(children[0], name, span, own)
        elif kind == K.INTEGER_LITERAL:
            self._integer(parent, name, span, own)
        elif kind == K.CXX_BOOL_LITERAL_EXPR and own in ("true", "false"):
            self._add(name, span, "constant", "value", "false" if own == "true" else "true")
        elif kind == K.CALL_EXPR and (match := re.match(r"std::(min|max)(?=[(<])", own)):
            other = {"min": "max", "max": "min"}[match[1]]
            self._add(name, span, "bound", "value", f"std::{other}{own[match.end():]}",
                      f"std::{other}")
        elif kind in (K.IF_STMT, K.CONDITIONAL_OPERATOR):
            self._condition(kind, children, name, span, own)

    def _binary(self, children, name, span):
        sides = [(c.extent.start.offset, c.extent.end.offset) for c in children]
        if sides[0][0] != span[0] or sides[1][1] != span[1]:
            return
        token = self._of(name, sides[0][1], sides[1][0]).strip()
        if any(c.type.get_canonical().kind not in NUMBERS | {T.ENUM} for c in children):
            return
        left, right = (self._of(name, *side) for side in sides)
        if token.endswith("=") and token[:-1] in ("+", "-", "*", "/", "|", "&", "<<", ">>"):
            other = BINARY[token[:-1]][0]
            self._add(name, span, NAMES[token[:-1]], "value", f"{left} {other}= {right}")
        for other in BINARY.get(token, []):
            self._add(name, span, NAMES[token], "value", f"({left}) {other} ({right})")
        if token in ("&&", "||"):
            for alone in (left, right):
                self._add(name, span, "logic", "value", f"static_cast<bool>({alone})", alone)

    def _unary(self, operand, name, span, own):
        inside = self._of(name, operand.extent.start.offset, operand.extent.end.offset)
        if operand.type.get_canonical().kind not in NUMBERS:
            return
        if own.startswith("!"):
            self._add(name, span, "logic", "value", f"static_cast<bool>({inside})", inside)
        elif own.startswith(("-", "~")) and not own.startswith("--"):
            self._add(name, span, "arithmetic", "value", f"+({inside})", inside)

    def _integer(self, parent, name, span, own):
        match = re.fullmatch(r"(0[xX][0-9a-fA-F']+|[0-9']+)([uUlL]*)", own)
        around = self._of(name, span[0] - 1, span[0]) + self._of(name, span[1], span[1] + 1)
        in_type = around[1:] == ">" or around[0] == "<" or (
            around == "[]" and parent.kind in (K.VAR_DECL, K.FIELD_DECL))
        if not match or in_type:
            return
        value = int(match[1].replace("'", ""), 0)
        for other in [value + 1] + ([value - 1] if value else []):
            self._add(name, span, "constant", "value", f"{other}{match[2]}")

    def _condition(self, kind, children, name, span, own):
        if kind == K.IF_STMT:
            opening = re.match(r"if \(", own)
            if not opening:
                return
            at = [c for c in children if c.kind.is_expression()
                  and c.extent.start.offset == span[0] + opening.end()
                  and self._of(name, c.extent.end.offset, c.extent.end.offset + 1) == ")"]
        else:
            at = [c for c in children[:1] if c.extent.start.offset == span[0]]
        for condition in at[:1]:
            place = (condition.extent.start.offset, condition.extent.end.offset)
            for form, shown in (("always", "true"), ("never", "false"), ("negated", "negated")):
                self._add(name, place, "condition", form, "", shown)

    def _statement(self, cursor, name):
        begin, end = cursor.extent.start.offset, cursor.extent.end.offset
        rest = re.match(r"\s*;", self._of(name, end, end + 8))
        if cursor.kind in LEAVES and rest and not SAID.match(self._of(name, begin, end)):
            self._add(name, (begin, end + rest.end()), "line", "line", "", "left out")
