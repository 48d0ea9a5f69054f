#!/usr/bin/env python3
"""Reads all RTL with slang, a SystemVerilog front end that holds to the standard, and elaborates.

lint_slang.py [--root DIR] [NAME=VALUE ...]     RTL parameters of the top; exit status 1 with what
                                                slang says; 77 without pyslang (make venv)
"""

import argparse
import pathlib
import sys

try:
    from pyslang import driver
except ImportError:
    driver = None

# Widths follow from parameters: a cast that one set of them needs does nothing in another.
WAIVED = ["-Wno-useless-cast"]


def lint(root, parameters):
    """Prints slang's diagnostics; returns whether there are none."""
    listed = (root / "rtl/files.f").read_text(encoding="utf-8").splitlines()
    files = [str(root / "rtl" / line) for line in listed if line.endswith(".sv")]
    slang = driver.Driver()
    slang.addStandardArgs()
    words = ["slang", "-Wextra", "-Werror", *WAIVED, f"-I{root}/rtl/common", "--top systole_top"]
    words += [f"-G {assignment}" for assignment in parameters]
    if not slang.parseCommandLine(" ".join(words + files), driver.CommandLineOptions()):
        return False
    if not (slang.processOptions() and slang.parseAllSources()):
        return False
    compilation = slang.createCompilation()
    slang.reportCompilation(compilation, True)
    return slang.reportDiagnostics(True)


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).parent.parent)
    parser.add_argument("parameters", nargs="*", metavar="NAME=VALUE")
    options = parser.parse_args()
    if driver is None:
        print("SKIPPED: pyslang is not there; enabled by: make venv", file=sys.stderr)
        sys.exit(77)
    sys.exit(0 if lint(options.root.resolve(), options.parameters) else 1)


if __name__ == "__main__":
    main()
