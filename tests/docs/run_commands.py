#!/usr/bin/env python3
"""Runs the commands of the documentation and compares what they print with what the pages say.

    tests/docs/run_commands.py [--all] [PAGE...]

From the root of the project, in the order of each page; without --all the ones marked `make` are
left out. Exit status 0: as printed, 1: one is not, with the difference.
"""
import argparse
import difflib
import os
import subprocess
import sys

import pages

# What a block may need, and the command that provides it.
NEEDS = {
    "data": (lambda: bool(os.environ.get("SYSTOLE_DATA")), "set SYSTOLE_DATA to the data sets"),
    "venv": (lambda: os.access(pages.ROOT / ".venv/bin/python", os.X_OK), "make venv"),
    "explore": (
        lambda: os.access(pages.ROOT / "build/host/sw/explore/systole-explore", os.X_OK),
        "make explore",
    ),
}


def reason_to_skip(command, everything):
    """Why this command is not run here; None if it is."""
    for word in command.info:
        if word == "long":
            return " ".join(command.info[command.info.index("long") + 1 :])
        if word == "make":
            if not everything:
                return "make docs runs it"
        elif word not in NEEDS:
            return None
        elif not NEEDS[word][0]():
            return NEEDS[word][1]
    return None


def run(command):
    """Runs one command; returns the difference as text, empty if it printed what the page says."""
    done = subprocess.run(
        ["bash", "-c", command.text],
        cwd=pages.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=1200,
    )
    printed = done.stdout.decode(errors="replace").splitlines()
    status = 0
    expected = list(command.output)
    if expected and expected[-1].startswith("exit status "):
        status = int(expected.pop().split()[-1])
    problem = ""
    if done.returncode != status:
        problem = f"exit status {done.returncode}, the page says {status}\n"
    if not pages.matches(expected, printed):
        problem += "\n".join(difflib.unified_diff(expected, printed, "page", "printed", "", "", 1))
    return problem


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="also what builds or runs long")
    parser.add_argument("pages", nargs="*", help="only these pages")
    options = parser.parse_args()
    counts = {"ran": 0, "failed": 0}
    skipped = {}
    for page in options.pages or pages.all_pages():
        for command in pages.commands(page):
            why = reason_to_skip(command, options.all)
            if why is not None:
                skipped.setdefault(why, []).append(f"{page}:{command.line}")
                continue
            counts["ran"] += 1
            problem = run(command)
            if problem:
                counts["failed"] += 1
                print(f"{page}:{command.line}: $ {command.text}\n{problem}\n", flush=True)
    for why, places in skipped.items():
        print(f"not run ({why}): {len(places)}: {', '.join(places)}")
    print(f"{counts['ran'] - counts['failed']} passed, {counts['failed']} failed")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
