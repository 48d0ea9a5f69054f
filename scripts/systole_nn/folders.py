"""Folders of files that appear whole or not at all."""

import contextlib
import os
import shutil

from . import UserError


@contextlib.contextmanager
def whole(path):
    """A new folder beside `path` to write into, renamed to `path` when the block ends well and removed when not."""
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
