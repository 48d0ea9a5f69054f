"""Functions in liberty's notation: ! ' not, & * or a space and, ^ exclusive or, | + or."""

import itertools
import re


def verilog(function):
    """The function as a Verilog expression, parenthesised."""
    tokens = re.findall(r"[A-Za-z_]\w*|[01]|[()!'&*^|+]", function)
    place = 0

    def peek():
        return tokens[place] if place < len(tokens) else ""

    def take():
        nonlocal place
        place += 1
        return tokens[place - 1]

    def factor():
        token = take()
        if token == "!":
            return f"(~{factor()})"
        if token == "(":
            value = either()
            take()
        else:
            value = f"1'b{token}" if token in "01" else token
        while peek() == "'":
            take()
            value = f"(~{value})"
        return value

    def exclusive():
        value = factor()
        while peek() == "^":
            take()
            value = f"({value} ^ {factor()})"
        return value

    def both():
        value = exclusive()
        while peek() not in ("", ")", "|", "+"):
            if peek() in ("&", "*"):
                take()
            value = f"({value} & {exclusive()})"
        return value

    def either():
        value = both()
        while peek() in ("|", "+"):
            take()
            value = f"({value} | {both()})"
        return value

    value = either()
    if place != len(tokens):
        raise ValueError(f"cannot read the function {function}")
    return value


def table(function, pins):
    """Values for every assignment of the pins, the first pin the slowest."""
    code = compile(verilog(function).replace("1'b", ""), "function", "eval")
    return tuple(
        eval(code, {}, dict(zip(pins, values))) & 1  # pylint: disable=eval-used
        for values in itertools.product((0, 1), repeat=len(pins))
    )
