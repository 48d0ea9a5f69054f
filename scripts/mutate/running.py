"""Runs one mutant through the stages, cheapest first, until one tells it from the original."""

import dataclasses
import os
import re
import resource
import subprocess
import time

from .building import CONFIGURATIONS

# Areas of `systole check` that tell most about a folder's modules, by cost; then all of them.
FIRST = {
    "loadstore": ["transfers", "windows", "bus errors"],
    "matmul": ["columns"],
    "memory": ["transfers", "columns", "post"],
    "post": ["post", "activations"],
    "shell": ["registers", "tokens", "bus errors"],
    "row": ["rows"],
    "common": ["registers", "tokens"],
}
# Of configurations in which a module is for what they alone have.
OWN = {"row": ["rows", "layers"], "dataflows": ["tiles", "filters"]}
# Of processor time, beyond any simulation that ends: each wait has its limit in cycles.
SECONDS = 120


class Useless(Exception):
    """A run that says nothing of the mutant: a library that is not there."""


@dataclasses.dataclass(frozen=True)
class Stage:
    """One command, in the name of a configuration."""

    name: str
    command: list
    libraries: str

    def run(self, number):
        """None, or the line by which the mutant was found."""
        environment = dict(
            os.environ, SYSTOLE_MUTANT=str(number), SYSTOLE_RTL_DIR=self.libraries
        )
        limit = (SECONDS, SECONDS + 5)
        done = subprocess.run(
            self.command,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, limit),
        )
        if done.returncode == 0:
            return None
        if done.returncode == 2:
            raise Useless(done.stderr[-500:])
        return found_by(done.stdout, done.stderr, done.returncode)


def found_by(output, errors, status):
    """The line that tells the difference, without folders."""
    for line in output.splitlines():
        if "DIFFERENT: " in line:
            line = line.split("DIFFERENT: ", 1)[1]
            return re.sub(r"\(\S*/((?:rtl|tb)/\S+)\)", r"(\1)", line)
    if status < 0:
        return f"ended by signal {-status}"
    return (errors.strip().splitlines() or [f"exit status {status}"])[-1]


def stages(mutant, number, present, systole, libraries):
    """The check of the configurations that tell most of the mutant, one area first."""
    folder = mutant.file.split("/rtl/")[1].split("/")[0]
    names = [name for name in CONFIGURATIONS if number in present[name]]
    # The dataflows differ in the array alone; the other array, in what it has for itself.
    names = names[: 2 if folder == "matmul" and names[:1] == ["ws"] else 1]
    for name in names:
        command = [systole, "check", "--first"]
        for parameter, value in CONFIGURATIONS[name].items():
            command += ["--param", f"{parameter}={value}"]
        for area in OWN.get(name, FIRST[folder]):
            yield Stage(f"check {name}, {area}", command + ["--area", area], libraries)
        yield Stage(f"check {name}", command, libraries)


def run(mutant, number, present, systole, libraries):
    """The record of one mutant."""
    begin = time.monotonic()
    record = {
        "key": mutant.key,
        "number": number,
        "module": mutant.module,
        "line": mutant.line,
        "operator": mutant.operator,
        "what": mutant.what,
    }
    tried = []
    for stage in stages(mutant, number, present, systole, libraries):
        line = stage.run(number)
        tried.append(stage.name)
        if line is not None:
            record.update(by=stage.name, found=line)
            break
    record["tried"] = tried
    record["seconds"] = round(time.monotonic() - begin, 2)
    return record
