#!/usr/bin/env python3
"""Gates of the arrays that can be built, and of their elements: generic gates of Yosys, flip-flops,
bits of memories (systole_sram), each module with all inside it.

    scripts/engine_area.py [--size 16]
"""

import argparse

from option_costs import own, synthesize


def line(name, module, every, elements, bits):
    gates, flops = synthesize(module, own(module, every))
    print(
        f"{name}: {gates} gates, {flops} flip-flops, {bits} bits;"
        f" an element {gates / elements:.0f}, {flops / elements:.0f}, {bits / elements:.0f}",
        flush=True,
    )


def row_parameters(size, wgt_spad, rows, cols):
    return {
        **{"ROWS": size, "COLS": size, "RS_ROWS": rows, "RS_COLS": cols, "VECTOR": size},
        **{"IFMAP_SPAD": 32, "WGT_SPAD": wgt_spad, "PSUM_SPAD": 16, "ACC_DEPTH": 128},
        **{"PSUM_W": 24, "CHAIN_W": 24 + (rows - 1).bit_length()},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=16, help="rows and columns of the array")
    size = parser.parse_args().size
    for name, dataflows in (("weight stationary", 1), ("and output stationary", 3)):
        every = {"ROWS": size, "COLS": size, "TAPS": 3, "ROW_SUM": 1, "DATAFLOWS": dataflows}
        line(f"{size}x{size}, {name}", "systole_array", every, size * size, 0)
    for rows, cols in ((size, size), (12, 14)):
        for wgt_spad in (32, 64, 384):
            every = row_parameters(size, wgt_spad, rows, cols)
            bits = rows * cols * wgt_spad * 8
            name = f"{rows}x{cols}, row stationary, {wgt_spad} weights"
            line(name, "systole_rs_array", every, rows * cols, bits)
    every = row_parameters(size, 64, 12, 14)
    for module in ("systole_rs_pe", "systole_rs_row", "systole_rs_control"):
        print(module, *synthesize(module, own(module, every)), flush=True)


if __name__ == "__main__":
    main()
