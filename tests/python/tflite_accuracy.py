"""MLPerf Tiny's image classification (ResNet-8) on all CIFAR-10 test images, by the golden
reference and by LiteRT's reference kernels: right answers and different bytes. The images are JPEG
files, lossy encodings of the data set's own, decoded by Pillow. Needs SYSTOLE_DATA and
GOLDEN_MODEL.
"""

import importlib.metadata
import io
import os
import sys
import tempfile
import zipfile

import numpy as np
from PIL import Image
from tflite_reference import Reference, golden

CLASSES = "airplane automobile bird cat deer dog frog horse ship truck".split()


def cifar(path):
    """Images as int8, pixel less 128, and their classes."""
    images, labels = [], []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(n for n in archive.namelist() if n.endswith(".jpg")):
            with Image.open(io.BytesIO(archive.read(name))) as picture:
                images.append(np.array(picture.convert("RGB")))
            labels.append(CLASSES.index(name.split("/")[0]))
    return (np.stack(images) ^ 0x80).view(np.int8), np.array(labels)


def main():
    data = os.environ["SYSTOLE_DATA"]
    images, labels = cifar(os.path.join(data, "cifar10", "cifar10_test.zip"))
    path = os.path.join(data, "tflite", "pretrainedResnet_quant.tflite")
    with tempfile.TemporaryDirectory() as folder:
        tensors = golden(path, images, folder, fast=True)
    scores = list(tensors.values())[-1][1].reshape(len(images), -1)
    theirs = Reference(path)
    different = right = 0
    for image, score, label in zip(images, scores, labels):
        theirs.run(image)
        output = theirs.output().reshape(-1)
        different += int((output != score).sum())
        right += int(output.argmax() == label)
    mine = int((scores.argmax(1) == labels).sum())
    version = importlib.metadata.version("ai-edge-litert")
    print(f"ResNet-8, {len(images)} CIFAR-10 test images (JPEG): golden {mine} right")
    print(f"LiteRT {version}: {right} right; {different} of {scores.size} output bytes differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
