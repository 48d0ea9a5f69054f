#!/usr/bin/env python3
"""Networks on the arrays that can be built: cycles, and energy by counted actions.

    scripts/engine_energy.py MODEL... [--size 16] [--energy FILE]

Arrays of SIZE x SIZE elements with the same buffers: weight, output and input stationary, row
stationary with spads of 32, 64 and 384 weights. Energy is `systole energy`'s of one image at batch
1, by the table of FILE (Horowitz's where none is given); of TensorFlow Lite files, whose layers
have the names of their operators, also of depthwise layers and of all others.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHIP = "--act-kib 128 --act-groups 8 --outstanding 16 --lanes {0} --rows {0} --cols {0}"
ROW = "--engine row --rs-rows {0} --rs-cols {0} --wgt-spad "
ARRAYS = {
    "weight stationary": "--dataflow ws",
    "output stationary": "--dataflows 3 --dataflow os",
    "input stationary": "--dataflows 5 --dataflow is",
    "row, 32 weights": ROW + "32",
    "row, 64 weights": ROW + "64",
    "row, 384 weights": ROW + "384",
}
# They end in the memory outside.
OFF_CHIP = ("read_beat", "write_beat", "write_byte", "fetch_beat")


def account(model, options, energy):
    """What `systole energy` writes as JSON; ends with its message where it refuses."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "energy.json"
        command = [ROOT / "build/systole", "energy", model, "--json", out, *options.split()]
        command += ["--energy", energy] if energy else []
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"error: {model}, {options}: {done.stderr.strip()}")
        return json.loads(out.read_text())


def by_kind(found):
    """pJ a multiply-add on chip of depthwise layers and of others, as text."""
    sums = {True: [0, 0], False: [0, 0]}
    for layer in found["layers"]:
        of = sums[layer["name"].startswith("DEPTHWISE")]
        of[1] += layer["macs"]
        for action, count in layer["counts"].items():
            if action not in OFF_CHIP:
                of[0] += count * found["table"]["pJ"][action]
    if sums[True][1] == 0:
        return ""
    one, other = (sums[kind][0] / sums[kind][1] for kind in (True, False))
    return f"; depthwise {one:.3f}, others {other:.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", nargs="+")
    parser.add_argument("--size", type=int, default=16, help="rows and columns of the array")
    parser.add_argument("--energy", help="a table of energies; Horowitz's if not given")
    arguments = parser.parse_args()
    for model in arguments.model:
        path = pathlib.Path(model)
        name = path.parent.name if path.stem == "model" else path.stem
        for array, options in ARRAYS.items():
            found = account(model, (CHIP + " " + options).format(arguments.size), arguments.energy)
            energy = {
                action: count * found["table"]["pJ"][action]
                for action, count in found["counts"].items()
            }
            spads = sum(
                energy[action]
                for action in energy
                if action.removeprefix("idle_").split("_")[0] in ("ifmap", "filter", "psum")
            )
            idle = sum(energy[action] for action in energy if action.startswith("idle_"))
            print(
                f"{name}, {array}: {found['cycles']} cycles, {found['energy_pJ'] / 1e6:.3f} uJ,"
                f" {found['on_chip_pJ'] / 1e6:.3f} on chip, {spads / 1e6:.3f} in spads,"
                f" {100 * idle / found['on_chip_pJ']:.1f} % of it idle elements,"
                f" {found['on_chip_pJ'] / found['macs']:.3f} pJ a multiply-add on chip"
                f"{by_kind(found)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
