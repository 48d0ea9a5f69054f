#!/usr/bin/env python3
"""Random small quantized ONNX graphs that branch and join, with the outputs that ONNX Runtime
computes for them.

  .venv/bin/python scripts/random_graphs.py --seed 1 --count 100 --out build/random_graphs

Each model is one or two blocks: two to four branches (a convolution with its clamp, a max pooling,
or nothing) from one tensor, joined by a concatenation of channels that a convolution may follow; in
QDQ form or with QLinear operators. The scales of the branches are equal, or (`scales` = "many")
those of the last concatenation differ.

OUT/<nnn>/ holds model.onnx, input.npy (quantized, N x C x H x W) and expected.npy (the quantized
output); OUT/manifest.json lists folder, seed, form, type of the activations and scales ("one" or
"many"). The expected outputs are those of ONNX Runtime on the uint8 QLinear form, which holds the
same integers (moved by 128 for int8); in the float32 mode they are to be equal.
"""

import argparse
import json
import os
import random
import sys
from dataclasses import dataclass, replace

import numpy as np
import onnx
from onnx import TensorProto, helper

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import random_models  # noqa: E402
from random_models import Stage, Tensor  # noqa: E402
from systole_nn import UserError, ort  # noqa: E402


@dataclass
class Node:
    """A stage, or (stage None) the concatenation of several values. Value 0 is the image, node i
    makes value i + 1.
    """

    sources: list
    target: Tensor
    stage: Stage = None


@dataclass
class Network:
    form: str  # qdq, qlinear
    scales: str  # one, many
    input: Tensor
    nodes: list


