"""scripts/ppa: liberty, memories, netlists and figures against cases worked by hand; and the flow
itself on small blocks, its netlist simulated, where the tools are there."""

import collections
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "scripts"))
from ppa import __main__ as flow  # noqa: E402  pylint: disable=wrong-import-position
from ppa import designs, liberty, logic, memories, netlist, page, synthesis, timing  # noqa: E402

OSU018 = pathlib.Path(flow.DEFAULT_LIBRARY)
TOOLS = bool(shutil.which("yosys") and shutil.which("sta") and OSU018.exists())


class PartsTest(unittest.TestCase):
    """What needs no tool."""

    def setUp(self):
        self.library = liberty.Library(HERE / "cells.lib")

    def test_functions(self):
        self.assertEqual(logic.table("(A B)'", ["A", "B"]), (1, 1, 1, 0))
        self.assertEqual(logic.table("!A+B*C^1", ["A", "B", "C"]), (1, 1, 1, 1, 0, 0, 1, 0))
        self.assertEqual(logic.verilog("!(A&B)"), "(~(A & B))")

    def test_cells_by_what_they_do(self):
        named = [self.library.nand2.name, self.library.inverter.name, self.library.drive.name]
        self.assertEqual(named, ["NAND", "INV", "BUF"])
        self.assertEqual(self.library.nand2.inputs, {"A": 1.0, "B": 1.5})
        self.assertTrue(self.library.cells["REG"].sequential)
        self.assertIsNone(self.library.gate)

    def test_memory_by_hand(self):
        memory = memories.Memory(width=32, depth=64)
        # 0.9 * 2048 + 8 * 32 + 2 * 64 + 60 = 2287.2 NANDs of 2; 11 FO4; 1.5 * 2048 * 10 nW
        self.assertAlmostEqual(memory.area(self.library), 4574.4)
        self.assertAlmostEqual(memory.access_ns(0.02), 0.22)
        self.assertAlmostEqual(memory.leakage_nw(self.library), 30720)
        self.assertEqual((memory.name, memory.address_bits), ("systole_sram_64x32", 6))
        text = memories.liberty([memory], self.library, 0.02)
        (name, body), = liberty.groups(text, "cell")
        self.assertEqual(name, "systole_sram_64x32")
        self.assertAlmostEqual(liberty.number(body, "area"), 4574.4)

    def test_memories_of_the_docs(self):
        """The table of docs/silicon.md: Nangate45's NAND has 0.798 um2 and 1.664199 fF, 1.1 V."""
        pin = {"A": 1.664199}
        nand = liberty.Cell("NAND2_X1", 0.798, 17.4, pin, {}, False, {})
        library = mock.Mock(nand2=nand, cap_ff=1.0, volt=1.1)
        text = (HERE.parents[1] / "docs/silicon.md").read_text()
        rows = re.findall(r"^\| (\d+) x (\d+) \|(.*)\|$", text, re.M)
        self.assertEqual(len(rows), 3)
        for words, bits, row in rows:
            memory = memories.Memory(int(bits), int(words))
            _, area, _, access, _, energy = (field.strip() for field in row.split("|"))
            self.assertEqual(area, f"{memory.area(library):,.0f}")
            self.assertEqual(access, f"{memory.access_ns(0.025802):.3f}")
            self.assertEqual(energy, f"{memory.energy_pj(library):.2f}")

    def test_names_and_assignments(self):
        text = (
            "module \\$paramod$0a\\systole_x (a);\n  wire [1:0] w;\n"
            "  assign { w, v } = { 2'b10, u };\nendmodule\n"
            "module \\$paramod$0b\\systole_x (a);\n"
            "  \\$paramod$0a\\systole_x  u (\n    .a(n),\n    .b({ })\n  );\nendmodule\n"
        )
        texts = netlist.split_modules(netlist.renamed(text, netlist.plain_names(text)))
        self.assertEqual(list(texts), ["systole_x", "systole_x__2"])
        for line in ("w[1] = 1'b1;", "w[0] = 1'b0;", "v = u;"):
            self.assertIn(f"  assign {line}", texts["systole_x"])
        self.assertIn("systole_x  u (\n    .a(n)", texts["systole_x__2"])
        self.assertNotIn(".b(", texts["systole_x__2"])

    def test_treemap_fills_its_place(self):
        spots = page.layout([6, 6, 4, 3, 2, 2, 1], 0, 0, 6, 4)
        self.assertEqual([round(w * h, 6) for _, _, w, h in spots], [6, 6, 4, 3, 2, 2, 1])
        for i, (x, y, w, h) in enumerate(spots):
            self.assertTrue(x > -1e-9 and y > -1e-9 and x + w < 6 + 1e-9 and y + h < 4 + 1e-9)
            for left, top, wide, high in spots[:i]:
                self.assertTrue(
                    min(x + w, left + wide) - max(x, left) < 1e-9
                    or min(y + h, top + high) - max(y, top) < 1e-9
                )

    def test_designs_of_reports(self):
        def report(**other):
            total = {"cells": 5.0, "memories": 7.0, "ns": 2.5, "flops": 1}
            same = {"top": "systole_top", "library": "l", "period_ns": 2.0, "version": "v"}
            same["total"] = total
            return {**same, "parameters": {"ROWS": 8}, **other}

        table = designs.table({"a": report(), "b": report(parameters={"ROWS": 4})})
        figures = {"cells_um2": 5.0, "memories_um2": 7.0, "ns": 2.5}
        self.assertEqual(table["designs"][0], {"parameters": {"ROWS": 4}, **figures})
        self.assertEqual(table["designs"][1], {"parameters": {"ROWS": 8}, **figures})
        self.assertEqual(table["version"], "v")
        others = [{"library": "m"}, {"period_ns": 3.0}, {"version": "w"}, {"top": "systole_csr"}]
        for other in [*others, {}]:
            with self.assertRaisesRegex(liberty.BadInput, "^b: "):
                designs.table({"a": report(), "b": report(**other)})

    def refusal(self, *arguments):
        output = io.StringIO()
        with mock.patch.object(sys, "argv", ["ppa", *arguments]), mock.patch("sys.stderr", output):
            with mock.patch("shutil.which", return_value="there"):
                self.assertEqual(flow.main(), 2)
        self.assertEqual(output.getvalue().count("\n"), 1)
        return output.getvalue()

    def test_bad_input(self):
        told = self.refusal("--top", "systole_queue", "X=1")
        self.assertIn("no parameter of systole_queue", told)
        self.assertIn("rtl/ has no such module", self.refusal("--top", "nothing"))
        self.assertIn("the value is a number", self.refusal("ROWS=many"))
        self.assertIn("more than 0", self.refusal("--period", "-1"))
        with tempfile.TemporaryDirectory() as folder:
            self.assertIn("LIB= names", self.refusal("--lib", folder + "/no", "--out", folder))
            trace = pathlib.Path(folder) / "t.fst"
            trace.touch()
            where = ["--out", folder, "--synthesized"]
            self.assertIn("needs --trace", self.refusal(*where))
            self.assertIn("no design", self.refusal(*where, "--trace", str(trace)))
            path = pathlib.Path(folder) / "empty.lib"
            path.write_text("library(empty) { }")
            self.assertIn("no NAND", self.refusal("--lib", str(path), "--out", folder))


