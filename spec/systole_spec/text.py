"""Lines of at most 100 characters."""

import textwrap


def wrap(code, comment, mark="//"):
    """`code  // comment`, or the comment on lines of its own above."""
    if not comment:
        return code
    if len(code) + len(comment) + 5 <= 100:
        return f"{code}  {mark} {comment}"
    indent = code[: len(code) - len(code.lstrip())]
    lines = textwrap.wrap(comment, 100 - len(indent) - len(mark) - 1)
    return "\n".join(f"{indent}{mark} {line}" for line in lines) + "\n" + code
