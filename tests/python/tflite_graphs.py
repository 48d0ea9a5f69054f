"""Random quantized graphs as .tflite files: every operator that the importer reads, in branches,
with odd sizes, paddings, strides, dilations and groups.
"""

import numpy as np
from tflite_writer import Writer, options

SAME, VALID = 0, 1
NONE, RELU, RELU_N1, RELU6 = range(4)


class RandomGraph:
    """The graph of a seed: `bytes()`, and `images(count)` for its input."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.writer = Writer()
        self.operators = []
        self.dtype = self.pick(("int8", "int8", "uint8"))
        size = [1, self.number(3, 14), self.number(3, 14), self.pick((1, 2, 3, 4, 8, 17))]
        self.input = self.activation(size)
        self.writer.graph.inputs = [self.input]
        self.extra = []  # outputs in mid-graph
        value = self.input
        for _ in range(self.number(2, 7)):
            value = self.step(value)
            if self.chance(10) and {"CONV_2D", "DEPTHWISE_CONV_2D"} & set(self.operators):
                self.extra.append(value)
        if self.chance(70):
            value = self.tail(value)
        if value == self.input:
            value = self.convolution(value)
        self.writer.graph.outputs = [value] + [t for t in set(self.extra) if t != value]

    def bytes(self):
        return self.writer.bytes()

    def images(self, count):
        info = np.iinfo(self.shape_and_type(self.input)[1])
        images = self.random.integers(info.min, info.max + 1, (count, *self.shape(self.input)[1:]))
        images[-1] = np.where(images[-1] > (info.min + info.max) // 2, info.max, info.min)
        return images.astype(info.dtype)

    # ---- Choices
    def number(self, least, most):
        return int(self.random.integers(least, most + 1))

    def pick(self, choices):
        return choices[self.number(0, len(choices) - 1)]

    def chance(self, percent):
        return self.number(1, 100) <= percent

    def scale(self, center=0.05):
        if self.chance(15):  # powers of two, where ties fall
            return np.float32(2.0 ** np.round(np.log2(center)))
        return np.float32(center * 2 ** self.random.uniform(-1, 1))

    # ---- Tensors
    def shape(self, tensor):
        return self.writer.graph.tensors[tensor].shape

    def quantization(self, tensor):
        q = self.writer.graph.tensors[tensor].quantization
        return q.scale[0], int(q.zeroPoint[0])

    def shape_and_type(self, tensor):
        kind = self.writer.graph.tensors[tensor].type
        return self.shape(tensor), {3: np.uint8, 9: np.int8}[kind]

    def least(self):
        return np.iinfo(self.dtype).min

    def activation(self, shape, scale=None, zero=None):
        if scale is None:
            scale = self.scale()
        if zero is None:
            zero = self.least() + (self.number(0, 255) if self.chance(80) else 0)
        return self.writer.tensor(shape, self.dtype, scale, zero)

    def like(self, tensor, shape=None):
        """A new tensor of the same quantization."""
        return self.activation(shape or self.shape(tensor), *self.quantization(tensor))

    def emit(self, name, inputs, output, made=None, version=1):
        self.operators.append(name)
        self.writer.operator(name, inputs, [output], made, version)
        return output

    # ---- Operators: each takes a tensor and returns another
    def step(self, value):
        kinds = [
            (5, self.convolution),
            (3, self.depthwise),
            (2, self.pool),
            (2, self.add),
            (2, self.concatenation),
            (1, self.pad),
            (2, self.relu),
            (2, self.function),
            (1, self.quantize),
        ]
        return self.pick([make for weight, make in kinds for _ in range(weight)])(value)

    def filters(self, shape, axis, scale_x, taps, per_channel, biased=80):
        """Weights, bias (in so many percent) and the scale of a sum's output."""
        count = shape[axis]
        zero = 0 if self.dtype == "int8" else self.number(0, 255)
        info = np.iinfo(self.dtype)
        least = info.min + (1 if self.dtype == "int8" and self.chance(50) else 0)
        data = self.random.integers(least, info.max + 1, shape).astype(self.dtype)
        scales = np.array([self.scale(0.01) for _ in range(count if per_channel else 1)])
        weights = self.writer.constant(data, scales, zero, axis)
        inputs = [weights]
        spread = np.sqrt(taps) * 74 * (74 if self.dtype == "int8" else 110)
        if self.chance(biased):
            bias = self.random.normal(0, spread / 2, count).astype(np.int32)
            inputs.append(self.writer.constant(bias, np.float32(scale_x) * scales, 0))
        out = np.float32(scale_x * scales.mean() * spread / 60 * 2 ** self.random.uniform(-0.7, 1))
        return inputs, out

    def window(self, shape, largest=5):
        """Kernel, stride, dilation and padding that fit."""
        dilated = self.chance(20)
        height, width = self.number(1, largest), self.number(1, largest)
        dilations = (self.number(1, 3), self.number(1, 3)) if dilated else (1, 1)
        strides = (1, 1) if dilated else (self.number(1, 3), self.number(1, 3))
        fits = (height - 1) * dilations[0] < shape[1] and (width - 1) * dilations[1] < shape[2]
        padding = self.pick((SAME, VALID)) if fits else SAME
        return height, width, strides, dilations, padding

    @staticmethod
    def windowed(shape, window, channels):
        height, width, strides, dilations, padding = window
        sides = []
        for size, kernel, stride, dilation in zip(shape[1:3], (height, width), strides, dilations):
            span = (kernel - 1) * dilation + 1
            out = -(-size // stride) if padding == SAME else (size - span) // stride + 1
            sides.append(out)
        return [1, *sides, channels]

    def convolution(self, value):
        shape = self.shape(value)
        window = self.window(shape)
        divisors = [g for g in (1, 2, 4, 8) if shape[3] % g == 0]
        groups = self.pick(divisors) if self.chance(20) else 1
        channels = groups * self.number(1, 9)
        depth = shape[3] // groups
        per_channel = self.dtype == "int8" and self.chance(70)
        inputs, out = self.filters(
            [channels, window[0], window[1], depth],
            0,
            self.quantization(value)[0],
            window[0] * window[1] * depth,
            per_channel,
            100,  # LiteRT's CONV_2D needs one
        )
        made = options(
            "Conv2D",
            padding=window[4],
            strideH=window[2][0],
            strideW=window[2][1],
            dilationHFactor=window[3][0],
            dilationWFactor=window[3][1],
            fusedActivationFunction=self.pick((NONE, RELU, RELU_N1, RELU6)),
        )
        result = self.activation(self.windowed(shape, window, channels), out)
        return self.emit("CONV_2D", [value, *inputs], result, made, 3)

    def depthwise(self, value):
        shape = self.shape(value)
        window = self.window(shape)
        multiplier = self.pick((1, 1, 1, 2, 3))
        channels = shape[3] * multiplier
        per_channel = self.dtype == "int8" and self.chance(70)
        inputs, out = self.filters(
            [1, window[0], window[1], channels],
            3,
            self.quantization(value)[0],
            window[0] * window[1],
            per_channel,
        )
        made = options(
            "DepthwiseConv2D",
            padding=window[4],
            strideH=window[2][0],
            strideW=window[2][1],
            dilationHFactor=window[3][0],
            dilationWFactor=window[3][1],
            depthMultiplier=multiplier,
            fusedActivationFunction=self.pick((NONE, RELU, RELU_N1, RELU6)),
        )
        result = self.activation(self.windowed(shape, window, channels), out)
        return self.emit("DEPTHWISE_CONV_2D", [value, *inputs], result, made, 3)

    def pool(self, value):
        shape = self.shape(value)
        height, width, strides, _, padding = self.window(shape, 4)
        window = (height, width, strides, (1, 1), padding)
        if height > shape[1] or width > shape[2]:
            window = (1, 1, strides, (1, 1), padding)
        made = options(
            "Pool2D",
            padding=padding,
            strideH=strides[0],
            strideW=strides[1],
            filterHeight=window[0],
            filterWidth=window[1],
            fusedActivationFunction=self.pick((NONE, NONE, RELU, RELU6)),
        )
        result = self.like(value, self.windowed(shape, window, shape[3]))
        return self.emit(self.pick(("AVERAGE_POOL_2D", "MAX_POOL_2D")), [value], result, made, 2)

    def pointwise(self, value, channels):
        """A 1x1 convolution: a branch."""
        shape = self.shape(value)
        per_channel = self.dtype == "int8" and self.chance(50)
        inputs, out = self.filters(
            [channels, 1, 1, shape[3]], 0, self.quantization(value)[0], shape[3], per_channel, 100
        )
        made = options("Conv2D", padding=VALID, strideH=1, strideW=1)
        made.dilationHFactor = made.dilationWFactor = 1
        result = self.activation([*shape[:3], channels], out)
        return self.emit("CONV_2D", [value, *inputs], result, made, 3)

    def add(self, value):
        other = self.pointwise(value, self.shape(value)[3]) if self.chance(85) else value
        pair = [value, other] if self.chance(50) else [other, value]
        made = options("Add", fusedActivationFunction=self.pick((NONE, RELU, RELU_N1, RELU6)))
        scale = max(self.quantization(t)[0] for t in pair) * 2 ** self.random.uniform(-0.5, 1.2)
        result = self.activation(self.shape(value), np.float32(scale))
        return self.emit("ADD", pair, result, made, 2)

    def concatenation(self, value):
        parts = [value]
        for _ in range(self.number(1, 2)):
            other = self.pointwise(value, self.number(1, 6))
            if self.dtype == "int8":  # LiteRT joins equal scales alone
                rescaled = self.like(value, self.shape(other))
                other = self.emit("QUANTIZE", [other], rescaled, None, 2)
            parts.append(other)
        if self.chance(50):
            parts.reverse()
        shape = self.shape(value)
        channels = sum(self.shape(part)[3] for part in parts)
        if self.dtype == "int8" or self.chance(30):
            result = self.like(value, [*shape[:3], channels])
        else:
            result = self.activation([*shape[:3], channels])
        made = options("Concatenation", axis=self.pick((3, -1)))
        return self.emit("CONCATENATION", parts, result, made, 2)

    def pad(self, value):
        pads = [[0, 0], [self.number(0, 2), self.number(0, 2)], [self.number(0, 2), 1], [0, 0]]
        shape = [size + before + after for size, (before, after) in zip(self.shape(value), pads)]
        paddings = self.writer.constant(np.array(pads, self.pick((np.int32, np.int64))))
        return self.emit("PAD", [value, paddings], self.like(value, shape), None, 2)

    def relu(self, value):
        name = self.pick(("RELU", "RELU6", "RELU_N1_TO_1"))
        if self.chance(40):
            result = self.like(value)
        else:
            result = self.activation(self.shape(value), self.scale(self.quantization(value)[0]))
        return self.emit(name, [value], result, None, 1 if name == "RELU_N1_TO_1" else 2)

    def function(self, value):
        name = self.pick(("LOGISTIC", "TANH", "HARD_SWISH", "LEAKY_RELU"))
        shape, middle = self.shape(value), self.least() + 128
        if name == "LOGISTIC":
            result = self.activation(shape, np.float32(1 / 256), self.least())
        elif name == "TANH":
            result = self.activation(shape, np.float32(1 / 128), middle)
        else:
            result = self.activation(shape, self.scale(self.quantization(value)[0]))
        made = None
        if name == "LEAKY_RELU":
            made = options("LeakyRelu", alpha=self.pick((0.0, 0.1, 0.25, 0.3, 1.0, 1.5)))
        return self.emit(name, [value], result, made, 1 if name == "HARD_SWISH" else 2)

    def quantize(self, value):
        """To another scale, or to the other type with the same one."""
        scale, zero = self.quantization(value)
        if self.chance(50):
            result = self.activation(self.shape(value), self.scale(scale))
            return self.emit("QUANTIZE", [value], result, None, 2)
        zero += 128 if self.dtype == "int8" else -128
        self.dtype = "uint8" if self.dtype == "int8" else "int8"
        if self.chance(50):
            result = self.activation(self.shape(value), scale, zero)
        else:
            result = self.activation(self.shape(value), self.scale(scale))
        return self.emit("QUANTIZE", [value], result, None, 2)

    # ---- The end of a network
    def tail(self, value):
        shape = self.shape(value)
        if self.chance(50):
            axes, keeps = self.pick(([1, 2], [2, 1], [-2, 1], [1], [2])), self.chance(60)
            if len(axes) == 1:
                keeps = True
            reduced = [axis % 4 for axis in axes]
            made = options("Reducer", keepDims=keeps)
            after = [1 if i in reduced else size for i, size in enumerate(shape)]
            if not keeps:
                after = [size for i, size in enumerate(shape) if i not in reduced]
            count = np.prod([shape[axis] for axis in reduced])
            scale = self.quantization(value)[0] / np.sqrt(count) * 2 ** self.random.uniform(-0.5, 1)
            result = self.activation(after, np.float32(scale))
            axis = self.writer.constant(np.array(axes, np.int32))
            value = self.emit("MEAN", [value, axis], result, made, 2)
        value = self.flatten(value)
        if value == self.input:
            return value
        value = self.connected(value)
        if self.chance(30):
            value = self.relu(value)
            value = self.connected(value)
        if self.chance(60):
            result = self.activation(self.shape(value), np.float32(1 / 256), self.least())
            made = options("Softmax", beta=self.pick((1.0, 0.5, 2.0)))
            value = self.emit("SOFTMAX", [value], result, made, 2)
        return value

    def flatten(self, value):
        """To 1 x K by RESHAPE, after a transposition to N x C x H x W too; or as it is."""
        shape = self.shape(value)
        elements = int(np.prod(shape))
        if len(shape) == 4 and self.chance(20) and value != self.input:
            order = self.writer.constant(np.array([0, 3, 1, 2], np.int32))
            moved = self.like(value, [shape[0], shape[3], shape[1], shape[2]])
            value = self.emit("TRANSPOSE", [value, order], moved, None, 2)
        elif self.chance(30):
            return value
        size = self.writer.constant(np.array([1, elements], np.int32))
        made = options("Reshape", newShape=[1, elements])
        return self.emit("RESHAPE", [value, size], self.like(value, [1, elements]), made)

    def connected(self, value):
        elements = int(np.prod(self.shape(value)))
        units = self.number(2, 12)
        per_channel = self.dtype == "int8" and self.chance(40)
        inputs, out = self.filters(
            [units, elements], 0, self.quantization(value)[0], elements, per_channel
        )
        made = options("FullyConnected", fusedActivationFunction=self.pick((NONE, RELU, RELU6)))
        result = self.activation([1, units], out)
        return self.emit("FULLY_CONNECTED", [value, *inputs], result, made, 4)
