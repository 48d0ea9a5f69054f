"""Proves what explained.toml calls equivalent: module and mutant, a miter in Yosys each.

    python -m mutate.equivalent [--work FOLDER] [MODULE ...]

Every register and wire of the same name is proven equal in both, by SAT and induction, for any
inputs from any state in which they are, in the module's default parameters and in those of AT.
Exit status: 0 all are proven; 1 one is not; 2 bad usage or an entry that names no mutant.
"""

import argparse
import pathlib
import subprocess
import sys

from .selection import ROOT, sources
from .sites import mutants_of
from .table import explanations

# Where a parameter's greatest value is the hardest.
AT = {"systole_load": ["", "-set WPORT 64"]}
SECONDS = 600
HALF = """read_verilog -sv -Irtl/common {files}
{parameters}
hierarchy -top {module}
proc
flatten
async2sync
memory_map
opt_clean
rename {module} {name}
design -stash {name}
"""
MITER = """design -copy-from gold -as gold gold
design -copy-from gate -as gate gate
equiv_make gold gate equiv
hierarchy -top equiv
equiv_struct
equiv_simple -short
equiv_induct
equiv_status -assert
"""


def script(source, mutated, parameters):
    """The commands that compare the module with the copy that has the mutant."""
    listed = (ROOT / "rtl/files.f").read_text(encoding="utf-8").splitlines()
    files = [f"rtl/{line}" for line in listed if line.endswith(".sv") and line[:2] != "//"]
    own = str(source.path.relative_to(ROOT))
    halves = ""
    for name, text in (("gold", own), ("gate", str(mutated))):
        halves += HALF.format(
            files=" ".join(text if file == own else file for file in files),
            parameters=f"chparam {parameters} {source.module}" if parameters else "",
            module=source.module,
            name=name,
        )
    return halves + MITER


def proven(source, mutant, work, parameters=""):
    """Whether Yosys proves that the mutant changes nothing."""
    work.mkdir(parents=True, exist_ok=True)
    mutated = (work / f"{mutant.module}-{mutant.begin}.sv").resolve()
    changed = source.text[: mutant.begin] + (mutant.text or ";") + source.text[mutant.end :]
    mutated.write_text(changed, encoding="utf-8")
    commands = mutated.with_suffix(".ys")
    commands.write_text(script(source, mutated, parameters), encoding="utf-8")
    try:
        done = subprocess.run(
            ["yosys", "-q", "-l", mutated.with_suffix(".log"), commands],
            cwd=ROOT, capture_output=True, timeout=SECONDS, check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main():
    """The command line."""
    parser = argparse.ArgumentParser(prog="mutate.equivalent", description="proves equivalence")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build/mutate/equivalent")
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    options = parser.parse_args()
    files = {source.module: source for source in sources()}
    unknown = [module for module in options.modules if module not in files]
    if unknown:
        print(f"error: {unknown[0]}: no RTL module; name those of rtl/", file=sys.stderr)
        sys.exit(2)
    status = 0
    for key, entry in explanations().items():
        module, line, what = key
        if not entry.get("equivalent") or (options.modules and module not in options.modules):
            continue
        lines = files[module].text.splitlines()
        named = [m for m in mutants_of(files[module])
                 if m.what == what and lines[m.line - 1].strip() == line]
        if len(named) != 1:
            print(f"error: {module}: {what}: {len(named)} mutants are so named", file=sys.stderr)
            sys.exit(2)
        for parameters in AT.get(module, [""]):
            found = proven(files[module], named[0], options.work, parameters)
            told = "proven" if found else "NOT PROVEN"
            at = parameters.replace("-set ", ", ").replace("WPORT ", "WPORT=")
            print(f"{told}: {module}.sv:{named[0].line}{at}: {what}", flush=True)
            status |= not found
    sys.exit(status)


if __name__ == "__main__":
    main()
