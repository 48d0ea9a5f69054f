"""Mutation score of the RTL.

    python -m mutate [--count N] [--seed S] [--shard I/N] [--jobs J] [--again] [--report]

Exit status: 0 every mutant of the shard is killed or explained; 1 one is not; 2 bad usage or a
build that failed.
"""

import argparse
import concurrent.futures
import pathlib
import re
import sys
import time

from .building import CONFIGURATIONS, BuildFailed, Tree, campaign_hash
from .results import Results
from .running import Useless, run
from .selection import ROOT, chosen, sources
from .table import tables


def positive(text):
    """A count of one at least."""
    if not re.fullmatch(r"[1-9]\d{0,8}", text):
        raise argparse.ArgumentTypeError(f"{text}: must be a whole number from 1")
    return int(text)


def seed(text):
    """A whole number."""
    if not re.fullmatch(r"\d{1,9}", text):
        raise argparse.ArgumentTypeError(f"{text}: must be a whole number")
    return int(text)


def shard(text):
    """I/N with 1 <= I <= N."""
    match = re.fullmatch(r"([1-9]\d{0,5})/([1-9]\d{0,5})", text)
    if not match or int(match[1]) > int(match[2]):
        raise argparse.ArgumentTypeError(f"{text}: must be I/N with I from 1 to N, as 2/8")
    return int(match[1]), int(match[2])


def parse():
    """The command line."""
    parser = argparse.ArgumentParser(prog="mutate", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=positive, default=1500, help="mutants (1500)")
    parser.add_argument("--seed", type=seed, default=1, help="which mutants (1)")
    parser.add_argument("--shard", type=shard, default=(1, 1), metavar="I/N", help="a part of them")
    parser.add_argument("--jobs", type=positive, default=1, help="mutants at a time")
    parser.add_argument("--again", action="store_true", help="those that were left, once more")
    parser.add_argument("--report", action="store_true", help="only the tables of what is there")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/host")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build/mutate")
    return parser.parse_args()


def progress(done, of, left, begin, before):
    """One line on standard error, with the time that the rest takes at this pace."""
    seconds = (time.monotonic() - begin) * (of - done) / max(1, done - before)
    hours, rest = divmod(int(seconds), 3600)
    end = "\n" if done == of or not sys.stderr.isatty() else "\r"
    if sys.stderr.isatty() or done % 25 == 0 or done == of:
        text = f"mutate: {done} of {of}, {left} not found, {hours}:{rest // 60:02}:{rest % 60:02}"
        print(text + " to go ", end=end, file=sys.stderr, flush=True)


def campaign(options, files, numbered, results):
    """Builds, and runs what has no record yet."""
    known = results.all()
    if options.again:
        known = {key: record for key, record in known.items() if "by" in record}
    mine = [p for p in numbered if (p[0] - 1) % options.shard[1] == options.shard[0] - 1]
    to_run = [pair for pair in mine if pair[1].key not in known]
    if not to_run:
        return
    tree = Tree(options.work, options.build.resolve())
    tree.write(files, numbered)
    print(f"mutate: building {len(numbered)} mutants", file=sys.stderr, flush=True)
    jobs = max(1, options.jobs // len(CONFIGURATIONS))
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        built = pool.map(lambda p: tree.build(p, jobs), CONFIGURATIONS.values())
        present = dict(zip(CONFIGURATIONS, built))
    systole = tree.systole()
    libraries = str(tree.libraries)
    for name, original in unswitched(numbered, present, systole, libraries):
        raise BuildFailed(f"the RTL without an active mutant fails {name}: {original}")
    begin, before = time.monotonic(), len(mine) - len(to_run)
    left = sum("by" not in known[p[1].key] for p in mine if p[1].key in known)

    def job(pair):
        return run(pair[1], pair[0], present, systole, libraries)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for done, record in enumerate(pool.map(job, to_run), before + 1):
            results.add(record)
            left += "by" not in record
            progress(done, len(mine), left, begin, before)


def unswitched(numbered, present, systole, libraries):
    """Checks that number 0 is the original: what of the checks it fails."""
    from .running import stages  # pylint: disable=import-outside-toplevel

    mutant = numbered[0][1]
    everywhere = {name: {0} for name in present}
    for stage in stages(mutant, 0, everywhere, systole, libraries):
        line = stage.run(0)
        if line is not None:
            yield stage.name, line


def main():
    """The command line."""
    options = parse()
    files = sources()
    numbered = chosen(files, options.count, options.seed)
    work = options.work / f"{len(numbered)}-{options.seed}"
    results = Results(work, campaign_hash(files, numbered), options.shard)
    options.work = work
    try:
        if not options.report:
            campaign(options, files, numbered, results)
    except (BuildFailed, Useless) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    lines, left = tables(numbered, results.all(), files)
    print("\n".join(lines))
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    main()
