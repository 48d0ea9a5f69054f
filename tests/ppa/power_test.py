"""Power: two cells worked by hand; a block's netlist on a traced run, its outputs the run's and
every cell's changes those that Icarus counts in the cells' own models; what is refused."""

import collections
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
from ppa import __main__ as flow  # noqa: E402  pylint: disable=wrong-import-position
from ppa import activity, energy_tables, flat, icarus, liberty  # noqa: E402
from ppa import memories, page, power, synthesis  # noqa: E402

OSU018 = pathlib.Path(flow.DEFAULT_LIBRARY)
SYSTOLE, GATES = os.environ.get("SYSTOLE_RUN"), os.environ.get("SYSTOLE_GATES")
SHAPE = ["--param", "ROWS=5", "--param", "COLS=7"]
TOOLS = bool(
    SYSTOLE
    and GATES
    and all(map(shutil.which, ("yosys", "sta", "iverilog", "vvp")))
    and OSU018.exists()
)


class HandTest(unittest.TestCase):
    """Cells of cells.lib, 1 V and fF, at 2 ns."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        self.library = liberty.Library(HERE / "cells.lib")

    def flat_of(self, text, boxes=()):
        (self.work / "top.v").write_text(text)
        modules = {"top": synthesis.Module("top", "top", collections.Counter(), [])}
        whole = synthesis.Netlist("top", self.work, modules, list(boxes), {})
        return flat.Flat(whole, "top", self.library)

    def power_of(self, flattened, counts):
        text = flattened.text()
        changes = power.Activity(counts(text), len(flattened.above), flattened.clocks())
        found = power.by_instance(flattened, changes, self.library, 0.01, 2.0)
        return found["top"]

    def test_toggling_register(self):
        flattened = self.flat_of(
            "module top(clk_i, y);\n  input clk_i;\n  output y;\n  wire b;\n"
            "  REG r0 (\n    .C(clk_i),\n    .D(b),\n    .Q(y)\n  );\n"
            "  INV i0 (\n    .A(y),\n    .Y(b)\n  );\nendmodule\n"
        )
        clock, y = (flattened.ports[name][1][0] for name in ("clk_i", "y"))
        b = next(cell for cell in flattened.cells if cell.kind == "INV").nets["Y"]
        counts = f"cycles 10\nnet {clock} 20 10\nnet {y} 10 5\nnet {b} 10 5\n"
        found = self.power_of(flattened, lambda text: counts)
        # On y the inverter's 1 fF, on b the register's, each half a V^2 once a cycle of 2 ns.
        self.assertAlmostEqual(found["switching"], (0.5 + 0.5) / 2)
        # INV.Y (2 + 4) / 2; REG.Q 6.
        self.assertAlmostEqual(found["internal"], (3 + 6) / 2)
        # Two changes of 1 fF; REG.C, half of them with D: (1 + 3) / 2, half without: 0.5.
        self.assertAlmostEqual(found["clock"], (1 + 2 * (0.5 * 2 + 0.5 * 0.5)) / 2)
        self.assertAlmostEqual(found["leakage"], 0.0)

    def test_energy_by_slew_load_and_input(self):
        found = energy_tables.energies(self.library.cells["NAND"], self.library.templates, 0.02)
        by_input = {energy.related: energy for energy in found}
        # Slew 0.02 is a quarter of the way from 0.01 to 0.05, load 2 half of that from 1 to 3.
        self.assertAlmostEqual(by_input["A"].at([2.0])[0], 4 + 0.25 * 4 + 0.5 * 2)
        self.assertAlmostEqual(by_input["A"].at([9.0])[0], 4 + 0.25 * 4 + 2)  # the table's end
        flattened = self.flat_of(
            "module top(a, b, y);\n  input a;\n  input b;\n  output y;\n"
            "  NAND n0 (\n    .A(a),\n    .B(b),\n    .Y(y)\n  );\nendmodule\n"
        )
        a, b, y = (flattened.ports[name][1][0] for name in "aby")
        counts = f"cycles 10\nnet {a} 6 5\nnet {b} 2 5\nnet {y} 4 5\n"
        # Y changes 0.4 times a cycle, three of four times by A: at load 0 its table's 1 fF, slew
        # 0.01: 4; by B 8.
        found = self.power_of(flattened, lambda text: counts)
        self.assertAlmostEqual(found["internal"], 0.4 * (0.75 * 4 + 0.25 * 8) / 2)
        self.assertAlmostEqual(found["switching"], (0.6 * 1 + 0.2 * 1.5) / 2 / 2)
        self.assertAlmostEqual(found["leakage"], 0.01)

    def test_memory(self):
        memory = memories.Memory(width=1, depth=2)
        flattened = self.flat_of(
            "module top(clk_i, q);\n  input clk_i;\n  output q;\n  systole_sram_2x1 m (\n"
            "    .clk_i(clk_i),\n    .we_i(1'b1),\n    .re_i(1'b1),\n    .waddr_i(q),\n"
            "    .raddr_i(1'b0),\n    .wdata_i(1'b1),\n    .rdata_o(q)\n  );\nendmodule\n",
            [memory],
        )
        clock = flattened.ports["clk_i"][1][0]
        counts = f"cycles 10\nnet {clock} 20 10\nmemory 0 10 5\n"
        found = self.power_of(flattened, lambda text: counts)
        # 1.5 accesses a cycle of 2 ns, pJ to uW; the clock's ten inputs of 1.5 fF.
        self.assertAlmostEqual(found["memories"], 1.5 * memory.energy_pj(self.library) / 2 * 1000)
        self.assertAlmostEqual(found["clock"], 0.5 * 2 * 15 / 2)

    def test_probability(self):
        duties = {"A": 0.25, "B": 0.5}
        self.assertAlmostEqual(energy_tables.chance("A & !B", duties), 0.125)
        self.assertAlmostEqual(energy_tables.chance("A | B", duties), 0.625)

    def test_table_and_page(self):
        areas = {"instance": "top", "block": "top", "cells": 0, "memories": 0, "inside": []}
        uw = dict(zip(power.KINDS, (1000.0, 500.0, 250.0, 200.0, 50.0)))
        found = {"top": uw}
        self.assertEqual(activity.blocks(areas, found), {"top": uw})
        report = {
            "workload": "a < b",
            "compared": "10 cycles",
            "cycles": 1000,
            "period_ns": 2.0,
            "mw": 2.0,
            "pj_a_cycle": 4.0,
            "uw": uw,
            "blocks": {"top": uw},
            "tree": activity.tree(areas, found),
        }
        table = activity.table(report)
        # 1 mW for 1000 cycles of 2 ns are 2 nJ.
        self.assertIn("4.0 pJ a cycle, 0.0040 uJ", table)
        self.assertIn("internal 0.0020, switching 0.0010, clock 0.0005", table)
        self.assertRegex(table, r"total +1\.0000 +0\.5000 +0\.2500 +0\.2000 +0\.0500 +2\.0000")
        text = page.power_section(report)
        self.assertIn("a &lt; b", text)
        self.assertIn("<td>2.0000</td><td>100.0 %</td>", text)
        self.assertIn("1750 uW", text)  # internal, switching and the clock

    def test_changes_of_a_vcd(self):
        vcd = """$scope module bench $end
