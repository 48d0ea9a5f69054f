"""ONNX Runtime as a yardstick: sessions that compute in true 8-bit integers, with every layer's
output at hand.
"""

import numpy as np
import onnxruntime


def session(proto, optimize=True, precise=True):
    """A one-thread CPU session.

    precise: its x64 quantization precision is set, so that no product of 8-bit values saturates on
    any processor. It works for uint8 activations; with int8 ones ONNX Runtime finds no kernel, and
    processors without VNNI saturate.
    """
    options = onnxruntime.SessionOptions()
    if precise:
        options.add_session_config_entry("session.x64quantprecision", "1")
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    if not optimize:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(
        proto.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def run(running, images, batch=500):
    """All graph outputs for `images` (N x C x H x W of the graph's input type), concatenated over
    batches.
    """
    name = running.get_inputs()[0].name
    parts = [
        running.run(None, {name: images[start : start + batch]})
        for start in range(0, len(images), batch)
    ]
    return [np.concatenate(arrays) for arrays in zip(*parts)]
