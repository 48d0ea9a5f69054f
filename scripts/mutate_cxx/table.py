"""The tables of a campaign: by folder, by operator, and who is left."""

import json
import tomllib

from mutate.percent import percent

from .files import ROOT, text

EXPLAINED = ROOT / "tests/mutants/explained_cxx.toml"
COLUMNS = ("own tests", "other tests", "simulator", "equivalent", "explained", "left")
KILLED = COLUMNS[:3]


def explanations():
    """By file, line of the file and change: why nobody can tell it, and if that is proven."""
    if not EXPLAINED.exists():
        return {}
    listed = tomllib.loads(EXPLAINED.read_text(encoding="utf-8")).get("mutant", [])
    return {(e["file"], e["line"], e["what"]): e for e in listed}


def classify(record, known):
    """The column of one mutant."""
    if "by" in record:
        if record["area"] == "rtl":
            return "simulator"
        return "own tests" if record["area"] == record["module"] else "other tests"
    line = text(record["file"]).splitlines()[record["line"] - 1].strip()
    entry = known.get((record["file"], line, record["what"]))
    if entry is None:
        return "left"
    return "equivalent" if entry.get("equivalent") else "explained"


def _rows(groups):
    yield f"| | mutants | {' | '.join(COLUMNS)} | killed, % |"
    yield "|---" * (len(COLUMNS) + 3) + "|"
    total = dict.fromkeys(COLUMNS, 0)
    for name, counts in [*sorted(groups.items()), ("all", total)]:
        if counts is not total:
            for column in COLUMNS:
                total[column] += counts[column]
        of = sum(counts.values())
        killed = sum(counts[column] for column in KILLED)
        cells = " | ".join(str(counts[column]) for column in COLUMNS)
        yield f"| {name} | {of} | {cells} | {percent(killed, of - counts['equivalent'])} |"


def tables(numbered, records, sites, work):
    """Lines of the report, and how many are left without an explanation."""
    refused_at, reached_at = work / "refused.json", work / "reached.json"
    refused = set(json.loads(refused_at.read_text())) if refused_at.exists() else set()
    reached = set()
    if reached_at.exists():
        for _, numbers in json.loads(reached_at.read_text()).values():
            reached |= set(numbers)
    known = explanations()
    folders, operators, left = {}, {}, []
    for number, mutant in numbered:
        record = records.get(mutant.key)
        if record is None:
            continue
        kind = classify(record, known)
        for groups, name in ((folders, mutant.module), (operators, mutant.operator)):
            groups.setdefault(name, dict.fromkeys(COLUMNS, 0))[kind] += 1
        if kind == "left":
            never = "" if number in reached else ", never reached"
            left.append(f"{mutant.file}:{mutant.line}: {mutant.operator}: {mutant.what}"
                        f" ({number}{never})")
    ran = sum(sum(counts.values()) for counts in folders.values())
    of = ran - sum(counts["equivalent"] for counts in folders.values())
    killed = sum(counts[column] for counts in folders.values() for column in KILLED)
    lines = [
        f"{ran} of {len(numbered) - len(refused)} mutants drawn of {sites} have run"
        f" ({len(refused)} more drawn do not compile); of {of} not equivalent {killed} are"
        f" killed ({percent(killed, of)} %); {len(left)} left",
        "", *_rows(folders), "", *_rows(operators),
    ]
    return lines + (["", "Left:", *sorted(left)] if left else []), len(left)
