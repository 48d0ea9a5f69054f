"""Random ONNX graphs of every operator, QDQ and QLinear, through `systole` against ONNX Runtime: 0
bytes may differ, averages of windows within 1. TLM gives the same bytes as golden.

Seeds from SYSTOLE_SEED (default below), SYSTOLE_GRAPHS of them.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

import numpy as np
import onnx_forms
import onnx_graphs
import onnxruntime

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts"))
from systole_nn import golden, ort  # noqa: E402

SEED = int(os.environ.get("SYSTOLE_SEED", "9000"))
COUNT = int(os.environ.get("SYSTOLE_GRAPHS", "200"))
IMAGES = 3


def systole_outputs(path, images, names, folder):
    """The graph outputs of these names by the golden reference, to which TLM is equal."""
    np.save(os.path.join(folder, "x.npy"), images)
    command = [golden.binary(), "run", path, "--images", os.path.join(folder, "x.npy")]
    layers = os.path.join(folder, "layers")
    command += ["--backend", "golden,tlm", "--rounding", "float32", "--outputs-dir", layers]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"{os.path.basename(path)}: {done.stderr.strip() or done.stdout}")
    told = os.path.join(folder, "info.json")
    subprocess.run([golden.binary(), "info", path, "--json", told], check=True, capture_output=True)
    with open(told, encoding="utf-8") as file:
        tensors = [tensor["name"] for tensor in json.load(file)["tensors"]]
    files = {int(name.split("_")[0]): name for name in os.listdir(layers)}
    return [np.load(os.path.join(layers, files[tensors.index(name) - 1])) for name in names]


class OnnxGraphsTest(unittest.TestCase):
    def fused(self, net, images):
        """ONNX Runtime's outputs of the QDQ form, for the same integers."""
        image = net.values[0]
        reals = (images.astype(np.int32) - image.zero).astype(np.float32) * image.scale
        session = ort.session(onnx_forms.emit(net, "qdq"), precise=net.dtype == "uint8")
        return ort.run(session, reals)

    def test_random_graphs(self):
        fused = "ONNX Runtime's fusion of the QDQ form, for information"
        totals = {"exact": [0, 0], "average": [0, 0], fused: [0, 0]}
        operators = set()
        for seed in range(SEED, SEED + COUNT):
            net = onnx_graphs.random_net(seed)
            operators |= {node.operator for node in net.nodes}
            operators |= {step[0] for node in net.nodes for step in node.fused}
            form = ("qdq", "qlinear")[seed % 2]
            images = onnx_graphs.random_images(net, seed, IMAGES)
            qlinear = onnx_forms.emit(net, "qlinear")
            theirs = ort.run(ort.session(qlinear, precise=net.dtype == "uint8"), images)
            written = onnx_forms.emit(net, form)
            for a, b in zip(theirs, self.fused(net, images)):
                totals[fused][0] += int((a != b).sum())
                totals[fused][1] += a.size
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, f"{seed}_{form}.onnx")
                with open(path, "wb") as file:
                    file.write(written.SerializeToString())
                names = [output.name for output in written.graph.output]
                mine = systole_outputs(path, images, names, folder)
            for index, a, b in zip(net.outputs, mine, theirs):
                distance = np.abs(a.reshape(-1).astype(int) - b.reshape(-1).astype(int))
                averaged = net.values[index].averaged
                total = totals["average" if averaged else "exact"]
                total[0] += int((distance > 0).sum())
                total[1] += distance.size
                self.assertLessEqual(
                    int(distance.max()),
                    int(averaged),
                    f"seed {seed} {form} {net.dtype}: {net.nodes[index - 1]}: "
                    f"{int((distance > 0).sum())} of {distance.size} differ",
                )
        print(f"ONNX Runtime {onnxruntime.__version__}, {COUNT} graphs of", *sorted(operators))
        for name, (different, compared) in totals.items():
            print(f"{name}: {different} of {compared} differ ({different / compared:.4%})")


if __name__ == "__main__":
    unittest.main()