$scope module dut $end
$var wire 1 ! clk_i $end
$scope module c $end
$var wire 1 # Y $end
$upscope $end
$enddefinitions $end
#0
0!
0#
#10
1!
#11
1#
#12
0#
#15
0!
#20
1!
#21
1#
#25
0!
#30
1!
"""
        # Cycle 1 begins at 10: up and down again. Cycle 2 begins at 20: up.
        self.assertEqual(icarus.counted(io.StringIO(vcd), 1), {("c", "Y"): [1, 3]})

    def test_bad_trace(self):
        with self.assertRaisesRegex(liberty.BadInput, "no such file"):
            activity.named_trace("x=" + str(self.work / "none.fst"))


@unittest.skipUnless(TOOLS, "needs scripts/setup.sh ppa and the programs of make test")
class ReplayTest(unittest.TestCase):
    """The tokens' counters of 5x7, LeNet-5."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.work = pathlib.Path(folder.name)
        cls.trace = cls.work / "run.fst"
        command = [SYSTOLE, "run", ROOT / "models/lenet5-mnist/model.onnx", "--images"]
        command += [ROOT / "models/digits/images.idx3-ubyte.gz", "--first", "1", "--batch", "1"]
        command += ["--backend", "rtl", "--trace-from-reset", cls.trace, *SHAPE]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 2 and "is not built" in done.stderr:
            raise unittest.SkipTest("needs make rtl VARIANT=trace ROWS=5 COLS=7")
        assert done.returncode == 0, done.stdout + done.stderr
        cls.library = liberty.Library(OSU018)
        cls.netlist = synthesis.synthesize("systole_tokens", {}, cls.work, cls.library, 5000)
        cls.flat = flat.Flat(cls.netlist, "systole_tokens", cls.library)

    def replay(self, *more, change=lambda text: text):
        (self.work / "tokens.gates").write_text(change(self.flat.text()))
        scope = activity.SCOPE + ".gen_accelerator.u_tokens"
        command = [GATES, self.work / "tokens.gates", self.trace, "--scope", scope]
        command += ["-o", self.work / "counts", *more]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_changes_are_those_of_icarus(self):
        done = self.replay("--inputs", self.work / "inputs", "--while", "rst_ni")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(" 0 different", done.stdout)
        found = re.findall(r"^net (\d+) (\d+) \d+$", (self.work / "counts").read_text(), re.M)
        ours = {int(net): int(changes) for net, changes in found}
        lines = (self.work / "inputs").read_text().split()
        ports = self.flat.ports.items()
        inputs = [name for name, (way, nets) in ports for _ in nets if way == "input"]
        place = [name for name in inputs if name != "clk_i"].index("rst_ni")
        first = max(i for i, line in enumerate(lines) if line[place] == "0") + 1
        models = OSU018.with_suffix(".v")
        theirs = icarus.changes(self.flat, lines, models, self.work, False, first)
        compared = 0
        for cell in self.flat.cells:
            for pin in self.library.cells[cell.kind].outputs:
                counted = ours.get(cell.nets[pin], 0)
                settled, every = theirs.get((cell.name, pin), [0, 0])
                self.assertEqual(counted, settled, (cell.name, pin))
                self.assertGreaterEqual(every, settled)
                compared += counted > 0
        self.assertGreater(compared, 100)

    def test_a_wrong_netlist_is_found(self):
        output = self.flat.find(self.flat.ports["tokens_o"][1][0])

        def other(text):
            """The first output's gate, its function inverted."""
            found = re.search(rf"^(gate {output}) ([0-9a-f]+)((?: \d+)+)$", text, re.M)
            table = int(found[2], 16) ^ ((1 << (1 << len(found[3].split()))) - 1)
            return text.replace(found[0], f"{found[1]} {table:x}{found[3]}")

        done = self.replay(change=other)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"the first: \w+\[\d+\] in cycle \d+")

    def test_refused(self):
        for change, told in (
            (lambda text: text + "gate 5\n", "cannot read"),
            (lambda text: text + "wheel 5\n", "cannot read 'wheel 5'"),
            (lambda text: text + "input nothing 0 2\n", "no signal"),
            (lambda text: text + "gate 99999999 1 2\n", "there is no net"),
            (lambda text: text + "gate 2 2 3\ngate 3 2 2\n", "loop"),
        ):
            done = self.replay(change=change)
            self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
            self.assertIn(told, done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
