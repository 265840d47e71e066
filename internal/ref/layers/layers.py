"""Writes layers/testdata/layers.csv: what layers of PyTorch (2.15) make of
inputs and parameters in float64, and their gradients.

    pip install torch
    python internal/ref/layers/layers.py > layers/testdata/layers.csv

A row is case, name and values in row-major order. x is the input, c a context,
what else is given the parameters by their names; then y the result, "grad NAME"
the derivatives of the sum of u times y, "after NAME" a state after the step and
"later y" the result of an evaluation after it. Weights are [in, out] here, and
the transposes of PyTorch's.
"""
import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)


def write(case, name, x):
    print(case, name, *x.detach().reshape(-1).tolist(), sep=",")


def given(*shape, seed, scale=1.0, shift=0.0):
    g = torch.Generator().manual_seed(seed)
    return (torch.randn(*shape, generator=g) * scale + shift).requires_grad_()


def layer(case, f, given, after=None):
    """Writes what is given, f of it, and gradients."""
    for name, x in given.items():
        write(case, name, x)
    y = f(given)
    u = torch.linspace(-1, 2, y.numel()).reshape(y.shape).sin()
    write(case, "u", u)
    write(case, "y", y)
    wrt = {name: x for name, x in given.items() if x.requires_grad}
    for name, g in zip(wrt, torch.autograd.grad((u * y).sum(), list(wrt.values()))):
        write(case, "grad " + name, g)
    for name, x in (after() if after else {}).items():
        write(case, name, x)


def batch_norm(case, shape, momentum, eps, affine, shift=0.0):
    d = shape[-1]
    x = given(*shape, seed=1, scale=2.0, shift=shift)
    mean, variance = torch.zeros(d), torch.ones(d)
    tensors = {"x": x}
    if affine:
        tensors |= {"scale": given(d, seed=2), "shift": given(d, seed=3)}

    def f(g, training=True):
        rows = g["x"].reshape(-1, d)
        return F.batch_norm(rows, mean, variance, g.get("scale"), g.get("shift"), training, momentum, eps).reshape(shape)

    layer(case, f, tensors, lambda: {"after mean": mean, "after variance": variance, "later y": f(tensors, False)})


batch_norm("batch norm", (6, 3), 0.1, 1e-5, True)
batch_norm("batch norm options", (2, 3, 2), 0.3, 1e-2, False, 5.0)

layer(
    "layer norm",
    lambda g: F.layer_norm(g["x"], (4,), g["scale"], g["shift"], 1e-5),
    {"x": given(2, 3, 4, seed=4, shift=1.0), "scale": given(4, seed=5), "shift": given(4, seed=6)},
)


def weight_norm(g):
    m = nn.utils.parametrizations.weight_norm(nn.Linear(3, 2), dim=0)
    weight = {
        "parametrizations.weight.original0": g["g"][:, None],
        "parametrizations.weight.original1": g["v"].T,
        "bias": g["b"],
    }
    return torch.func.functional_call(m, weight, (g["x"],))


layer("weight norm", weight_norm, {"x": given(5, 3, seed=7), "v": given(3, 2, seed=8), "g": given(2, seed=9), "b": given(2, seed=10)})

layer("glu", lambda g: F.glu(g["x"]), {"x": given(2, 2, 6, seed=11)})


def linear(g, at, x):
    return F.linear(x, g[at + "/w"].T, g.get(at + "/b"))


def resnet(gated, blocks):
    """The gated network normalises, as a fresh batch norm does in training."""

    def f(g):
        def activation(h):
            if gated:
                h = F.batch_norm(h, None, None, training=True)
            return torch.tanh(h)

        h = linear(g, "first", g["x"]) + linear(g, "first/context", g["c"])
        for i in range(blocks):
            t = linear(g, f"{i}/in", activation(h))
            if not gated:
                t = t + linear(g, f"{i}/context", g["c"])
            t = linear(g, f"{i}/out", activation(t))
            if gated:
                t = F.glu(torch.cat([t, linear(g, f"{i}/gate", g["c"])], dim=1), dim=1)
            h = h + t
        return linear(g, "last", torch.tanh(h))

    tensors = {"x": given(4, 2, seed=12), "c": given(4, 3, seed=13)}
    sizes = {"first": (2, 5), "last": (5, 3)}
    for i in range(blocks):
        sizes |= {f"{i}/in": (5, 5), f"{i}/out": (5, 5)} | ({f"{i}/gate": (3, 5)} if gated else {})
    for i, (at, (rows, cols)) in enumerate(sizes.items()):
        tensors |= {at + "/w": given(rows, cols, seed=20 + 2 * i, scale=0.7), at + "/b": given(cols, seed=21 + 2 * i)}
    for i, at in enumerate(["first"] + ([] if gated else [f"{i}" for i in range(blocks)])):
        tensors[at + "/context/w"] = given(3, 5, seed=60 + i)
    return f, tensors


layer("resnet", *resnet(False, 2))
layer("gated resnet", *resnet(True, 1))

classes = torch.tensor([[2.0], [0.0], [2.0], [4.0]])
layer("embedding", lambda g: F.embedding(g["x"].long().squeeze(-1), g["table"]), {"x": classes, "table": given(5, 3, seed=50)})
layer("embedding one-hot", lambda g: F.softmax(g["x"], -1) @ g["table"], {"x": given(4, 5, seed=51), "table": given(5, 3, seed=50)})


def data_dependent(x, v0, v1):
    """Initialisation of two layers by their first batch (Salimans and Kingma)."""
    case, h = "data", x
    write(case, "x", x)
    for i, v in enumerate([v0, v1]):
        t = h @ (v / v.norm(dim=0))
        std, mean = torch.std_mean(t, dim=0, correction=0)
        write(case, f"{i}/v", v)
        write(case, f"after {i}/g", 1 / std)
        write(case, f"after {i}/b", -mean / std)
        y = (t - mean) / std
        h = torch.tanh(y)
    write(case, "y", y)


data_dependent(given(6, 3, seed=60, shift=2.0), given(3, 4, seed=61), given(4, 2, seed=62))
