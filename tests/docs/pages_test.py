"""The documentation as a whole: links, paths, targets, options, line lengths, the harness itself.
"""

import os
import re
import subprocess
import unittest

import pages

LIMIT = 100  # characters of a line of prose
SYSTOLE = os.environ.get("SYSTOLE", "")


def inline_code(page):
    """(line, text) of what stands between backticks in the prose."""
    for number, line in pages.prose(page):
        for text in re.findall(r"`([^`]+)`", line):
            yield number, text


class HarnessTest(unittest.TestCase):
    def test_matching(self):
        self.assertTrue(pages.matches(["a", "...", "d"], ["a", "b", "c", "d"]))
        self.assertTrue(pages.matches(["took … s", "..."], ["took 1.5 s"]))
        self.assertFalse(pages.matches(["a", "...", "d"], ["a", "b", "c"]))
        self.assertFalse(pages.matches(["took 2 s"], ["took 1 s"]))
        self.assertFalse(pages.matches(["a"], ["a", "b"]))


class PagesTest(unittest.TestCase):
    def test_lines_are_short(self):
        for page in pages.all_pages():
            for number, line in pages.prose(page):
                if line.startswith("|") or "](http" in line or line.startswith("    "):
                    continue
                self.assertLessEqual(len(line), LIMIT, f"{page}:{number}")

    def test_links_lead_somewhere(self):
        for page in pages.all_pages():
            folder = (pages.ROOT / page).parent
            for number, line in pages.prose(page):
                for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", line):
                    if not re.match(r"[a-z]+:", target):
                        self.assertTrue((folder / target).exists(), f"{page}:{number}: {target}")

    def test_anchors_exist(self):
        for page in pages.all_pages():
            folder = (pages.ROOT / page).parent
            for number, line in pages.prose(page):
                for target, anchor in re.findall(r"\]\(([^)#\s]*)#([^)]+)\)", line):
                    if re.match(r"[a-z]+:", target):
                        continue
                    other = (folder / target) if target else pages.ROOT / page
                    text = other.read_text(encoding="utf-8")
                    anchors = {
                        re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-")
                        for h in re.findall(r"^#+ (.*)$", text, re.M)
                    }
                    self.assertIn(anchor, anchors, f"{page}:{number}")

    def test_every_page_is_reached_from_the_readme(self):
        seen, todo = set(), ["README.md"]
        while todo:
            page = todo.pop()
            if page in seen:
                continue
            seen.add(page)
            folder = (pages.ROOT / page).parent
            for target in re.findall(r"\]\(([^)#\s]+\.md)(?:#[^)]*)?\)", pages.read(page)):
                if not re.match(r"[a-z]+:", target):
                    resolved = os.path.relpath((folder / target).resolve(), pages.ROOT)
                    if resolved in pages.all_pages():
                        todo.append(resolved)
        self.assertEqual(sorted(set(pages.all_pages()) - seen), [])

    def test_named_files_exist(self):
        """`rtl/x.sv`, `sw/y` and the like; `*` is any text, capitals a name to fill in."""
        top = {p.name for p in pages.ROOT.iterdir() if p.is_dir()} - {"build", ".venv", "data"}
        for page in pages.all_pages():
            for number, text in inline_code(page):
                match = re.fullmatch(r"([a-z_]+)/[\w./*-]*", text)
                if match and match.group(1) in top and not re.search(r"/[A-Z_]{3,}(/|$)", text):
                    name = text.rstrip("/")
                    found = list(pages.ROOT.glob(name)) + list(pages.ROOT.glob(name + ".cc"))
                    self.assertTrue(found, f"{page}:{number}: {text}")

    def test_named_make_targets_exist(self):
        makefile = (pages.ROOT / "Makefile").read_text(encoding="utf-8")
        targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.M))
        for page in pages.all_pages():
            for number, text in inline_code(page):
                match = re.match(r"make ([a-z-]+)", text)
                if match:
                    self.assertIn(match.group(1), targets, f"{page}:{number}")

    def test_commands_stand_in_console_blocks(self):
        """What looks like a command is marked as one, so that it is run."""
        start = re.compile(r"(\$ )?(make [a-z]|build/systole |scripts/\w+\.|python3 |\.venv/bin/)")
        for page in pages.all_pages():
            for number, line in pages.prose(page):
                if line.startswith("    ") and start.match(line.strip()):
                    self.fail(f"{page}:{number}: a command outside a console block")
            for fence in pages.fences(page):
                if fence.info[:1] in (["console"], ["text"]):
                    continue
                for offset, line in enumerate(fence.body, 1):
                    if start.match(line.strip()):
                        self.fail(f"{page}:{fence.line + offset}: outside a console block")


@unittest.skipUnless(SYSTOLE, "SYSTOLE names no program")
class OptionsTest(unittest.TestCase):
    def test_named_options_exist(self):
        """Every `--option` of the pages stands in the help of a program or script."""
        known = subprocess.run([SYSTOLE, "-h"], capture_output=True, text=True).stdout
        for command in (
            "run",
            "info",
            "compile",
            "config",
            "scalesim",
            "explore",
            "workload",
            "map",
            "check",
            "disassemble",
            "energy",
        ):
            done = subprocess.run([SYSTOLE, command, "-h"], capture_output=True, text=True)
            if done.returncode != 0:
                self.skipTest(f"no systole {command} here: make {command}")
            known += done.stdout
        for script in [
            *(pages.ROOT / "scripts").rglob("*.py"),
            *(pages.ROOT / "tests").rglob("*.py"),
        ]:
            known += script.read_text(encoding="utf-8")
        options = set(re.findall(r"--[a-z][a-z-]+", known))
        # Of systole-explore-study, googletest, CMake and Slurm.
        foreign = {"--patience", "--gtest_filter", "--build", "--target"}
        foreign |= {"--array", "--cpus-per-task", "--requeue", "--open-mode"}
        for page in pages.all_pages():
            for number, text in inline_code(page):
                for option in re.findall(r"(?<![\w-])--[a-z][a-z_-]+", text):
                    self.assertIn(option, options | foreign, f"{page}:{number}")


if __name__ == "__main__":
    unittest.main()
