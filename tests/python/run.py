#!/usr/bin/env python3
"""Runs one Python test file or cross-check for CTest: exit status 0 passed, 1 failed, 77 skipped
(saying why).

run.py FILE_test.py            needs nothing but python3
run.py --venv FILE_test.py     needs the virtual environment (make venv)
run.py --venv --data COMMAND   crosscheck: a script of scripts/ with its arguments, needing the data
sets too A crosscheck that asks for RTL that is not built is skipped, with the command that builds
it.
"""

import os
import subprocess
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SKIPPED = 77


def skip(reason):
    print(f"SKIPPED: {reason}")
    return SKIPPED


def main(arguments):
    venv = os.path.join(ROOT, ".venv", "bin", "python")
    if "--venv" in arguments:
        if not os.path.exists(os.path.join(ROOT, ".venv", "requirements.sha256")):
            return skip("the virtual environment is not there; enabled by: make venv")
        if os.path.realpath(sys.prefix) != os.path.realpath(os.path.join(ROOT, ".venv")):
            return subprocess.call([venv, __file__, *arguments])
    if "--data" in arguments and not os.environ.get("SYSTOLE_DATA"):
        return skip(
            "SYSTOLE_DATA is not set; enabled by: python3 scripts/fetch_mnist.py --dest DIR &&"
            " export SYSTOLE_DATA=DIR"
        )
    command = [argument for argument in arguments if argument not in ("--venv", "--data")]
    if not command[0].endswith("_test.py"):
        done = subprocess.run(
            [sys.executable, os.path.join(ROOT, "scripts", command[0]), *command[1:]],
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode == 2 and "is not built; run: make rtl" in done.stderr:
            return skip(f"{done.stderr.strip()}; enabled by: make rtl")
        print(done.stderr, end="", file=sys.stderr)
        return done.returncode
    folder = os.path.join(ROOT, "tests", "python")
    sys.path[:0] = [folder, os.path.join(ROOT, "scripts")]
    suite = unittest.defaultTestLoader.discover(folder, command[0], folder)
    if suite.countTestCases() == 0:
        print(f"{command[0]}: holds no test")
        return 1
    result = unittest.TextTestRunner(sys.stdout, verbosity=2).run(suite)
    if not result.wasSuccessful():
        return 1
    if len(result.skipped) == result.testsRun:
        return skip(result.skipped[0][1])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
