#!/usr/bin/env python3
"""Draws SCALE-Sim cases from a seed; optionally runs an existing checkout of SCALE-Sim v2 on them
and keeps its answers.

  scalesim_cases.py write --out DIR [--seed N]      cfg and csv files, one folder per case
  scalesim_cases.py record --original CHECKOUT --python PY --out F.json.gz [--seed N] [--jobs J]

With --v3 the files are those of SCALE-Sim v3 (a third of them with N:M sparsity) and CHECKOUT is
one of v3.

A case is a configuration, a topology and the option -i. The draw walks all 24 pairs of dataflow and
array shape nine times, alternating USER and CALC bandwidth, so every combination is there; sizes,
buffers, bandwidth and the spelling of the files are random. Nothing is dropped after the draw:
`cost` only bounds the sizes that are drawn. Standard library only.
"""
import argparse
import concurrent.futures
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile

SEED = 20250225
SHAPES = [(1, 64), (4, 64), (12, 14), (256, 256), (16, 16), (8, 8), (32, 32), (64, 4)]
DATAFLOWS = ["os", "ws", "is"]
REPORTS = ["COMPUTE_REPORT.csv", "BANDWIDTH_REPORT.csv", "DETAILED_ACCESS_REPORT.csv"]
TRACES = [
    "IFMAP_SRAM_TRACE.csv",
    "FILTER_SRAM_TRACE.csv",
    "OFMAP_SRAM_TRACE.csv",
    "IFMAP_DRAM_TRACE.csv",
    "FILTER_DRAM_TRACE.csv",
    "OFMAP_DRAM_TRACE.csv",
]

# Runs the original's Python class on one case: argv = checkout, cfg, topology, log folder, input
# type, save traces, layout.
DRIVER = """
import sys
sys.path.insert(0, sys.argv[1])
from scalesim.scale_sim import scalesim
layout = {'layout': sys.argv[7]} if sys.argv[7] else {}
scalesim(save_disk_space=sys.argv[6] != 'traces', verbose=True, config=sys.argv[2],
         topology=sys.argv[3], input_type_gemm=sys.argv[5] == 'gemm', **layout
         ).run_scale(top_path=sys.argv[4])
"""
V3_SECTIONS = """
[layout]
IfmapCustomLayout: False
IfmapSRAMBankBandwidth: {ifmap}
IfmapSRAMBankNum: 1
IfmapSRAMBankPort: 2
FilterCustomLayout: False
FilterSRAMBankBandwidth: {filter}
FilterSRAMBankNum: {banks}
FilterSRAMBankPort: 2

[sparsity]
SparsitySupport : {sparse}
SparseRep : {format}
OptimizedMapping : false
BlockSize : 8
RandomNumberGeneratorSeed : 40
"""


