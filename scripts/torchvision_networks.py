#!/usr/bin/env python3
"""Torchvision's networks, exported by torch.onnx and quantized by ONNX Runtime, through `systole`.

  .venv/bin/python scripts/torchvision_networks.py [NETWORK ...]

Every network has seeded weights, batch-norm statistics of random images, and is quantized by
quantize_static with QLinear operators. The golden reference in mode float32 is compared with ONNX
Runtime tensor by tensor: 0 bytes may differ. Averages, which ONNX Runtime computes in floating
point, may differ by 1, and what follows one starts from ONNX Runtime's own average.

Exit status: 0 as claimed; 1 a difference; 2 bad input. Needs torchvision beside PyTorch (make
venv).
"""

import argparse
import functools
import logging
import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import onnx

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "scripts"))
from systole_nn import UserError, beside_onnx, golden  # noqa: E402

NETWORKS = (
    "alexnet vgg16 resnet18 resnet50 mobilenet_v2 densenet121 squeezenet1_1 googlenet mnasnet1_0"
    " regnet_y_400mf"
).split()
# Where quantize_static leaves an average of reals in QLinear form, the QDQ form, which ONNX Runtime
# fuses into QLinear operators itself.
QDQ = ("densenet121",)
REFUSED = {"regnet_y_400mf": "(QLinearMul)"}  # by the node's operator


@functools.cache
def load_torchvision():
    """Torchvision without its compiled operators, which a build of another PyTorch may lack."""
    import torch

    try:
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor boxes, Tensor scores, float threshold) -> Tensor")
        import torchvision
    except ImportError as error:
        raise UserError(f"torchvision is missing ({error}); run make venv") from error
    load_torchvision.library = library  # lives as long as the process
    return torchvision


def random_images(seed, count, size):
    """Smooth random images of mean 0 and deviation 1, as normalized photographs are."""
    data = np.random.default_rng(seed)
    coarse = data.normal(0, 1, (count, 3, size // 8 + 1, size // 8 + 1))
    images = coarse.repeat(8, axis=2).repeat(8, axis=3)[:, :, :size, :size]
    return (images + data.normal(0, 0.3, images.shape)).astype(np.float32)


def network(name, seed, size):
    import torch

    torchvision = load_torchvision()
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    others = {"aux_logits": False, "init_weights": True} if name == "googlenet" else {}
    model = getattr(torchvision.models, name)(weights=None, **others)
    normalizations = [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    for module in normalizations:
        module.momentum = None  # the average over all batches
        torch.nn.init.uniform_(module.weight, 0.5, 1.5)
        torch.nn.init.normal_(module.bias, 0, 0.2)
    if normalizations:
        model.train()
        with torch.no_grad():
            model(torch.from_numpy(random_images(seed, 4, size)))
    return model.eval()


def export(model, path, size):
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (torch.zeros(1, 3, size, size),),
            path,
            dynamo=False,
            opset_version=13,
            input_names=["image"],
            output_names=["classes"],
            dynamic_axes={"image": {0: "N"}, "classes": {0: "N"}},
        )


def quantize(float_path, path, images, form):
    from onnxruntime import quantization as q

    class Reader(q.CalibrationDataReader):
        def __init__(self):
            self.left = [{"image": image[None]} for image in images]

        def get_next(self):
            return self.left.pop(0) if self.left else None

    logging.disable(logging.WARNING)  # that the network was not prepared
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        prepared = os.path.join(folder, "prepared.onnx")
        q.quant_pre_process(float_path, prepared, skip_symbolic_shape=True)
        q.quantize_static(
            prepared,
            path,
            Reader(),
            quant_format=q.QuantFormat.QDQ if form == "qdq" else q.QuantFormat.QOperator,
            per_channel=True,
            activation_type=q.QuantType.QUInt8,
            weight_type=q.QuantType.QInt8,
        )


def make(arguments, name):
    """Paths of the float and of the quantized network, made if they are not there."""
    os.makedirs(arguments.out, exist_ok=True)
    form = arguments.form or ("qdq" if name in QDQ else "qlinear")
    stem = os.path.join(arguments.out, f"{name}_{arguments.seed}_{arguments.size}")
    paths = f"{stem}.onnx", f"{stem}_{form}.onnx"
    if not os.path.exists(paths[0]):
        export(network(name, arguments.seed, arguments.size), paths[0], arguments.size)
    if not os.path.exists(paths[1]):
        quantize(
            paths[0],
            paths[1],
            random_images(arguments.seed + 1, 4, arguments.size),
            form,
        )
    return paths


def check(arguments, name):
    _, path = make(arguments, name)
    values = random_images(arguments.seed + 2, arguments.images, arguments.size)
    total = beside_onnx.check(arguments.systole, onnx.load(path), values)
    print(
        f"{name}: {total['exact'][0]} of {total['exact'][1]} differ; averages:"
        f" {total['average'][0]} of {total['average'][1]} by 1",
        flush=True,
    )
    return not total["failed"]


def refused(arguments, name):
    """The network is refused by the name of a node of that operator."""
    _, path = make(arguments, name)
    done = subprocess.run(
        [arguments.systole, "info", path], capture_output=True, text=True, check=False
    )
    message = done.stderr.strip().replace(ROOT + os.sep, "")
    print(f"{name}: {message}")
    return done.returncode == 2 and REFUSED[name] in message and "\n" not in message


def main(argv=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help=" ".join(NETWORKS))
    parser.add_argument("--systole", help="the command line (default: $SYSTOLE, or build/)")
    parser.add_argument("--out", default=os.path.join(ROOT, "build", "torchvision"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=224, help="height and width (%(default)s)")
    parser.add_argument("--images", type=int, default=2, help="images compared (%(default)s)")
    parser.add_argument(
        "--form", choices=["qlinear", "qdq"], help=f"default: qlinear, qdq for {' '.join(QDQ)}"
    )
    arguments = parser.parse_args(argv)
    unknown = [name for name in arguments.networks if name not in NETWORKS]
    if unknown:
        raise UserError(f"no network {unknown[0]}; there are {' '.join(NETWORKS)}")
    arguments.systole = golden.binary(arguments.systole)
    good = True
    for name in arguments.networks or NETWORKS:
        good = (refused if name in REFUSED else check)(arguments, name) and good
    return 0 if good else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except UserError as error:
        print(f"torchvision_networks.py: {error}", file=sys.stderr)
        sys.exit(2)
