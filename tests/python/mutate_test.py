"""The generator of make mutate: what it makes of a module, and that nothing is changed unasked."""

import collections
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
try:
    import pyslang
except ImportError:
    pyslang = None

if pyslang is not None:
    from mutate import building, equivalent, running, schemata, selection, sites, source, table
    from mutate.results import Results

MODULE = """// Counts.
module systole_small #(parameter int W = 4) (
  input  logic clk_i, input logic rst_ni, input logic en_i, input logic [W-1:0] step_i,
  output logic [W-1:0] sum_o
);
  localparam int TWICE = 2 * W;
  logic [W-1:0] sum_q, old_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) sum_q <= W'(0);
    else if (`SYSTOLE_ANY(en_i)) sum_q <= sum_q + step_i;
  end
  assign sum_o = sum_q;
  `SYSTOLE_ASSERT(Small, clk_i, rst_ni, sum_q < W'(9))
endmodule
"""


def read(text):
    """The text as a file of that name."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "rtl/common/systole_small.sv"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        return source.Source(path)


@unittest.skipIf(pyslang is None, "pyslang is not there; enabled by: make venv")
class MutateTest(unittest.TestCase):
    def test_the_mutants_of_a_small_module(self):
        made = {m.what for m in sites.mutants_of(read(MODULE))}
        for expected in (
            "sum_q + step_i -> (sum_q) - (step_i)",
            "sum_q <= W'(0); -> left out",
            "0 -> 1",
            "sum_q -> old_q",
        ):
            self.assertIn(expected, made)

    def test_parameters_clocks_and_assertions_have_none(self):
        self.assertFalse([m for m in sites.mutants_of(read(MODULE)) if "en_i" in m.what])
        lines = {m.line for m in sites.mutants_of(read(MODULE))}
        self.assertEqual(lines, {9, 10, 12})

    def test_a_switch_chooses_between_old_and_new(self):
        file = read(MODULE)
        mutants = sites.mutants_of(file)
        left_out = next(m for m in mutants if m.what.startswith("sum_q <= W'(0);"))
        constant = next(m for m in mutants if m.what == "0 -> 1")
        text = schemata.switched(file.text, [(3, left_out), (8, constant)])
        active = "systole_mutate_pkg::active"
        new = f"begin if ({active} != 3) sum_q <= W'((({active} == 8) ? (1) : (0))); end"
        self.assertEqual(text, MODULE.replace("sum_q <= W'(0);", new))

    def test_every_mutant_of_the_rtl_has_one_switch(self):
        for file in selection.sources():
            mutants = sites.mutants_of(file)
            self.assertEqual(schemata.switched(file.text, []), file.text)
            text = schemata.switched(file.text, list(enumerate(mutants, 1)))
            numbers = re.findall(r"systole_mutate_pkg::active [!=]= (\d+)\)", text)
            self.assertEqual(sorted(map(int, numbers)), list(range(1, len(mutants) + 1)))

    def test_what_is_explained_is_a_mutant_and_what_is_proven_is_one_alone(self):
        there = collections.Counter()
        for file in selection.sources():
            lines = file.text.splitlines()
            for m in sites.mutants_of(file):
                there[(m.module, lines[m.line - 1].strip(), m.what)] += 1
        for key, entry in table.explanations().items():
            self.assertIn(key, there)
            if entry.get("equivalent"):
                self.assertEqual(there[key], 1, key)

    @unittest.skipIf(shutil.which("yosys") is None, "yosys is not there")
    def test_the_miter_proves_what_changes_nothing_and_refuses_what_does(self):
        file = next(f for f in selection.sources() if f.module == "systole_tokens")
        found = {m.what: m for m in sites.mutants_of(file)}
        alone = "p / 4 != p % 4 && (issue_i[p%4] || give[p]) -> 1'((p / 4 != p % 4) != 0)"
        with tempfile.TemporaryDirectory() as folder:
            for what, same in ((alone, True), ("p -> (p) + 1", False)):
                proven = equivalent.proven(file, found[what], pathlib.Path(folder))
                self.assertEqual(proven, same, what)

    def test_each_module_has_its_share(self):
        sizes = {"large": 900, "small": 90, "tiny": 1, "none": 0}
        for count in (3, 10, 100, 991, 5000):
            given = selection.shares(sizes, count)
            self.assertEqual(sum(given.values()), min(count, 991))
            self.assertTrue(all(given[n] >= min(sizes[n], 1) for n in sizes))
            self.assertTrue(all(given[n] <= sizes[n] for n in sizes))

    def test_a_seed_draws_the_same_mutants_again(self):
        files = selection.sources()
        first, other = (selection.chosen(files, 300, seed) for seed in (1, 2))
        self.assertEqual(first, selection.chosen(files, 300, 1))
        self.assertNotEqual(first, other)
        self.assertEqual([number for number, _ in first], list(range(1, 301)))

    def test_results_go_on_where_they_were_cut(self):
        with tempfile.TemporaryDirectory() as folder:
            results = Results(pathlib.Path(folder), "a")
            results.add({"key": "one"})
            with open(results.path, "a", encoding="utf-8") as file:
                file.write('{"key": "tw')
            self.assertEqual(list(Results(pathlib.Path(folder), "a").all()), ["one"])
            self.assertEqual(list(Results(pathlib.Path(folder), "b").all()), [])

    def test_a_line_that_was_cut_takes_nothing_with_it(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "results-1-of-1.jsonl"
            path.write_text('{"campaign": "a"}\n{"key": "one"}\n{"key": "tw', encoding="utf-8")
            Results(pathlib.Path(folder), "a").add({"key": "three"})
            self.assertEqual(list(Results(pathlib.Path(folder), "a").all()), ["one", "three"])

    def test_results_stand_while_the_text_of_their_module_does(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            first = Results(folder, "a", texts={"m": "1", "n": "1"})
            for key in ("m", "n"):
                first.add({"key": key, "module": key})
            second = Results(folder, "b", texts={"m": "1", "n": "2"})
            self.assertEqual({k: r["ran"] for k, r in second.all().items()}, {"m": "a"})
            second.add({"key": "n", "module": "n"})
            ran = {k: r["ran"] for k, r in second.all().items()}
            self.assertEqual(ran, {"m": "a", "n": "b"})
            # Back at the first text: both of the first run, though the other has the last word.
            self.assertEqual({r["ran"] for r in first.all().values()}, {"a"})
            self.assertEqual(sorted(first.all()), ["m", "n"])
            self.assertEqual(Results(folder, "c").all(), {})

    def test_the_last_run_counts_whatever_its_shard(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            Results(folder, "a", (2, 2)).add({"key": "one"})
            Results(folder, "a", (1, 2)).add({"key": "one", "by": "check ws"})
            self.assertEqual(Results(folder, "a").all()["one"].get("by"), "check ws")

    def test_what_ran_before_other_modules_changed_is_told(self):
        mutants = list(enumerate(sites.mutants_of(read(MODULE)), 1))[:3]
        records = {m.key: {"ran": "old" if n == 2 else "new"} for n, m in mutants}
        self.assertEqual(table.kept(mutants, records, "new")[-1], "systole_small 1")
        self.assertEqual(table.kept(mutants[:1], records, "new"), [])

    def test_a_module_has_the_text_that_it_is_built_of(self):
        file, other = read(MODULE), read(MODULE.replace("sum_q + step_i", "sum_q - step_i"))
        self.assertEqual(building.texts([file]), building.texts([read(MODULE)]))
        self.assertNotEqual(building.texts([file]), building.texts([other]))

    def test_the_line_that_found_it(self):
        said = "post 1\n  DIFFERENT: post: failed (/x/y/rtl/post/systole_post.sv:0)\n"
        self.assertEqual(running.found_by(said, "", 1), "post: failed (rtl/post/systole_post.sv:0)")
        self.assertEqual(running.found_by("", "error: never\n", 4), "error: never")
        self.assertEqual(running.found_by("", "", -11), "ended by signal 11")

    def test_the_score_leaves_out_what_is_proven_equivalent_and_rounds_down(self):
        self.assertEqual(table.percent(1499, 1500), "99.9")
        self.assertEqual(table.percent(0, 0), "-")


if __name__ == "__main__":
    unittest.main()