def ceil_div(a, b):
    return -(-a // b)


def cost(dataflow, rows, cols, layers):
    """Array ports looked at by the original, a bound of its running time (about 0.2 us each)."""
    total = 0
    for h, w, fh, fw, ch, n, sh, sw in layers:
        m, k = ceil_div(h - fh + sh, sh) * ceil_div(w - fw + sw, sw), fh * fw * ch
        sr, sc, t = {"os": (m, n, k), "ws": (k, n, m), "is": (k, m, n)}[dataflow]
        folds = ceil_div(sr, rows) * ceil_div(sc, cols)
        total += folds * (t + 2 * rows + cols) * (rows + 2 * cols) + 20 * folds * t * (
            min(rows, sr) + min(cols, sc)
        )
    return total


def list_words(dataflow, layer):
    """Words of the stationary operand, which SCALE-Sim prefetches out of order."""
    h, w, fh, fw, ch, n, sh, sw = layer
    m, k = ceil_div(h - fh + sh, sh) * ceil_div(w - fw + sw, sw), fh * fw * ch
    return {"os": 0, "ws": k * n, "is": m * k}[dataflow]


def operand_words(layer):
    h, w, fh, fw, ch, n, sh, sw = layer
    m, k = ceil_div(h - fh + sh, sh) * ceil_div(w - fw + sw, sw), fh * fw * ch
    return max(m * k, k * n)


def draw_layer(rng, kind, scale):
    if kind == "gemm":
        m, n, k = (rng.randint(1, int(60 * scale)) for _ in range(3))
        return (m, k, 1, k, 1, n, 1, 1)
    fh, fw = rng.randint(1, 5), rng.randint(1, 5)
    if rng.random() < 0.6:
        fw = fh
    h, w = rng.randint(fh, fh + int(12 * scale)), rng.randint(fw, fw + int(12 * scale))
    sh = rng.choice([1, 1, 1, 2, 2, 3])
    sw = sh if rng.random() < 0.8 else rng.choice([1, 2, 3])
    if kind == "dw":
        return (h, w, fh, fw, rng.randint(2, 4), rng.choice([1, 1, 1, 3]), sh, sw)
    return (h, w, fh, fw, rng.randint(1, int(12 * scale)), rng.randint(1, int(24 * scale)), sh, sw)


def topology_text(rng, kind, layers, v3=False):
    eol = rng.choice(["\n", "\n", "\n", "\r\n"])
    gap = rng.choice([" ", " ", "", "  "])
    lines = ["Layer name, anything the first line says is dropped,"]
    for i, (h, w, fh, fw, ch, n, sh, sw) in enumerate(layers):
        if kind == "gemm":
            fields = [f"G{i}", h, n, w]
        else:
            fields = [f"DP{i}_" if kind == "dw" else f"Conv{i}", h, w, fh, fw, ch, n, sh]
            if not v3 and (sw != sh or rng.random() < 0.2):
                fields.append(sw)
                if rng.random() < 0.2:
                    fields.append(7)
        if v3 and rng.random() < 0.7:
            m = rng.choice([2, 4, 4, 8])
            fields.append(f"{rng.randint(1, m)}:{m}")
        lines.append(("," + gap).join(str(f) for f in fields) + ",")
        if rng.random() < 0.2:
            lines.append("")
    return eol.join(lines) + (eol if rng.random() < 0.8 else "")


def config_text(rng, name, dataflow, rows, cols, kbs, user, bandwidth, v3=False):
    sep = rng.choice([": ", " = ", "=", ":    "])
    offsets = rng.choice([(0, 10000000, 20000000), (0, 10000000, 20000000), (1000, 777, 5)])
    upper = rng.random() < 0.2
    keys = [
        ("ArrayHeight", rows),
        ("ArrayWidth", cols),
        ("IfmapSramSzkB", kbs[0]),
        ("FilterSramSzkB", kbs[1]),
        ("OfmapSramSzkB", kbs[2]),
        ("IfmapOffset", offsets[0]),
        ("FilterOffset", offsets[1]),
        ("OfmapOffset", offsets[2]),
        ("Dataflow", dataflow),
        ("Bandwidth", f"{bandwidth},{bandwidth + 1}" if rng.random() < 0.2 else bandwidth),
        ("MemoryBanks", 1),
    ]
    text = "[general]\nrun_name" + sep + name + "\n\n[architecture_presets]\n"
    if rng.random() < 0.2:
        text += "# a comment line\n; and another\n"
    text += "".join((k.upper() if upper else k) + sep + str(v) + "\n" for k, v in keys)
    if v3:
        banks = rng.choice([1, 2])
        text += "ReadRequestBuffer: 32\nWriteRequestBuffer: 32\n" + V3_SECTIONS.format(
            ifmap=rng.choice([1, 3, 10, 32]),
            filter=banks * rng.choice([1, 4, 10, 16]),
            banks=banks,
            sparse=rng.choice(["false", "false", "true"]),
            format=rng.choice(["csr", "csc", "ellpack_block"]),
        )
    text += "\n[run_presets]\nInterfaceBandwidth" + sep + ("USER" if user else "CALC") + "\n"
    return text + ("UseRamulatorTrace: False\n" if v3 else "")


def draw_cases(seed, blocks=9, max_cost=6_000_000, tiny=False, v3=False):
    rng = random.Random(seed)
    cases = []
    shapes = [(4, 4), (2, 3), (1, 5), (3, 2), (4, 2), (5, 4)] if tiny else SHAPES
    for block in range(blocks):
        for rows, cols in shapes:
            for dataflow in DATAFLOWS:
                user = block % 2 == 0
                kind = rng.choice(["conv", "conv", "dw", "gemm"])
                tight = user and rng.random() < 0.95 and not (tiny and kind == "dw")
                # A flushing case draws until a CALC buffer can be filled more than twice.
                flushing = tiny and not user and kind != "dw" and rng.random() < 0.5
                scale = (
                    (1 if flushing else 0.6)
                    if tiny
                    else rng.choice([0.5, 1, 1, 2, 3])
                    if not tight
                    else rng.choice([1, 2, 3, 4])
                )
                while True:
                    layers = [
                        draw_layer(rng, kind, scale)
                        for _ in range(1 if tiny else rng.choice([1, 1, 2]))
                    ]
                    if v3:  # one stride
                        layers = [layer[:7] + layer[6:7] for layer in layers]
                    # A tight case draws until an operand exceeds half of its buffer of 1 to 4 kB.
                    kbs = [
                        (
                            rng.choice([1, 1, 2, 4])
                            if tight or tiny
                            else int(2 ** rng.uniform(0, 10.001))
                        )
                        for _ in range(3)
                    ]
                    bandwidth = rng.choice([1, 2, 3, 5, 7, 10, 10, 16, 32, 100])
                    over = any(
                        h * w * ch > 512 * kbs[0] or fh * fw * ch * n > 512 * kbs[1]
                        for h, w, fh, fw, ch, n, _, _ in layers
                    )
                    times = layers[0][4] if kind == "dw" else 1
                    small = cost(dataflow, rows, cols, layers) * times <= (
                        (150_000 if flushing else 60_000) if tiny else max_cost
                    )
                    # The original's trace grows with every prefetch and is copied each time: bound
                    # the rotations.
                    small = small and all(
                        list_words(dataflow, layer)
                        <= (2 if tiny and user else 12)
                        * 512
                        * (kbs[0] if dataflow == "is" else kbs[1])
                        for layer in layers
                    )
                    if tiny:  # traces repeat what is fetched again and again
                        small = small and all(operand_words(layer) <= 3000 for layer in layers)
                        if flushing and (
                            kbs[:2] != [1, 1] or max(map(operand_words, layers)) < 1050
                        ):
                            continue
                    if small and (over or not tight):
                        break
                name = f"case_{len(cases):03d}"
                cases.append(
                    {
                        "name": name,
                        "type": "gemm" if kind == "gemm" else "conv",
                        "cfg": config_text(
                            rng, name, dataflow, rows, cols, kbs, user, bandwidth, v3
                        ),
                        "topology": topology_text(rng, kind, layers, v3),
                    }
                )
    return cases


def run_original(case, checkout, python, traces, v3):
    layout = (
        os.path.abspath(os.path.join(checkout, "layouts", "conv_nets", "test.csv")) if v3 else ""
    )
    with tempfile.TemporaryDirectory() as tmp:
        for file, key in (("run.cfg", "cfg"), ("topology.csv", "topology")):
            with open(os.path.join(tmp, file), "w", newline="") as f:
                f.write(case[key])
        done = subprocess.run(
            [
                python,
                "-c",
                DRIVER,
                os.path.abspath(checkout),
                "run.cfg",
                "topology.csv",
                "out",
                case["type"],
                "traces" if traces else "-",
                layout,
            ],
            cwd=tmp,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{case['name']}: the original failed:\n{done.stderr[-2000:]}")
        out = os.path.join(tmp, "out", case["name"])
        answer = dict(case, stdout=done.stdout.replace(layout, "layout.csv") if v3 else done.stdout)
        for report in REPORTS + (
            ["SPARSE_REPORT.csv"] if os.path.exists(os.path.join(out, "SPARSE_REPORT.csv")) else []
        ):
            with open(os.path.join(out, report), newline="") as f:
                answer[report] = f.read()
        if traces:
            answer["traces"] = {}
            for folder in sorted(d for d in os.listdir(out) if d.startswith("layer")):
                for trace in TRACES:
                    with open(os.path.join(out, folder, trace), newline="") as f:
                        answer["traces"][folder + "/" + trace] = f.read()
        return answer


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("what", choices=["write", "record"])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", required=True)
    parser.add_argument(
        "--traces", action="store_true", help="tiny cases with their six traces per layer"
    )
    parser.add_argument("--v3", action="store_true", help="cases for SCALE-Sim v3")
    parser.add_argument("--original", help="an existing checkout of SCALE-Sim")
    parser.add_argument(
        "--python", default=sys.executable, help="a Python older than 3.12 that has numpy and tqdm"
    )
    parser.add_argument("--jobs", type=int, default=1)
    args = parser.parse_args()
    if args.traces:
        cases = draw_cases(args.seed, blocks=2, tiny=True, v3=args.v3)
    else:
        cases = (
            draw_cases(args.seed, blocks=3, max_cost=1_500_000, v3=True)
            if args.v3
            else draw_cases(args.seed)
        )
    if args.what == "write":
        for case in cases:
            folder = os.path.join(args.out, case["name"])
            os.makedirs(folder, exist_ok=True)
            for file, key in (("run.cfg", "cfg"), ("topology.csv", "topology"), ("type", "type")):
                with open(os.path.join(folder, file), "w", newline="") as f:
                    f.write(case[key])
        return
    if not args.original:
        parser.error("record needs --original CHECKOUT")
    commit = subprocess.run(
        ["git", "-C", args.original, "rev-parse", "HEAD"], capture_output=True, text=True
    ).stdout
    version = subprocess.run([args.python, "-V"], capture_output=True, text=True).stdout
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        answers = []
        for answer in pool.map(
            lambda c: run_original(c, args.original, args.python, args.traces, args.v3), cases
        ):
            answers.append(answer)
            print(answer["name"], answer[REPORTS[0]].split("\n")[1], flush=True)
    record = {
        "original": "scale-sim-v3" if args.v3 else "scale-sim-v2",
        "commit": commit.strip(),
        "python": version.strip(),
        "seed": args.seed,
        "cases": answers,
    }
    with open(args.out, "wb") as raw, gzip.GzipFile(
        fileobj=raw, mode="wb", mtime=0, compresslevel=9
    ) as f:
        f.write(json.dumps(record).encode())


if __name__ == "__main__":
    main()
