"""Where a file can be mutated while it runs, and into what.

Constants of elaboration (parameters, ranges, generate conditions, loop bounds, case labels, and the
functions that these call), clocks and the asynchronous reset stay: they cannot be switched at run
time. So do the left sides of assignments, and names of hierarchy.
"""

import dataclasses
import re

from . import operators
from .source import children, kind

# Below these nothing is a value at run time.
CONSTANT = {
    "AttributeInstance",
    "DefaultCaseItem.expressions",
    "EventControlWithExpression",
    "IntegerVectorExpression",
    "ModuleHeader",
    "ParameterDeclarationStatement",
    "ParameterValueAssignment",
    "RangeDimensionSpecifier",
    "ScopedName",
    "SimpleRangeSelect",
    "VariableDimension",
}
FUNCTIONS_OF_ELABORATION = {"$clog2", "$fatal"}
PREDICATES = {"ConditionalPattern"}


@dataclasses.dataclass(frozen=True)
class Mutant:
    """A switchable change of one file: between begin and end stands text instead."""

    module: str
    begin: int
    end: int
    operator: str
    text: str  # empty: the statement is left out
    line: int
    what: str
    file: str

    @property
    def key(self):
        """Its name from one run to the next."""
        return f"{self.module}:{self.line}:{self.begin}:{self.operator}:{self.text}"


@dataclasses.dataclass(frozen=True)
class Context:
    """What encloses a node."""

    clocked: bool = False  # a process with a clock, or a function: no loop of wires can come of it
    reset: bool = False  # what happens in reset


