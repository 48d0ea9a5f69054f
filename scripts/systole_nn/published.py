"""The figures that the source documents print for their networks, beside which the report puts the project's own."""

# (group, name) of a row of variants.table() -> accuracy in percent.
ACCURACY = {
    "lenet5-avgpool": {("reference", "float"): 98.56, ("6501 group 6", "asymmetric weights and activations"): 98.82},
    "lenet5-maxpool": {
        ("reference", "float"): 98.67,
        ("homework 1", "weights only"): 98.67,
        ("homework 1", "weights and activations, floor, 31-bit multiplier"): 98.69,
        ("quantization-aware", "homework, to nearest, float multiplier"): 98.11,
        ("quantization-aware", "homework"): 98.14,
    },
    "lenet5-maxpool-bias": {
        ("reference", "float"): 97.77,
        ("homework 1", "weights only"): 97.81,
        ("homework 1", "weights and activations, floor, 31-bit multiplier"): 97.77,
    },
    "fashion3x3": {("reference", "float"): 90.48, ("team 9", "qnnpack configuration"): 90.24},
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
