"""A copy of the project with every chosen mutant in it, and its tests, built once."""

import fcntl
import pathlib
import re
import shutil
import subprocess

from .files import FOLDERS, ROOT, text
from .schemata import HEADER, NAME, switched

# What runs the code without a simulator, cheapest first; `systole check` is last.
PROGRAMS = ("arith/arith_test", "functional/functional_test", "timing/timing_test",
            "timing/worked_example_test", "actions/action_counts_test", "driver/driver_test",
            "program/compiler_fault_test", "program/program_test", "compiler/compiler_test",
            "golden/golden_test", "tiling/tiling_test", "systemc/systemc_test")
# Areas of tests that these need to configure; none verilates.
AREAS = ("accelerator", "actions", "arith", "cases", "compiler", "driver", "functional", "golden",
         "program", "rtl_row", "systemc", "tiling", "timing")
REPLACED = {
    "tests/CMakeLists.txt": "add_compile_options(-O1)\n"
    + "".join(f"add_subdirectory({area})\n" for area in AREAS),
    "tests/rtl_row/CMakeLists.txt": "add_library(rtl_row_reference STATIC row_reference.cc)\n"
    "target_link_libraries(rtl_row_reference PUBLIC systole_isa)\n",
}


class BuildFailed(Exception):
    """What a tool said."""


def _listed():
    """The project's files, as git has them."""
    done = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT,
                          capture_output=True, text=True, check=True)
    return [name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def _put(path, content):
    """Writes what changed alone, so that little is compiled again."""
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


class Tree:
    """The copy below a folder; one process at a time builds there."""

    def __init__(self, folder):
        self.folder = folder / "tree"
        self.build = self.folder / "build/host"

    def write(self, numbered):
        """The project, its files with mutants switched, these folders at -O1 without warnings."""
        switches = {}
        for number, mutant in numbered:
            switches.setdefault(mutant.file, []).append((number, mutant))
        for name in _listed():
            content = (ROOT / name).read_bytes()
            if name in switches:
                content = switched(text(name), switches[name]).encode("latin-1")
            if re.fullmatch(rf"sw/({'|'.join(FOLDERS)})/CMakeLists.txt", name):
                content = b"add_compile_options(-O1 -w)\n" + content
            _put(self.folder / name, REPLACED[name].encode() if name in REPLACED else content)
            if (ROOT / name).stat().st_mode & 0o100:
                (self.folder / name).chmod(0o755)
        _put(self.folder / NAME, HEADER.encode())

    def make(self, numbered, jobs):
        """Builds; the numbers of the mutants that no compiler takes are not in it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        refused = set()
        with open(self.folder / "lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for _ in range(8):
                self.write([pair for pair in numbered if pair[0] not in refused])
                output = self._ninja(jobs)
                if output is None:
                    return refused
                wrong = self._wrong(output)
                if not wrong - refused:
                    raise BuildFailed(output[-3000:])
                refused |= wrong
        raise BuildFailed("mutants that do not compile are left after eight builds")

    def _ninja(self, jobs):
        if not (self.build / "build.ninja").exists():
            cmake = shutil.which("cmake", path="/usr/bin") or "cmake"
            done = subprocess.run([cmake, "-S", self.folder, "-B", self.build, "-G", "Ninja",
                                   "-DSYSTOLE_TESTS=ON"], capture_output=True, text=True,
                                  check=False)
            if done.returncode != 0:
                raise BuildFailed((done.stdout + done.stderr)[-2000:])
        targets = [pathlib.Path(name).name for name in PROGRAMS] + ["systole-check"]
        done = subprocess.run(["ninja", "-C", self.build, f"-j{jobs}", "-k0", *targets],
                              capture_output=True, text=True, check=False)
        return None if done.returncode == 0 else done.stdout + done.stderr

    def _wrong(self, output):
        """The mutants of the lines in which the compiler sees an error."""
        numbers = set()
        for name, line in set(re.findall(r"(sw/\w+/\w+\.\w+):(\d+):\d+: error", output)):
            lines = (self.folder / name).read_text(encoding="latin-1").splitlines()
            for reach in range(6):
                near = " ".join(lines[max(0, int(line) - 1 - reach) : int(line) + reach])
                here = {int(n) for n in re.findall(r"SYSTOLE_IS\((\d+)\)", near)}
                if here:
                    numbers |= here
                    break
        return numbers
