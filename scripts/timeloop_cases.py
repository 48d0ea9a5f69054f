#!/usr/bin/env python3
"""Draws mappings from a seed, runs an existing timeloop-model on them and keeps its answers.

  timeloop_cases.py --model PATH/timeloop-model --commit ID --out F.json.gz [--count N] [--seed N]

A case is a layer (strides and dilations 1 to 4, batches, depthwise and fully connected ones among
them), one of the designs of models/designs with its energy table, and a mapping: within the
design's constraints, free of them (any loop anywhere, any level keeps anything), or with a filter's
rows side by side, so that neighbours pass rows on. One case in eight at most does not fit. Needs
PyYAML.
"""
import argparse
import gzip
import json
import random
import re
import subprocess
import tempfile
import xml.etree.ElementTree as Xml
from pathlib import Path

import yaml
from timeloop_draw import DESIGNS, SHAPE, TENSORS, Design, draw_layer, draw_mapping


def answer(folder, status, program="timeloop-model"):
    """What the program wrote: counts and energy of one instance, cycles by level."""
    if status != 0:
        return {"valid": False}
    levels, energy = {}, 0.0
    for unit in Xml.parse(folder / f"{program}.map+stats.xml").iter("px"):
        if unit.find("specs_/LevelSpecs/level_name") is None:
            continue
        name = unit.find("specs_/LevelSpecs/level_name").text
        stats = unit.find("stats_")
        if stats is None:
            mac = {"cycles": int(unit.find("cycles_").text),
                   "energy": float(unit.find("energy_").text)}
            energy += mac["energy"]
            continue

        def column(tag):
            return [item.text for item in stats.find(tag).iter("item")]
        columns = [column(tag) for tag in ["utilized_capacity", "partition_size",
                                           "utilized_instances", "reads", "fills", "updates",
                                           "energy"]]
        kept = column("keep")
        level = {"cycles": int(stats.find("cycles").text)}
        for t, tensor in enumerate(TENSORS):
            if kept[t] == "0":
                continue
            values = [float(c[t]) for c in columns]
            energy += values[2] * values[6]
            level[tensor] = [int(v) for v in values[:6]] + [values[6]]
        levels[name] = level
    text = (folder / f"{program}.stats.txt").read_text()
    cycles = int(re.search(r"Summary Stats.*?Cycles: (\d+)", text, re.S)[1])
    return {"valid": True, "cycles": cycles, "energy": energy, "mac": mac, "levels": levels}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", required=True, help="timeloop-model of v3.0.3")
    parser.add_argument("--commit", required=True, help="the commit it was built from")
    parser.add_argument("--out", required=True)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=10)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    designs = [Design(name) for name in DESIGNS]
    cases, misfits = [], 0
    while len(cases) < options.count:
        design = designs[len(cases) % len(designs)]
        kinds = ["constrained", "free"] + (["links"] if design.name == "eyeriss_like" else [])
        kind = rng.choice(kinds)
        layer = draw_layer(rng)
        if kind == "links":
            layer.update(S=rng.choice([2, 3, 5, 7, 11]), Q=rng.choice([4, 8, 14, 28]))
            layer["Hdilation"] = layer["Hstride"]
        mapping = draw_mapping(rng, design, layer, kind)
        spec = dict(design.file, problem={"instance": layer, "shape": SHAPE}, mapping=mapping)
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "in.yaml").write_text(yaml.safe_dump(spec))
            run = subprocess.run([options.model, "in.yaml"], cwd=folder, capture_output=True,
                                 text=True)
            if run.returncode != 0 and "couldn't map level" not in run.stderr:
                raise SystemExit(f"timeloop-model: {run.stderr[-300:]}")
            got = answer(Path(folder), run.returncode)
        misfits += not got["valid"]
        if not got["valid"] and misfits * 8 > options.count:
            misfits -= 1
            continue
        cases.append({"kind": kind, "design": design.name, "instance": layer, "mapping": mapping,
                      "answer": got})
    record = {"timeloop": options.commit, "seed": options.seed,
              "command": "scripts/timeloop_cases.py --model timeloop-model --commit "
                         f"{options.commit} --count {options.count} --seed {options.seed} "
                         "--out tests/timeloop/data/v3_cases.json.gz", "cases": cases}
    text = json.dumps(record, separators=(",", ":"))
    with gzip.GzipFile(options.out, "wb", 9, mtime=0) as out:
        out.write(text.encode())
    print(f"{len(cases)} cases, {misfits} that do not fit")


if __name__ == "__main__":
    main()
