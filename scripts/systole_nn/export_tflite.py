"""TensorFlow Lite files (int8, NHWC) of a QuantModel, built without a converter by the generated
flatbuffer classes.

The integers are those of the QuantModel: uint8 activations are moved by -128, filters turned from N
x C x KH x KW to N x KH x KW x C, the first fully connected layer's columns from C-H-W to H-W-C
order. Padding that is neither VALID nor SAME becomes a PAD operator. Average pooling keeps its
input's scale, as the kernels want.
"""

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from . import UserError, folders
from .networks import output_shape

_VERSIONS = {
    "CONV_2D": 3,
    "MAX_POOL_2D": 2,
    "AVERAGE_POOL_2D": 2,
    "FULLY_CONNECTED": 4,
    "RESHAPE": 1,
    "PAD": 2,
}


class _Builder:
    def __init__(self, name):
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.description = f"{name}, written by systole_nn"
        self.model.operatorCodes, self.model.buffers = [], [schema.BufferT()]
        self.graph = schema.SubGraphT()
        self.graph.name = name
        self.graph.tensors, self.graph.operators = [], []
        self.model.subgraphs = [self.graph]
        self.codes = {}

    def tensor(self, name, shape, dtype, data=None, scales=None, zero_point=0):
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.type = (
            name,
            list(shape),
            getattr(schema.TensorType, dtype),
        )
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
            self.model.buffers.append(buffer)
            tensor.buffer = len(self.model.buffers) - 1
        else:
            tensor.shapeSignature = [-1, *shape[1:]]
        if scales is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = np.asarray(scales, np.float32)
            tensor.quantization.zeroPoint = np.full(len(scales), zero_point, np.int64)
            tensor.quantization.quantizedDimension = 0
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def operator(self, name, inputs, output, options):
        if name not in self.codes:
            code = schema.OperatorCodeT()
            code.builtinCode = getattr(schema.BuiltinOperator, name)
            code.deprecatedBuiltinCode = min(code.builtinCode, 127)
            code.version = _VERSIONS[name]
            self.model.operatorCodes.append(code)
            self.codes[name] = len(self.model.operatorCodes) - 1
        operator = schema.OperatorT()
        operator.opcodeIndex = self.codes[name]
        operator.inputs, operator.outputs = inputs, [output]
        operator.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__[:-1])
        operator.builtinOptions = options
        self.graph.operators.append(operator)
        return output


