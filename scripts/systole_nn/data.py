"""The image data sets, as uint8 tensors N x 28 x 28 with their labels, and the augmentation used in
training.

The folder that holds mnist/ and fashion_mnist/ (official file names) is the option --data or the
environment variable SYSTOLE_DATA; scripts/fetch_mnist.py fills it.
"""

import math
import os
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as functional

from . import UserError, idx


def root(option=None):
    folder = option or os.environ.get("SYSTOLE_DATA")
    if not folder:
        raise UserError(
            "no data set folder: give --data DIR or set SYSTOLE_DATA"
            " (python3 scripts/fetch_mnist.py --dest DIR fills one)"
        )
    return folder


def load(dataset, split, folder=None):
    """(images uint8 N x 28 x 28, labels uint8 N) of `dataset` ("mnist", "fashion_mnist"), split
    "train" or "test".
    """
    stem = {"train": "train", "test": "t10k"}[split]
    arrays = []
    for name in (f"{stem}-images-idx3-ubyte", f"{stem}-labels-idx1-ubyte"):
        path = os.path.join(root(folder), dataset, name)
        if not os.path.exists(path):
            path += ".gz"
        if not os.path.exists(path):
            raise UserError(
                f"{path}: no such file (python3 scripts/fetch_mnist.py --set {dataset} fetches it)"
            )
        arrays.append(idx.read(path))
    return check_pair(arrays[0], arrays[1], os.path.join(root(folder), dataset))


def load_for(network, split, folder=None):
    """The images and labels that `network` is trained and tested with: its data set, padded as it
    wants.
    """
    images, labels = load(network.dataset, split, folder)
    return pad(images, network.image_pad), labels


def pad(images, width):
    """uint8 N x H x W with `width` background pixels on every side."""
    return np.pad(images, ((0, 0), (width, width), (width, width))) if width else images


def check_pair(images, labels, where):
    """Refuses images and labels that do not belong together."""
    if images.ndim != 3 or labels.ndim != 1:
        raise UserError(
            f"{where}: images must have three dimensions and labels one, not {images.ndim} and"
            f" {labels.ndim}"
        )
    if len(images) != len(labels):
        raise UserError(f"{where}: {len(images)} images but {len(labels)} labels")
    if len(images) == 0:
        raise UserError(f"{where}: holds no images")
    return images, labels


@dataclass(frozen=True)
class Augmentation:
    """Random geometry of one training image. Zero everywhere means none."""

    rotate: float = 0.0  # degrees, uniform in +-
    scale: float = 0.0  # relative size, uniform in 1 +-, per axis
    shear: float = 0.0  # uniform in +-
    shift: float = 0.0  # pixels, uniform in +-
    elastic: float = 0.0  # pixels, standard deviation of a 5x5 field of displacements, interpolated
    thickness: float = 0.0  # largest share of a 3x3 dilation or erosion mixed in
    flip: bool = False  # left-right, with probability one half


def augment(images, how, generator):
    """images: float N x 1 x H x W in [0, 1]; returns the same shape. Uses only `generator` for
    randomness.
    """
    count, _, height, width = images.shape

    def uniform(limit):
        return (torch.rand(count, generator=generator) * 2 - 1) * limit

    if how.flip:
        flipped = torch.rand(count, generator=generator) < 0.5
        images = torch.where(flipped[:, None, None, None], images.flip(3), images)
    angle = uniform(how.rotate * math.pi / 180)
    scale_x, scale_y = 1 + uniform(how.scale), 1 + uniform(how.scale)
    shear = uniform(how.shear)
    cos, sin = torch.cos(angle), torch.sin(angle)
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0] = cos / scale_x
    theta[:, 0, 1] = (-sin + shear * cos) / scale_y
    theta[:, 1, 0] = sin / scale_x
    theta[:, 1, 1] = (cos + shear * sin) / scale_y
    theta[:, 0, 2] = uniform(how.shift * 2 / width)
    theta[:, 1, 2] = uniform(how.shift * 2 / height)
    grid = functional.affine_grid(theta, list(images.shape), align_corners=False)
    if how.elastic:
        field = torch.randn(count, 2, 5, 5, generator=generator) * (how.elastic * 2 / width)
        field = functional.interpolate(field, (height, width), mode="bicubic", align_corners=True)
        grid = grid + field.permute(0, 2, 3, 1)
    images = functional.grid_sample(images, grid, align_corners=False)
    if how.thickness:
        share = uniform(how.thickness)[:, None, None, None]
        dilated = functional.max_pool2d(images, 3, 1, 1)
        eroded = -functional.max_pool2d(-images, 3, 1, 1)
        images = (
            images
            + share.clamp(min=0) * (dilated - images)
            + (-share).clamp(min=0) * (eroded - images)
        )
    return images


def to_pixels(images):
    """uint8 numpy N x H x W as float32 torch N x 1 x H x W in [0, 1]."""
    return torch.from_numpy(np.ascontiguousarray(images)).unsqueeze(1).float() / 255
