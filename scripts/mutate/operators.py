"""What a mutant puts in the place of an expression.

Each function takes a node of slang's tree and gives (operator, text) pairs. The text has the width
and the sign of what it replaces, so that a conditional expression can choose between the two.
"""

import re

from .source import kind

# By token: what stands there instead.
BINARY = {
    "+": ["-"],
    "-": ["+"],
    "*": ["+"],
    "/": ["*"],
    "&": ["|"],
    "|": ["&"],
    "^": ["|"],
    "<<": [">>"],
    ">>": ["<<"],
    ">>>": [">>"],
    "<<<": [">>"],
    "==": ["!="],
    "!=": ["=="],
    "<": ["<=", ">="],
    "<=": ["<", ">"],
    ">": [">=", "<="],
    ">=": [">", "<"],
    "&&": ["||"],
    "||": ["&&"],
}
NAMES = {
    **dict.fromkeys(["+", "-", "*", "/", "<<", ">>", ">>>", "<<<"], "arithmetic"),
    **dict.fromkeys(["&", "|", "^", "~", "!"], "logic"),
    **dict.fromkeys(["&&", "||"], "logic"),
    **dict.fromkeys(["==", "!=", "<", "<=", ">", ">="], "comparison"),
}


ZERO = re.compile(r"(\w+')?\(?'?[bdh]?0+\)?|'0|\d+'[bdh]0+")


def binary(node, source):
    """Another operator; one operand of a conjunction or disjunction alone."""
    token = node.operatorToken.valueText or node.operatorToken.rawText
    left, right = source.of(node.left), source.of(node.right)
    others = list(BINARY.get(token, []))
    # Next to equality: the order that is not the same where the left side is never below zero, and
    # seldom where it counts up to the right side.
    if token in ("==", "!="):
        none = ZERO.fullmatch(right) is not None
        others.append({"==": ">=" if none else "<=", "!=": "<" if none else ">"}[token])
    pairs = [(NAMES[token], f"({left}) {other} ({right})") for other in others]
    if token in ("&&", "||"):
        alone = [(left, node.right), (right, node.left)]
        # Without a shortcut nothing changes.
        pairs += [("logic", f"1'(({kept}) != 0)") for kept, gone in alone
                  if not source.is_shortcut(gone)]
    return pairs


def unary(node, source):
    """Without the operator; the other reduction."""
    operand = source.of(node.operand)
    reductions = {"UnaryBitwiseAndExpression": "|", "UnaryBitwiseOrExpression": "&"}
    if kind(node) in reductions:
        return [("logic", reductions[kind(node)] + operand)]
    if kind(node) == "UnaryLogicalNotExpression":
        return [("logic", f"1'(({operand}) != 0)")]
    return [("logic" if kind(node) == "UnaryBitwiseNotExpression" else "arithmetic", operand)]


def condition(node, source):
    """Negated, always, never."""
    return [("condition", f"!({source.of(node)})"), ("condition", "1'b1"), ("condition", "1'b0")]


def integer(node, source):
    """A number without a width: one more, one less."""
    value = int(source.of(node).replace("_", ""))
    return [("constant", str(value + 1))] + ([("constant", str(value - 1))] if value else [])


def sized(node, source):
    """A number with a width: one more, one less, within it."""
    match = re.fullmatch(r"(\d+)'(s?)([bdhBDH])([0-9a-fA-F_]+)", source.of(node).replace(" ", ""))
    if not match:
        return []
    width, base = int(match[1]), {"b": 2, "d": 10, "h": 16}[match[3].lower()]
    value = int(match[4].replace("_", ""), base)
    others = {(value + step) % (1 << width) for step in (1, -1)} - {value}
    return [("constant", f"{width}'{match[2]}d{other}") for other in sorted(others)]


def filled(node, source):
    """All zeros for all ones, and the other way."""
    return [("constant", "'1" if source.of(node) == "'0" else "'0")]


def cast(node, source):
    """One bit narrower, where something is computed: else most top bits are 0 anyway."""
    width, value = source.of(node.left), source.of(node)
    if kind(node.left) not in ("IdentifierName", "IntegerLiteralExpression", "ScopedName"):
        return []
    if kind(node.right) != "ParenthesizedExpression":
        return []
    inner = kind(node.right.expression)
    if inner not in ("AddExpression", "SubtractExpression", "MultiplyExpression",
                     "ConcatenationExpression", "LogicalShiftLeftExpression"):
        return []
    return [("width", f"({value} & ({width}'(-1) >> 1))")]


def index(node, source):
    """The place before and the place behind."""
    return [("index", f"({source.of(node)}) + 1"), ("index", f"({source.of(node)}) - 1")]


def swapped(node, source):
    """One of the nearest two registers of the same type as written."""
    name, (begin, end) = source.of(node), source.span(node)
    own = source.declared.get(name)
    if own is None:
        return []
    registers = [
        (abs(signal.begin - own.begin), other)
        for other, signal in source.declared.items()
        if other != name and other.endswith("_q") and signal.type == own.type
        if signal.begin < begin and end <= signal.end
    ]
    return [("signal", other) for _, other in sorted(registers)[:2]]
