#!/usr/bin/env python3
"""Writes every generated file from the definitions in spec/.

    spec/generate.py           writes what changed and names it
    spec/generate.py --check   writes nothing; exit status 1 and the names of files that differ

Standard library only (Python 3.11); `make spec` adds clang-format. Exit status 2: a definition
contradicts another, or cannot be read.
"""
import argparse
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "spec"))

from systole_spec import emit_c, emit_cxx, emit_docs, emit_rtl, regions  # noqa: E402
from systole_spec.check import check  # noqa: E402
from systole_spec.expression import check_divisors  # noqa: E402
from systole_spec.load import SpecError, load  # noqa: E402

FILES = {
    "rtl/common/systole_pkg.sv": emit_rtl.package,
    "rtl/shell/systole_check_params.sv": emit_rtl.check_params,
    "sw/isa/fields.def": emit_cxx.fields_def,
    "sw/isa/registers.h": emit_cxx.registers_h,
    "sw/isa/counters.h": emit_cxx.counters_h,
    "sw/isa/rounding_modes.h": emit_cxx.rounding_modes_h,
    "sw/isa/pipeline.h": emit_cxx.pipeline_h,
    "sw/timing/pipeline.h": emit_cxx.timing_pipeline_h,
    "sw/isa/config.h": emit_cxx.config_h,
    "sw/isa/config.cc": emit_cxx.config_cc,
    "sw/firmware/systole_hw.h": emit_c.header,
    "spec/systole.json": emit_docs.as_json,
}

# Files written by hand that hold generated regions.
REGIONS = {
    "rtl/systole_top.sv": {
        "parameters": emit_rtl.parameter_list,
        "pass": emit_rtl.pass_list,
        "names": emit_rtl.names_list,
    },
    "rtl/shell/systole_csr.sv": {
        "parameters": emit_rtl.parameter_list,
        "param_words": emit_rtl.param_words,
    },
    "rtl/shell/systole_counters.sv": {
        "counter_ports": emit_rtl.counter_ports,
        "counter_registers": emit_rtl.counter_registers,
    },
    "tb/systole_tb.sv": {
        "parameters": lambda spec: emit_rtl.parameter_list(spec, more=True),
        "pass": emit_rtl.pass_list,
    },
    "Makefile": {"make_parameters": emit_docs.make_parameters},
    "docs/registers.md": {
        "registers": emit_docs.register_table,
        "errors": emit_docs.error_table,
    },
    "docs/isa.md": {"opcodes": emit_docs.opcode_table, "fields": emit_docs.field_tables},
    "docs/spec.md": {
        "pipeline": emit_docs.pipeline_table,
        "geometry": emit_docs.geometry_table,
    },
    "docs/integration.md": {"parameters": emit_docs.parameter_table},
}


def formatted(name, text):
    """C++ as clang-format leaves it, where that is installed (`make spec` sees to it)."""
    tool = shutil.which("clang-format")
    if tool is None or not name.endswith((".h", ".cc")):
        return text
    command = [tool, f"--assume-filename={ROOT / name}"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def same(name, a, b):
    """Byte for byte; C++ but for white space and strings in pieces, which are `make lint`'s matter.
    """
    if name.endswith((".h", ".cc")):
        return "".join(a.split()).replace('""', "") == "".join(b.split()).replace('""', "")
    return a == b


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, name what differs")
    options = parser.parse_args()
    try:
        spec = load(ROOT / "spec")
        check(spec)
        check_divisors(spec)
        made = {name: emit(spec) for name, emit in FILES.items()}
        for name, emitters in REGIONS.items():
            lines = {region: emit(spec) for region, emit in emitters.items()}
            made[name] = regions.fill(name, (ROOT / name).read_text(), lines)
        for path in (
            sorted(ROOT.glob("rtl/**/*.sv"))
            + sorted(ROOT.glob("tb/**/*.sv"))
            + sorted(ROOT.glob("formal/*.sv"))
        ):
            name = str(path.relative_to(ROOT))
            made[name] = emit_rtl.with_defaults(spec, made.get(name, path.read_text()))
    except (SpecError, tomllib.TOMLDecodeError) as problem:
        print(f"error: spec: {problem}", file=sys.stderr)
        return 2
    differing = 0
    for name, text in made.items():
        path = ROOT / name
        if path.exists() and same(name, path.read_text(), text):
            continue
        differing += 1
        if options.check:
            print(f"{name} is not what spec/ defines; run: make spec", file=sys.stderr)
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(formatted(name, text))
            print(f"wrote {name}")
    return 1 if options.check and differing else 0


if __name__ == "__main__":
    sys.exit(main())
