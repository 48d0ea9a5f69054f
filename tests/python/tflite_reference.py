"""Whole .tflite models by LiteRT's reference kernels and by the golden reference, every tensor:
what tflite_test.py and tflite_graphs_test.py compare.
"""

import os
import subprocess
import tempfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


class Reference:
    """A model in LiteRT, BUILTIN_REF, with every tensor kept."""

    def __init__(self, path):
        self.interpreter = Interpreter(
            model_path=str(path),
            num_threads=1,
            experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
            experimental_preserve_all_tensors=True,
        )
        self.interpreter.allocate_tensors()
        self.input = self.interpreter.get_input_details()[0]
        self.outputs = self.interpreter.get_output_details()
        self.details = self.interpreter.get_tensor_details()

    def run(self, image):
        """Of one image without N; afterwards `tensor` reads."""
        self.interpreter.set_tensor(self.input["index"], image.reshape(self.input["shape"]))
        self.interpreter.invoke()

    def tensor(self, index):
        return self.interpreter.get_tensor(index)

    def output(self, k=0):
        return self.tensor(self.outputs[k]["index"])


def golden(path, images, folder, fast=False):
    """Every tensor of the golden reference: {name: (operator, N x H x W x C)}."""
    source = os.path.join(folder, "images.npy")
    np.save(source, images)
    command = [os.environ["GOLDEN_MODEL"], str(path), source, folder] + ["fast"] * fast
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise AssertionError(f"{path}: {done.stderr.decode()}")
    tensors = {}
    with open(os.path.join(folder, "index.txt"), encoding="utf-8") as index:
        for line in index:
            number, name, operator = line.rstrip("\n").split("\t")
            tensors[name] = (operator, np.load(os.path.join(folder, f"{number}.npy")))
    return tensors


def differences(path, images, fast=False):
    """(tensors compared, elements compared, what differs): golden against LiteRT, image by image,
    in every tensor that both have, and in all outputs.
    """
    with tempfile.TemporaryDirectory() as folder:
        mine = golden(path, images, folder, fast)
    theirs = Reference(path)
    wrong, elements, compared = [], 0, set()
    for n, image in enumerate(images):
        theirs.run(image)
        for detail in theirs.details:
            if detail["name"] not in mine:
                continue
            operator, values = mine[detail["name"]]
            try:
                wanted = theirs.tensor(detail["index"])
            except ValueError:  # LiteRT keeps no value of it
                continue
            if wanted.dtype not in (np.int8, np.uint8):
                continue
            got = values[n].reshape(-1)
            if wanted.dtype != got.dtype:  # of one scale, one read as the other's type
                got = (got.view(np.uint8) ^ 0x80).view(wanted.dtype)
            wanted = wanted.reshape(-1)
            compared.add(detail["name"])
            elements += wanted.size
            bad = np.flatnonzero(got != wanted) if got.size == wanted.size else [0]
            if len(bad):
                wrong.append(
                    f"image {n}, {operator} '{detail['name']}': {len(bad)} of {wanted.size} differ,"
                    f" first {got[bad[0]]}, LiteRT {wanted[bad[0]]}"
                )
    return compared, elements, wrong
