"""Writes what PyTorch, Flax and Keras save of small networks, and what the
networks compute, for the tests of graph.Mapping.

    pip install torch flax keras safetensors
    python internal/ref/weights/weights.py graph/testdata/weights

Each NAME.safetensors has the parameters under the names that its library gives
them; NAME.json has an input x and the outputs of the network for it. Made with
PyTorch 2.15, Flax 0.12, Keras 3.15 and safetensors 0.8.
"""

import json
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "jax"
import flax.linen as flax
import jax
import keras
import numpy
import safetensors.numpy
import safetensors.torch
import torch
from flax.traverse_util import flatten_dict

out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
x = numpy.random.default_rng(1).normal(size=(3, 4)).astype(numpy.float32)


def write(name, y):
    table = {"x": x.ravel().tolist(), "y": numpy.asarray(y, numpy.float64).ravel().tolist()}
    (out / f"{name}.json").write_text(json.dumps(table) + "\n")


# PyTorch: a module tree with batch normalisation, whose counter is an int64.
torch.manual_seed(1)
model = torch.nn.Module()
model.body = torch.nn.Sequential(
    torch.nn.Linear(4, 6), torch.nn.BatchNorm1d(6), torch.nn.Tanh(), torch.nn.Linear(6, 2)
)
with torch.no_grad():
    for _ in range(20):
        model.body(torch.randn(8, 4) * 2 + 1)
    model.body[1].weight.uniform_(0.5, 2)
    model.body[1].bias.uniform_(-1, 1)
model.eval()
for name, dtype in [("torch", torch.float32), ("torch-f16", torch.float16), ("torch-bf16", torch.bfloat16), ("torch-f64", torch.float64)]:
    saved = {k: v.clone() for k, v in model.to(dtype).state_dict().items()}
    safetensors.torch.save_file(saved, out / f"{name}.safetensors")
    with torch.no_grad():  # computed in float64 from what was saved
        write(name, model.to(torch.float64).body(torch.tensor(x, dtype=torch.float64)).numpy())
    model.to(torch.float32)

# Flax: the names are paths of a tree of dictionaries.
class MLP(flax.Module):
    @flax.compact
    def __call__(self, x):
        x = flax.LayerNorm(epsilon=1e-5)(flax.Dense(6)(x))
        return flax.Dense(2)(jax.nn.silu(x))


net = MLP()
tree = net.init(jax.random.key(1), x)
tree = jax.tree.map(lambda v: v + 0.1 * jax.random.normal(jax.random.key(v.size), v.shape), tree)
safetensors.numpy.save_file({k: numpy.array(v) for k, v in flatten_dict(tree, sep=".").items()}, out / "flax.safetensors")
write("flax", net.apply(tree, x))

# Keras: the names are the paths of the weights.
keras.utils.set_random_seed(1)
layers = [keras.layers.Dense(6, activation="relu", name="hidden"), keras.layers.Dense(2, name="out")]
net = keras.Sequential([keras.Input((4,)), *layers], name="net")
safetensors.numpy.save_file({w.path: w.numpy() for w in net.weights}, out / "keras.safetensors")
write("keras", net(x))

# Layouts: what NumPy makes of an array that is viewed, permuted and shaped again.
cases = []
for shape, view, perm, to in [
    ([5, 3], None, [1, 0], None),
    ([6, 2, 3, 4], None, [2, 3, 1, 0], None),  # a kernel of a convolution
    ([5, 24], [-1, 2, 3, 4], [2, 3, 1, 0], [24, -1]),  # a layer behind a flattened image
    ([24], [2, 3, 4], [2, 0, 1], [-1]),
    ([1, 7], None, None, [7]),
    ([2, 3, 4], [6, 4], None, [2, -1, 2]),
]:
    a = numpy.arange(numpy.prod(shape)).reshape(shape)
    b = a if view is None else a.reshape(view)
    b = b if perm is None else b.transpose(perm)
    b = b if to is None else b.reshape(to)
    cases.append({"shape": shape, "view": view, "perm": perm, "to": to, "result": list(b.shape), "values": b.ravel().tolist()})
(out / "layouts.json").write_text(json.dumps(cases) + "\n")

for p in sorted(out.glob("*.safetensors")):
    print(p.name, {k: (v.dtype, list(v.shape)) for k, v in safetensors.torch.load_file(p).items()})
