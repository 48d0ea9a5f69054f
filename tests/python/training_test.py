"""Training, batch-norm folding and quantization-aware training on small made-up data; no data set
needed.
"""

import dataclasses
import os
import tempfile
import unittest

import numerics
import numpy as np
import torch
from systole_nn import UserError, evaluate, idx, networks, published, qat, train, variants
from systole_nn.data import Augmentation, to_pixels
from systole_nn.networks import FASHION3X3, LENET5_AVGPOOL, LENET5_MNIST, FloatNet, Recipe
from systole_nn.quantize import PRESETS

_RECIPE = Recipe(
    epochs=2,
    batch=16,
    learning_rate=2e-3,
    optimizer="adamw",
    schedule="one_cycle",
    augmentation=Augmentation(shift=1),
)


def _bars(count, seed):
    """Images of horizontal (label 0) and vertical (label 1) bars."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 60, (count, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, 2, count).astype(np.uint8)
    for image, label in zip(images, labels):
        start = rng.integers(4, 20)
        image[
            (
                (slice(start, start + 4), slice(4, 24))
                if label == 0
                else (slice(4, 24), slice(start, start + 4))
            )
        ] = 255
    return images, labels


class DataFolder(unittest.TestCase):
    """A made-up MNIST of 400 and 100 images."""

    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory()
        cls.folder = cls.holder.name
        os.mkdir(os.path.join(cls.folder, "mnist"))
        for stem, count, seed in (("train", 400, 1), ("t10k", 100, 2)):
            images, labels = _bars(count, seed)
            idx.write(os.path.join(cls.folder, "mnist", f"{stem}-images-idx3-ubyte"), images)
            idx.write(os.path.join(cls.folder, "mnist", f"{stem}-labels-idx1-ubyte"), labels)

    @classmethod
    def tearDownClass(cls):
        cls.holder.cleanup()

    def train(self, name, recipe=_RECIPE):
        folder = os.path.join(self.folder, name)
        net = train.train(LENET5_MNIST, recipe, folder, self.folder, quiet=True)
        with open(os.path.join(folder, "float.pt"), "rb") as file:
            return net, file.read()


class TrainTest(DataFolder):
    def test_learns_and_a_second_run_gives_the_same_bytes(self):
        recipe = dataclasses.replace(_RECIPE, epochs=6)
        net, first = self.train("a", recipe)
        _, second = self.train("b", recipe)
        self.assertEqual(first, second)
        self.assertGreater(train.accuracy(net, *_bars(100, 3))[0], 0.95)

    def test_an_interrupted_run_ends_with_the_same_weights(self):
        recipe = dataclasses.replace(_RECIPE, epochs=3)
        whole, _ = self.train("whole", recipe)
        calls = []

        def interrupt(*arguments, original=train.accuracy):
            calls.append(1)
            if len(calls) == 3:
                raise KeyboardInterrupt
            return original(*arguments)

        original, train.accuracy = train.accuracy, interrupt
        try:
            with self.assertRaises(KeyboardInterrupt):
                self.train("broken", recipe)
        finally:
            train.accuracy = original
        self.assertFalse(os.path.exists(os.path.join(self.folder, "broken", "float.pt")))
        resumed, _ = self.train("broken", recipe)
        for name, value in whole.state_dict().items():
            self.assertTrue(torch.equal(value, resumed.state_dict()[name]), name)

    def test_weights_that_are_not_finite_are_refused(self):
        net = FloatNet(LENET5_MNIST)
        net.weights["F6"].bias.data[3] = float("nan")
        torch.save(net.state_dict(), os.path.join(self.folder, "float.pt"))
        with self.assertRaisesRegex(UserError, "F6.bias holds a value that is not finite"):
            train.load(LENET5_MNIST, self.folder)

    def test_files_that_hold_other_weights_are_refused(self):
        path = os.path.join(self.folder, "float.pt")
        with open(path, "wb") as file:
            file.write(b"not weights")
        with self.assertRaisesRegex(UserError, "float.pt: is no file of weights"):
            train.load(LENET5_MNIST, self.folder)
        torch.save(FloatNet(FASHION3X3).state_dict(), path)
        with self.assertRaisesRegex(UserError, "float.pt: holds the weights of another network"):
            train.load(LENET5_MNIST, self.folder)

    def test_missing_weights_name_the_command(self):
        with self.assertRaisesRegex(UserError, "systole_nn train lenet5-mnist"):
            train.load(LENET5_MNIST, os.path.join(self.folder, "nothing"))


class NetworkTest(unittest.TestCase):
    def test_parameter_counts(self):
        counts = {
            name: sum(p.numel() for p in FloatNet(network).parameters())
            for name, network in networks.NETWORKS.items()
        }
        self.assertEqual(counts["lenet5-mnist"], 61706)
        self.assertEqual(counts["lenet5-avgpool"], 61706)
        self.assertEqual(counts["lenet5-maxpool"], 61470)
        self.assertEqual(counts["lenet5-maxpool-bias"], 61706)
        # 9*6+6, 54*16+16, 576*120+120, 120*84+84, 84*10+10
        self.assertEqual(counts["fashion3x3"], 60 + 880 + 69240 + 10164 + 850)

    def test_layers_of_the_source_are_ours(self):
        network = networks.LENET5_MAXPOOL
        net = FloatNet(network)
        ours = {}
        for layer, shape in zip(network.layers, networks.shapes(network)[1:]):
            parameters = (
                sum(p.numel() for p in net.weights[layer.name].parameters())
                if layer.name in net.weights
                else 0
            )
            ours[layer.name] = "x".join(map(str, shape)), parameters
        self.assertEqual(ours, published.LAYERS["lenet5-maxpool"])
        # Every published row is a row of the table of variants.
        rows = {(row.group, row.name) for row in variants.table()}
        for name, figures in published.ACCURACY.items():
            self.assertLessEqual(set(figures), rows, name)

    def test_the_chain_equals_pytorch_layers_written_out(self):
        torch.manual_seed(4)
        net = FloatNet(LENET5_AVGPOOL)
        x, w = torch.rand(3, 1, 28, 28), net.state_dict()
        f = torch.nn.functional
        y = f.avg_pool2d(
            f.relu(f.conv2d(x, w["weights.C1.weight"], w["weights.C1.bias"], padding=2)), 2
        )
        y = f.avg_pool2d(f.relu(f.conv2d(y, w["weights.C3.weight"], w["weights.C3.bias"])), 2)
        y = f.conv2d(y, w["weights.C5.weight"], w["weights.C5.bias"]).flatten(1)
        y = f.linear(y, w["weights.F6.weight"], w["weights.F6.bias"])
        y = f.linear(y, w["weights.OUT.weight"], w["weights.OUT.bias"])
        torch.testing.assert_close(net(x), y)

    def test_folding_batch_norm_keeps_the_function(self):
        torch.manual_seed(5)
        net = FloatNet(FASHION3X3, batch_norm=True)
        for norm in net.norms.values():
            norm.running_mean.normal_()
            norm.running_var.uniform_(0.2, 3)
            norm.weight.data.uniform_(-1, 2)
            norm.bias.data.normal_()
        net.eval()
        x = torch.rand(4, 1, 28, 28)
        folded = net.deployable()
        self.assertEqual(len(folded.norms), 0)
        torch.testing.assert_close(folded(x), net(x), rtol=1e-4, atol=1e-5)


class QatTest(unittest.TestCase):
    """What is trained is what the integers compute."""

    def check(self, network, options, mode="float32"):
        torch.manual_seed(6)
        images = _bars(50, 4)[0]
        aware = qat.QatNet(FloatNet(network).eval(), options, images).eval()
        model = aware.quantized()
        with torch.no_grad():
            real = aware(networks.to_real(network, to_pixels(images))).numpy()
        target = model.tensors[-1]
        trained = np.rint(real / target.scale) + target.zero_point
        integers = numerics.run(model, evaluate.quantized_input(model, images), mode)[-1].reshape(
            50, -1
        )
        self.assertGreater(len(np.unique(integers)), 10)
        np.testing.assert_array_equal(trained, integers)

    def test_recommended(self):
        self.check(LENET5_MNIST, PRESETS["recommended"])

    def test_asymmetric(self):
        self.check(LENET5_MNIST, PRESETS["asymmetric"])

    def test_homework(self):
        # Everything floored: weights, and the requantization by acc m / 2^s with a 31-bit m instead
        # of a float.
        self.check(LENET5_MNIST, PRESETS["homework"], "floor")

    def test_power_of_two(self):
        self.check(FASHION3X3, PRESETS["power_of_two"])

    def test_shift(self):
        self.check(FASHION3X3, PRESETS["shift"])

    def test_real_biases_differ_from_the_integers_by_their_rounding_alone(self):
        torch.manual_seed(6)
        images = _bars(50, 4)[0]
        net = FloatNet(LENET5_MNIST).eval()
        whole, real = (
            qat.QatNet(net, PRESETS["homework"], images, integer_biases=choice).eval()
            for choice in (True, False)
        )
        x = networks.to_real(LENET5_MNIST, to_pixels(images))
        with torch.no_grad():
            self.assertTrue(torch.equal(whole(x), whole(x)))
            # Biases on the grid already are biases that are real.
            model = whole.quantized()
            for layer, source in zip(model.layers, model.tensors):
                if layer.bias is not None:
                    product = torch.from_numpy(np.float32(source.scale) * layer.weight_scales)
                    net.weights[layer.spec.name].bias.copy_(
                        torch.from_numpy(layer.bias.astype(np.float32)) * product
                    )
            self.assertTrue(torch.equal(whole(x), real(x)))

    def test_following_recalibrates_in_the_first_half_alone(self):
        calls = []
        aware = qat.QatNet(
            FloatNet(LENET5_MNIST), PRESETS["recommended"], _bars(20, 4)[0], follow=2
        )
        aware.recalibrate = lambda: calls.append(aware.step)
        x = networks.to_real(LENET5_MNIST, to_pixels(_bars(2, 5)[0]))
        for epoch in range(2):
            aware.start_epoch(epoch, 2)
            aware.train()
            for _ in range(5):
                aware(x)
        self.assertEqual(calls, [2, 4])

    def test_gradient_is_cut_where_the_value_saturates(self):
        x = torch.tensor([-300.0, 26.4, 300.0], requires_grad=True)
        y = qat._integers(x, 10, -128, 127, False)
        np.testing.assert_array_equal(y.detach().numpy(), [-138, 26, 117])
        y.sum().backward()
        np.testing.assert_array_equal(x.grad.numpy(), [0, 1, 0])

    def test_unfolded_batch_norm_is_refused(self):
        with self.assertRaisesRegex(UserError, "fold the batch normalization"):
            qat.QatNet(
                FloatNet(FASHION3X3, batch_norm=True), PRESETS["recommended"], _bars(5, 1)[0]
            )


if __name__ == "__main__":
    unittest.main()
