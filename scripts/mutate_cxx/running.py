"""The tests one by one: which mutants each reaches, and which of them it tells."""

import dataclasses
import json
import os
import pathlib
import re
import resource
import subprocess
import tempfile
import time

from .tree import PROGRAMS, BuildFailed

MEMORY = 8 << 30
SMALL_ROW = "ENGINE=row ROWS=8 COLS=8 LANES=3 RS_ROWS=5 RS_COLS=7 IFMAP_SPAD=16 WGT_SPAD=30"
# On the simulator, whose libraries `make mutate-cxx` builds.
CHECKS = {
    "check of dataflows": "--first --param ROWS=5 --param COLS=7 --param DATAFLOWS=7",
    "check of rows": "--first --param "
    + " --param ".join([*SMALL_ROW.split(), "PSUM_SPAD=3"]),
}


@dataclasses.dataclass
class Test:
    """A command, its area, what it costs and what it reaches."""

    name: str
    area: str
    command: list
    seconds: float = 0.0
    reached: frozenset = frozenset()

    def run(self, number, folder, rtl, reached=None):
        """None, or what told the mutant."""
        environment = dict(os.environ, SYSTOLE_MUTANT=str(number), SYSTOLE_RTL_DIR=rtl,
                           GTEST_BREAK_ON_FAILURE="1", GTEST_COLOR="no")
        if reached:
            environment["SYSTOLE_MUTANT_REACHED"] = str(reached)
        limit = int(600 if number == 0 else 10 + 10 * self.seconds)

        def limits():
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 2))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        try:
            done = subprocess.run(self.command, env=environment, capture_output=True, text=True,
                                  errors="replace", check=False, cwd=folder, preexec_fn=limits,
                                  timeout=10 * limit)
        except subprocess.TimeoutExpired:
            return "no end"
        if done.returncode == 0:
            return None
        text = done.stdout + done.stderr
        match = re.search(r"([\w.]+:\d+): Failure|DIFFERENT: (.*)|(?m:^error: (.*))", text)
        if match:
            return next(g for g in match.groups() if g)
        code = done.returncode
        return f"ended by signal {-code}" if code < 0 else f"exit status {code}"


def listed(build):
    """Every test of every program."""
    tests = []
    for program in PROGRAMS:
        path = build / "tests" / program
        done = subprocess.run([path, "--gtest_list_tests"], capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise BuildFailed(f"{program} does not list its tests: {done.stderr[-500:]}")
        suite = ""
        for line in done.stdout.splitlines():
            word = line.split("#")[0].strip()
            if line.startswith("  "):
                tests.append(Test(suite + word, program.split("/")[0],
                                  [str(path), f"--gtest_filter={suite}{word}"]))
            elif word.endswith("."):
                suite = word
    for name, words in CHECKS.items():
        tests.append(Test(name, "rtl", [str(build / "sw/check/systole-check"), *words.split()]))
    return tests


def trace(tests, tree, rtl, kept, pool):
    """Cost and reach of each test; without an active mutant each must pass."""
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}

    def one(test):
        if test.name in known:
            return None
        with tempfile.NamedTemporaryFile() as file:
            begin = time.monotonic()
            failed = test.run(0, tree.folder, rtl, file.name)
            seconds = time.monotonic() - begin
            numbers = {int(n) for n in pathlib.Path(file.name).read_text().split()}
        if failed is None:
            known[test.name] = [round(seconds, 3), sorted(numbers)]
        return failed and f"{test.name}: {failed}"

    failed = [line for line in pool.map(one, tests) if line]
    kept.write_text(json.dumps(known), encoding="utf-8")
    if failed:
        raise BuildFailed("without an active mutant these fail:\n" + "\n".join(failed))
    for test in tests:
        test.seconds, numbers = known[test.name]
        test.reached = frozenset(numbers)


def order(tests, number, module, longest, passed):
    """Those that reach the mutant: its folder's own first, then by cost; the simulator last."""
    reach = [t for t in tests
             if number in t.reached and t.seconds <= longest and t.name not in passed]
    return sorted(reach, key=lambda t: (t.area == "rtl", t.seconds * (1 if t.area == module else 4),
                                        t.name))


def run(number, mutant, tests, tree, rtl, longest, before):
    """The record of one mutant; tests that passed with it before are not run again."""
    begin = time.monotonic()
    record = {"key": mutant.key, "number": number, "module": mutant.module, "file": mutant.file,
              "line": mutant.line, "operator": mutant.operator, "what": mutant.what}
    passed = list((before or {}).get("passed", []))
    for test in order(tests, number, mutant.module, longest, set(passed)):
        found = test.run(number, tree.folder, rtl)
        if found is not None:
            record.update(by=test.name, area=test.area, found=found)
            break
        passed.append(test.name)
    record.update(passed=passed, seconds=round(time.monotonic() - begin, 2))
    return record
