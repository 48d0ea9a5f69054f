#!/usr/bin/env python3
"""Fetches MNIST and Fashion-MNIST (official file names, checksums verified) into the layout that
SYSTOLE_DATA names.

  python3 scripts/fetch_mnist.py --dest data                     MNIST from its public mirror
  python3 scripts/fetch_mnist.py --dest data --set all           both data sets
  python3 scripts/fetch_mnist.py --dest data --from FOLDER       from a local folder, or
                                        --from URL from another mirror

Writes DEST/mnist/*.gz and DEST/fashion_mnist/*.gz; then: export SYSTOLE_DATA=DEST. A file is looked
for as FROM/<set>/<name> and FROM/<name>. A file that is there already and verifies is kept. Each
file is verified before it gets its name, so an interrupted run leaves nothing that looks complete.
Needs the standard library only. Exit status: 0 all files are there and verified; 2 a file is
missing, damaged or cannot be written.
"""

import argparse
import hashlib
import os
import sys
import urllib.error
import urllib.request

# SHA-256 of the official files, as published.
FILES = {
    "mnist": {
        "train-images-idx3-ubyte.gz": (
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
        ),
        "train-labels-idx1-ubyte.gz": (
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
        ),
        "t10k-images-idx3-ubyte.gz": (
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
        ),
        "t10k-labels-idx1-ubyte.gz": (
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
        ),
    },
    "fashion_mnist": {
        "train-images-idx3-ubyte.gz": (
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"
        ),
        "train-labels-idx1-ubyte.gz": (
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"
        ),
        "t10k-images-idx3-ubyte.gz": (
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"
        ),
        "t10k-labels-idx1-ubyte.gz": (
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"
        ),
    },
}
# Public mirrors of the official files, tried in this order.
MIRRORS = {
    "mnist": [
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ],
    "fashion_mnist": ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"],
}
LARGEST = 64 << 20  # bytes; no file of the sets is half as large


class FetchError(Exception):
    """One line: which file, what is wrong, what to do."""


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def read_url(url):
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            data = response.read(LARGEST + 1)
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise FetchError(f"{url}: {getattr(error, 'reason', error)}") from error
    return data


def read_local(folder, dataset, name):
    for path in (os.path.join(folder, dataset, name), os.path.join(folder, name)):
        # Both sets use the same names: a flat folder holds one of them, told apart by the checksum.
        if os.path.isfile(path):
            with open(path, "rb") as file:
                return path, file.read()
    raise FetchError(
        f"{os.path.join(folder, dataset, name)}: no such file (nor {os.path.join(folder, name)})"
    )


def candidates(source, dataset, name):
    """Yields (where, bytes) from the places to try; raises FetchError at a place that fails, in
    order.
    """
    if source is None:
        places = [mirror + name for mirror in MIRRORS[dataset]]
    elif "://" in source:
        places = [f"{source.rstrip('/')}/{dataset}/{name}", f"{source.rstrip('/')}/{name}"]
    else:
        if not os.path.isdir(source):
            raise FetchError(
                f"--from {source}: no such folder (a URL starts with http:// or https://)"
            )
        yield read_local(source, dataset, name)
        return
    for place in places:
        try:
            yield place, read_url(place)
        except FetchError as error:
            yield place, error


def fetch(source, dataset, name, folder):
    """Puts one verified file in `folder`; returns a word saying how."""
    target, expected = os.path.join(folder, name), FILES[dataset][name]
    if os.path.isfile(target) and sha256(target) == expected:
        return "present"
    problems = []
    for where, data in candidates(source, dataset, name):
        if isinstance(data, FetchError):
            problems.append(str(data))
            continue
        actual = hashlib.sha256(data).hexdigest()
        if actual != expected:
            problems.append(
                f"{where}: {len(data)} bytes with SHA-256 {actual[:16]}..., expected"
                f" {expected[:16]}..."
            )
            continue
        os.makedirs(folder, exist_ok=True)
        temporary = f"{target}.part{os.getpid()}"
        try:
            with open(temporary, "wb") as file:
                file.write(data)
            os.replace(temporary, target)
        finally:
            if os.path.exists(temporary):
                os.remove(temporary)
        return f"fetched from {where}"
    raise FetchError("; ".join(problems) + "; try another mirror or a local copy with --from")


def main(argv=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dest", default="data", help="folder to fill (default: %(default)s)")
    parser.add_argument(
        "--from",
        dest="source",
        metavar="DIR|URL",
        help="local folder or mirror instead of the public one",
    )
    parser.add_argument(
        "--set",
        dest="dataset",
        choices=[*FILES, "all"],
        default="mnist",
        help="default: %(default)s",
    )
    arguments = parser.parse_args(argv)
    status = 0
    for dataset in FILES if arguments.dataset == "all" else [arguments.dataset]:
        folder = os.path.join(arguments.dest, dataset)
        for name in FILES[dataset]:
            try:
                print(
                    f"{os.path.join(folder, name)}:"
                    f" {fetch(arguments.source, dataset, name, folder)}"
                )
            except (FetchError, OSError) as error:
                print(f"fetch_mnist.py: {error}", file=sys.stderr)
                status = 2
    return status


if __name__ == "__main__":
    sys.exit(main())
