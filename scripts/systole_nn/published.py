"""The figures that the source documents print for their networks, beside which the report puts the
project's own.
"""

# (group, name) of a row of variants.table() -> accuracy in percent.
ACCURACY = {
    "lenet5-avgpool": {
        ("reference", "float"): 98.56,
        ("6501 group 6", "asymmetric weights and activations"): 98.82,
    },
    "lenet5-maxpool": {
        ("reference", "float"): 98.67,
        ("homework 1", "weights only"): 98.67,
        ("homework 1", "everything, floor, 31-bit multiplier"): 98.69,
        ("quantization-aware", "homework-scratch, its weights in float"): 98.09,
        ("quantization-aware", "homework-scratch, to nearest, float multiplier"): 98.11,
        ("quantization-aware", "homework-scratch, floor, 31-bit multiplier"): 98.14,
    },
    "lenet5-maxpool-bias": {
        ("reference", "float"): 97.77,
        ("homework 1", "weights only"): 97.81,
        ("homework 1", "everything, floor, 31-bit multiplier"): 97.77,
    },
    "fashion3x3": {("reference", "float"): 90.48, ("team 9", "qnnpack configuration"): 90.24},
}

# Test accuracy in percent after each epoch, and the mean losses of successive groups of training
# batches, by epoch; "float" or the name of a quantization-aware run.
EPOCHS = {
    "lenet5-maxpool": {
        "float": (
            (98.38, (0.379, 0.134, 0.114, 0.095, 0.087, 0.090, 0.074)),
            (98.67, (0.059, 0.066, 0.060, 0.070, 0.055, 0.062, 0.065)),
        ),
        "homework-scratch": (
            (98.16, (0.541, 0.125, 0.111, 0.088, 0.084, 0.079, 0.074)),
            (98.08, (0.058, 0.062, 0.067, 0.063, 0.055, 0.067, 0.065)),
        ),
    },
    "lenet5-maxpool-bias": {
        "float": (
            (98.23, (0.420, 0.144, 0.110, 0.104, 0.084, 0.091, 0.079)),
            (97.77, (0.071, 0.056, 0.067, 0.073, 0.057, 0.058, 0.063)),
        ),
    },
}

PARAMETERS = {"lenet5-avgpool": 61686, "lenet5-maxpool": 61470}
PARAMETERS_REMARK = {
    "lenet5-avgpool": (
        "The source prints 61,686; its own sum, without the biases of the last two layers, is"
        " 61,612, with them 61,706."
    ),
}

# Per layer: output C x H x W, parameters.
LAYERS = {
    "lenet5-maxpool": {
        "C1": ("6x28x28", 150),
        "S2": ("6x14x14", 0),
        "C3": ("16x10x10", 2400),
        "S4": ("16x5x5", 0),
        "C5": ("120x1x1", 48000),
        "F6": ("84x1x1", 10080),
        "OUT": ("10x1x1", 840),
    }
}

# At batch 4: multiply-adds in millions; input, outputs of the layers with weights forward and
# backward, parameters, and their sum in MB (millions of bytes), single precision.
BATCH = 4
BATCH_COSTS = {"lenet5-maxpool": (1.67, 0.02, 0.21, 0.25, 0.47)}

# Size of the float and of the int8 model's file, MB.
FILE_SIZES = {"fashion3x3": (0.327587, 0.088283)}

# Real range and three-sigma range of a tensor.
RANGES = {
    "lenet5-maxpool": {
        "C1 weights": (-0.3566, 0.4702, -0.4417, 0.4607),
        "C3 weights": (-0.8316, 0.3939, -0.5404, 0.4515),
        "C5 weights": (-0.7897, 0.6771, -0.4286, 0.3956),
        "F6 weights": (-0.6005, 0.4749, -0.4010, 0.3817),
        "OUT weights": (-1.0604, 0.2294, -0.6948, 0.4443),
        "input": (-1.0, 0.9843, -2.4844, 1.0379),
        "C1 output": (0.0, 2.3684, -0.8580, 1.1404),
        "C3 output": (0.0, 4.7353, -1.2369, 1.5076),
        "C5 output": (0.0, 9.5763, -5.4065, 6.9327),
        "F6 output": (0.0, 12.3493, -6.6470, 9.0580),
        "OUT output": (-22.7720, 8.1688, -43.8960, 17.6123),
    }
}

# Scale and zero point of tensors, and scale of weights, where a document prints them.
SCALES = {
    "fashion3x3": {
        "image": (0.00392, 0, None),
        "conv1": (0.0087, 0, 0.01744),
        "pool": (0.0087, 0, None),
        "conv2": (0.02115, 0, 0.00857),
        "pool_1": (0.02115, 0, None),
        "fc1": (0.03913, 0, 0.00454),
        "fc2": (0.05797, 0, 0.00531),
        "fc3": (0.22862, 175, 0.00615),
    }
}

# The first layer in hardware: a bias, its integer, Sy / (Sx Sw) and the right shift that stands for
# it.
FIRST_LAYER = {"fashion3x3": (0.031352922, 459, 127.28, 7)}
