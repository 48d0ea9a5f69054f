"""CIFAR-10's reader, the families, their training and int8, on small made-up pictures; no data set
needed.
"""

import io
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile

import numpy as np
import torch
from PIL import Image
from systole_nn import UserError, beside_onnx
from systole_nn.cifar import data, export, front, measure, networks, tables, train

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_TINY = train.Recipe(half=1, three_quarters=1, full=1, rise=1.0, batch=16)


def pictures(count, seed):
    """Noisy pictures of ten classes, each brighter in its own rows, and their labels."""
    random = np.random.default_rng(seed)
    labels = np.arange(count, dtype=np.uint8) % 10
    images = random.integers(0, 120, (count, 3, 32, 32), dtype=np.uint8)
    for image, label in zip(images, labels):
        image[:, 3 * label : 3 * label + 3] += 130
    return images, labels


def write_zip(path, names, size=(32, 32)):
    """Random JPEG files of these names; what Pillow reads of each."""
    random, read = np.random.default_rng(1), {}
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            file = io.BytesIO()
            Image.fromarray(random.integers(0, 255, (*size, 3), dtype=np.uint8)).save(file, "JPEG")
            archive.writestr(name, file.getvalue())
            read[name] = np.array(Image.open(io.BytesIO(file.getvalue())))
    return read


