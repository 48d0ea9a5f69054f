"""200 random .tflite graphs (tflite_graphs.py): the golden reference, FastGolden and LiteRT's
reference kernels agree in every byte of every tensor.
"""

import collections
import os
import tempfile
import unittest

from tflite_graphs import RandomGraph
from tflite_reference import differences

SEED, GRAPHS, IMAGES = 20261129, 200, 3


class GraphsTest(unittest.TestCase):
    def setUp(self):
        if "GOLDEN_MODEL" not in os.environ:
            self.skipTest("GOLDEN_MODEL is not set; enabled by: make test")

    def test_graphs(self):
        tensors = elements = 0
        operators = collections.Counter()
        with tempfile.TemporaryDirectory() as folder:
            for number in range(GRAPHS):
                graph = RandomGraph([SEED, number])
                path = os.path.join(folder, f"{number}.tflite")
                with open(path, "wb") as file:
                    file.write(graph.bytes())
                with self.subTest(graph=number, operators=graph.operators):
                    compared, count, wrong = differences(path, graph.images(IMAGES))
                    self.assertEqual(wrong, [])
                    self.assertGreater(len(compared), 0)
                tensors += len(compared)
                elements += count
                operators.update(graph.operators)
        print(f"{GRAPHS} graphs: {tensors} tensors, {elements} elements compared")
        print(", ".join(f"{name} {count}" for name, count in operators.most_common()))
        self.assertEqual(len(operators), 20)


if __name__ == "__main__":
    unittest.main()
