"""The pages of the documentation, taken apart: prose, fences, links, commands.

A fence says in its info string what it is:
    console                a command line after `$ `, then the output that it must print
    console make           the same, but it builds or runs long: `make docs` runs it, `make test`
                           not
    console data|venv|...  needs what the word says (see commands.NEEDS); skipped where that is
                           missing
    console long WHY       is not run; the reason is printed with the count of such blocks
In the output a line `...` stands for any number of lines, and the character `…` for any text within
a line.
"""

import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass
class Fence:
    page: str  # path from the root
    line: int  # of the opening fence, from 1
    info: list  # its words
    body: list  # lines


@dataclasses.dataclass
class Command:
    page: str
    line: int
    info: list
    text: str  # the command, continued lines joined
    output: list  # lines that it must print


def all_pages():
    """Every page a reader is meant to see, as paths from the root."""
    found = [p for p in ROOT.glob("*.md")]
    for folder in ("docs", "examples", "models"):
        found += (ROOT / folder).rglob("*.md")
    return sorted(str(p.relative_to(ROOT)) for p in found)


def read(page):
    return (ROOT / page).read_text(encoding="utf-8")


def fences(page):
    """The fenced blocks of a page."""
    result, current = [], None
    for number, line in enumerate(read(page).splitlines(), 1):
        if line.startswith("```"):
            if current is None:
                current = Fence(page, number, line[3:].split(), [])
            else:
                result.append(current)
                current = None
        elif current is not None:
            current.body.append(line)
    if current is not None:
        raise ValueError(f"{page}:{current.line}: fence without end")
    return result


def prose(page):
    """(number, line) of all lines outside fences."""
    inside = False
    for number, line in enumerate(read(page).splitlines(), 1):
        if line.startswith("```"):
            inside = not inside
        elif not inside:
            yield number, line


def commands(page):
    """The commands of a page's `console` fences, in order."""
    result = []
    for fence in fences(page):
        if fence.info[:1] != ["console"]:
            continue
        current, continued = None, False
        for offset, line in enumerate(fence.body, 1):
            if continued:
                current.text += " " + line.strip()
            elif line.startswith("$ "):
                current = Command(page, fence.line + offset, fence.info[1:], line[2:], [])
                result.append(current)
            elif current is None:
                raise ValueError(f"{page}:{fence.line + offset}: output before any command")
            else:
                current.output.append(line)
                continue
            continued = current.text.endswith("\\")
            if continued:
                current.text = current.text[:-1].rstrip()
    return result


def matches(expected, printed):
    """Whether printed lines are the expected ones, `...` and `…` standing for anything."""
    pattern = []
    for line in expected:
        if line == "...":
            pattern.append(r"(?:.*\n)*?")
        else:
            pattern.append(".*?".join(re.escape(part) for part in line.rstrip().split("…")) + "\n")
    text = "".join(line.rstrip() + "\n" for line in printed)
    return re.fullmatch("".join(pattern), text) is not None
