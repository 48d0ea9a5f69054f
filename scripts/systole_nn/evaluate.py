"""Accuracy of float and integer networks, with the interval that the number of test images allows.
"""

import math

import numpy as np

from . import export_onnx, golden, ort


def wilson(right, count, z=1.96):
    """95 % confidence interval (low, high) of a share right / count."""
    share = right / count
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = (
        z
        * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
        / (1 + z * z / count)
    )
    return centre - half, centre + half


def quantized_input(model, images):
    """uint8 images N x H x W as the model's quantized input N x 1 x H x W (an int8 network: moved
    by -128).
    """
    images = images[:, None]
    return (
        images
        if model.tensors[0].dtype == "uint8"
        else (images.astype(np.int16) - 128).astype(np.int8)
    )


def integer_predictions(model, images, systole=None):
    """Predicted classes in mode float32, by the golden reference (the command line `systole`).

    Without it, by the QLinear form in ONNX Runtime, whose requantization is the same; its averages
    differ by one.
    """
    pixels = quantized_input(model, images)
    if systole:
        return golden.predictions(systole, model, pixels, "float32")
    running = ort.session(export_onnx.qlinear(model), precise=model.tensors[0].dtype == "uint8")
    return ort.run(running, pixels)[-1].reshape(len(images), -1).argmax(1)


def integer_accuracy(model, images, labels, systole=None):
    return float((integer_predictions(model, images, systole) == labels).mean())
