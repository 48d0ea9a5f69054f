"""Which mutants a campaign has: so many of all, by seed, each file its share."""

import concurrent.futures
import dataclasses
import hashlib
import json

from mutate.shares import shares

from .files import FOLDERS, ROOT, parse, text, units
from .sites import Finder, Mutant


def _found(unit):
    """Of one unit and the headers it reads."""
    return Finder(parse(*unit), set()).all()


def sites(build, folder, jobs):
    """Every mutant by file; kept below the folder until a source or this package changes."""
    digest = hashlib.sha256()
    own = sorted((ROOT / "scripts/mutate_cxx").glob("*.py"))
    listed = [p for f in FOLDERS for p in sorted((ROOT / "sw" / f).glob("*.[ch]*"))]
    for path in [*(p for p in own if p.stem in ("files", "sites")), *listed]:
        digest.update(path.read_bytes())
    kept = folder / f"sites-{digest.hexdigest()[:16]}.json"
    if kept.exists():
        found = json.loads(kept.read_text(encoding="utf-8"))
        return {name: [Mutant(**m) for m in mutants] for name, mutants in found.items()}
    by_file = {}
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        for found in pool.map(_found, units(build)):
            for name, mutants in found.items():
                by_file.setdefault(name, mutants)
    by_file = {name: mutants for name, mutants in sorted(by_file.items()) if mutants}
    folder.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps({n: [dataclasses.asdict(m) for m in ms]
                                for n, ms in by_file.items()}), encoding="utf-8")
    return by_file


def chosen(by_file, count, seed):
    """(number, mutant) pairs, numbered from 1 in an order that the seed draws."""

    def draw(mutant):
        return hashlib.sha256(f"{seed} {mutant.key}".encode()).hexdigest()

    given = shares({name: len(mutants) for name, mutants in by_file.items()}, count)
    kept = []
    for name, mutants in by_file.items():
        kept += sorted(mutants, key=draw)[: given[name]]
    return list(enumerate(sorted(kept, key=draw), 1))


def campaign_hash(by_file, numbered):
    """The sources and their mutants: results of another are not this one's."""
    digest = hashlib.sha256()
    for name in by_file:
        digest.update(text(name).encode("latin-1"))
    for number, mutant in numbered:
        digest.update(f"{number} {mutant.key}".encode("latin-1", "replace"))
    return digest.hexdigest()[:16]
