"""Expressions of the definition files (Python syntax, integers) in SystemVerilog and C++."""

import ast

from .load import SpecError, constants, require

COMPARE = {ast.LtE: "<=", ast.Lt: "<", ast.GtE: ">=", ast.Gt: ">", ast.Eq: "==", ast.NotEq: "!="}
BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%"}


class Emitter:
    """Turns an expression into text; a subclass names things in its language."""

    def text(self, source):
        return self.visit(ast.parse(source, mode="eval").body, top=True)

    def visit(self, node, top=False):
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.Name):
            return self.name(node.id)
        if isinstance(node, ast.BoolOp):
            mark = " && " if isinstance(node.op, ast.And) else " || "
            inner = mark.join(self.visit(v) for v in node.values)
            return inner if top else f"({inner})"
        if isinstance(node, ast.Compare):
            return self.compare(node)
        if isinstance(node, ast.BinOp):
            return self.binary(node, top)
        if isinstance(node, ast.Call):
            return self.call(node.func.id, [self.visit(a, top=True) for a in node.args])
        raise SpecError(f"expression {ast.unparse(node)!r} is not understood")

    def compare(self, node):
        if isinstance(node.ops[0], ast.In):
            left = self.visit(node.left)
            inner = " || ".join(f"{left} == {self.visit(v)}" for v in node.comparators[0].elts)
            return f"({inner})"
        parts, left = [], node.left
        for op, right in zip(node.ops, node.comparators):
            # "2 <= ROWS" reads ROWS >= 2 in both languages.
            if isinstance(left, ast.Constant) and isinstance(op, ast.LtE):
                parts.append(f"{self.visit(right)} >= {self.visit(left)}")
            else:
                parts.append(f"{self.visit(left)} {COMPARE[type(op)]} {self.visit(right)}")
            left = right
        return " && ".join(parts)

    def binary(self, node, top):
        right = self.visit(node.right)
        if isinstance(node.op, (ast.Div, ast.Mod)):
            right = self.divisor(node.right, right)
        inner = f"{self.visit(node.left)} {BINARY[type(node.op)]} {right}"
        return inner if top else f"({inner})"

    def divisor(self, node, text):
        return text

    def call(self, name, arguments):
        raise NotImplementedError

    def name(self, name):
        raise NotImplementedError


def names(source):
    """All names that an expression reads."""
    return [n.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)]


def divisors(source):
    """The names that an expression divides by."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Div, ast.Mod)):
            found += [n.id for n in ast.walk(node.right) if isinstance(n, ast.Name)]
    return found


def parameters_of(spec, source):
    """The parameters that an expression depends on, through the geometry too, in their order."""
    geometry = {g.name: g.value for g in spec.geometry}
    known = [p.name for p in spec.parameters]
    wanted, todo = set(), names(source)
    while todo:
        name = todo.pop()
        if name in geometry:
            todo += names(geometry[name])
        else:
            wanted.add(name)
    return [name for name in known if name in wanted]


def check_divisors(spec):
    """Validate() stops at the first rule broken: a divisor has to be judged before it divides."""
    geometry = {g.name: g.value for g in spec.geometry}
    judged = set()
    for rule in spec.rules:
        todo, seen = [rule.condition], set()
        while todo:
            source = todo.pop()
            for name in divisors(source):
                if geometry.get(name, "").startswith("pow2("):
                    continue  # at least 1, whatever its parameters are
                for parameter in parameters_of(spec, name):
                    require(
                        parameter in judged or parameter == rule.parameter,
                        f"rule of {rule.parameter} divides by {parameter}, "
                        "which no rule before it judges",
                    )
            for name in names(source):
                if name in geometry and name not in seen:
                    seen.add(name)
                    todo.append(geometry[name])
        judged.add(rule.parameter)


def bounds(spec, name):
    """(lowest, highest) that the rules of a parameter allow, whatever the others are."""
    lowest, highest = [], []
    for rule in spec.rules:
        if rule.parameter == name:
            for node in ast.walk(ast.parse(rule.condition)):
                if isinstance(node, ast.Compare):
                    add_bounds(spec, name, node, lowest, highest)
    require(lowest and highest, f"parameter {name}: its rules give no lowest or no highest value")
    return max(lowest), min(highest)


def add_bounds(spec, name, node, lowest, highest):
    """Of one comparison that holds the parameter itself: 2 <= ROWS <= 64, X in (32, 64), X == 1."""
    parts = [node.left] + node.comparators
    for left, op, right in zip(parts, node.ops, node.comparators):
        if isinstance(op, ast.LtE) and is_name(right, name):
            lowest.append(bound_of(spec, left, 0))
        if isinstance(op, ast.LtE) and is_name(left, name):
            highest.append(bound_of(spec, right, 1))
        if isinstance(op, ast.Eq) and is_name(left, name):
            lowest.append(right.value)
            highest.append(right.value)
        if isinstance(op, ast.In) and is_name(left, name):
            lowest.append(min(e.value for e in right.elts))
            highest.append(max(e.value for e in right.elts))


def is_name(node, name):
    return isinstance(node, ast.Name) and node.id == name


def bound_of(spec, node, which):
    if isinstance(node, ast.Constant):
        return node.value
    return constants(spec)[node.id] if node.id in constants(spec) else bounds(spec, node.id)[which]
