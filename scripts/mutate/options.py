"""The command line and the progress line of a campaign."""

import argparse
import pathlib
import re
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


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


def arguments(program, about, count, folder):
    """What every campaign takes; results below build/folder."""
    parser = argparse.ArgumentParser(prog=program, description=about)
    parser.add_argument("--count", type=positive, default=count, help=f"mutants ({count})")
    parser.add_argument("--seed", type=seed, default=1, help="which mutants (1)")
    parser.add_argument("--shard", type=shard, default=(1, 1), metavar="I/N", help="a part of them")
    parser.add_argument("--jobs", type=positive, default=1, help="mutants at a time")
    parser.add_argument("--again", action="store_true", help="those that were left, once more")
    parser.add_argument("--report", action="store_true", help="only the tables of what is there")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/host")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build" / folder)
    return parser


def progress(done, of, left, begin, before):
    """One line on standard error, with the time that the rest takes at this pace."""
    seconds = (time.monotonic() - begin) * (of - done) / max(1, done - before)
    hours, rest = divmod(int(seconds), 3600)
    end = "\n" if done == of or not sys.stderr.isatty() else "\r"
    if sys.stderr.isatty() or done % 25 == 0 or done == of:
        text = f"mutate: {done} of {of}, {left} not found, {hours}:{rest // 60:02}:{rest % 60:02}"
        print(text + " to go ", end=end, file=sys.stderr, flush=True)
