#!/usr/bin/env python3
"""Puts bugs into a copy of the RTL, one at a time, and runs `systole check` on each.

    scripts/mutants.py [--only TEXT] [--applies] [--jobs N] [--table FILE]

The bugs are tests/mutants/mutants.toml. Each is built in a tree of its own below build/mutants
(small parameters, no optimisation). Exit status: 0 all found; 1 one was not, or no longer applies.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import textwrap
import threading
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Small, and ragged in every way: two weight ports, chunks that do not divide, queues of four.
PARAMETERS = {
    "ROWS": 5,
    "COLS": 6,
    "WPORT": 2,
    "LANES": 4,
    "ACT_KIB": 8,
    "WGT_KIB": 8,
    "PAR_KIB": 1,
    "KTAB_KIB": 1,
    "ACC_DEPTH": 32,
    "OUTSTANDING": 4,
    "QUEUE_DEPTH": 4,
}


class DoesNotApply(Exception):
    """A fragment that occurs nowhere, or more than once."""


def pattern(fragment):
    """The fragment's tokens with any blanks between them."""
    tokens = re.findall(r"\w+|[^\w\s]", fragment)
    return re.compile(r"\s*".join(re.escape(t) for t in tokens))


def locate(mutant, rtl):
    """The file that holds the fragment, and where in it."""
    places = []
    for path in sorted(rtl.rglob("*.sv")):
        if mutant.get("file") in (None, path.name):
            text = path.read_text()
            places += [(path, m.span()) for m in pattern(mutant["find"]).finditer(text)]
    if len(places) != 1:
        raise DoesNotApply(
            f"{mutant['what']}: the fragment occurs {len(places)} times: {mutant['find']}"
        )
    return places[0]


def mutate(mutant, rtl):
    """Changes the file below rtl; its path and original text."""
    path, (begin, end) = locate(mutant, rtl)
    text = path.read_text()
    path.write_text(text[:begin] + mutant["replace"] + text[end:])
    return path, text


class Tree:
    """A copy of what a build of the RTL needs."""

    def __init__(self, folder, systole, config):
        self.folder, self.systole, self.config = folder, systole, config
        shutil.rmtree(folder, ignore_errors=True)
        for part in ("rtl", "tb", "sw", "scripts"):
            shutil.copytree(ROOT / part, folder / part)

    def build(self):
        """Verilates the tree as it is; the log of what fails, else None."""
        environment = dict(
            os.environ, SYSTOLE_CONFIG=str(self.config), RTL_CXXFLAGS="-O0", JOBS="1"
        )
        command = [self.folder / "scripts/build_rtl.sh"]
        command += [f"{n}={v}" for n, v in PARAMETERS.items()]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return None if done.returncode == 0 else done.stdout + done.stderr

    def check(self):
        """The exit status of `systole check`, and what it printed."""
        environment = dict(os.environ, SYSTOLE_RTL_DIR=str(self.folder / "build/rtl"))
        command = [self.systole, "check", "--first"]
        command += [x for n, v in PARAMETERS.items() for x in ("--param", f"{n}={v}")]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=900
        )
        return done.returncode, done.stdout + done.stderr


def found_by(output):
    """The first line of a check's output that tells a difference, without the folder."""
    for line in output.splitlines():
        if "DIFFERENT: " in line:
            line = line.split("DIFFERENT: ", 1)[1]
            return re.sub(r"\(\S*/(rtl/\S+|tb/\S+)\)", r"(\1)", line)
    return None


def run(mutant, tree):
    """(module, line that found it or None, remark)."""
    path, text = mutate(mutant, tree.folder / "rtl")
    try:
        log = tree.build()
        if log is not None:
            return path.stem, None, "does not build: " + log[-400:]
        status, output = tree.check()
    finally:
        path.write_text(text)
    line = found_by(output)
    if status != 1 or line is None:
        return path.stem, None, f"not found, status {status}: " + output[-400:]
    return path.stem, line, ""


def write_table(path, mutants, results):
    """The page of what found what."""
    lines = [
        "# Bugs put into the RTL, and what finds them",
        "",
        "`make mutants` puts each of these bugs (`tests/mutants/mutants.toml`) into a copy of the",
        "RTL, builds it small and runs `systole check` on it. Below each bug stands the line by",
        (
            "which it was found; that run writes this page."
            f" {sum(r[1] is not None for r in results)} of {len(results)} found, with these"
            " parameters:"
        ),
        "",
        *(
            "    " + line
            for line in textwrap.wrap(", ".join(f"{n}={v}" for n, v in PARAMETERS.items()), 90)
        ),
        "",
    ]
    for number, (mutant, (module, line, remark)) in enumerate(zip(mutants, results), 1):
        lines += textwrap.wrap(f"**{number}. {module}**: {mutant['what']}", 98)
        quoted = {"initial_indent": "> ", "subsequent_indent": "> "}
        lines += ["", *textwrap.wrap(line or remark, 98, **quoted), ""]
    path.write_text("\n".join(lines[:-1]) + "\n")


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", help="bugs whose description contains this text")
    parser.add_argument("--applies", action="store_true", help="only whether each still applies")
    parser.add_argument("--jobs", type=int, default=1, help="bugs at a time")
    parser.add_argument("--build", default=ROOT / "build/host", type=pathlib.Path)
    parser.add_argument("--work", default=ROOT / "build/mutants", type=pathlib.Path)
    parser.add_argument("--table", type=pathlib.Path, help="write the page of results")
    arguments = parser.parse_args()
    with open(ROOT / "tests/mutants/mutants.toml", "rb") as file:
        mutants = tomllib.load(file)["mutant"]
    for text in arguments.only or []:
        if not any(text in m["what"] for m in mutants):
            parser.error(f"--only {text}: no bug's description contains this")
    if arguments.only:
        mutants = [m for m in mutants if any(text in m["what"] for text in arguments.only)]
    lost = []
    for mutant in mutants:
        try:
            locate(mutant, ROOT / "rtl")
        except DoesNotApply as error:
            lost.append(str(error))
    if lost or arguments.applies:
        print("\n".join(lost) or f"{len(mutants)} bugs apply")
        sys.exit(1 if lost else 0)

    systole = arguments.build.resolve() / "sw/cli/systole"
    config = arguments.build.resolve() / "sw/driver/systole_config"
    # Each worker has a tree, in which the unchanged RTL must pass.
    local = threading.local()
    lock = threading.Lock()
    workers = []

    def job(mutant):
        if not hasattr(local, "tree"):
            with lock:
                workers.append(None)
                number = len(workers)
            local.tree = Tree(arguments.work / str(number), systole, config)
            log = local.tree.build()
            status, output = local.tree.check() if log is None else (None, log)
            if status != 0:
                raise RuntimeError("the unchanged RTL fails:\n" + output[-2000:])
        result = run(mutant, local.tree)
        module, line, remark = result
        print(f"{'found' if line else 'MISSED'}: {module}: {mutant['what']}\n  {line or remark}")
        sys.stdout.flush()
        return result

    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        results = list(pool.map(job, mutants))
    found = sum(r[1] is not None for r in results)
    print(f"mutants: {found} of {len(results)} found")
    if arguments.table:
        write_table(arguments.table, mutants, results)
    sys.exit(0 if found == len(results) else 1)


if __name__ == "__main__":
    main()
