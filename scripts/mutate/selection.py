"""Which mutants a campaign has: so many of all, by seed, each module its share."""

import hashlib
import pathlib

from .shares import shares
from .sites import mutants_of
from .source import Source

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Constants and checks of parameters: nothing in them can be switched at run time.
OF_ELABORATION = {"systole_pkg", "systole_check_params"}


def sources():
    """Every RTL file that can have mutants, in the order of their paths."""
    paths = sorted((ROOT / "rtl").rglob("*.sv"))
    return [Source(path) for path in paths if path.stem not in OF_ELABORATION]


def chosen(files, count, seed):
    """(number, mutant) pairs, numbered from 1 in an order that the seed draws."""
    by_module = {source.module: mutants_of(source) for source in files}

    def draw(mutant):
        return hashlib.sha256(f"{seed} {mutant.key}".encode()).hexdigest()

    given = shares({module: len(mutants) for module, mutants in by_module.items()}, count)
    kept = []
    for module, mutants in by_module.items():
        kept += sorted(mutants, key=draw)[: given[module]]
    return list(enumerate(sorted(kept, key=draw), 1))
