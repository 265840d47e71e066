"""Asks a server of the Open Inference Protocol with Triton's own client.

    pip install 'tritonclient[http]'
    LATENT_TRITON=python go test ./vi/serve/oip -run Conformance
"""
import sys

import numpy as np
import tritonclient.http as http
from tritonclient.utils import InferenceServerException

client = http.InferenceServerClient(sys.argv[1])
assert client.is_server_live() and client.is_server_ready()
assert client.is_model_ready("v.encode") and not client.is_model_ready("w.encode")
server = client.get_server_metadata()
assert server["name"] == "latent" and server["extensions"] == ["binary_tensor_data"], server
encode = client.get_model_metadata("v.encode")
version = encode["versions"][0]
assert encode["inputs"] == [{"name": "x", "datatype": "FP32", "shape": [-1, 4]}], encode
assert [o["name"] for o in encode["outputs"]] == ["z/mean", "z/std", "z/draws"], encode
assert client.is_model_ready("v.encode", version)

x = np.array([[0, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 1]])
answers = []
for datatype, dtype in [("FP32", np.float32), ("FP64", np.float64), ("INT64", np.int64), ("BOOL", np.bool_)]:
    for binary_in in [True, False]:
        for binary_out in [True, False]:
            i = http.InferInput("x", list(x.shape), datatype)
            i.set_data_from_numpy(x.astype(dtype), binary_data=binary_in)
            outs = [http.InferRequestedOutput(n, binary_data=binary_out) for n in ["z/mean", "z/draws"]]
            r = client.infer("v.encode", [i], outputs=outs, request_id="7", model_version=version, parameters={"seed": 5, "draws": 2})
            assert r.get_response()["id"] == "7" and r.get_response()["model_version"] == version
            mean, draws = r.as_numpy("z/mean"), r.as_numpy("z/draws")
            assert mean.shape == (3, 2) and draws.shape == (3, 2, 2) and mean.dtype == np.float32, (mean, draws)
            assert r.as_numpy("z/std") is None
            answers.append(np.concatenate([mean.ravel(), draws.ravel()]))
for a in answers:
    assert np.array_equal(a, answers[0]), (a, answers[0])

r = client.infer("v.sample", [], parameters={"rows": 6, "seed": 1})
assert r.as_numpy("x").shape == (6, 4) and set(np.unique(r.as_numpy("x"))) <= {0, 1}, r.as_numpy("x")
z = http.InferInput("z", [6, 2], "FP32")
z.set_data_from_numpy(r.as_numpy("z"))
p = client.infer("v.decode", [z]).as_numpy("x/mean")
assert ((0 < p) & (p < 1)).all()
missing = http.InferInput("x", [1, 4], "FP32")
missing.set_data_from_numpy(np.array([[1, np.nan, 0, np.nan]], np.float32))
filled = client.infer("v.impute", [missing]).as_numpy("x/mean")
assert filled[0, 0] == 1 and filled[0, 2] == 0 and np.isfinite(filled).all(), filled

i = http.InferInput("x", [1, 4], "FP32")
i.set_data_from_numpy(np.full((1, 4), 3, np.float32))
for model, inputs, want in [("v.encode", [i], "outside of the support"), ("w", [i], "no model"), ("v.encode", [], "not given")]:
    try:
        client.infer(model, inputs)
    except InferenceServerException as e:
        assert want in e.message(), e
    else:
        raise AssertionError("no error with " + want)
print("conforms")
