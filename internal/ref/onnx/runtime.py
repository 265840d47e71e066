"""Runs the models that graph.WriteONNX wrote in ONNX Runtime and writes what it
computes, for the test of graph.WriteONNX.

    pip install onnx onnxruntime
    mkdir /tmp/onnx && go test ./graph -run TestONNX -onnx /tmp/onnx
    python internal/ref/onnx/runtime.py /tmp/onnx graph/testdata/onnx.csv

Each model NAME.onnx is checked by onnx, with the shapes that it infers, and run with
all of the runtime's optimisations and with none, on the inputs of NAME.json. Where
the results differ by more than 1e-6·(1+|y|) from each other or from the outputs of
NAME.json, that is printed and no table is written. Made with onnx 1.23 and
onnxruntime 1.32.
"""

import csv
import hashlib
import json
import pathlib
import sys

import numpy
import onnx
import onnxruntime


def array(a, dtype):
    return numpy.array([float(v) for v in a["values"]], dtype).reshape(a["shape"])


def differ(a, b):
    with numpy.errstate(invalid="ignore"):
        same = (a == b) | (numpy.isnan(a) & numpy.isnan(b)) | (abs(a - b) <= 1e-6 * (1 + abs(b)))
    return a.shape != b.shape or not same.all()


rows, wrong, worst = [], 0, 0.0
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
    case = json.loads(path.with_suffix(".json").read_text())
    dtype = numpy.dtype(case["dtype"])
    text = path.read_bytes()
    results = []
    try:
        onnx.checker.check_model(onnx.load_from_string(text), full_check=True)
        for level in ["ORT_ENABLE_ALL", "ORT_DISABLE_ALL"]:
            options = onnxruntime.SessionOptions()
            options.graph_optimization_level = getattr(onnxruntime.GraphOptimizationLevel, level)
            options.intra_op_num_threads = 1
            options.log_severity_level = 3
            session = onnxruntime.InferenceSession(text, options, providers=["CPUExecutionProvider"])
            names = [o.name for o in session.get_outputs()]
            assert sorted(names) == sorted(case["outputs"]), names
            feeds = {i.name: array(case["inputs"][i.name], dtype) for i in session.get_inputs()}  # those that outputs depend on
            results.append(session.run(names, feeds))
    except Exception as e:
        print(case["name"], case["dtype"], "fails:", str(e)[:300])
        wrong += 1
        continue
    for name, all, none in zip(names, *results):
        ours = array(case["outputs"][name], dtype)
        for how, theirs in [("optimised", all), ("plain", none)]:
            if differ(theirs.astype(float), ours.astype(float)):
                print(case["name"], case["dtype"], name, how, theirs.ravel()[:20], "ours", ours.ravel()[:20])
                wrong += 1
        rows.append([case["name"], case["dtype"], hashlib.sha256(text).hexdigest(), name] + [repr(float(v)) for v in none.astype(float).ravel()])
print(len(rows), "outputs,", wrong, "wrong")
if wrong:
    sys.exit(1)
with open(sys.argv[2], "w", newline="") as f:
    csv.writer(f, lineterminator="\n").writerows(rows)
