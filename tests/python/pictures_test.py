"""PNG, JPEG and BMP files as a model's input: decoded, resized and made grey as Pillow does, byte
for byte. The model is one pooling layer over one element, whose output is its input.
"""

import importlib.metadata
import os
import subprocess
import tempfile
import unittest

import numpy as np
from PIL import Image
from tflite_writer import Writer, options

SEED = 20261129
SIZES = ((32, 32), (7, 19), (64, 48), (96, 200))  # height, width of the input


def identity(height, width, channels, dtype):
    writer = Writer()
    shape = [1, height, width, channels]
    tensors = [writer.tensor(shape, dtype, 1 / 255, 0) for _ in range(2)]
    made = options("Pool2D", padding=1, strideH=1, strideW=1, filterHeight=1, filterWidth=1)
    writer.operator("MAX_POOL_2D", tensors[:1], tensors[1:], made)
    writer.graph.inputs, writer.graph.outputs = tensors[:1], tensors[1:]
    return writer.bytes()


class PicturesTest(unittest.TestCase):
    def setUp(self):
        if "GOLDEN_MODEL" not in os.environ:
            self.skipTest("GOLDEN_MODEL is not set; enabled by: make test")
        self.random = np.random.default_rng(SEED)
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def drawn(self, height, width):
        """Smooth areas, edges and noise."""
        y, x = np.mgrid[0:height, 0:width]
        waves = [np.sin(x / (3 + c) + y / (5 + 2 * c)) * 90 + 128 for c in range(3)]
        pixels = np.stack(waves, -1) + self.random.normal(0, 8, (height, width, 3))
        pixels[height // 3 : height // 2, width // 4 :] = (250, 10, 60)
        return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))

    def write_pictures(self):
        os.mkdir(self.path("pictures"))
        alpha = Image.fromarray(self.random.integers(0, 256, (31, 57), np.uint8))
        transparent = self.drawn(31, 57)
        transparent.putalpha(alpha)
        pictures = {
            "a.png": (self.drawn(40, 60), {}),
            "b.png": (transparent, {}),
            "c.png": (self.drawn(23, 17).convert("L"), {}),
            "d.png": (self.drawn(50, 50).convert("P"), {}),
            "e.jpg": (self.drawn(120, 90), {"quality": 90}),
            "f.jpg": (self.drawn(33, 65), {"quality": 35}),
            "g.jpg": (self.drawn(64, 64).convert("L"), {}),
            "h.bmp": (self.drawn(37, 41), {}),
            "i.bmp": (self.drawn(37, 41).convert("P"), {}),
            "j.jpg": (self.drawn(32, 32), {"progressive": True, "subsampling": 0}),
        }
        for name, (picture, values) in pictures.items():
            picture.save(self.path(os.path.join("pictures", name)), **values)
        with open(self.path(os.path.join("pictures", "notes.txt")), "w", encoding="utf-8") as file:
            file.write("no picture")
        return sorted(pictures)

    def run_golden(self, model, images):
        with open(self.path("model.tflite"), "wb") as file:
            file.write(model)
        command = [os.environ["GOLDEN_MODEL"], self.path("model.tflite"), images, self.folder.name]
        done = subprocess.run(command, capture_output=True, check=False)
        return done.returncode, done.stderr.decode()

    def test_equal_pillow(self):
        names = self.write_pictures()
        count = 0
        for height, width in SIZES:
            for channels, mode in ((3, "RGB"), (1, "L")):
                for dtype in ("uint8", "int8"):
                    model = identity(height, width, channels, dtype)
                    self.assertEqual(self.run_golden(model, self.path("pictures")), (0, ""))
                    mine = np.load(self.path("1.npy"))
                    for name, image in zip(names, mine):
                        with Image.open(self.path(os.path.join("pictures", name))) as picture:
                            rgb = picture.convert("RGB").convert(mode)
                        across = rgb.resize((width, rgb.height), Image.Resampling.BILINEAR)
                        wanted = np.array(across.resize((width, height), Image.Resampling.BILINEAR))
                        if dtype == "int8":
                            image = image.view(np.uint8) ^ 0x80
                        np.testing.assert_array_equal(
                            image, wanted.reshape(image.shape), f"{name} {height}x{width} {mode}"
                        )
                        count += wanted.size
        version = importlib.metadata.version("pillow")
        print(f"Pillow {version}: {len(names)} pictures, 0 of {count} bytes differ")

    def test_refusals(self):
        names = self.write_pictures()
        model = identity(8, 8, 3, "uint8")
        for name in ("a.png", "e.jpg", "h.bmp"):
            with open(self.path(os.path.join("pictures", name)), "rb") as file:
                whole = file.read()
            with open(self.path("cut"), "wb") as file:
                file.write(whole[: len(whole) // 2])
            status, message = self.run_golden(model, self.path("cut"))
            self.assertEqual(status, 2)
            self.assertRegex(message, r"^\S*/cut: is (a damaged|truncated)[^\n]*\n$")
        self.assertIn(names[0], os.listdir(self.path("pictures")))
        os.mkdir(self.path("empty"))
        status, message = self.run_golden(model, self.path("empty"))
        self.assertEqual(status, 2)
        self.assertIn("holds no PNG, JPEG or BMP file", message)
        picture = self.path(os.path.join("pictures", "a.png"))
        status, message = self.run_golden(identity(8, 8, 4, "uint8"), picture)
        self.assertEqual(status, 2)
        self.assertIn("the model's input has 4 channels", message)


if __name__ == "__main__":
    unittest.main()
