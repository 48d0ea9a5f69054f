"""spec/ refuses definitions that contradict each other, and says which."""

import copy
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "spec"))

from systole_spec.check import check  # noqa: E402
from systole_spec.expression import check_divisors  # noqa: E402
from systole_spec.load import Counter, Opcode, Place, Register, Rounding  # noqa: E402
from systole_spec.load import SpecError, load  # noqa: E402


class DefinitionsTest(unittest.TestCase):
    def setUp(self):
        self.spec = copy.deepcopy(load(ROOT / "spec"))

    def refused(self, *words):
        with self.assertRaises(SpecError) as caught:
            check(self.spec)
            check_divisors(self.spec)
        for word in words:
            self.assertIn(word, str(caught.exception))

    def change_field(self, group, name, **change):
        fields = self.spec.fields[group]
        place = next(i for i, f in enumerate(fields) if f.name == name)
        fields[place] = fields[place]._replace(**change)
        self.spec.all_fields = [f for g in self.spec.fields.values() for f in g]

    def test_the_shipped_definitions_agree(self):
        check(self.spec)
        check_divisors(self.spec)

    def test_fields_that_share_a_bit(self):
        self.change_field("matmul", "MmNx", width=11)
        self.refused("MmNx", "MmNy", "bit 138")

    def test_a_field_past_the_end(self):
        self.change_field("post", "PoHi", lsb=250)
        self.refused("PoHi", "255")

    def test_a_field_over_a_common_one(self):
        self.change_field("transfer", "LsFill", lsb=20)
        self.refused("Push", "LsFill")

    def test_an_opcode_of_no_engine(self):
        self.spec.opcodes.append(Opcode("Spare", 0x60, ""))
        self.refused("Spare", "engine")

    def test_an_opcode_that_looks_like_a_sync(self):
        self.spec.opcodes = [o for o in self.spec.opcodes if o.name != "SyncPost"]
        self.spec.opcodes.append(Opcode("Spare", 0x3F, ""))
        self.refused("Spare", "Sync alone")

    def test_two_opcodes_of_one_code(self):
        self.spec.opcodes.append(Opcode("Spare", 0x20, ""))
        self.refused("opcode code 32", "twice")

    def test_two_registers_at_one_offset(self):
        self.spec.registers.append(Register("Spare", 0x080, "RO", "0", ""))
        self.refused("0x080", "Spare", "Param0")

    def test_a_counter_over_the_engines(self):
        self.spec.counters.append(Counter("Spare", 0x120, 1, ""))
        self.refused("0x120")

    def test_a_hole_between_counters(self):
        self.spec.counters.append(Counter("Spare", 0x1B0, 1, ""))
        self.spec.counter_end = 0x1B8
        self.refused("hole", "0x1A0")

    def test_more_rounding_modes_than_the_field_holds(self):
        while len(self.spec.roundings) <= 8:
            self.spec.roundings.append(Rounding(f"Mode{len(self.spec.roundings)}", "mode", ""))
        self.refused("9 rounding modes", "3 bits of PoRounding")

    def test_parameters_that_share_a_register_bit(self):
        self.spec.places["COLS"] = Place(0, 7, 8)
        self.refused("ROWS", "COLS", "PARAM0")

    def test_a_parameter_without_a_rule(self):
        self.spec.rules = [r for r in self.spec.rules if r.parameter != "ROW_SUM"]
        self.refused("ROW_SUM", "no rule")

    def test_a_limit_beyond_its_field(self):
        for i, rule in enumerate(self.spec.rules):
            if rule.parameter == "COLS":
                self.spec.rules[i] = rule._replace(condition="2 <= COLS <= 128")
        self.refused("MmWcols", "128", "7 bits")

    def test_a_limit_beyond_its_register(self):
        for i, rule in enumerate(self.spec.rules):
            if rule.parameter == "OUTSTANDING":
                self.spec.rules[i] = rule._replace(condition="1 <= OUTSTANDING <= 256")
        self.refused("OUTSTANDING", "256", "8 bits of PARAM")

    def test_a_division_by_a_parameter_not_judged_yet(self):
        self.spec.rules.reverse()
        self.refused("divides by")


if __name__ == "__main__":
    unittest.main()