def normalized(name, seed=1):
    """The untrained network with the batch statistics of made-up pictures, in evaluation."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    net = networks.build(name)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None
    with torch.no_grad():
        net.train()(train.to_real(torch.from_numpy(pictures(32, seed)[0])))
    return net.eval()


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)


class ReaderTest(Folder):
    def test_images_by_name_and_their_classes(self):
        read = write_zip(self.path("a.zip"), ["truck/0001.jpg", "cat/0002.jpg", "cat/0001.jpg"])
        images, labels = data.read(self.path("a.zip"))
        self.assertEqual(labels.tolist(), [3, 3, 9])
        for image, name in zip(images, ["cat/0001.jpg", "cat/0002.jpg", "truck/0001.jpg"]):
            np.testing.assert_array_equal(image.transpose(1, 2, 0), read[name])

    def test_the_first_ones_of_every_class(self):
        write_zip(self.path("a.zip"), [f"{c}/{i}.jpg" for c in ("cat", "truck") for i in range(3)])
        images, labels = data.read(self.path("a.zip"))
        first, their_labels = data.read(self.path("a.zip"), 2)
        self.assertEqual(their_labels.tolist(), [3, 3, 9, 9])
        np.testing.assert_array_equal(first, images[[0, 1, 3, 4]])

    def test_what_is_no_such_file_is_refused(self):
        write_zip(self.path("class.zip"), ["tiger/0001.jpg"])
        write_zip(self.path("size.zip"), ["cat/0001.jpg"], (16, 32))
        write_zip(self.path("empty.zip"), [])
        with zipfile.ZipFile(self.path("text.zip"), "w") as archive:
            archive.writestr("cat/0001.jpg", "no picture")
        with open(self.path("broken.zip"), "w", encoding="utf-8") as file:
            file.write("no archive")
        for name in ("class", "size", "empty", "text", "broken"):
            with self.assertRaisesRegex(UserError, f"{name}.zip"):
                data.read(self.path(f"{name}.zip"))
        with self.assertRaisesRegex(UserError, "no such file"):
            data.load("train", self.folder)


class NetworksTest(unittest.TestCase):
    def parameters(self, name):
        return sum(p.numel() for p in networks.build(name).parameters())

    def test_sizes_are_the_published_ones(self):
        # He et al. 2015: 0.27 million in ResNet-20 whose shortcuts have no parameters; two 1x1
        # convolutions and their normalizations are 16 * 32 + 64 + 32 * 64 + 128 more.
        self.assertEqual(self.parameters("resnet20"), 269722 + 2752)
        self.assertEqual(self.parameters("resnet20-16-32-64"), self.parameters("resnet20"))
        for name, convolutions in (("resnet8", 7), ("resnet20", 19), ("densenet22", 21)):
            of_3_or_narrow = [
                m
                for path, m in networks.build(name).named_modules()
                if isinstance(m, torch.nn.Conv2d) and "shortcut" not in path
            ]
            self.assertEqual(len(of_3_or_narrow), convolutions, name)

    def test_unknown_names_are_refused(self):
        for name in ("resnet20-0-1-2", "resnet20-16-32", "mobilenet-2", "vgg"):
            with self.assertRaisesRegex(UserError, "no network"):
                networks.build(name)

    def test_folding_keeps_the_outputs(self):
        images = train.to_real(torch.from_numpy(pictures(8, 3)[0]))
        for name in networks.NAMES:
            net = normalized(name)
            with torch.no_grad():
                before = net(images)
                after = networks.folded(net)(images)
            self.assertFalse([m for m in net.modules() if isinstance(m, torch.nn.BatchNorm2d)])
            torch.testing.assert_close(after, before, rtol=1e-3, atol=1e-4)


class TrainingTest(Folder):
    def test_crops_are_of_the_mirrored_padded_image(self):
        images = pictures(6, 5)[0]
        mirrored = torch.arange(6) % 2 == 1
        generator = torch.Generator().manual_seed(1)
        crops = train.augmented(torch.from_numpy(images), mirrored, generator).numpy()
        for image, crop, flip in zip(images, crops, mirrored):
            padded = np.pad(image, ((0, 0), (4, 4), (4, 4)), mode="reflect")
            crop = crop[:, :, ::-1] if flip else crop
            places = [
                (y, x)
                for y in range(9)
                for x in range(9)
                if np.array_equal(padded[:, y : y + 32, x : x + 32], crop)
            ]
            self.assertEqual(len(places), 1)

    def test_the_rate_goes_up_and_down_to_zero(self):
        recipe = train.RECIPES["long"]
        rates = [recipe.rate(step, 391) for step in range(60 * 391)]
        self.assertEqual(recipe.epochs, 60)
        self.assertEqual(max(rates), 0.2)
        self.assertEqual(rates.index(0.2), 6 * 391 - 1)
        self.assertAlmostEqual(sum(rates) / len(rates), 0.1, 3)
        self.assertLess(rates[-1], 1e-4)
        self.assertEqual(sorted(rates[6 * 391 :], reverse=True), rates[6 * 391 :])

    def test_an_interrupted_run_ends_with_the_same_weights(self):
        images, labels = pictures(40, 7)
        whole = train.train("resnet8", _TINY, self.path("a"), images, labels, quiet=True)

        class Interrupted(Exception):
            pass

        saves, save = [], torch.save

        def stop_after_two(*arguments):
            save(*arguments)
            saves.append(1)
            if len(saves) == 2:
                raise Interrupted

        torch.save = stop_after_two
        try:
            with self.assertRaises(Interrupted):
                train.train("resnet8", _TINY, self.path("b"), images, labels, quiet=True)
        finally:
            torch.save = save
        again = train.train("resnet8", _TINY, self.path("b"), images, labels, quiet=True)
        for one, other in zip(whole.state_dict().values(), again.state_dict().values()):
            self.assertTrue(torch.equal(one, other))
        with open(self.path("b/train.json"), encoding="utf-8") as file:
            report = json.load(file)
        self.assertEqual([e["pixels"] for e in report["epochs"]], [16, 24, 32])
        self.assertIn("JPEG", report["images"])
        loaded = train.load("resnet8", self.path("b"))
        shares = [train.accuracy(net, images, labels) for net in (loaded, whole)]
        self.assertEqual(*shares)
        with self.assertRaisesRegex(UserError, "another network"):
            train.load("resnet20", self.path("b"))

    def test_it_learns(self):
        images, labels = pictures(200, 9)
        recipe = train.Recipe(half=4, three_quarters=1, full=3, rise=1.0, batch=20)
        net = train.train("resnet8", recipe, self.path("a"), images, labels, quiet=True)
        # Guessing gives 0.1. What training comes to differs a little from processor to processor.
        self.assertGreater(train.accuracy(net, *pictures(100, 10)), 0.75)

    def test_bad_input_is_one_line(self):
        for arguments in (["train", "vgg"], ["train", "resnet8", "--data", "nowhere"]):
            done = subprocess.run(
                [sys.executable, "-m", "systole_nn.cifar", *arguments, "--work", self.folder],
                env={**os.environ, "PYTHONPATH": os.path.join(ROOT, "scripts")},
                capture_output=True,
                text=True,
                check=False,
            )
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)


class IntegersTest(Folder):
    """Every family in int8: golden is ONNX Runtime in every tensor, and TLM is golden."""

    def setUp(self):
        super().setUp()
        if "SYSTOLE" not in os.environ:
            self.skipTest("SYSTOLE is not set; enabled by: make test")

    def test_golden_is_onnx_runtime_and_the_accelerator_golden(self):
        images, labels = pictures(20, 11)
        np.save(self.path("images.npy"), images[:2])
        for name in (*networks.NAMES, "resnet20-14-28-42"):
            proto = export.quantize(normalized(name), export.calibration(images, labels, 10))
            real = train.to_real(torch.from_numpy(images[:2])).contiguous().numpy()
            total = beside_onnx.check(os.environ["SYSTOLE"], proto, real)
            self.assertEqual(total["failed"], [])
            self.assertEqual(total["exact"][0], 0)
            export.write(proto, self.path("net.onnx"))
            command = [os.environ["SYSTOLE"], "run", self.path("net.onnx"), "--batch", "1"]
            command += ["--images", self.path("images.npy"), "--backend", "golden,tlm"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("all equal", done.stdout)
            print(f"{name}: 0 of {total['exact'][1]} differ from ONNX Runtime")

    def test_the_tables_are_those_of_the_networks(self):
        def shapes(text):  # all but the names, in any order
            return sorted(line.split(",", 1)[1] for line in text.splitlines() if "conv," in line)

        images = pictures(2, 15)[0]
        for widths in ((16, 32, 64), (14, 28, 42)):
            net = normalized("resnet20-" + "-".join(map(str, widths)))
            export.write(export.quantize(net, images), self.path("net.onnx"))
            read = measure.table(os.environ["SYSTOLE"], self.path("net.onnx"))
            self.assertEqual(shapes(tables.resnet20(widths)), shapes(read))

    def test_resnet50_has_the_published_multiply_adds(self):
        costs = measure.mapped(os.environ["SYSTOLE"], tables.resnet50((64, 128, 256, 512)))
        # Torchvision's: 4.09 billion, with the stride in the 3x3 convolutions.
        self.assertEqual(round(costs["eyeriss"].macs / 1e7), 409)
        self.assertEqual(costs["weight"].macs, costs["eyeriss"].macs)

    def test_calibration_takes_the_classes_in_turn(self):
        images, labels = pictures(40, 13)
        order = np.argsort(labels, kind="stable")
        chosen = export.calibration(images[order], labels[order], 20)
        np.testing.assert_array_equal(chosen, images[:20])


class CommandTest(Folder):
    """From pictures to a point of the front, on the command line."""

    def call(self, *arguments):
        done = subprocess.run(
            [sys.executable, "-m", "systole_nn.cifar", *arguments],
            env={**os.environ, "PYTHONPATH": os.path.join(ROOT, "scripts")},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    def setUp(self):
        super().setUp()
        if "SYSTOLE" not in os.environ:
            self.skipTest("SYSTOLE is not set; enabled by: make test")
        os.mkdir(self.path("cifar10"))
        for split, count in (("train", 20), ("test", 10)):
            names = [f"{data.CLASSES[i % 10]}/{i // 10:04d}.jpg" for i in range(count)]
            write_zip(self.path(f"cifar10/cifar10_{split}.zip"), names)

    def test_train_quantize_front(self):
        common = ["--data", self.folder, "--work", self.path("work"), "--quiet"]
        recipe = ["--recipe", "short"]
        status, out, err = self.call("train", "resnet8", *recipe, *common)
        self.assertEqual(status, 0, err)
        self.assertRegex(out, r"^resnet8: float [\d.]+% of 10 test images \(JPEG re-encodings")
        path = self.path("resnet8.onnx")
        status, out, err = self.call("quantize", "resnet8", *recipe, *common, "-o", path)
        self.assertEqual(status, 0, err)
        said = re.match(r"resnet8: float ([\d.]+)%, int8 ([\d.]+)%", out)
        kept = export.trained(path)
        self.assertEqual((kept["epochs"], kept["of"]), (5, 10))
        self.assertEqual(float(said[1]), 100 * kept["float_right"] / 10)
        svg = self.path("front.svg")
        status, out, err = self.call("front", "--models", self.folder, "--svg", svg, *common)
        self.assertEqual(status, 0, err)
        self.assertIn("JPEG", out.splitlines()[0])
        row = out.splitlines()[2].split()
        self.assertEqual(row[0], "resnet8")
        self.assertEqual(row[4:6], [said[1], said[2]])
        self.assertEqual(row[9:], ["energy", "eyeriss", "own"])
        with open(svg, encoding="utf-8") as file:
            self.assertEqual(file.read().count(">resnet8<"), 3)

    def test_what_is_missing_is_one_line(self):
        for arguments in (
            ["quantize", "resnet8", "--work", self.path("none")],
            ["front", "--models", self.path("none")],
        ):
            status, _, err = self.call(*arguments, "--data", self.folder)
            self.assertEqual(status, 2)
            self.assertEqual(len(err.splitlines()), 1, err)


class FrontTest(unittest.TestCase):
    def test_who_is_on_the_front(self):
        def at(name, share, energy, epochs=5):
            return front.Point(name, epochs, 0, 0, share, share, energy, 0, 0)

        best, cheap = at("best", 0.8, 10), at("cheap", 0.7, 5)
        behind, equal, longer = at("behind", 0.7, 6), at("equal", 0.8, 10), at("longer", 0.9, 9, 21)
        points = [best, cheap, behind, equal, longer]
        names = [p.name for p in points if front.on_front(p, points, "energy")]
        self.assertEqual(names, ["best", "cheap", "equal", "longer"])


if __name__ == "__main__":
    unittest.main()
