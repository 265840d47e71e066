"""Times an encoder in ONNX Runtime on one thread: a line "BATCH SECONDS" in, the
median microseconds of a call out. The first line in is the widths of the layers."""

import statistics
import sys
import time

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper


def encoder(sizes):
    """A perceptron with tanh units, its weights inside."""
    r = np.random.default_rng(0)
    nodes, weights, x = [], [], "x"
    for i, (m, n) in enumerate(zip(sizes, sizes[1:])):
        w = (r.standard_normal((m, n)) * (2 / (m + n)) ** 0.5).astype(np.float32)
        b = (r.standard_normal(n) * 0.1).astype(np.float32)
        weights += [helper.make_tensor(f"w{i}", TensorProto.FLOAT, w.shape, w.tobytes(), raw=True),
                    helper.make_tensor(f"b{i}", TensorProto.FLOAT, b.shape, b.tobytes(), raw=True)]
        nodes.append(helper.make_node("Gemm", [x, f"w{i}", f"b{i}"], [f"h{i}"]))
        x = f"h{i}"
        if i + 2 < len(sizes):
            nodes.append(helper.make_node("Tanh", [x], [f"t{i}"]))
            x = f"t{i}"
    value = helper.make_tensor_value_info
    graph = helper.make_graph(nodes, "encoder", [value("x", TensorProto.FLOAT, ["B", sizes[0]])],
                              [value(x, TensorProto.FLOAT, ["B", sizes[-1]])], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), x


model, out = encoder([int(n) for n in sys.stdin.readline().split()])
options = ort.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
print(f"ONNX Runtime {ort.__version__}", flush=True)
for line in sys.stdin:
    batch, seconds = line.split()
    width = session.get_inputs()[0].shape[1]
    x = np.random.default_rng(1).random((int(batch), width), dtype=np.float32)
    call = session.io_binding()  # without the conversions of session.run
    call.bind_cpu_input("x", x)
    call.bind_output(out)
    times, end = [], time.perf_counter() + float(seconds)
    while len(times) < 8 or time.perf_counter() < end:
        t = time.perf_counter()
        session.run_with_iobinding(call)
        times.append(time.perf_counter() - t)
    print(statistics.median(times[3:]) * 1e6, flush=True)
