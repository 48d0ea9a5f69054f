"""The exported folders: systole reads the text folder as the same model; $readmemh files and .npy
tensors fit together.
"""

import os
import tempfile
import unittest
from unittest import mock

import numpy as np
import torch
from systole_nn import (
    UserError,
    export_npy,
    export_onnx,
    export_readmemh,
    export_text,
    folders,
    golden,
    idx,
    quantize,
)
from systole_nn.networks import LENET5_AVGPOOL, LENET5_MAXPOOL, FloatNet, Layer
from systole_nn.quantize import PRESETS

try:
    SYSTOLE = golden.binary()
except UserError:
    SYSTOLE = None


@unittest.skipIf(SYSTOLE is None, "the systole command line is not built; enabled by: make build")
class ExportTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.random = np.random.default_rng(4)

    def path(self, name):
        return os.path.join(self.folder, name)

    def make(self, network, preset):
        """A network of random weights, quantized, and its ONNX file."""
        torch.manual_seed(4)
        shape = network.input_shape[1:]
        images = self.random.integers(0, 256, (40, *shape), dtype=np.uint8)
        model = quantize.quantize(FloatNet(network), images, PRESETS[preset])
        export_onnx.save(export_onnx.qdq(model), self.path("model.onnx"))
        idx.write(self.path("images"), images[:5])
        return model

    def expect_same_outputs(self, network, preset):
        model = self.make(network, preset)
        export_text.save(model, self.path("text"))
        first, second = (
            golden.layer_outputs(SYSTOLE, self.path(name), self.path("images"), "half_away")
            for name in ("model.onnx", "text")
        )
        self.assertEqual(len(first), len(model.layers))
        for layer, a, b in zip(model.layers, first, second):
            self.assertEqual(a.dtype, b.dtype)
            np.testing.assert_array_equal(a, b, layer.spec.name)

    def test_text_per_channel_uint8_average_pooling(self):
        self.expect_same_outputs(LENET5_AVGPOOL, "recommended")

    def test_text_asymmetric_weights(self):
        self.expect_same_outputs(LENET5_AVGPOOL, "asymmetric")

    def test_text_int8_without_biases_padded_images(self):
        self.expect_same_outputs(LENET5_MAXPOOL, "homework")

    def words(self, folder, name, bits):
        with open(os.path.join(folder, name), encoding="ascii") as file:
            values = [int(line, 16) for line in file]
        return np.array(
            [value - (1 << bits) if value >> (bits - 1) else value for value in values], np.int64
        )

    def test_readmemh_files_compute_the_npy_files(self):
        # F6 from its files alone: listing.txt gives the sizes and zero points, the rest is half_up
        # in Python integers.
        model = self.make(LENET5_AVGPOOL, "asymmetric")
        place, tensors = self.path("hex"), self.path("npy")
        export_readmemh.save(SYSTOLE, self.path("model.onnx"), model, place, "half_up")
        image = idx.read(self.path("images"))[:1, None]
        export_npy.save(SYSTOLE, self.path("model.onnx"), model, image, tensors, "half_up")
        with open(os.path.join(place, "listing.txt"), encoding="ascii") as file:
            listing = file.read().splitlines()
        listed = {line.split()[0]: line.split()[1:] for line in listing if not line.startswith("#")}
        self.assertEqual(set(listed) | {"listing.txt"}, set(os.listdir(place)))
        for name, (words, bits, *_) in listed.items():
            self.assertEqual(len(self.words(place, name, int(bits))), int(words), name)
        head = next(line for line in listing if line.startswith("# F6:")).replace(",", "").split()
        zx, zw, zy, lo, hi = (
            int(head[head.index(key) + 1]) for key in ("Zx", "Zw", "Zy", "lo", "hi")
        )
        self.assertNotEqual(zw, 0)
        weights = self.words(place, "F6.weight.hex", 8).reshape(84, 120)
        bias, m, s = (
            self.words(place, f"F6.{key}.hex", bits)
            for key, bits in (("bias", 32), ("m", 32), ("s", 8))
        )
        x = np.load(os.path.join(tensors, "4_C5.npy")).reshape(-1).astype(np.int64) - 128
        y = np.load(os.path.join(tensors, "5_F6.npy")).reshape(-1).astype(np.int64) - 128
        accumulators = (weights - zw) @ (x - zx) + bias
        mine = [
            min(
                max(zy + ((int(acc) * int(factor) + (1 << (int(shift) - 1))) >> int(shift)), lo), hi
            )
            for acc, factor, shift in zip(accumulators, np.resize(m, 84), np.resize(s, 84))
        ]
        np.testing.assert_array_equal(mine, y)
        self.assertGreater(len(set(mine)), 20)

    def test_homework_conventions_worked_by_hand(self):
        # x = (1, -0.5), w = (0.5, -0.25), y = 0.625; S = 255 / (2 max): 127.5, 255, 204; everything
        # floored. x: floor(127.5, -63.75) = (127, -64); w the same; sum 16129 + 4096 = 20225; M =
        # 204 / (127.5 255): 20225 M = 126.902: 126 by floor (the next integer to nearest), real 126
        # / 204 = 0.618.
        homework = PRESETS["homework"]
        weights, scales, _ = quantize.quantize_weights(
            np.array([[0.5, -0.25]], np.float32), homework, "w"
        )
        input_scale, _ = quantize.choose_scale(-0.5, 1.0, "int8", homework, True, "x")
        output_scale, _ = quantize.choose_scale(0.0, 0.625, "int8", homework, True, "y")
        image = quantize.quantize_array([1.0, -0.5], input_scale, 0, "int8", homework.integers)
        np.testing.assert_array_equal(weights, [[127, -64]])
        np.testing.assert_array_equal(image, [127, -64])
        for scale, expected in ((input_scale, 127.5), (scales[0], 255), (output_scale, 204)):
            self.assertAlmostEqual(1 / float(scale), expected, places=3)
        tensors = [
            quantize.Tensor("x", (2, 1, 1), input_scale, 0, "int8"),
            quantize.Tensor("y", (1, 1, 1), output_scale, 0, "int8"),
        ]
        layer = quantize.QuantLayer(Layer("y", "fc", 1, bias=False), weights, scales)
        model = quantize.QuantModel("homework", tensors, [layer])
        answers = [
            golden.outputs(SYSTOLE, model, image.reshape(1, 2, 1, 1), mode).item()
            for mode in ("floor", "half_up")
        ]
        self.assertEqual(answers, [126, 127])

    def test_a_failing_export_leaves_nothing(self):
        model = self.make(LENET5_AVGPOOL, "recommended")
        with mock.patch.object(export_text, "_scale_zero", side_effect=RuntimeError("disk")):
            with self.assertRaisesRegex(RuntimeError, "disk"):
                export_text.save(model, self.path("text"))
        self.assertEqual(sorted(os.listdir(self.folder)), ["images", "model.onnx"])

    def test_a_file_that_cannot_be_finished_leaves_what_was_there(self):
        path = self.path("file")
        folders.write_bytes(path, b"first")
        with self.assertRaisesRegex(OSError, "full"):
            with folders.replaced(path) as part, open(part, "wb") as file:
                file.write(b"sec")
                raise OSError("full")
        self.assertEqual(os.listdir(self.folder), ["file"])
        with open(path, "rb") as file:
            self.assertEqual(file.read(), b"first")

    def test_a_folder_that_exists_is_kept(self):
        os.makedirs(self.path("text"))
        with self.assertRaisesRegex(UserError, "text: exists"):
            with folders.whole(self.path("text")):
                self.fail("entered")


if __name__ == "__main__":
    unittest.main()
