"""Mutation score of the RTL.

    python -m mutate [--count N] [--seed S] [--shard I/N] [--jobs J] [--again] [--report]

Exit status: 0 every mutant of the shard is killed or explained; 1 one is not; 2 bad usage or a
build that failed.
"""

import concurrent.futures
import sys
import time

from .building import CONFIGURATIONS, BuildFailed, Tree, campaign_hash, texts
from .options import arguments, progress
from .results import Results
from .running import Useless, run
from .selection import chosen, sources
from .table import kept, tables


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
    options = arguments("mutate", __doc__.splitlines()[0], 1500, "mutate").parse_args()
    files = sources()
    numbered = chosen(files, options.count, options.seed)
    work = options.work / f"{len(numbered)}-{options.seed}"
    results = Results(work, campaign_hash(files, numbered), options.shard, texts(files))
    options.work = work
    try:
        if not options.report:
            campaign(options, files, numbered, results)
    except (BuildFailed, Useless) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    records = results.all()
    lines, left = tables(numbered, records, files)
    print("\n".join(lines + kept(numbered, records, results.campaign)))
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    main()
