#!/usr/bin/env python3
"""The best mapping of each layer against what an existing timeloop-mapper v3.0.3 finds.

  timeloop_mapper.py --mapper PATH --results F.jsonl [--seconds 60] [--most N] [NETWORK.csv...]

For every different layer of the networks on the three designs (the simple ones with all elements,
then as published) it runs timeloop-mapper with its own search and one thread until that ends or has
taken SECONDS of processor time, appends what it found to the results, and goes on where an earlier
run stopped. Then it prints the ratio of energy x cycles, ours to theirs, of all results. Needs
PyYAML.
"""
import argparse
import json
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import yaml
from timeloop_cases import answer
from timeloop_draw import DESIGNS, ROOT, SHAPE, Design

NETWORKS = ["lenet5_28", "lenet5_32", "alexnet", "resnet18", "resnet50"]


def shapes(networks, folder):
    """Layers as `systole map` calls them, each once."""
    found = []
    eyeriss = "models/designs/eyeriss_like.yaml,models/designs/energy/eyeriss_timeloop.yaml"
    for network in networks:
        table = f"{folder}/layers.json"
        subprocess.run([ROOT / "build/systole", "map", "--network", network, "--design", eyeriss,
                        "--json", table], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        for layer in json.loads(Path(table).read_text())["answers"][0]["layers"]:
            if layer["shape"] not in found:
                found.append(layer["shape"])
    return found


def instance(shape):
    sizes = {name: int(size) for name, size in re.findall(r"\b([NCMRSPQ])(\d+)", shape)}
    stride = re.search(r"stride (\d+)(?:x(\d+))?", shape)
    if stride:
        sizes.update(Wstride=int(stride[1]), Hstride=int(stride[2] or stride[1]))
    return sizes


def design_file(name):
    """`name` is a design of models/designs, with -split6 where all elements work."""
    design = Design(name.removesuffix("-split6"))
    spec = dict(design.file, architecture_constraints={"targets": design.targets})
    for target in design.targets:
        if name.endswith("-split6") and target.get("split") == 1:
            target["split"] = 6
    return spec


def processor_seconds(process):
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def theirs(mapper, spec, seconds):
    with tempfile.TemporaryDirectory() as folder:
        spec = dict(spec, mapper={"num-threads": 1, "live-status": False})
        Path(folder, "in.yaml").write_text(yaml.safe_dump(spec))
        process = subprocess.Popen([mapper, "in.yaml"], cwd=folder, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        used = 0
        while process.poll() is None:
            time.sleep(0.2)
            if process.poll() is None:
                used = processor_seconds(process)
            if used >= seconds:
                process.send_signal(signal.SIGINT)  # it writes what it has
                process.wait(60)
        found = {}  # in that time it may have found nothing
        if Path(folder, "timeloop-mapper.map+stats.xml").exists():
            found = answer(Path(folder), process.returncode, "timeloop-mapper")
        row = {"cycles": found.get("cycles"), "energy": found.get("energy")}
        return dict(row, seconds=round(used, 1))


def ours(spec, folder):
    path = Path(folder, "layer.yaml")
    path.write_text(yaml.safe_dump(spec))
    subprocess.run([ROOT / "build/systole", "map", path, "--json", f"{folder}/out.json"],
                   check=True, stdout=subprocess.DEVNULL)
    found = json.loads(Path(folder, "out.json").read_text())
    assert found["search"]["proved"]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--mapper", required=True, help="timeloop-mapper of v3.0.3")
    parser.add_argument("--results", required=True, type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--most", type=int, default=10**9, help="run so many layers at most")
    parser.add_argument("networks", nargs="*")
    options = parser.parse_args()
    names = list(DESIGNS)[1:]
    names = [f"{name}-split6" for name in names] + [list(DESIGNS)[0]] + names
    networks = options.networks or [f"models/workloads/{name}.csv" for name in NETWORKS]
    with tempfile.TemporaryDirectory() as folder:
        layers = shapes(networks, folder)
        todo = [(s, n) for s in layers for n in names[:3]] + [(s, n) for s in layers
                                                              for n in names[3:]]
        done = {}
        if options.results.exists():
            for line in options.results.read_text().splitlines():
                row = json.loads(line)
                done[row["shape"], row["design"]] = row
        for shape, name in [key for key in todo if key not in done][:options.most]:
            spec = dict(design_file(name), problem={"instance": instance(shape), "shape": SHAPE})
            row = {"design": name, "shape": shape, **theirs(options.mapper, spec, options.seconds)}
            done[shape, name] = row
            with options.results.open("a") as out:
                out.write(json.dumps(row) + "\n")
        worse, ratios, none = 0, [], 0
        print("ratio  their s  ours s  design                           layer")
        for shape, name in [key for key in todo if key in done]:
            row = done[shape, name]
            spec = dict(design_file(name), problem={"instance": instance(shape), "shape": SHAPE})
            found = ours(spec, folder)
            if row["cycles"] is None:
                none += 1
                print(f"  none {row['seconds']:8.1f} {found['search']['seconds']:7.3f}  "
                      f"{name:<32} {shape}")
                continue
            edp, other = found["energy_pJ"] * found["cycles"], row["energy"] * row["cycles"]
            ratios.append(edp / other)
            worse += edp > other * (1 + 1e-9)
            print(f"{ratios[-1]:.4f} {row['seconds']:8.1f} {found['search']['seconds']:7.3f}  "
                  f"{name:<32} {shape}")
    ratios.sort()
    print(f"{len(ratios) + none} of {len(todo)} layers and designs: ours is worse on {worse}; it "
          f"found none on {none}; ratio {ratios[0]:.4f} to {ratios[-1]:.4f}, median "
          f"{ratios[len(ratios) // 2]:.4f}")


if __name__ == "__main__":
    main()
