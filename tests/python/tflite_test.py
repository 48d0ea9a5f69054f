"""The .tflite networks of SYSTOLE_DATA: the golden reference and LiteRT's reference kernels agree
in every byte of every tensor that LiteRT lets one read.

golden_model (tests/golden/model_main.cc) evaluates the C++ side; CTest names it in GOLDEN_MODEL.
"""

import importlib.metadata
import os
import tempfile
import unittest

import numpy as np
from PIL import Image
from tflite_reference import Reference, differences, golden

SEED = 20261129
PHOTOS = ("cat.bmp", "bird.bmp", "parrot.jpg", "hot_dog.jpg")


class NetworkTest(unittest.TestCase):
    def setUp(self):
        if "GOLDEN_MODEL" not in os.environ:
            self.skipTest("GOLDEN_MODEL is not set; enabled by: make test")
        self.data = os.environ.get("SYSTOLE_DATA", "")
        if not os.path.isdir(os.path.join(self.data, "tflite")):
            self.skipTest("SYSTOLE_DATA has no folder tflite of networks; enabled by: set it")

    def path(self, name):
        return os.path.join(self.data, "tflite", name + ".tflite")

    def photos(self, size, dtype):
        images = []
        for name in PHOTOS:
            with Image.open(os.path.join(self.data, "tflite", "photos", name)) as photo:
                pixels = photo.convert("RGB").resize((size, size), Image.Resampling.BILINEAR)
            images.append(np.array(pixels))
        pixels = np.stack(images)
        return pixels if dtype == "uint8" else (pixels ^ 0x80).view(np.int8)

    def check(self, name, images, tensors, fast=False):
        """`tensors`: how many are compared at least."""
        compared, elements, wrong = differences(self.path(name), images, fast)
        version = importlib.metadata.version("ai-edge-litert")
        print(
            f"LiteRT {version}: {name}: {len(images)} inputs, {len(compared)} tensors,"
            f" 0 of {elements} differ"
        )
        self.assertEqual(wrong, [])
        self.assertGreaterEqual(len(compared), tensors)

    def test_image_classification(self):
        self.check("pretrainedResnet_quant", self.photos(32, "int8"), 15)

    def test_visual_wake_words(self):
        self.check("vww_96_int8", self.photos(96, "int8"), 30)

    def test_keyword_spotting(self):
        samples = np.load(os.path.join(self.data, "kws", "kws01_x.npy"))
        self.check("kws_ref_model", samples[::50], 12)

    def test_anomaly_detection(self):
        random = np.random.default_rng(SEED)
        samples = random.integers(-128, 128, (20, 640)).astype(np.int8)
        self.check("ad01_int8", samples, 10)

    def test_mobilenet_v1_uint8(self):
        self.check("mobilenet_v1_0.25_128_quant", self.photos(128, "uint8"), 30)

    def test_mobilenet_v2_uint8(self):
        photos = self.photos(224, "uint8")
        self.check("mobilenet_v2_1.0_224_quant", photos[:1], 65)
        self.check("mobilenet_v2_1.0_224_quant", photos, 65, fast=True)

    def test_mobilenet_v2_int8(self):
        photos = self.photos(224, "uint8")
        self.check("tf2_mobilenet_v2_1.0_224_ptq", photos[:1], 65)
        self.check("tf2_mobilenet_v2_1.0_224_ptq", photos, 65, fast=True)

    def test_keywords_found(self):
        samples = np.load(os.path.join(self.data, "kws", "kws01_x.npy"))
        labels = np.load(os.path.join(self.data, "kws", "kws01_y.npy")).reshape(-1)
        with tempfile.TemporaryDirectory() as folder:
            tensors = golden(self.path("kws_ref_model"), samples, folder, fast=True)
        scores = list(tensors.values())[-1][1].reshape(len(samples), -1)
        right = int((scores.argmax(1) == labels).sum())
        theirs = Reference(self.path("kws_ref_model"))
        for score, sample in zip(scores, samples):
            theirs.run(sample)
            np.testing.assert_array_equal(score, theirs.output().reshape(-1))
        print(f"keyword spotting: {right} of {len(samples)} right")
        self.assertEqual(right, 901)

    def test_refuses_the_first_unsupported_operator(self):
        name = "deeplabv3_mnv2_dm05_pascal_quant"
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(
                AssertionError,
                r"quant.tflite: operator 64 \(RESIZE_BILINEAR, makes 'ResizeBilinear'\): this "
                r"operator is not supported; supported are CONV_2D,.*; cut the model before it, at",
            ):
                golden(self.path(name), np.zeros((1, 513, 513, 3), np.uint8), folder)


if __name__ == "__main__":
    unittest.main()
