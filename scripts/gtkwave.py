#!/usr/bin/env python3
"""A save file for GTKWave: the signals of a trace that tell what the accelerator does.

gtkwave.py TRACE.fst SYSTOLE OUT.gtkw     SYSTOLE: the command line, whose `disassemble` turns the
                                          instruction at the head of each queue into text

Open it with `gtkwave OUT.gtkw`. `make wave` writes one beside its trace.
"""

import os
import stat
import sys

TB = "TOP.systole_tb."
TOP = TB + "u_top."
ENGINES = ["LOAD", "MATMUL", "POST", "STORE"]
BIT, HEX, COMMENT, BY_PROCESS = "@28", "@22", "@200", "@4022"


def lines(trace, decoder):
    """The save file."""
    yield f'[dumpfile] "{trace}"'
    yield "[timestart] 0"
    yield "[size] 1600 900"
    yield "[pos] -1 -1"
    yield "*-6.000000 0"
    yield "[signals_width] 220"
    yield "[sst_expanded] 0"
    yield from [BIT, TOP + "clk_i", TOP + "run"]
    for number, engine in enumerate(ENGINES):
        scope = f"{TOP}gen_accelerator.gen_engine[{number}]."
        yield from [COMMENT, f"-{engine}: instruction at the head of its queue"]
        # The text of a process filter stands for the value.
        yield from [BY_PROCESS, f"^>1 {decoder}", scope + "head[255:0]"]
        yield from [BIT, scope + "u_frame.issue_o", scope + "u_frame.retire_i"]
    yield from [COMMENT, "-memory: data"]
    yield from [BIT, TB + "arvalid", TB + "r_valid_i", TB + "awvalid", TB + "wvalid"]
    yield from [COMMENT, "-memory: program"]
    yield from [BIT, TB + "farvalid", TB + "fr_valid_i"]


def main():
    """Writes the save file, and beside it the filter that GTKWave starts."""
    if len(sys.argv) != 4:
        sys.exit("error: usage: scripts/gtkwave.py TRACE.fst SYSTOLE OUT.gtkw")
    trace, systole, out = sys.argv[1:]
    decoder = os.path.abspath(out) + ".decode"
    with open(decoder, "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\nexec "{os.path.abspath(systole)}" disassemble\n')
    os.chmod(decoder, os.stat(decoder).st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    with open(out, "w", encoding="utf-8") as file:
        file.write("\n".join(lines(os.path.abspath(trace), decoder)) + "\n")


if __name__ == "__main__":
    main()