def _conv(rng, data, name, source, grid=None):
    """A 1x1 or 3x3 convolution that keeps height and width; grid: the tensor whose scale and zero
    point it has.
    """
    size, count = rng.choice([1, 3]), rng.randint(1, 6)
    shape = (source.shape[0], size, size)
    target = Tensor(
        (count, *source.shape[1:]), source.scale, random_models._random_zero(rng, "uint8"), "uint8"
    )
    stage = Stage(name, "conv", source, target, kernel=(size, size), pad=(size // 2,) * 4)
    random_models._add_weights(rng, data, stage, count, int(np.prod(shape)), shape, "uint8")
    if grid is not None:  # the weights' scale makes up for it
        stage.weight_scales = (stage.weight_scales * (grid.scale / target.scale)).astype(np.float32)
        target.scale, target.zero = grid.scale, grid.zero
    stage.relu = rng.random() < 0.5
    return stage


def random_network(rng):
    data = np.random.Generator(np.random.PCG64(rng.getrandbits(64)))
    shape = (rng.randint(1, 4), rng.randint(3, 8), rng.randint(3, 8))
    scale = random_models._random_scale(rng, 1 / 255)
    image = Tensor(shape, scale, random_models._random_zero(rng, "uint8"), "uint8")
    form, scales, blocks = rng.choice(["qdq", "qlinear"]), rng.choice(["one", "one", "many"]), 2
    values, nodes = [image], []

    def add(sources, target, stage=None):
        nodes.append(Node(sources, target, stage))
        values.append(target)
        return len(values) - 1

    for block in range(blocks):
        root = len(values) - 1
        many = scales == "many" and block == blocks - 1
        parts = []
        for branch in range(rng.randint(2, 4)):
            source, name = values[root], f"b{block}_{branch}"
            kind = "conv" if many and branch == 0 else rng.choice(["conv", "conv", "pool", "none"])
            if kind == "conv":
                stage = _conv(rng, data, name, source, None if many else source)
                parts.append(add([root], stage.target, stage))
            elif kind == "pool":
                stage = Stage(name, "maxpool", source, replace(source), (3, 3), pad=(1,) * 4)
                parts.append(add([root], stage.target, stage))
            else:
                parts.append(root)
        out = replace(values[root], shape=(sum(values[p].shape[0] for p in parts), *shape[1:]))
        if many:
            out.scale = max(values[p].scale for p in parts)
            out.zero = random_models._random_zero(rng, "uint8")
        joined = add(parts, out)
        if not many and rng.random() < 0.5:
            stage = _conv(rng, data, f"c{block}", values[joined])
            add([joined], stage.target, stage)
    return Network(form, scales, image, nodes)


# -------------------------------------------------------------------------------------- ONNX graphs


def _finish(graph, network, element, value, out_element):
    shape = network.nodes[-1].target.shape
    inputs = [helper.make_tensor_value_info("image", element, ["N", *network.input.shape])]
    outputs = [helper.make_tensor_value_info(value, out_element, ["N", *shape])]
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid("com.microsoft", 1)]
    proto = helper.make_model(
        helper.make_graph(graph.nodes, "random", inputs, outputs, graph.initializers),
        opset_imports=opsets,
        ir_version=7,
    )
    onnx.checker.check_model(proto)
    return proto


def build_qlinear(network):
    graph, names, tensors = random_models._Graph(True), ["image"], [network.input]
    for index, node in enumerate(network.nodes):
        if node.stage is not None:
            names.append(random_models.qlinear_stage(graph, node.stage, names[node.sources[0]]))
        else:
            name, inputs = f"join{index}", []
            for k, source in enumerate(node.sources):
                inputs += [names[source], *graph.quantization(f"{name}_{k}", tensors[source])]
            inputs = [*graph.quantization(name, node.target), *inputs]
            names.append(graph.node("QLinearConcat", inputs, name, domain="com.microsoft", axis=1))
        tensors.append(node.target)
    element = random_models._element(network.input)
    return _finish(graph, network, element, names[-1], element)


def build_qdq(network):
    graph = random_models._Graph(True)
    names = [graph.requantize("image", "image", network.input)]
    for index, node in enumerate(network.nodes):
        if node.stage is not None:
            names.append(random_models.qdq_stage(graph, node.stage, names[node.sources[0]]))
        else:
            inputs, name = [names[source] for source in node.sources], f"join{index}"
            value = graph.node("Concat", inputs, name, axis=1)
            names.append(graph.requantize(value, name, node.target))
    return _finish(graph, network, TensorProto.FLOAT, names[-1], TensorProto.FLOAT)


# -------------------------------------------------------------------------------------------- cases


def _as_int8(network):
    """The same network with every activation and its zero point moved by -128."""

    def moved(tensor):
        return replace(tensor, zero=tensor.zero - 128, dtype="int8")

    def node(n):
        stage = n.stage and replace(
            n.stage, source=moved(n.stage.source), target=moved(n.stage.target)
        )
        return replace(n, target=moved(n.target), stage=stage)

    return replace(network, input=moved(network.input), nodes=[node(n) for n in network.nodes])


def make_case(seed, images):
    """(network, model proto, quantized images N x C x H x W, expected output N x C x H x W)."""
    rng = random.Random(f"systole graph {seed}")
    network = random_network(rng)
    data = np.random.Generator(np.random.PCG64(rng.getrandbits(64)))
    pixels = data.integers(0, 256, (images, *network.input.shape)).astype(np.uint8)
    expected = ort.run(ort.session(build_qlinear(network)), pixels)[0]
    # uint8 weights go with uint8 activations alone.
    stages = [node.stage for node in network.nodes if node.stage and node.stage.kind == "conv"]
    if rng.random() < 0.5 and all(stage.weights.dtype == np.int8 for stage in stages):
        network = _as_int8(network)
        pixels, expected = [(a.astype(np.int16) - 128).astype(np.int8) for a in (pixels, expected)]
    proto = build_qdq(network) if network.form == "qdq" else build_qlinear(network)
    return network, proto, pixels, expected


def write_cases(out, seed, count, images):
    """Writes `count` cases into the folder `out` and its manifest.json; returns the manifest."""
    manifest = []
    for index in range(count):
        network, proto, pixels, expected = make_case(seed + index, images)
        folder = os.path.join(out, f"{index:03d}")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "model.onnx"), "wb") as file:
            file.write(proto.SerializeToString(deterministic=True))
        np.save(os.path.join(folder, "input.npy"), pixels)
        np.save(os.path.join(folder, "expected.npy"), expected)
        manifest.append(
            {
                "folder": f"{index:03d}",
                "seed": seed + index,
                "form": network.form,
                "type": network.input.dtype,
                "scales": network.scales,
            }
        )
    with open(os.path.join(out, "manifest.json"), "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(entry) for entry in manifest) + "\n]\n")
    return manifest


def main(argv=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1, help="the first seed; each model the next")
    parser.add_argument("--count", type=int, default=100, help="models (default: %(default)s)")
    parser.add_argument("--images", type=int, default=4, help="images a model")
    parser.add_argument("--out", required=True, help="folder to write")
    arguments = parser.parse_args(argv)
    if arguments.count < 1 or arguments.images < 1:
        raise UserError("--count and --images must be at least 1")
    manifest = write_cases(arguments.out, arguments.seed, arguments.count, arguments.images)
    print(f"wrote {len(manifest)} models to {arguments.out}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except UserError as error:
        print(f"random_graphs.py: {error}", file=sys.stderr)
        sys.exit(2)
