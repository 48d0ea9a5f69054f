"""The command line of systole_nn: what it refuses (one line, exit status 2, nothing written), and
build's chains.
"""

import contextlib
import io
import os
import tempfile
import unittest
from unittest import mock

import numpy as np
import onnx
import torch
from systole_nn import __main__ as command
from systole_nn import idx, pipeline
from systole_nn.networks import LENET5_MNIST, NETWORKS, FloatNet


class CommandTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.data = os.path.join(self.folder, "data")
        os.makedirs(os.path.join(self.data, "mnist"))
        self.write_images("train", 20)
        self.write_images("t10k", 10)
        self.weights = os.path.join(self.folder, "work", "lenet5-mnist", "better")
        os.makedirs(self.weights)
        torch.manual_seed(2)
        torch.save(FloatNet(LENET5_MNIST).state_dict(), os.path.join(self.weights, "float.pt"))
        environment = mock.patch.dict(os.environ)
        environment.start()
        self.addCleanup(environment.stop)
        os.environ.pop("SYSTOLE_DATA", None)

    def write_images(self, stem, count, labels=None):
        images = np.random.default_rng(count).integers(0, 256, (count, 28, 28), dtype=np.uint8)
        idx.write(os.path.join(self.data, "mnist", f"{stem}-images-idx3-ubyte"), images)
        idx.write(
            os.path.join(self.data, "mnist", f"{stem}-labels-idx1-ubyte"),
            np.zeros(labels or count, np.uint8),
        )

    def run_command(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = command.main(list(arguments))
        return status, out.getvalue(), err.getvalue()

    def quantize(self, *options):
        output = os.path.join(self.folder, "out", "model.onnx")
        work = os.path.join(self.folder, "work")
        arguments = [
            "quantize",
            "lenet5-mnist",
            "--quiet",
            "--data",
            self.data,
            "--work",
            work,
            "-o",
            output,
            *options,
        ]
        return (*self.run_command(*arguments), output)

    def expect_refused(self, words, *options):
        status, _, err, output = self.quantize(*options)
        self.assertEqual(status, 2)
        self.assertIn(words, err)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertFalse(os.path.exists(os.path.dirname(output)))

    def test_quantize_writes_the_model(self):
        status, out, err, output = self.quantize()
        self.assertEqual((status, err), (0, ""))
        self.assertIn("qdq form", out)
        self.assertEqual(os.listdir(os.path.dirname(output)), ["model.onnx"])

    def test_labels_of_another_length(self):
        self.write_images("train", 20, labels=19)
        self.expect_refused("20 images but 19 labels")
        work = os.path.join(self.folder, "new")
        status, _, err = self.run_command(
            "train", "lenet5-mnist", "--quiet", "--data", self.data, "--work", work
        )
        self.assertEqual((status, err.count("\n")), (2, 1), err)
        self.assertIn("20 images but 19 labels", err)
        self.assertFalse(os.path.exists(work))

    def test_damaged_weights(self):
        net = FloatNet(LENET5_MNIST)
        net.weights["C1"].weight.data[0, 0, 0, 0] = float("nan")
        torch.save(net.state_dict(), os.path.join(self.weights, "float.pt"))
        self.expect_refused("C1.weight holds a value that is not finite")

    def test_constant_activation(self):
        net = FloatNet(LENET5_MNIST)
        net.weights["C1"].weight.data.zero_()
        net.weights["C1"].bias.data.fill_(-1)
        torch.save(net.state_dict(), os.path.join(self.weights, "float.pt"))
        self.expect_refused("lenet5-mnist C1: is constant zero")
        work = os.path.join(self.folder, "work")
        status, _, err = self.run_command(
            "qat", "lenet5-mnist", "--quiet", "--data", self.data, "--work", work
        )
        self.assertEqual((status, err.count("\n")), (2, 1), err)
        self.assertIn("lenet5-mnist C1: is constant zero", err)
        self.assertEqual(os.listdir(self.weights), ["float.pt"])

    def test_empty_calibration_set(self):
        self.expect_refused("calibration set is empty", "--calibration-images", "0")

    def test_asymmetric_per_channel(self):
        self.expect_refused("per-tensor", "--weights", "asymmetric")

    def export(self, proto, form):
        path = os.path.join(self.folder, "odd.onnx")
        onnx.save(proto, path)
        before = sorted(os.listdir(self.folder))
        output = os.path.join(self.folder, "exported")
        status, _, err = self.run_command("export", path, "--form", form, "-o", output)
        self.assertEqual((status, err.count("\n")), (2, 1), err)
        self.assertEqual(sorted(os.listdir(self.folder)), before)
        return err

    def odd_model(self, operator):
        """The quantized network with one operator's name changed."""
        _, _, _, output = self.quantize()
        proto = onnx.load(output)
        next(node for node in proto.graph.node if node.op_type == "Relu").op_type = operator
        return proto

    def test_a_model_with_an_unsupported_layer(self):
        for form in ("text", "qlinear", "tflite"):
            self.assertIn(
                "(Sigmoid) is not part of a chain", self.export(self.odd_model("Sigmoid"), form)
            )

    def test_a_model_that_is_not_quantized(self):
        value = onnx.helper.make_tensor_value_info
        node = onnx.helper.make_node("Conv", ["x", "w"], ["y"], "conv", kernel_shape=[1, 1])
        weights = onnx.numpy_helper.from_array(np.ones((1, 1, 1, 1), np.float32), "w")
        shape = [1, 1, 2, 2]
        ends = [value("x", onnx.TensorProto.FLOAT, shape)], [
            value("y", onnx.TensorProto.FLOAT, shape)
        ]
        proto = onnx.helper.make_model(onnx.helper.make_graph([node], "g", *ends, [weights]))
        self.assertIn("is not a QDQ chain written by systole_nn", self.export(proto, "text"))

    def test_a_folder_that_cannot_be_written(self):
        _, _, _, model = self.quantize()
        status, _, err = self.run_command(
            "export", model, "--form", "qdq", "-o", "/proc/none/model.onnx"
        )
        self.assertEqual((status, err.count("\n")), (2, 1), err)

    def test_an_image_beyond_the_file(self):
        _, _, _, model = self.quantize()
        output = os.path.join(self.folder, "tensors")
        status, _, err = self.run_command(
            "export", model, "--form", "npy", "-o", output, "--image", "640", "--systole", "none"
        )
        self.assertEqual(status, 2)
        self.assertIn("the file holds images 0 to 639", err)

    def test_images_are_padded_as_the_network_takes_them(self):
        output = os.path.join(self.folder, "images.npy")
        status, out, _ = self.run_command(
            "images", "lenet5-maxpool", "--data", self.data, "-o", output, "--first", "3"
        )
        self.assertEqual((status, out), (0, f"wrote 3 images to {output}\n"))
        written = np.load(output)
        plain = idx.read(os.path.join(self.data, "mnist", "t10k-images-idx3-ubyte"))
        self.assertEqual((written.shape, written.dtype), ((3, 1, 32, 32), np.uint8))
        np.testing.assert_array_equal(written[:, 0, 2:30, 2:30], plain[:3])
        self.assertEqual(int(written.astype(int).sum()), int(plain[:3].astype(int).sum()))

    def test_training_under_quantization_from_scratch_needs_no_weights(self):
        work = os.path.join(self.folder, "new")
        options = "--preset", "homework", "--scratch", "--epochs", "1"
        arguments = [
            "qat",
            "lenet5-maxpool",
            "--quiet",
            "--data",
            self.data,
            "--work",
            work,
            *options,
        ]
        status, out, err = self.run_command(*arguments)
        self.assertEqual((status, err), (0, ""))
        self.assertIn("lenet5-maxpool: float ", out)
        self.assertEqual(
            os.listdir(os.path.join(work, "lenet5-maxpool", "better")), ["qat-homework-scratch"]
        )

    def test_batch_normalization_is_not_trained_under_quantization_from_scratch(self):
        status, _, err = self.run_command(
            "qat", "fashion3x3", "--data", self.data, "--work", self.folder, "--scratch"
        )
        self.assertEqual((status, err.count("\n")), (2, 1), err)
        self.assertIn("cannot be folded before it is trained", err)

    def test_unknown_recipe(self):
        status, _, err = self.run_command(
            "train", "lenet5-mnist", "--recipe", "best", "--data", self.data
        )
        self.assertEqual(status, 2)
        self.assertIn("has no recipe 'best' (known: better)", err)

    def test_unknown_network(self):
        status, _, err = self.run_command("train", "lenet6", "--data", self.data)
        self.assertEqual(status, 2)
        self.assertIn("unknown network 'lenet6'", err)
        self.assertIn("lenet5-avgpool", err)

    def test_no_data_folder(self):
        status, _, err = self.run_command("build")
        self.assertEqual(status, 2)
        self.assertIn("SYSTOLE_DATA", err)


class PipelineTest(unittest.TestCase):
    def test_every_recipe_is_trained_before_it_is_used(self):
        for name, network in NETWORKS.items():
            trained = set()
            for step in pipeline.chain(name, "models", "work"):
                words = step.command
                recipe = words[words.index("--recipe") + 1]
                if words[0] == "train":
                    trained.add(recipe)
                self.assertIn(recipe, trained)
            self.assertEqual(trained, set(network.recipes))

    def test_the_words_of_every_step_are_a_command(self):
        parser = command._parser()
        for name in NETWORKS:
            for step in pipeline.chain(name, "models", "work"):
                arguments = parser.parse_args(step.command)
                place = os.path.join("work", name, arguments.recipe)
                if step.command[0] == "qat":
                    suffix = "-scratch" if arguments.scratch else ""
                    place = os.path.join(place, f"qat-{arguments.preset}{suffix}", "qat.json")
                elif step.command[0] == "train":
                    place = os.path.join(place, "float.pt")
                else:
                    place = os.path.join("models", name, "model.onnx")
                self.assertEqual(step.result, place)

    def test_build_from_nothing_twice_gives_the_same_bytes(self):
        random = np.random.default_rng(9)
        with tempfile.TemporaryDirectory() as folder:
            images = os.path.join(folder, "data", "mnist")
            os.makedirs(images)
            for stem, count in (("train", 40), ("t10k", 20)):
                pixels = random.integers(0, 256, (count, 28, 28), dtype=np.uint8)
                idx.write(os.path.join(images, f"{stem}-images-idx3-ubyte"), pixels)
                labels = random.integers(0, 10, count, dtype=np.uint8)
                idx.write(os.path.join(images, f"{stem}-labels-idx1-ubyte"), labels)

            def build(models, work):
                out = io.StringIO()
                with contextlib.redirect_stdout(out):
                    where = (
                        os.path.join(folder, models),
                        os.path.join(folder, work),
                        os.path.join(folder, "data"),
                    )
                    pipeline.run(["lenet5-mnist"], *where, 1, False, quiet=True)
                with open(os.path.join(folder, models, "lenet5-mnist", "model.onnx"), "rb") as file:
                    return out.getvalue(), file.read()

            out, first = build("models", "work")
            self.assertIn("lenet5-mnist: train --recipe better: lenet5-mnist: float accuracy", out)
            self.assertIn("lenet5-mnist         better", out)
            self.assertNotIn("is there", out)
            # A model that is there, but older than the weights, is made again: what is shipped
            # proves nothing.
            old = os.path.join(folder, "other", "lenet5-mnist", "model.onnx")
            os.makedirs(os.path.dirname(old))
            with open(old, "wb") as file:
                file.write(b"old")
            os.utime(old, (1e9, 1e9))
            self.assertEqual(build("other", "again")[1], first)
            # What is there and not older is left alone.
            out, third = build("models", "work")
            self.assertEqual(out.count("is there"), 2)
            self.assertEqual(third, first)

    def test_a_failing_step_stops_its_chain_and_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(
                Exception, "lenet5-mnist: train --recipe better: exit status 2: .*no such file"
            ):
                pipeline.run(
                    ["lenet5-mnist"], folder, folder, os.path.join(folder, "nowhere"), 1, False
                )
            self.assertFalse(os.path.exists(os.path.join(folder, "lenet5-mnist", "model.onnx")))


if __name__ == "__main__":
    unittest.main()