def _same_padding(size, kernel, stride):
    """TensorFlow's SAME: (before, after) of one axis."""
    total = max(0, (-(-size // stride) - 1) * stride + kernel - size)
    return total // 2, total - total // 2


def _padding_kind(spec, shape):
    top, left, bottom, right = spec.pad
    if not any(spec.pad):
        return "VALID"
    vertical, horizontal = (_same_padding(size, spec.kernel, spec.stride) for size in shape[1:])
    return "SAME" if (vertical, horizontal) == ((top, bottom), (left, right)) else "PAD"


def _int8(tensor):
    """Zero point in the int8 domain."""
    return tensor.zero_point - (128 if tensor.dtype == "uint8" else 0)


def build(model):
    """(bytes of the .tflite file, list of tensor indices of the layers' outputs)."""
    builder = _Builder(model.name)

    def activation(name, shape, tensor):
        return builder.tensor(name, (1, *shape), "INT8", None, [tensor.scale], _int8(tensor))

    def nhwc(shape):
        return (shape[1], shape[2], shape[0])

    value = activation("image", nhwc(model.tensors[0].shape), model.tensors[0])
    builder.graph.inputs = [value]
    outputs, flat = [], False
    for index, layer in enumerate(model.layers):
        spec, source, target = layer.spec, model.tensors[index], model.tensors[index + 1]
        where = f"{model.name} {spec.name}"
        if layer.weight_zero_point:
            raise UserError(f"{where}: TensorFlow Lite's int8 kernels take symmetric weights only")
        if output_shape(spec, source.shape) != tuple(target.shape):
            raise UserError(
                f"{where}: shapes {source.shape} and {target.shape} do not belong together"
            )
        relu = (
            schema.ActivationFunctionType.RELU if spec.relu else schema.ActivationFunctionType.NONE
        )
        if spec.kind == "fc":
            value, flat = _fully_connected(builder, activation, value, flat, model, index, relu)
            outputs.append(value)
            continue
        padding = _padding_kind(spec, source.shape)
        if padding == "PAD":
            if spec.kind != "conv":
                raise UserError(
                    f"{where}: pooling with padding other than SAME has no TensorFlow Lite form"
                )
            top, left, bottom, right = spec.pad
            pads = builder.tensor(
                f"{spec.name}_pads",
                (4, 2),
                "INT32",
                np.array([[0, 0], [top, bottom], [left, right], [0, 0]], np.int32),
            )
            channels, height, width = source.shape
            padded = activation(
                f"{spec.name}_padded",
                (height + top + bottom, width + left + right, channels),
                source,
            )
            value = builder.operator("PAD", [value, pads], padded, schema.PadOptionsT())
            padding = "VALID"
        result = activation(spec.name, nhwc(target.shape), target)
        if spec.kind == "conv":
            options = schema.Conv2DOptionsT()
            options.dilationHFactor = options.dilationWFactor = 1
            inputs = [value, *_weights(builder, layer, source, layer.weights.transpose(0, 2, 3, 1))]
            operator = "CONV_2D"
        else:
            if (source.scale, source.zero_point) != (target.scale, target.zero_point):
                raise UserError(f"{where}: TensorFlow Lite's pooling keeps the scale of its input")
            options = schema.Pool2DOptionsT()
            options.filterHeight = options.filterWidth = spec.kernel
            inputs, operator = [value], (
                "MAX_POOL_2D" if spec.kind == "maxpool" else "AVERAGE_POOL_2D"
            )
        options.padding = getattr(schema.Padding, padding)
        options.strideH = options.strideW = spec.stride
        options.fusedActivationFunction = relu
        value = builder.operator(operator, inputs, result, options)
        outputs.append(value)
    builder.graph.outputs = [value]
    buffer = flatbuffers.Builder(1 << 16)
    buffer.Finish(builder.model.Pack(buffer), b"TFL3")
    return bytes(buffer.Output()), outputs


def _weights(builder, layer, source, weights):
    """Tensor indices of the filter and the bias (zeros where the layer has none: the kernels want
    one).
    """
    name = layer.spec.name
    bias = layer.bias if layer.bias is not None else np.zeros(len(weights), np.int32)
    bias_scales = (np.float32(source.scale) * layer.weight_scales).astype(np.float32)
    return [
        builder.tensor(f"{name}_weight", weights.shape, "INT8", weights, layer.weight_scales),
        builder.tensor(f"{name}_bias", bias.shape, "INT32", bias, bias_scales),
    ]


def _fully_connected(builder, activation, value, flat, model, index, relu):
    layer, source, target = model.layers[index], model.tensors[index], model.tensors[index + 1]
    name, weights = layer.spec.name, layer.weights
    if not flat:
        channels, height, width = source.shape
        count = channels * height * width
        weights = (
            weights.reshape(-1, channels, height, width).transpose(0, 2, 3, 1).reshape(-1, count)
        )
        options = schema.ReshapeOptionsT()
        options.newShape = np.array([-1, count], np.int32)
        shape = builder.tensor(f"{name}_shape", (2,), "INT32", options.newShape)
        value = builder.operator(
            "RESHAPE", [value, shape], activation(f"{name}_flat", (count,), source), options
        )
    options = schema.FullyConnectedOptionsT()
    options.fusedActivationFunction = relu
    result = activation(name, (target.shape[0],), target)
    inputs = [value, *_weights(builder, layer, source, weights)]
    return builder.operator("FULLY_CONNECTED", inputs, result, options), True


def save(model, path):
    data, _ = build(model)
    folders.write_bytes(path, data)
