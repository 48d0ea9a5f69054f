#!/usr/bin/env python3
"""Holds the sources to lines of at most 100 characters.

lint_lines.py [FILE...]        all files that git tracks if none is named; exit status 1 and one
                               FILE:LINE for each longer line
"""

import fnmatch
import subprocess
import sys
from pathlib import PurePosixPath

WIDTH = 100
NAMES = (
    *("*.cc", "*.h", "*.def", "*.in", "*.sv", "*.svh", "*.vlt", "*.py", "*.sh", "*.sbatch"),
    *("*.awk", "*.js", "*.css", "*.toml", "*.cmake", "*.core", "*.yml", "*.yaml", "*.f"),
    *("Makefile", "CMakeLists.txt", ".ci/run", ".clang-format"),
)


def is_source(path):
    """Data is none: models/, and the folders data/ of the tests."""
    parts = PurePosixPath(path).parts
    if parts[0] == "models" or (parts[0] == "tests" and "data" in parts):
        return False
    return any(fnmatch.fnmatch(name, p) for p in NAMES for name in (path, parts[-1]))


def long_lines(text):
    """(number, length in characters) of each line that is too long."""
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > WIDTH:
            yield number, len(line)


def tracked():
    out = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True)
    return [path for path in out.stdout.split("\0") if path and is_source(path)]


def main(paths):
    status = 0
    for path in paths or tracked():
        with open(path, encoding="utf-8") as file:
            for number, length in long_lines(file.read()):
                print(f"{path}:{number}: {length} characters; at most {WIDTH}")
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
