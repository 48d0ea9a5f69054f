"""Buffers behind heavy outputs (scripts/ppa/buffers.py), by hand-made cells."""

import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "scripts"))
from ppa import buffers, liberty, synthesis  # noqa: E402  pylint: disable=wrong-import-position
from ppa.flat import Flat  # noqa: E402  pylint: disable=wrong-import-position


def module(name, ports, cells):
    """Text as Yosys writes it: ports by (way, name, range), cells by (kind, name, pins)."""
    lines = [f"module {name}({', '.join(port for _, port, _ in ports)});"]
    for way, port, size in ports:
        lines += [f"  {way} {size}{port};", f"  wire {size}{port};"]
    for kind, instance, pins in cells:
        wired = ",\n".join(f"    .{pin}({net})" for pin, net in pins.items())
        lines += [f"  {kind} {instance} (", wired, "  );"]
    return "\n".join([*lines, "endmodule", ""])


class BuffersTest(unittest.TestCase):
    """An inverter of `one` drives four of `two`: more than a quarter of 8, of which one input is 1.
    Its other one drives two."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        text = (HERE / "cells.lib").read_text()
        text = text.replace('function : "!A";', 'max_capacitance : 8; function : "!A";')
        text = text.replace('function : "A";', 'max_capacitance : 20; function : "A";')
        (self.folder / "cells.lib").write_text(text)
        self.library = liberty.Library(self.folder / "cells.lib")
        bus = "[2:1] "
        inverters = [("INV", f"i{n}", {"A": f"x[{n // 4 + 1}]"}) for n in range(6)]
        inverters += [("INV", "i6", {"A": "z"})]
        own = [("INV", f"n{n}", {"A": f"a[{n}]", "Y": f"y[{n}]"}) for n in (1, 2)]
        own += [("INV", "back", {"A": "y[1]", "Y": "z"})]
        texts = {
            "one": module(
                "one", [("input", "a", bus), ("output", "y", bus), ("output", "z", "")], own
            ),
            "two": module("two", [("input", "x", bus), ("input", "z", "")], inverters),
            "both": module(
                "both",
                [("input", "a", bus)],
                [
                    ("one", "u", {"a": "a", "y": "w", "z": "v"}),
                    ("two", "t", {"x": "w", "z": "v"}),
                ],
            ).replace("  one u", "  wire [2:1] w;\n  wire v;\n  one u"),
        }
        for name, text in texts.items():
            (self.folder / f"{name}.v").write_text(text)
        found = synthesis.modules(texts, self.library, set())
        self.netlist = synthesis.Netlist("both", self.folder, found, [], {})

    def loads(self):
        """Driver's name -> names of what its net drives."""
        flat, found = Flat(self.netlist, "both", self.library), {}
        for driver in flat.cells:
            (pin,) = self.library.cells[driver.kind].outputs
            net = driver.nets[pin]
            driven = [p.name for p in flat.cells if p.nets.get("A") == net and p is not driver]
            found[driver.name] = sorted(driven)
        return found

    def test_the_heavy_one_alone(self):
        before = self.loads()
        self.assertEqual(before["n1"], ["back", "i0", "i1", "i2", "i3"])
        texts = buffers.texts(self.netlist, self.library)
        self.assertEqual(list(texts), ["one"])
        synthesis.replace(self.netlist, texts, self.library)
        self.assertEqual(self.netlist.modules["one"].cells, {"INV": 3, "BUF": 1})
        after = self.loads()
        self.assertEqual(after["n1"], ["back", "y_buffer_0"])
        self.assertEqual(after["y_buffer_0"], ["i0", "i1", "i2", "i3"])
        for name in ("n2", "back"):
            self.assertEqual(after[name], before[name])

    def test_no_second_time(self):
        texts = buffers.texts(self.netlist, self.library)
        synthesis.replace(self.netlist, texts, self.library)
        self.assertEqual(buffers.texts(self.netlist, self.library), {})


if __name__ == "__main__":
    unittest.main()
