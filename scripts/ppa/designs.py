"""Reports of make ppa as one table of synthesised designs, for systole explore (docs/explore.md).

    python3 -m ppa.designs -o TABLE.json REPORT.json ...
"""

import argparse
import json
import pathlib
import sys

from .liberty import BadInput


def design(report):
    total = report["total"]
    return {
        "parameters": report["parameters"],
        "cells_um2": total["cells"],
        "memories_um2": total["memories"],
        "ns": total["ns"],
    }


def table(reports):
    """Of reports by name: all of systole_top, one version, one library, sized for one period."""
    designs, common = [], None
    for name, report in reports.items():
        same = {key: report[key] for key in ("version", "library", "period_ns", "top")}
        if report["top"] != "systole_top":
            raise BadInput(f"{name}: is of {report['top']}; a design is a whole systole_top")
        if common is not None and same != common:
            raise BadInput(f"{name}: {same}, not {common} as those before; a table has one of each")
        common = same
        if design(report)["parameters"] in [other["parameters"] for other in designs]:
            raise BadInput(f"{name}: its parameters are those of a report before")
        designs.append(design(report))
    designs.sort(key=lambda entry: sorted(entry["parameters"].items()))
    del common["top"]
    return {**common, "designs": designs}


def main():
    parser = argparse.ArgumentParser(prog="ppa.designs", description=__doc__.splitlines()[0])
    parser.add_argument("-o", type=pathlib.Path, required=True, help="the table")
    parser.add_argument("report", type=pathlib.Path, nargs="+", help="report.json of make ppa")
    arguments = parser.parse_args()
    try:
        reports = {}
        for path in arguments.report:
            try:
                reports[str(path)] = json.loads(path.read_text())
            except (OSError, ValueError) as error:
                raise BadInput(f"{path}: no report of make ppa: {error}") from None
        text = json.dumps(table(reports), indent=1) + "\n"
        arguments.o.write_text(text)
    except (BadInput, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
