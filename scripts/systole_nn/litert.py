"""LiteRT (TensorFlow Lite) as a yardstick: reference kernels, every layer's output."""

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from . import export_tflite


def run(model, images, batch=250):
    """Outputs of all layers, int8 N x C x H x W, by the reference kernels; images: int8 N x C x H x
    W.
    """
    content, indices = export_tflite.build(model)
    interpreter = Interpreter(
        model_content=content,
        num_threads=1,
        experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
        experimental_preserve_all_tensors=True,
    )
    source = interpreter.get_input_details()[0]["index"]
    parts = []
    for start in range(0, len(images), batch):
        chosen = np.ascontiguousarray(images[start : start + batch].transpose(0, 2, 3, 1))
        interpreter.resize_tensor_input(source, chosen.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(source, chosen)
        interpreter.invoke()
        arrays = [interpreter.get_tensor(index) for index in indices]
        parts.append(
            [a.transpose(0, 3, 1, 2) if a.ndim == 4 else a[:, :, None, None] for a in arrays]
        )
    return [np.concatenate(arrays) for arrays in zip(*parts)]
