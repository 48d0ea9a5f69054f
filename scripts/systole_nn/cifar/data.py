"""CIFAR-10 as JPEG files: cifar10/cifar10_{train,test}.zip, CLASS/NNNN.jpg of 32 x 32 pixels.

A byte p of an image stands for (p - 128) / 64 at a network's input, so that the image's bytes are
its quantized values: scale 1/64, zero point 128.
"""

import io
import os
import zipfile

import numpy as np

from .. import UserError
from ..data import root

CLASSES = "airplane automobile bird cat deer dog frog horse ship truck".split()
SIZE = 32
SCALE, ZERO = 1 / 64, 128


def load(split, folder=None, each=None):
    """(images uint8 N x 3 x 32 x 32, labels uint8 N) of "train" or "test", sorted by name; each:
    only the first ones of every class, so many.
    """
    path = os.path.join(root(folder), "cifar10", f"cifar10_{split}.zip")
    if not os.path.exists(path):
        raise UserError(f"{path}: no such file (CIFAR-10 as JPEG files, CLASS/NNNN.jpg in a zip)")
    return read(path, each)


def read(path, each=None):
    """The images of a zip file of CLASS/NNNN.jpg; each: see load()."""
    from PIL import Image, UnidentifiedImageError

    images, labels = [], []
    try:
        with zipfile.ZipFile(path) as archive:
            for name in sorted(n for n in archive.namelist() if n.endswith(".jpg")):
                label = name.split("/")[-2] if "/" in name else ""
                if label not in CLASSES:
                    raise UserError(f"{path}: {name}: its folder is no class of CIFAR-10")
                if each and labels.count(CLASSES.index(label)) >= each:
                    continue
                with Image.open(io.BytesIO(archive.read(name))) as picture:
                    pixels = np.asarray(picture.convert("RGB"))
                if pixels.shape != (SIZE, SIZE, 3):
                    raise UserError(f"{path}: {name}: is not 32 x 32 pixels")
                images.append(pixels.transpose(2, 0, 1))
                labels.append(CLASSES.index(label))
    except (zipfile.BadZipFile, UnidentifiedImageError) as error:
        raise UserError(f"{path}: {error}") from error
    if not images:
        raise UserError(f"{path}: holds no CLASS/NNNN.jpg")
    return np.stack(images), np.array(labels, np.uint8)
