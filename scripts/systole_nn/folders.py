"""Files and folders that appear whole or not at all."""

import contextlib
import json
import os
import shutil

from . import UserError


@contextlib.contextmanager
def replaced(path):
    """A name beside `path` to write to; it takes the place of `path` when the block ends well and
    is removed when not.
    """
    part = f"{path}.part"
    try:
        yield part
        os.replace(part, path)
    finally:
        with contextlib.suppress(OSError):
            os.remove(part)


def write_bytes(path, data):
    with replaced(path) as part, open(part, "wb") as file:
        file.write(data)


def write_json(path, value):
    write_bytes(path, json.dumps(value, indent=1).encode("utf-8"))


@contextlib.contextmanager
def whole(path):
    """A new folder beside `path` to write into, renamed to `path` when the block ends well and
    removed when not.
    """
    path = os.path.abspath(path)
    if os.path.exists(path):
        raise UserError(f"{path}: exists; remove it or name another folder")
    part = path + ".part"
    shutil.rmtree(part, ignore_errors=True)
    try:
        os.makedirs(part)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from error
    try:
        yield part
        os.rename(part, path)
    finally:
        shutil.rmtree(part, ignore_errors=True)
