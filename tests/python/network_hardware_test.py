"""The .tflite networks of SYSTOLE_DATA whole on the accelerator: golden, TLM and RTL agree in every
byte of every tensor in memory, RTL, TLM and cycle model in every cycle, and the output is LiteRT's
reference kernels'.
"""

import json
import os
import subprocess
import tempfile
import unittest

import numpy as np
from PIL import Image
from tflite_reference import Reference

SEED = 20261129
PHOTOS = ("cat.bmp", "bird.bmp", "parrot.jpg", "hot_dog.jpg")
# Libraries that `make test` builds.
SHAPES = (
    ["ROWS=16", "COLS=16"],
    ["ROWS=5", "COLS=7"],
    ["ROWS=8", "COLS=8", "WPORT=2", "LANES=4"],
)
ROWS = (["ENGINE=row"],)


class NetworkOnHardwareTest(unittest.TestCase):
    def setUp(self):
        if "SYSTOLE" not in os.environ:
            self.skipTest("SYSTOLE is not set; enabled by: make test")
        self.data = os.environ.get("SYSTOLE_DATA", "")
        if not os.path.isdir(os.path.join(self.data, "tflite")):
            self.skipTest("SYSTOLE_DATA has no folder tflite of networks; enabled by: set it")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def model(self, name):
        return os.path.join(self.data, "tflite", name + ".tflite")

    def photo(self, name, size, dtype):
        with Image.open(os.path.join(self.data, "tflite", "photos", name)) as photo:
            pixels = photo.convert("RGB").resize((size, size), Image.Resampling.BILINEAR)
        pixels = np.array(pixels)[None]
        return pixels if dtype == "uint8" else (pixels ^ 0x80).view(np.int8)

    def run_on(self, name, images, backends, parameters, *options):
        """The report, standard output and outputs of `systole run`."""
        files = {kind: os.path.join(self.folder, kind) for kind in ("i.npy", "r.json", "o.npy")}
        np.save(files["i.npy"], images)
        command = [os.environ["SYSTOLE"], "run", self.model(name), "--images", files["i.npy"]]
        command += ["--backend", backends, "--batch", "1", "--json", files["r.json"]]
        command += ["--outputs", files["o.npy"], *options]
        for parameter in parameters:
            command += ["--param", parameter]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 2 and "is not built; run: make rtl" in done.stderr:
            self.skipTest(f"{done.stderr.strip()}; enabled by: make test")
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(files["r.json"], encoding="utf-8") as file:
            return json.load(file), done.stdout, np.load(files["o.npy"])

    def check(self, name, images, shapes=SHAPES + ROWS):
        theirs = Reference(self.model(name))
        for parameters in shapes:
            report, _, outputs = self.run_on(name, images, "golden,tlm,rtl", parameters)
            self.assertEqual(report["mismatches"], 0)
            self.assertEqual(report["cycle_mismatches"], 0)
            self.assertEqual(len(set(report["cycles"].values())), 1, report["cycles"])
            compared = sum(layer["bytes_compared"] for layer in report["layers"])
            for output, image in zip(outputs, images):
                theirs.run(image)
                np.testing.assert_array_equal(output.reshape(-1), theirs.output().reshape(-1))
            print(
                f"{name}: {' '.join(parameters)}: {report['cycles_per_image']:.0f} cycles an image,"
                f" 0 of {compared} bytes differ"
            )

    def test_anomaly_detection(self):
        random = np.random.default_rng(SEED)
        self.check("ad01_int8", random.integers(-128, 128, (2, 640)).astype(np.int8))

    def test_keyword_spotting(self):
        samples = np.load(os.path.join(self.data, "kws", "kws01_x.npy"))
        self.check("kws_ref_model", samples[:2])

    def test_visual_wake_words(self):
        self.check("vww_96_int8", self.photo("cat.bmp", 96, "int8"))

    def test_image_classification(self):
        self.check("pretrainedResnet_quant", self.photo("bird.bmp", 32, "int8"))

    def test_mobilenet_v1_uint8(self):
        self.check("mobilenet_v1_0.25_128_quant", self.photo("cat.bmp", 128, "uint8"))

    def test_mobilenet_v2_uint8(self):
        # Its weights' zero points are so many RowConvs again.
        self.check("mobilenet_v2_1.0_224_quant", self.photo("parrot.jpg", 224, "uint8"), SHAPES)

    def test_mobilenet_v2_int8(self):
        self.check("tf2_mobilenet_v2_1.0_224_ptq", self.photo("hot_dog.jpg", 224, "uint8"))

    def test_mobilenet_v2_names_what_it_sees(self):
        labels = os.path.join(self.data, "tflite", "imagenet_labels.txt")
        with open(labels, encoding="utf-8") as file:
            names = file.read().splitlines()
        theirs = Reference(self.model("tf2_mobilenet_v2_1.0_224_ptq"))
        for photo in PHOTOS:
            images = self.photo(photo, 224, "uint8")
            _, told, _ = self.run_on(
                "tf2_mobilenet_v2_1.0_224_ptq", images, "golden,tlm", SHAPES[0], "--classes", labels
            )
            theirs.run(images[0])
            best = int(theirs.output().argmax())
            self.assertRegex(told, rf"\n +0\.\d+ +{best}  {names[best]}\n")
            print(f"{photo}: {names[best]}")

    def test_mobilenet_v2_from_four_kibibytes(self):
        images = self.photo("cat.bmp", 224, "uint8")
        report, _, _ = self.run_on(
            "tf2_mobilenet_v2_1.0_224_ptq", images, "golden,tlm", ["ACT_KIB=4"]
        )
        self.assertEqual(report["mismatches"], 0)


if __name__ == "__main__":
    unittest.main()
