"""Mutation score of the C++ that decides what is right.

    python3 -m mutate_cxx [--count N] [--seed S] [--shard I/N] [--jobs J] [--again] [--report]

Exit status: 0 every mutant of the shard is killed or explained; 1 one is not; 2 bad usage or a
build that failed.
"""

import concurrent.futures
import json
import sys
import time

from mutate.options import arguments, progress
from mutate.results import Results

from .files import ROOT
from .running import listed, run, trace
from .selection import campaign_hash, chosen, sites
from .table import tables
from .tree import BuildFailed, Tree


def parse():
    """The command line."""
    parser = arguments("mutate_cxx", __doc__.splitlines()[0], 700, "mutate_cxx")
    parser.add_argument("--longest", type=float, default=60, metavar="SECONDS",
                        help="leave out tests that take longer (60)")
    return parser.parse_args()


def campaign(options, numbered, results, work):
    """Builds, and runs what has no record yet."""
    earlier = known = results.all()
    if options.again:
        known = {key: record for key, record in known.items() if "by" in record}
    tree = Tree(work)
    print(f"mutate: building {len(numbered)} mutants", file=sys.stderr, flush=True)
    refused = tree.make(numbered, options.jobs)
    built = [pair for pair in numbered if pair[0] not in refused]
    (work / "refused.json").write_text(json.dumps(sorted(refused)), encoding="utf-8")
    tests = listed(tree.build)
    rtl = str(ROOT / "build/rtl")
    print(f"mutate: what {len(tests)} tests reach", file=sys.stderr, flush=True)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        trace(tests, tree, rtl, work / "reached.json", pool)
        mine = [p for p in built if (p[0] - 1) % options.shard[1] == options.shard[0] - 1]
        to_run = [pair for pair in mine if pair[1].key not in known]
        begin, first = time.monotonic(), len(mine) - len(to_run)
        left = sum("by" not in known[p[1].key] for p in mine if p[1].key in known)

        def job(pair):
            before = earlier.get(pair[1].key)
            return run(*pair, tests, tree, rtl, options.longest, before)

        for done, record in enumerate(pool.map(job, to_run), first + 1):
            results.add(record)
            left += "by" not in record
            progress(done, len(mine), left, begin, first)


def main():
    """The command line."""
    options = parse()
    by_file = sites(options.build, options.work, options.jobs)
    numbered = chosen(by_file, options.count, options.seed)
    work = options.work / f"{len(numbered)}-{options.seed}"
    results = Results(work, campaign_hash(by_file, numbered), options.shard)
    try:
        if not options.report:
            campaign(options, numbered, results, work)
    except BuildFailed as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    sites_all = sum(len(mutants) for mutants in by_file.values())
    lines, left = tables(numbered, results.all(), sites_all, work)
    print("\n".join(lines))
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    main()
