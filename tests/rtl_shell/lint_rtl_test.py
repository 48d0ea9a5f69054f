"""Each rule of scripts/lint_rtl.py, broken once in a copy of the RTL, is told with file and line;
and scripts/format_rtl.py brings a disturbed file back to what it was."""

import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class HouseRules(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.rtl = Path(self.folder.name) / "rtl"
        shutil.copytree(ROOT / "rtl", self.rtl)

    def tearDown(self):
        self.folder.cleanup()

    def lint(self):
        command = [sys.executable, ROOT / "scripts/lint_rtl.py", self.rtl]
        done = subprocess.run(command, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def expect(self, file, old, new, said):
        """`old` becomes `new` in one place: exactly the changed line is told, with `said`."""
        path = self.rtl / file
        text = path.read_text()
        self.assertEqual(text.count(old), 1, f"{file}: {old!r} must stand there once")
        path.write_text(text.replace(old, new))
        status, out = self.lint()
        path.write_text(text)
        self.assertEqual(status, 1, f"{new!r} is not noticed")
        line = text[: text.index(old)].count("\n") + 1
        self.assertRegex(out, f"{re.escape(str(path))}:{line}: .*{said}")

    def test_the_rtl_as_it_is(self):
        self.assertEqual(self.lint(), (0, ""))

    def test_a_bare_bit_slice_of_an_instruction(self):
        nchan = "instr_i[systole_pkg::PO_NCHAN_LSB +: systole_pkg::PO_NCHAN_W];"
        file = "post/systole_post_check.sv"
        self.expect(file, nchan, "instr_i[148:142];", "cut an instruction")
        self.expect(file, nchan, "instr_i[systole_pkg::PO_NCHAN_LSB +: 7];", "cut an instruction")
        wrong = "instr_i[systole_pkg::PO_NCHAN_LSB +: systole_pkg::PO_COL_W];"
        self.expect(file, nchan, wrong, "cut an instruction")
        self.expect(file, nchan, "instr_i[systole_pkg::PO_NCHAN_LSB];", "one bit of a field")

    def test_a_field_s_width_as_a_number(self):
        file = "matmul/systole_slot_guard.sv"
        self.expect(file, "[systole_pkg::ENTRY_W-1:0] entry_i,", "[9:0] entry_i,", "an entry")
        file = "post/systole_post_walker.sv"
        self.expect(file, "row_o <= row_o + PAR_ROW_W'(1);", "row_o <= row_o + 11'd1;", "a param")

    def test_an_opcode_as_a_number(self):
        file = "post/systole_post_check.sv"
        old = "if (opcode == systole_pkg::OP_SYNC_POST) begin"
        self.expect(file, old, "if (opcode == 8'h3F) begin", "name the opcode")
        self.expect(file, old, "if (opcode[3:0] == 4'hF) begin", "name the opcode")

    def test_layout(self):
        file = "common/systole_queue.sv"
        old = "  assign data_o = mem[rd_q];"
        self.expect(file, old, "  assign  data_o = mem[rd_q];", "format_rtl")
        self.expect(file, old, old + " ", "white space at the end")
        self.expect(file, old, "  assign data_o = mem[rd_q];  // " + "x" * 80, "at most 100")

    def test_names(self):
        file = "common/systole_queue.sv"
        self.expect(
            file, "output logic             full_o,", "output logic             full,", "port"
        )
        self.expect(
            file, "if (push_i) mem[wr_q] <= data_i;", "if (push_i) ram[wr_q] <= data_i;", "reg"
        )
        file = "shell/systole_control.sv"
        self.expect(file, "systole_oldest u_oldest (", "systole_oldest oldest (", "begins with u_")
        file = "shell/systole_fetch.sv"
        self.expect(file, "begin : gen_beat", "begin : beat", "begins with gen_")

    def test_waivers_stand_in_one_place(self):
        path = self.rtl / "common/systole_queue.sv"
        path.write_text("/* verilator lint_off WIDTH */\n" + path.read_text())
        self.assertIn("a waiver", self.lint()[1])

    def test_the_top_only_wires(self):
        file = "systole_top.sv"
        net = "    systole_tokens u_tokens ("
        self.expect(file, net, "    assign run = stop;\n" + net, "an assignment in the top")
        self.expect(file, ".sync_i(sync)", ".sync_i(sync & issue)", "an operator in the top")
        self.expect(file, ".stop_i(stop), .valid_i(queued[e])",
                    ".stop_i(!stop), .valid_i(queued[e])", "an operator in the top")  # fmt: skip


class Format(unittest.TestCase):
    def test_it_brings_a_disturbed_file_back(self):
        for name in ("post/systole_post.sv", "shell/systole_engine_frame.sv", "systole_top.sv"):
            text = (ROOT / "rtl" / name).read_text()
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder) / "copy.sv"
                disturbed = re.sub(
                    r"^  (input|output)  ?logic", r"     \1 logic ", text, flags=re.M
                )
                disturbed = re.sub(r" <= ", "   <= ", disturbed)
                self.assertNotEqual(disturbed, text)
                copy.write_text(disturbed)
                command = [sys.executable, ROOT / "scripts/format_rtl.py"]
                check = subprocess.run([*command, "--check", copy], capture_output=True, text=True)
                self.assertEqual(check.returncode, 1)
                self.assertIn("copy.sv:", check.stdout)
                self.assertEqual(subprocess.run([*command, copy]).returncode, 0)
                self.assertEqual(copy.read_text(), text)


if __name__ == "__main__":
    unittest.main()
