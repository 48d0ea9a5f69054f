"""numerics.py against ONNX Runtime on random models, and the committed models against their
generator.
"""

import json
import os
import unittest

import numerics
import numpy as np
import random_models

_FOLDER = os.path.join(os.path.dirname(__file__), "random_models")


def _evaluate(stage, x):
    """One layer in the float32 mode, from quantized input N x C x H x W."""
    x = x.astype(np.int64)
    source, target = stage.source, stage.target
    if stage.kind == "maxpool":
        return (
            numerics.patches(x, stage.kernel, stage.stride, stage.pad, -1000)
            .max(axis=(4, 5))
            .transpose(0, 3, 1, 2)
        )
    if stage.kind == "avgpool":
        sums = numerics.patches(x - source.zero, stage.kernel, stage.stride, stage.pad, 0).sum(
            axis=(4, 5)
        )
        inside = numerics.patches(np.ones_like(x), stage.kernel, stage.stride, stage.pad, 0).sum(
            axis=(4, 5)
        )
        count = (
            np.full_like(inside, stage.kernel[0] * stage.kernel[1])
            if stage.count_include_pad
            else inside
        )
        multiplier = np.float32(source.scale) / (
            np.float32(target.scale) * count.astype(np.float32)
        )
        rounded = np.rint(sums.astype(np.float32) * multiplier.astype(np.float32)).astype(np.int64)
        return np.clip(rounded + target.zero, *target.limits()).transpose(0, 3, 1, 2)
    weights = stage.weights
    if stage.kind == "fc":
        x, weights = x.reshape(len(x), -1, 1, 1), weights.reshape(len(weights), -1, 1, 1)
    sums = numerics.convolution_sums(
        x, source.zero, weights, stage.weight_zero, stage.bias, stage.stride, stage.pad
    )
    return np.clip(
        numerics.rescale(sums, source.scale, stage.weight_scales, target.scale, "float32")
        + target.zero,
        *stage.clamp(),
    )


class RandomModelsTest(unittest.TestCase):
    def test_every_layer_equals_onnx_runtime(self):
        operators, averages, different = set(), 0, 0
        for seed in range(1, 151):
            chain, _, value, expected = random_models.make_case(seed, 4)
            for stage, theirs in zip(chain.stages, expected):
                mine = _evaluate(stage, value)
                distance = np.abs(mine - theirs.astype(np.int64))
                where = f"seed {seed} {stage.name}"
                self.assertLessEqual(distance.max(), 1 if stage.kind == "avgpool" else 0, where)
                if stage.kind == "avgpool":
                    averages, different = averages + distance.size, different + int(
                        (distance > 0).sum()
                    )
                operators.add((chain.form, stage.operator or stage.kind, chain.input.dtype))
                value = theirs
        print(
            f"average pooling: {different} of {averages} outputs differ by one"
            f" ({different / averages:.2%})"
        )
        self.assertEqual(len(operators), 2 * 5 * 2)  # forms x operators x types

    def test_a_chain_fits_on_chip(self):
        for seed in range(1, 151):
            chain = random_models.make_case(seed, 1)[0]
            self.assertTrue(
                all(np.prod(s.target.shape) <= random_models.MAX_TENSOR for s in chain.stages), seed
            )
            held = sum(s.weights.size for s in chain.stages if s.weights is not None)
            self.assertLessEqual(held, random_models.MAX_WEIGHTS, seed)

    def test_qdq_form_in_onnx_runtime_agrees(self):
        # ONNX Runtime computes some of the QDQ form in floating point: one more rounding, rarely
        # seen.
        from systole_nn import ort

        compared, different = 0, 0
        for seed in range(1, 61):
            chain, proto, pixels, expected = random_models.make_case(
                seed, 4, average="", form="qdq"
            )
            if not chain.float_input or chain.batch == 1:
                continue
            real = (pixels.astype(np.float32) - np.float32(chain.input.zero)) * chain.input.scale
            # Products of int8 saturate without VNNI unless the precision is set.
            precise = chain.input.dtype == "uint8" or not has_vnni()
            output = ort.run(ort.session(proto, precise=precise), real)[0]
            target = chain.stages[-1].target
            quantized = np.rint(output / target.scale) + target.zero
            distance = np.abs(
                quantized.reshape(len(pixels), -1) - expected[-1].reshape(len(pixels), -1)
            )
            compared, different = compared + distance.size, different + int((distance > 0).sum())
        print(f"QDQ form: {different} of {compared} outputs differ")
        self.assertGreater(compared, 1000)
        self.assertLessEqual(different, compared // 1000)


def has_vnni():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return "vnni" in file.read()


class CommittedModelsTest(unittest.TestCase):
    def test_expected_outputs_are_those_of_onnx_runtime_today(self):
        with open(os.path.join(_FOLDER, "manifest.json"), encoding="utf-8") as file:
            manifest = json.load(file)
        self.assertEqual(len(manifest), 40)
        for case in manifest:
            _, proto, pixels, expected = random_models.make_case(case["seed"], 2)
            folder = os.path.join(_FOLDER, case["folder"])
            np.testing.assert_array_equal(
                np.load(os.path.join(folder, "input.npy")), pixels, case["folder"]
            )
            np.testing.assert_array_equal(
                np.load(os.path.join(folder, "expected.npy")), expected[-1], case["folder"]
            )
            with open(os.path.join(folder, "model.onnx"), "rb") as file:
                self.assertEqual(
                    file.read(), proto.SerializeToString(deterministic=True), case["folder"]
                )

    def test_expected_outputs_of_graphs_are_those_of_onnx_runtime_today(self):
        import random_graphs

        graphs = os.path.join(os.path.dirname(_FOLDER), "random_graphs")
        with open(os.path.join(graphs, "manifest.json"), encoding="utf-8") as file:
            manifest = json.load(file)
        self.assertEqual(len(manifest), 16)
        for case in manifest:
            _, proto, pixels, expected = random_graphs.make_case(case["seed"], 2)
            folder = os.path.join(graphs, case["folder"])
            for name, array in (("input", pixels), ("expected", expected)):
                stored = np.load(os.path.join(folder, f"{name}.npy"))
                np.testing.assert_array_equal(stored, array, case["folder"])
            with open(os.path.join(folder, "model.onnx"), "rb") as file:
                stored = file.read()
            self.assertEqual(stored, proto.SerializeToString(deterministic=True), case["folder"])


if __name__ == "__main__":
    unittest.main()
