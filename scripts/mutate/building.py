"""A copy of the RTL with every chosen mutant in it, built for a few configurations."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess

from mutants import PARAMETERS as SMALL

from .schemata import PACKAGE, switched
from .selection import ROOT

# The array weight stationary alone and with all its dataflows, and the row-stationary engine:
# together they have every module.
CONFIGURATIONS = {
    "ws": SMALL,
    "dataflows": {**SMALL, "WPORT": 1, "DATAFLOWS": 7},
    "row": {
        **SMALL,
        "ROWS": 8,
        "COLS": 8,
        "WPORT": 1,
        "LANES": 3,
        "ENGINE": "row",
        "RS_ROWS": 5,
        "RS_COLS": 7,
        "IFMAP_SPAD": 16,
        "WGT_SPAD": 30,
        "PSUM_SPAD": 3,
    },
}
COPIED = ("rtl", "tb", "sw", "scripts")


class BuildFailed(Exception):
    """What a tool said."""


def campaign_hash(files, numbered):
    """The RTL and its mutants, as a whole."""
    digest = hashlib.sha256()
    for source in files:
        digest.update(source.text.encode())
    for number, mutant in numbered:
        digest.update(f"{number} {mutant.key}".encode())
    digest.update(repr(CONFIGURATIONS).encode())
    return digest.hexdigest()[:16]


def texts(files):
    """A digest of each module's text: what is built of it is the same where this is."""
    return {
        source.module: hashlib.sha256(f"{CONFIGURATIONS!r} {source.text}".encode()).hexdigest()[:16]
        for source in files
    }


class Tree:
    """The copy below a folder; shards that share the folder wait for each other."""

    def __init__(self, folder, build):
        self.folder = folder / "tree"
        self.config = build / "sw/driver/systole_config"
        self.libraries = self.folder / "build/rtl"
        self.programs = build / "sw"

    def systole(self):
        """A copy of the command, which a build meanwhile does not touch."""
        for name in ("cli/systole", "check/systole-check"):
            copy = self.folder / "bin" / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.programs / name, copy.with_suffix(".new"))
            copy.with_suffix(".new").rename(copy)
        return str(self.folder / "bin/cli/systole")

    def write(self, files, numbered):
        """Brings the copy up to date; touches what changed alone."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for part in COPIED:
                shutil.rmtree(self.folder / part, ignore_errors=True)
                shutil.copytree(ROOT / part, self.folder / part, copy_function=shutil.copy2)
            for source in files:
                own = [pair for pair in numbered if pair[1].module == source.module]
                text = switched(source.text, own)
                (self.folder / source.path.relative_to(ROOT)).write_text(text, encoding="utf-8")
            (self.folder / "rtl/common/systole_mutate_pkg.sv").write_text(PACKAGE, encoding="utf-8")
            listed = self.folder / "rtl/files.f"
            listed.write_text("common/systole_mutate_pkg.sv\n" + listed.read_text())

    def build(self, parameters, jobs):
        """Builds one configuration; the numbers of the mutants that are in it."""
        environment = dict(os.environ, SYSTOLE_CONFIG=str(self.config), JOBS=str(jobs))
        environment["RTL_CXXFLAGS"] = "-O1"
        command = [self.folder / "scripts/build_rtl.sh"]
        command += [f"{name}={value}" for name, value in parameters.items()]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise BuildFailed((done.stdout + done.stderr)[-2000:])
        key = subprocess.run(
            [self.config, *(f"{name}={value}" for name, value in parameters.items())],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        return self._present(self.libraries / key / "gen")

    @staticmethod
    def _present(generated):
        """What Verilator did not find constant, or in a branch that is not built."""
        there = set()
        for path in generated.glob("*.cpp"):
            text = path.read_text(encoding="utf-8")
            numbers = re.findall(r"(\w+)U\s*[!=]=\s*vlSymsp->\w*mutate_pkg\.active", text)
            there |= {int(number, 0) for number in numbers}
        return there
