"""Which files have mutants, and clang's trees of them."""

import json
import pathlib
import re

import clang.cindex

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDERS = ("arith", "golden", "functional", "timing", "compiler", "tiling", "driver", "isa",
           "program")
# Programs of their own and what is only shown.
LEFT_OUT = re.compile(r"_bench\.cc|_main\.cc|/disassemble\.")


def relative(path):
    """Below the project, or None for a file that has no mutants."""
    path = pathlib.Path(path)
    path = path if path.is_absolute() else ROOT / path
    try:
        name = str(path.resolve().relative_to(ROOT))
    except ValueError:
        return None
    parts = name.split("/")
    if parts[0] != "sw" or parts[1] not in FOLDERS or len(parts) != 3:
        return None
    return None if LEFT_OUT.search(name) else name


def units(build):
    """(file, arguments) of each translation unit that has mutants of its own, by name."""
    listed = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    found = {}
    for entry in listed:
        name = relative(entry["file"])
        if name is None:
            continue
        words = entry["command"].split()
        kept = [w for w in words if re.match(r"-[ID]|-std=", w)]
        kept += [f"-isystem{b}" for a, b in zip(words, words[1:]) if a == "-isystem"]
        found[name] = [w.replace("-I.", f"-I{entry['directory']}/.") for w in kept]
    return sorted(found.items())


def parse(name, arguments):
    """The tree of one unit."""
    index = clang.cindex.Index.create()
    unit = index.parse(str(ROOT / name), ["-x", "c++", *arguments])
    errors = [d.spelling for d in unit.diagnostics if d.severity >= clang.cindex.Diagnostic.Error]
    if errors:
        raise ValueError(f"{name}: clang does not read this: {errors[0]}")
    return unit


def text(name):
    """A file as clang counts it: one character a byte."""
    return (ROOT / name).read_text(encoding="latin-1")