@unittest.skipUnless(TOOLS, "needs scripts/setup.sh ppa")
class FlowTest(unittest.TestCase):
    """Yosys and OpenSTA on what is small."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)

    def test_path_by_hand(self):
        library = liberty.Library(HERE / "cells.lib")
        (self.work / "two.v").write_text(
            "module two(clk_i, y);\n  input clk_i;\n  output y;\n  wire a, b, c;\n"
            "  REG r0 (.C(clk_i), .D(y), .Q(a));\n  INV i0 (.A(a), .Y(b));\n"
            "  INV i1 (.A(b), .Y(c));\n  REG r1 (.C(clk_i), .D(c), .Q(y));\nendmodule\n"
        )
        modules = {"two": synthesis.Module("two", "two", collections.Counter(), [])}
        whole = synthesis.Netlist("two", self.work, modules, [], {})
        boxes = self.work / "memories.lib"
        boxes.write_text(memories.liberty([memories.Memory(8, 16)], library, 0.02))
        path = timing.paths(whole, ["two"], library, boxes, 0.02, self.work)["two"]
        # clock to output, two inverters, setup
        self.assertAlmostEqual(path.ns, 0.1 + 0.25 + 0.25 + 0.05, places=4)
        self.assertEqual((path.start, path.end), ("r0", "r1"))
        self.assertAlmostEqual(timing.fo4(library, self.work), 0.25)

    def run_flow(self, *arguments):
        output = io.StringIO()
        words = ["ppa", "--out", str(self.work), *arguments]
        with mock.patch.object(sys, "argv", words), mock.patch("sys.stdout", output):
            self.assertEqual(flow.main(), 0)
        return json.loads((self.work / "report.json").read_text()), output.getvalue()

    def test_queue_in_registers(self):
        report, table = self.run_flow("--top", "systole_queue", "WIDTH=2", "DEPTH=2", "MEMORY=0")
        # two entries of two bits, two pointers of one bit, a count of two
        self.assertEqual(report["total"]["flops"], 2 * 2 + 1 + 1 + 2)
        areas = dict(re.findall(r"cell \((\w+)\) {.*?area : (\d+);", OSU018.read_text(), re.S))
        text = (self.work / "netlist/systole_queue.v").read_text()
        placed = re.findall(r"^  (\w+) _\w+ \($", text, re.M)
        self.assertEqual(report["total"]["cells"], sum(int(areas[cell]) for cell in placed))
        self.assertEqual(report["total"]["memories"], 0)
        self.assertIn("osu018_stdcells", table)
        self.assertIn("<svg", (self.work / "report.html").read_text())
        if shutil.which("iverilog"):
            self.simulate()

    def simulate(self):
        """The netlist of the queue in the cells' own models, against a queue in the bench."""
        bench = self.work / "bench.v"
        bench.write_text(BENCH)
        cells = OSU018.with_suffix(".v")
        binary = self.work / "bench"
        files = [bench, self.work / "netlist/systole_queue.v", cells]
        subprocess.run(["iverilog", "-g2012", "-o", binary, *files], check=True)
        done = subprocess.run([binary], check=True, capture_output=True, text=True)
        self.assertEqual(done.stdout.strip().splitlines()[-1], "1000 cycles, 0 wrong")

    def test_queue_in_a_memory(self):
        report, _ = self.run_flow("--top", "systole_queue", "WIDTH=2", "DEPTH=3", "MEMORY=1")
        library = liberty.Library(OSU018)
        self.assertEqual(report["total"]["memories"], round(memories.Memory(2, 3).area(library), 1))
        # the newest entry, whether it is the oldest, two pointers of two bits, a count of two
        self.assertEqual(report["total"]["flops"], 2 + 1 + 2 + 2 + 2)


BENCH = """`timescale 1ns/1ps
module bench;
  reg clk = 0, rst = 0, push = 0, pop = 0;
  reg [1:0] data = 0;
  wire full, valid;
  wire [1:0] out;
  reg [1:0] q[0:1];
  integer n = 0, wrong = 0, i;
  systole_queue dut (.clk_i(clk), .rst_ni(rst), .clear_i(1'b0), .push_i(push), .data_i(data),
    .full_o(full), .valid_o(valid), .data_o(out), .pop_i(pop));
  always #50 clk = !clk;
  initial begin
    #120 rst = 1;
    for (i = 0; i < 1000; i = i + 1) begin
      @(negedge clk);
      pop = n > 0 && $random;
      push = n < 2 && $random;
      data = $random;
      #20 if (valid !== (n > 0) || full !== (n == 2) || (n > 0 && out !== q[0])) wrong = wrong + 1;
      @(posedge clk);
      if (pop) begin q[0] = q[1]; n = n - 1; end
      if (push) begin q[n] = data; n = n + 1; end
    end
    $display("1000 cycles, %0d wrong", wrong);
    $finish;
  end
endmodule
"""

if __name__ == "__main__":
    unittest.main()
