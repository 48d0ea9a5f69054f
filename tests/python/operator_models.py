"""Models of one quantized operator, run by ONNX Runtime and by LiteRT's reference kernels: the
yardsticks of operators_test.py.

A quantized tensor is described as Quantized(scale, zero point, type); zero points are those of the
type.
"""

import dataclasses

import flatbuffers
import numpy as np
import onnx
import onnxruntime
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from onnx import helper, numpy_helper

onnxruntime.set_default_logger_severity(3)


@dataclasses.dataclass
class Quantized:
    scale: np.float32
    zero_point: int
    dtype: str = "int8"

    def constants(self, name):
        return [
            numpy_helper.from_array(np.array(self.scale, np.float32), f"{name}_scale"),
            numpy_helper.from_array(np.array(self.zero_point, self.dtype), f"{name}_zero"),
        ]


def onnx_type(dtype):
    return {"int8": onnx.TensorProto.INT8, "uint8": onnx.TensorProto.UINT8}[dtype]


def run_onnx(operator, tensors, inputs, output, shape, **attributes):
    """One operator of the domain com.microsoft with the inputs x, scale, zero of each tensor, then
    scale and zero of the output (QLinearConcat: those first).
    """
    constants, names = [], []
    for index, tensor in enumerate(tensors):
        constants += tensor.constants(f"x{index}")
        names.append([f"x{index}", f"x{index}_scale", f"x{index}_zero"])
    constants += output.constants("y")
    flat = sum(names, [])
    result = ["y_scale", "y_zero"]
    node = helper.make_node(
        operator,
        result + flat if operator == "QLinearConcat" else flat + result,
        ["y"],
        domain="com.microsoft",
        **attributes,
    )
    graph = helper.make_graph(
        [node],
        operator,
        [
            helper.make_tensor_value_info(f"x{index}", onnx_type(tensor.dtype), value.shape)
            for index, (tensor, value) in enumerate(zip(tensors, inputs))
        ],
        [helper.make_tensor_value_info("y", onnx_type(output.dtype), shape)],
        constants,
    )
    versions = [helper.make_opsetid("", 13), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=versions, ir_version=8)
    return run_session(model, {f"x{index}": value for index, value in enumerate(inputs)})


def run_session(model, feeds):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return session.run(None, feeds)[0]


def run_litert(
    operator,
    version,
    tensors,
    inputs,
    output,
    shape,
    options=None,
    constants=(),
    resolver=OpResolverType.BUILTIN_REF,
):
    """One operator by the reference kernels; `constants`: int32 arrays that follow the inputs."""
    model = schema.ModelT()
    model.version = 3
    model.buffers = [schema.BufferT()]
    graph = schema.SubGraphT()
    graph.tensors, graph.operators = [], []
    model.subgraphs = [graph]

    def add_tensor(size, dtype, quantized=None, data=None):
        tensor = schema.TensorT()
        tensor.name, tensor.shape = f"t{len(graph.tensors)}", list(size)
        tensor.type = getattr(schema.TensorType, dtype.upper())
        if quantized is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = np.array([quantized.scale], np.float32)
            tensor.quantization.zeroPoint = np.array([quantized.zero_point], np.int64)
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
            model.buffers.append(buffer)
            tensor.buffer = len(model.buffers) - 1
        graph.tensors.append(tensor)
        return len(graph.tensors) - 1

    graph.inputs = [add_tensor(x.shape, t.dtype, t) for t, x in zip(tensors, inputs)]
    others = [add_tensor(c.shape, "int32", data=c) for c in constants]
    graph.outputs = [add_tensor(shape, output.dtype, output)]
    code = schema.OperatorCodeT()
    code.builtinCode = getattr(schema.BuiltinOperator, operator)
    code.deprecatedBuiltinCode = min(code.builtinCode, 127)
    code.version = version
    model.operatorCodes = [code]
    step = schema.OperatorT()
    step.inputs, step.outputs = list(graph.inputs) + others, list(graph.outputs)
    if options is not None:
        step.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__[:-1])
        step.builtinOptions = options
    graph.operators = [step]
    builder = flatbuffers.Builder(1 << 12)
    builder.Finish(model.Pack(builder), b"TFL3")
    interpreter = Interpreter(
        model_content=bytes(builder.Output()),
        num_threads=1,
        experimental_op_resolver_type=resolver,
    )
    interpreter.allocate_tensors()
    for detail, value in zip(interpreter.get_input_details(), inputs):
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
