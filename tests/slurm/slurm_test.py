#!/usr/bin/env python3
"""A sweep as a Slurm job array on a real one-node cluster: a worker and then the node are killed in
mid-job.

Usage: tests/slurm/slurm_test.py --systole PROGRAM
Shards of slurm.toml run through scripts/slurm_explore.sbatch. One worker gets SIGKILL (its script
requeues the task), then slurmd and all that runs under it (Slurm requeues those tasks when the node
is given up). In the end every task has completed, and the merged stores export exactly the bytes of
the CSV that one run writes. Exit status: 0 passed or skipped (says why), 1 failed.
"""

import argparse
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from cluster import PROGRAMS, Cluster, program, wait_for

_ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
_SHARDS = 4


def _run(*command, **options):
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=100, **options
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: status {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def _size(store):
    try:
        return os.path.getsize(store)
    except FileNotFoundError:
        return 0


def _rows(store):
    """Committed rows of a store that nobody has open; of a copy, so that a killed worker's journal
    stays as it is.
    """
    with tempfile.TemporaryDirectory(prefix="systole-rows-") as folder:
        for suffix in ("", "-journal"):
            if os.path.exists(store + suffix):
                shutil.copy(store + suffix, f"{folder}/copy{suffix}")
        if not os.path.exists(f"{folder}/copy"):
            return 0
        connection = sqlite3.connect(f"{folder}/copy")
        try:
            if not connection.execute(
                "SELECT 1 FROM sqlite_master WHERE name = 'points'"
            ).fetchone():
                return 0
            return connection.execute("SELECT count(*) FROM points").fetchone()[0]
        finally:
            connection.close()


def _worker(cluster, task):
    for pid, name in cluster.processes(SLURM_ARRAY_TASK_ID=task).items():
        if name == "systole-explore":
            return pid
    return None


class _Array:
    def __init__(self, cluster, space, stores, environment, log):
        self.cluster, self.stores = cluster, stores
        cluster.environment.update(environment)
        out = cluster.call(
            "sbatch",
            "--parsable",
            f"--array=1-{_SHARDS}",
            f"--chdir={_ROOT}",
            f"--output={log}",
            f"{_ROOT}/scripts/slurm_explore.sbatch",
            str(_SHARDS),
            space,
            stores,
        )
        self.job = out.strip()

    def store(self, task):
        return f"{self.stores}/shard-{task}.sqlite"

    def fields(self, name):
        """{task: value} of a field of `scontrol show job`, such as JobState or Restarts."""
        found = {}
        for line in self.cluster.call(
            "scontrol", "-o", "show", "job", self.job, check=False
        ).splitlines():
            task, value = re.search(r"\bArrayTaskId=(\S+)", line), re.search(
                rf"\b{name}=(\S+)", line
            )
            if task and task[1].isdigit() and value:
                found[int(task[1])] = value[1]
        return found

    def in_the_middle(self, whole):
        """Tasks at work whose store has grown to between 10 % and 70 % of its size when it is
        `whole` (it holds a lock).
        """
        return [
            task
            for task in range(1, _SHARDS + 1)
            if 0.1 * whole < _size(self.store(task)) < 0.7 * whole and _worker(self.cluster, task)
        ]


def _one_run(systole, folder, cpu_seconds):
    """The space, and its store and CSV by one run of at least so many CPU seconds: a faster machine
    gets more points.
    """
    here = os.path.dirname(os.path.abspath(__file__))
    space = f"{folder}/slurm.toml"
    with open(f"{here}/slurm.toml", encoding="utf-8") as file:
        text = file.read().replace("../../models", f"{_ROOT}/models")
    while True:
        with open(space, "w", encoding="utf-8") as out:
            out.write(text)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        _run(
            systole,
            "explore",
            space,
            "--store",
            f"{folder}/one.sqlite",
            "--csv",
            f"{folder}/one.csv",
        )
        took = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        sizes = re.search(r"sram_kb = \[(.*)\]", text)[1].split(",")
        if took >= cpu_seconds or len(sizes) > 1000:
            return space
        more = range(1, 2 + int(len(sizes) * 1.3 * cpu_seconds / max(took, 0.1)))
        text = re.sub(r"sram_kb = .*", f"sram_kb = [{', '.join(map(str, more))}]", text)
        os.remove(f"{folder}/one.sqlite")


def _test(systole, folder):
    say = lambda text: print(f"slurm: {time.monotonic() - begin:5.1f} s  {text}", flush=True)
    begin = time.monotonic()
    space = _one_run(systole, folder, 8)
    one, merged = f"{folder}/one.csv", f"{folder}/merged.csv"
    total = _rows(f"{folder}/one.sqlite")
    share, whole = total / _SHARDS, _size(f"{folder}/one.sqlite") / _SHARDS
    say(f"one run without Slurm: {total} rows")

    os.mkdir(f"{folder}/stores")
    os.mkdir(f"{folder}/cluster")
    with Cluster(f"{folder}/cluster") as cluster:
        say("cluster up: slurmctld, slurmd, munged")
        array = _Array(
            cluster, space, f"{folder}/stores", {"SYSTOLE": systole}, f"{folder}/task-%a.log"
        )

        victim = wait_for("a worker in mid-job", 60, lambda: array.in_the_middle(whole))[0]
        pid = _worker(cluster, victim)
        os.kill(pid, signal.SIGKILL)
        wait_for("its end", 10, lambda: pid not in cluster.processes())
        kept = {victim: _rows(array.store(victim))}
        say(f"SIGKILL to the worker of task {victim} after {kept[victim]} of {share:.0f} rows")

        wait_for("the requeue", 20, lambda: int(array.fields("Restarts").get(victim, 0)) > 0)
        others = lambda: [task for task in array.in_the_middle(whole) if task != victim]
        middle = wait_for("another worker in mid-job", 60, others)
        cluster.kill_node()
        kept.update((task, _rows(array.store(task))) for task in middle)
        say(
            "SIGKILL to slurmd and all under it; "
            + ", ".join(f"task {t} after {kept[t]} rows" for t in middle)
        )
        wait_for("the node given up", 60, lambda: cluster.node_state().startswith("down"))
        cluster.start_node()
        say("the node was given up, and is back")

        wait_for(
            "the whole array",
            120,
            lambda: not cluster.call("squeue", "-h", "-j", array.job, check=False).strip(),
        )
        states, restarts = array.fields("JobState"), array.fields("Restarts")
        say("; ".join(f"task {t} {states[t]}, {restarts[t]} restarts" for t in sorted(states)))
        assert states == {t: "COMPLETED" for t in range(1, _SHARDS + 1)}, states
        assert all(int(restarts[t]) >= 1 for t in {victim, *middle}), restarts
        stores = [array.store(t) for t in range(1, _SHARDS + 1)]
        for task, rows in kept.items():
            assert (
                0 < rows < 0.9 * share
            ), f"task {task} was not in mid-job: {rows} rows of {share:.0f}"
            with open(f"{folder}/task-{task}.log", encoding="utf-8") as file:
                text = file.read()
            # What was committed before the kill was found again, all of it, and not computed once
            # more.
            found = re.search(r"start [2-9](.|\n)*\(and ([\d,]+) from the store\)", text)
            assert (
                found and int(found[2].replace(",", "")) == rows
            ), f"task {task}, {rows} rows before: {text}"
        _run(systole, "explore", "merge", f"{folder}/merged.sqlite", *stores)
    _run(
        systole, "explore", space, "--store", f"{folder}/merged.sqlite", "--resume", "--csv", merged
    )
    with open(one, "rb") as a, open(merged, "rb") as b:
        assert a.read() == b.read(), f"{merged} differs from {one}"
    say(
        f"merged {_SHARDS} stores: {_rows(f'{folder}/merged.sqlite')} rows, the CSV equal to that"
        " of one run in every byte"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--systole", required=True, help="the command line program")
    arguments = parser.parse_args()
    missing = [name for name in PROGRAMS if program(name) is None]
    if missing:
        print(
            f"slurm: SKIPPED: {', '.join(missing)} not installed; scripts/setup.sh slurm (as root)"
            " installs them"
        )
        return 0
    folder = tempfile.mkdtemp(prefix="systole-slurm-")
    try:
        _test(os.path.abspath(arguments.systole), folder)
    except (RuntimeError, AssertionError) as error:
        print(f"slurm: FAILED: {error}; logs in {folder}", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    print("slurm: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
