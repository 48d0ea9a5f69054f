"""Writes .tflite files for tests, an operator at a time."""

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema


class Writer:
    def __init__(self):
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.buffers = [schema.BufferT()]
        self.model.operatorCodes = []
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.graph.inputs, self.graph.outputs = [], []
        self.model.subgraphs = [self.graph]

    def tensor(self, shape, dtype, scale=None, zero=0, data=None, axis=0):
        """The index of a new tensor; `scale`: a number, or one for each index of `axis`."""
        tensor = schema.TensorT()
        tensor.name = f"t{len(self.graph.tensors)}"
        tensor.shape = list(shape)
        tensor.type = getattr(schema.TensorType, np.dtype(dtype).name.upper())
        if scale is not None:
            scales = np.atleast_1d(np.asarray(scale, np.float32))
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = scales
            tensor.quantization.zeroPoint = np.full(len(scales), zero, np.int64)
            tensor.quantization.quantizedDimension = axis
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data, dtype).tobytes(), np.uint8)
            self.model.buffers.append(buffer)
            tensor.buffer = len(self.model.buffers) - 1
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def constant(self, data, scale=None, zero=0, axis=0):
        data = np.asarray(data)
        return self.tensor(data.shape, data.dtype, scale, zero, data, axis)

    def operator(self, name, inputs, outputs, options=None, version=1):
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, name)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        code.version = version
        self.model.operatorCodes.append(code)
        step = schema.OperatorT()
        step.opcodeIndex = len(self.model.operatorCodes) - 1
        step.inputs, step.outputs = list(inputs), list(outputs)
        if options is not None:
            step.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__[:-1])
            step.builtinOptions = options
        self.graph.operators.append(step)

    def bytes(self):
        builder = flatbuffers.Builder(1 << 12)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def options(kind, **values):
    """schema.<kind>OptionsT with these values."""
    made = getattr(schema, kind + "OptionsT")()
    for name, value in values.items():
        if not hasattr(made, name):
            raise AttributeError(f"{kind}Options has no {name}")
        setattr(made, name, value)
    return made
