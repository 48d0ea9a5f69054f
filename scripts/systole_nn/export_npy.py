"""Every layer's output for one image as .npy files, by the golden reference."""

import os

import numpy as np

from . import UserError, folders, golden


def save(systole, model_path, model, image, path, rounding):
    """image: 1 x C x H x W of the model's quantized input."""
    with folders.whole(path) as part:
        source = os.path.join(part, "input.npy")
        np.save(source, image)
        outputs = golden.layer_outputs(systole, model_path, source, rounding)
        if len(outputs) != len(model.layers):
            raise UserError(
                f"{model_path}: systole wrote {len(outputs)} layers, not {len(model.layers)}"
            )
        for index, (layer, output) in enumerate(zip(model.layers, outputs)):
            np.save(os.path.join(part, f"{index}_{layer.spec.name}.npy"), output)
