"""IDX files (the format of MNIST): big-endian header, then unsigned bytes; plain or .gz."""

import gzip
import struct
import zlib

import numpy as np

from . import UserError, folders


def read(path):
    """The uint8 array in `path`, of the shape its header gives."""
    opener = gzip.open if str(path).endswith(".gz") else open
    try:
        with opener(path, "rb") as file:
            raw = file.read()
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{path}: cannot be read as an IDX file ({error})") from error
    if len(raw) < 4 or raw[0] or raw[1] or raw[2] != 8 or raw[3] == 0:
        raise UserError(f"{path}: not an IDX file of unsigned bytes (magic {raw[:4].hex()})")
    dims = raw[3]
    if len(raw) < 4 + 4 * dims:
        raise UserError(f"{path}: ends inside the IDX header")
    shape = struct.unpack(f">{dims}I", raw[4 : 4 + 4 * dims])
    expected = int(np.prod(shape, dtype=np.int64))
    data = raw[4 + 4 * dims :]
    if len(data) != expected:
        raise UserError(
            f"{path}: header promises {expected} bytes of data, the file holds {len(data)}"
        )
    return np.frombuffer(data, np.uint8).reshape(shape).copy()


def to_bytes(array):
    """IDX bytes of a uint8 array of 1 to 255 dimensions."""
    array = np.ascontiguousarray(array, np.uint8)
    return (
        bytes([0, 0, 8, array.ndim])
        + struct.pack(f">{array.ndim}I", *array.shape)
        + array.tobytes()
    )


def write(path, array):
    """Writes `array` to `path`; .gz without name or time stamp, so that equal data gives equal
    bytes.
    """
    data = to_bytes(array)
    if str(path).endswith(".gz"):
        data = gzip.compress(data, 9, mtime=0)
    folders.write_bytes(path, data)