def shorten(text, limit=60):
    """On one line, and no longer than that."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 3] + "..."


class Sites:
    """Collects the mutants of one file."""

    def __init__(self, source):
        self.source = source
        self.mutants = []
        self.fixed = self._functions_of_elaboration()
        self._walk(source.tree.root, Context())

    # ---- What is constant.

    def _functions_of_elaboration(self):
        """Functions that constants are computed with, and those that they call."""
        bodies, called = {}, set()

        def calls(node, constant, function):
            name = kind(node)
            if name == "FunctionDeclaration":
                function = self.source.of(node.prototype.name)
                bodies.setdefault(function, set())
            constant = constant or name in CONSTANT or name in ("LoopGenerate", "IfGenerate")
            if name == "InvocationExpression":
                if function is not None:
                    bodies[function].add(self.source.of(node.left))
                elif constant:
                    called.add(self.source.of(node.left))
            for child in children(node):
                inside = name in ("LoopGenerate", "IfGenerate") and kind(child) == "GenerateBlock"
                calls(child, False if inside else constant, function)

        calls(self.source.tree.root, False, None)
        while more := {c for f in called for c in bodies.get(f, ())} - called:
            called |= more
        return called

    # ---- The walk.

    def _add(self, node, pairs, context):
        if self.source.is_shortcut(node):
            return
        begin, end = self.source.span(node)
        for operator, text in pairs:
            before = shorten(self.source.of(node))
            self.mutants.append(
                Mutant(
                    self.source.module,
                    begin,
                    end,
                    "reset" if context.reset else operator,
                    text,
                    self.source.line(begin),
                    f"{before} -> {shorten(text) or 'left out'}",
                    str(self.source.path),
                )
            )

    def _walk(self, node, context):
        name = kind(node)
        if name in CONSTANT and name not in ("IntegerVectorExpression", "ScopedName"):
            return
        special = getattr(self, "_" + name, None)
        if special is not None:
            special(node, context)
        else:
            self._expression(node, name, context)

    def _below(self, node, context):
        for child in children(node):
            self._walk(child, context)

    def _expression(self, node, name, context):
        if name.endswith("Expression"):
            if hasattr(node, "operatorToken") and hasattr(node, "right"):
                self._add(node, operators.binary(node, self.source), context)
            elif hasattr(node, "operatorToken") and hasattr(node, "operand"):
                self._add(node, operators.unary(node, self.source), context)
        self._below(node, context)

    # ---- Values.

    def _IntegerLiteralExpression(self, node, context):
        self._add(node, operators.integer(node, self.source), context)

    def _IntegerVectorExpression(self, node, context):
        self._add(node, operators.sized(node, self.source), context)

    def _UnbasedUnsizedLiteralExpression(self, node, context):
        self._add(node, operators.filled(node, self.source), context)

    def _CastExpression(self, node, context):
        self._add(node, operators.cast(node, self.source), context)
        self._walk(node.right, context)

    def _MultipleConcatenationExpression(self, node, context):
        self._below(node.concatenation, context)

    def _ScopedName(self, node, context):
        text = self.source.of(node)
        if text.startswith("systole_pkg::") and not re.search(r"_(LSB|W)$", text):
            self._add(node, [("constant", f"({text} ^ 1)")], context)

    def _IdentifierName(self, node, context):
        name = self.source.of(node)
        if context.clocked or name.endswith(("_q", "_i")):
            self._add(node, operators.swapped(node, self.source), context)

    def _IdentifierSelectName(self, node, context):
        name = node.identifier.valueText
        if not (context.clocked or name.endswith(("_q", "_i"))):
            return  # an index that moves would make a loop of an array of wires
        for selector in children(node.selectors):
            chosen = selector.selector
            if kind(chosen) == "BitSelect":
                self._add(chosen.expr, operators.index(chosen.expr, self.source), context)
                self._walk(chosen.expr, context)
            elif kind(chosen) in ("AscendingRangeSelect", "DescendingRangeSelect"):
                self._add(chosen.left, operators.index(chosen.left, self.source), context)
                self._walk(chosen.left, context)

    def _InvocationExpression(self, node, context):
        if self.source.of(node.left) not in FUNCTIONS_OF_ELABORATION and node.arguments is not None:
            self._below(node.arguments, context)

    def _ConditionalPattern(self, node, context):
        text = self.source.of(node.expr)
        if re.fullmatch(r"!\w*rst_n\w*", text):
            return
        self._add(node.expr, operators.condition(node.expr, self.source), context)
        self._walk(node.expr, context)

    # ---- Statements and declarations.

    def _NonblockingAssignmentExpression(self, node, context):
        self._walk(node.right, context)

    _AssignmentExpression = _NonblockingAssignmentExpression

    def _ExpressionStatement(self, node, context):
        if context.clocked:  # elsewhere a latch would come of it
            self._add(node, [("line", "")], context)
        self._walk(node.expr, context)

    def _ConditionalStatement(self, node, context):
        self._walk(node.predicate, context)
        reset = re.fullmatch(r"!\w*rst_n\w*|clear_i", self.source.of(node.predicate)) is not None
        self._walk(node.statement, dataclasses.replace(context, reset=context.reset or reset))
        if node.elseClause is not None:
            self._walk(node.elseClause, context)

    def _CaseStatement(self, node, context):
        self._walk(node.expr, context)
        for item in children(node.items):
            self._walk(item.clause, context)

    def _ForLoopStatement(self, node, context):
        self._walk(node.statement, context)

    def _AlwaysFFBlock(self, node, context):
        self._walk(node.statement, dataclasses.replace(context, clocked=True))

    _AlwaysBlock = _AlwaysFFBlock

    def _FunctionDeclaration(self, node, context):
        if self.source.of(node.prototype.name) not in self.fixed:
            for item in children(node.items):
                self._walk(item, dataclasses.replace(context, clocked=True))

    def _DataDeclaration(self, node, context):
        """An initial value: only a function's is one at run time, and those we leave."""

    def _LoopGenerate(self, node, context):
        self._walk(node.block, context)

    def _IfGenerate(self, node, context):
        self._walk(node.block, context)
        if node.elseClause is not None:
            self._walk(node.elseClause, context)

    def _NamedPortConnection(self, node, context):
        name = node.name.valueText
        if node.expr is not None and name.endswith("_i") and not name.startswith(("clk_", "rst_n")):
            self._walk(node.expr, context)
        elif node.expr is not None and name.endswith("_ni") and not name.startswith("rst"):
            self._walk(node.expr, context)


def mutants_of(source):
    """All mutants of a file, in its order."""
    return Sites(source).mutants
