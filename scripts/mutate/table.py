"""The tables of a campaign: by module, by operator, and what became of each survivor."""

import tomllib

from .percent import percent
from .selection import ROOT

EXPLAINED = ROOT / "tests/mutants/explained.toml"


def explanations():
    """By module, line of the file and change: why nobody can tell it, and if that is proven."""
    if not EXPLAINED.exists():
        return {}
    with open(EXPLAINED, "rb") as file:
        listed = tomllib.load(file).get("mutant", [])
    return {(e["module"], e["line"], e["what"]): e for e in listed}


def classify(record, mutant, known, files):
    """check, later, equivalent, explained or left."""
    by = record.get("by")
    if by is not None:
        return "check" if by.startswith("check ") else "later"
    line = files[mutant.module].text.splitlines()[mutant.line - 1].strip()
    entry = known.get((mutant.module, line, mutant.what))
    if entry is None:
        return "left"
    return "equivalent" if entry.get("equivalent") else "explained"


COLUMNS = ("check", "later", "equivalent", "explained", "left")


def summary(modules, drawn):
    """One line: how many, and the score."""
    sums = {column: sum(counts[column] for counts in modules.values()) for column in COLUMNS}
    ran = sum(sums.values())
    of = ran - sums["equivalent"]
    killed = sums["check"] + sums["later"]
    return (
        f"{ran} of {drawn} mutants drawn have run; of {of} not equivalent {killed} are killed"
        f" ({percent(killed, of)} %), {sums['check']} by make check"
        f" ({percent(sums['check'], of)} %); {sums['left']} left"
    )


def _rows(groups):
    yield "| | mutants | by `make check` | later | equivalent | explained | left | killed, % |"
    yield "|---|---|---|---|---|---|---|---|"
    total = dict.fromkeys(COLUMNS, 0)
    for name, counts in [*sorted(groups.items()), ("all", total)]:
        if counts is not total:
            for column in COLUMNS:
                total[column] += counts[column]
        killed = counts["check"] + counts["later"]
        of = sum(counts.values())
        cells = [str(counts[column]) for column in COLUMNS]
        score = percent(killed, of - counts["equivalent"])
        yield f"| {name} | {of} | {' | '.join(cells)} | {score} |"


def tables(numbered, records, sources):
    """Lines of the report, and how many are left without an explanation."""
    files = {source.module: source for source in sources}
    known = explanations()
    modules, operators, survived = {}, {}, {"left": [], "explained": [], "equivalent": []}
    for number, mutant in numbered:
        record = records.get(mutant.key)
        if record is None:
            continue
        kind = classify(record, mutant, known, files)
        for groups, name in ((modules, mutant.module), (operators, mutant.operator)):
            groups.setdefault(name, dict.fromkeys(COLUMNS, 0))[kind] += 1
        if kind in survived:
            line = f"{mutant.module}.sv:{mutant.line}: {mutant.operator}: {mutant.what} ({number})"
            unseen = "" if record.get("tried") else ", in none of the builds"
            survived[kind].append((mutant.module, mutant.line, number, line + unseen))
    lines = [summary(modules, len(numbered)), "", *_rows(modules), "", *_rows(operators)]
    for kind, entries in survived.items():
        if entries:
            lines += ["", f"{kind.capitalize()}:", *(entry[3] for entry in sorted(entries))]
    return lines, len(survived["left"])


def kept(numbered, records, campaign):
    """Lines of the report: by module, what ran on this text while another module had another."""
    modules = {}
    for _, mutant in numbered:
        if records.get(mutant.key, {"ran": campaign})["ran"] != campaign:
            modules[mutant.module] = modules.get(mutant.module, 0) + 1
    if not modules:
        return []
    total = sum(modules.values())
    lines = [f"{module} {count}" for module, count in sorted(modules.items())]
    return ["", f"Ran on this text, while another module was otherwise, {total}:", *lines]
