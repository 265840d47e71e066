"""Writes layers/testdata/networks.csv: convolutions, pooling, recurrent cells and
attention of PyTorch (2.15) in float64, with their gradients.

    pip install torch
    python internal/ref/layers/networks.py > layers/testdata/networks.csv

The rows are those of layers.py. Pictures are [..., H, W, C] and weights
[KH, KW, C/groups, O] here, of sequences without height.
"""
import itertools

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
seeds = itertools.count(100)


def given(*shape, scale=1.0, shift=0.0):
    g = torch.Generator().manual_seed(next(seeds))
    return (torch.randn(*shape, generator=g) * scale + shift).requires_grad_()


def write(case, name, x):
    print(case, name, *x.detach().reshape(-1).tolist(), sep=",")


def layer(case, f, given):
    for name, x in given.items():
        write(case, name, x)
    y = f(given)
    u = torch.linspace(-1, 2, y.numel()).reshape(y.shape).sin()
    write(case, "u", u)
    write(case, "y", y)
    wrt = {name: x for name, x in given.items() if x.requires_grad}
    for name, g in zip(wrt, torch.autograd.grad((u * y).sum(), list(wrt.values()))):
        write(case, "grad " + name, g)


def channels_first(x, axes):
    return x.reshape(-1, *x.shape[-axes - 1 :]).movedim(-1, 1)


def channels_last(y, lead):
    y = y.movedim(1, -1)
    return y.reshape(*lead, *y.shape[1:])


def conv(x, w, b, axes, stride, padding, dilation, groups):
    f = F.conv2d if axes == 2 else F.conv1d
    y = f(channels_first(x, axes), w.movedim((-1, -2), (0, 1)), b, stride, padding, dilation, groups)
    return channels_last(y, x.shape[: -axes - 1])


def transposed(x, w, b, axes, stride, padding, extra, dilation, groups):
    f = F.conv_transpose2d if axes == 2 else F.conv_transpose1d
    *k, c, o = w.shape
    w = w.reshape(*k, c, groups, o // groups).movedim((-2, -3, -1), (0, 1, 2)).reshape(c * groups, o // groups, *k)
    y = f(channels_first(x, axes), w, b, stride, padding, extra, groups, dilation)
    return channels_last(y, x.shape[: -axes - 1])


def convolution(case, x, w, stride=1, padding=0, dilation=1, groups=1, bias=True):
    tensors = {"x": given(*x), "w": given(*w)} | ({"b": given(w[-1])} if bias else {})
    layer("conv " + case, lambda g: conv(g["x"], g["w"], g.get("b"), len(w) - 2, stride, padding, dilation, groups), tensors)


def convolution_transposed(case, x, w, stride=1, padding=0, extra=0, dilation=1, groups=1):
    tensors = {"x": given(*x), "w": given(*w), "b": given(w[-1])}
    layer("transposed " + case, lambda g: transposed(g["x"], g["w"], g["b"], len(w) - 2, stride, padding, extra, dilation, groups), tensors)


convolution("plain", (2, 5, 7, 3), (3, 3, 3, 4))
convolution("stride", (2, 7, 6, 2), (3, 2, 2, 5), stride=(2, 3), padding=(1, 0))
convolution("dilation", (1, 9, 8, 2), (3, 3, 2, 3), padding=2, dilation=(2, 3))
convolution("groups", (2, 4, 5, 6), (2, 3, 2, 9), padding=1, groups=3, bias=False)
convolution("depthwise", (2, 5, 5, 4), (3, 3, 1, 4), stride=2, padding=1, groups=4)
convolution("multiplier", (2, 4, 5, 3), (3, 3, 1, 6), padding=1, groups=3)
convolution("leading axes", (2, 3, 4, 4, 2), (2, 2, 2, 3), stride=2)
convolution("wide", (1, 3, 3, 2), (3, 3, 2, 17), padding=1)
convolution("sequence", (2, 9, 3), (4, 3, 2), stride=2, padding=3, dilation=2)

convolution_transposed("plain", (2, 3, 4, 3), (3, 2, 3, 4))
convolution_transposed("stride", (2, 3, 4, 2), (3, 3, 2, 3), stride=2, padding=1, extra=1)
convolution_transposed("gaps", (1, 3, 2, 2), (2, 1, 2, 2), stride=(3, 2), extra=(2, 1))
convolution_transposed("groups", (2, 3, 3, 4), (3, 3, 2, 6), stride=(1, 2), padding=1, dilation=(2, 1), groups=2)
convolution_transposed("sequence", (3, 4, 2), (5, 2, 3), stride=2, padding=1, extra=1)


def weight_normed(g):
    v = g["v"]
    w = v / v.reshape(-1, v.shape[-1]).norm(dim=0) * g["g"]
    return conv(g["x"], w, g["b"], 2, 1, 1, 1, 1)


layer("conv weight norm", weight_normed, {"x": given(2, 4, 3, 2), "v": given(3, 3, 2, 3), "g": given(3), "b": given(3)})


def pooled(f, x, axes):
    return channels_last(f(channels_first(x, axes)), x.shape[: -axes - 1])


for case, shape, axes, f in [
    ("max pool", (2, 6, 7, 3), 2, lambda x: F.max_pool2d(x, (2, 3))),
    ("max pool padded", (2, 5, 6, 2), 2, lambda x: F.max_pool2d(x, 3, (2, 1), (1, 0))),
    ("max pool sequence", (2, 7, 2), 1, lambda x: F.max_pool1d(x, 3, 2, 1)),
    ("avg pool", (2, 6, 7, 3), 2, lambda x: F.avg_pool2d(x, (2, 3))),
    ("avg pool padded", (2, 5, 6, 2), 2, lambda x: F.avg_pool2d(x, 3, 2, 1)),
    ("avg pool inside", (2, 5, 6, 2), 2, lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)),
    ("global avg pool", (2, 3, 4, 2), 2, lambda x: x.mean((-2, -1), keepdim=True)),
    ("global max pool", (2, 3, 4, 2), 2, lambda x: x.amax((-2, -1), keepdim=True)),
    ("nearest", (2, 3, 2, 2), 2, lambda x: F.interpolate(x, scale_factor=(2, 3), mode="nearest")),
    ("linear", (2, 3, 4, 2), 2, lambda x: F.interpolate(x, scale_factor=(2, 3), mode="bilinear", align_corners=False)),
    ("linear sequence", (2, 5, 2), 1, lambda x: F.interpolate(x, scale_factor=4, mode="linear", align_corners=False)),
]:
    layer(case, lambda g: pooled(f, g["x"], axes), {"x": given(*shape)})


def block(g, down, up, size):
    def f(name, x, stride):
        w, b = g[name + "/w"], g[name + "/b"]
        k = w.shape[0]
        n = x.shape[-2]
        if up > 1 and name != "out":
            lost = max((n - 1) * up + k - size, 0)  # in front and behind
            y = transposed(x, w, b, 2, up, 0, 0, 1, 1)
            at = lost // 2
            y = F.pad(y, (0, 0, 0, max(at + size - y.shape[2], 0), 0, max(at + size - y.shape[1], 0))) if at + size > y.shape[1] else y
            y = y[:, at : at + size, at : at + size]
            return y
        lost = max((-(-n // stride) - 1) * stride + k - n, 0)
        before = lost // 2
        x = F.pad(x, (0, 0, before, lost - before, before, lost - before))
        return conv(x, w, b, 2, stride, 0, 1, 1)

    x = g["x"]
    y = f("out", F.elu(f("in", F.elu(x), down)), 1)
    if "shortcut/w" in g:
        x = f("shortcut", x, down)
    return x + 0.1 * y


def conv_block(case, n, sizes, down=1, up=1, size=0):
    tensors = {"x": given(2, n, n, 3)}
    for name, shape in sizes.items():
        tensors |= {name + "/w": given(*shape), name + "/b": given(shape[-1])}
    layer("block " + case, lambda g: block(g, down, up, size), tensors)


conv_block("plain", 4, {"in": (3, 3, 3, 4), "out": (3, 3, 4, 3)})
conv_block("down", 5, {"in": (3, 3, 3, 4), "out": (3, 3, 4, 4), "shortcut": (1, 1, 3, 4)}, down=2)
conv_block("up", 3, {"in": (3, 3, 3, 2), "out": (3, 3, 2, 2), "shortcut": (2, 2, 3, 2)}, up=2, size=5)


def recurrent(case, kind, bias=True, lengths=None, both=False):
    gates = {"rnn": 1, "gru": 3, "lstm": 4}[kind]
    n, t, d, h = 3, 4, 2, 3
    tensors = {"x": given(n, t, d)}
    if lengths:
        tensors["c"] = torch.tensor(lengths, dtype=torch.float64)[:, None]
    at = ["forward/", "backward/"] if both else ["cell/"]
    for a in at:
        tensors |= {a + "w": given(d, gates * h), a + "u": given(h, gates * h)}
        if bias:
            tensors[a + "b"] = given(gates * h)
        if bias and kind == "gru":
            tensors[a + "c"] = given(h)

    def f(g):
        m = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[kind](d, h, batch_first=True, bias=bias, bidirectional=both)
        p = {}
        for a, suffix in zip(at, ["", "_reverse"]):
            p |= {"weight_ih_l0" + suffix: g[a + "w"].T, "weight_hh_l0" + suffix: g[a + "u"].T}
            if bias:
                p["bias_ih_l0" + suffix] = g[a + "b"]
                p["bias_hh_l0" + suffix] = torch.cat([torch.zeros(2 * h), g[a + "c"]]) if kind == "gru" else torch.zeros(gates * h)
        x = g["x"]
        if lengths:
            x = nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
        y, last = torch.func.functional_call(m, p, (x,))
        if lengths:
            y, _ = nn.utils.rnn.pad_packed_sequence(y, batch_first=True, total_length=t)
        last = last if kind == "lstm" else (last,)
        return torch.cat([y.reshape(n, -1)] + [s.movedim(0, 1).reshape(n, -1) for s in last], dim=1)

    layer(case, f, tensors)


recurrent("rnn", "rnn")
recurrent("gru", "gru")
recurrent("gru without bias", "gru", bias=False)
recurrent("lstm", "lstm")
recurrent("gru lengths", "gru", lengths=[4, 1, 2])
recurrent("lstm lengths", "lstm", lengths=[2, 4, 1])
recurrent("gru both ways", "gru", lengths=[3, 4, 1], both=True)

layer(
    "attention",
    lambda g: F.scaled_dot_product_attention(g["x"], g["c"], g["c"].tanh()),
    {"x": given(2, 3, 4), "c": given(2, 5, 4)},
)
layer(
    "causal attention",
    lambda g: F.scaled_dot_product_attention(g["x"], g["x"].sin(), g["x"].tanh(), is_causal=True),
    {"x": given(2, 3, 5, 4)},
)


def multi_head(heads, causal, context):
    def f(g):
        c = g["c"] if context else g["x"]
        y, _ = F.multi_head_attention_forward(
            g["x"].transpose(0, 1), c.transpose(0, 1), c.transpose(0, 1), 6, heads, None,
            torch.cat([g["query/b"], g["key/b"], g["value/b"]]), None, None, False, 0.0, g["out/w"].T, g["out/b"],
            attn_mask=torch.ones(g["x"].shape[1], c.shape[1]).tril().logical_not() if causal else None,
            use_separate_proj_weight=True, q_proj_weight=g["query/w"].T, k_proj_weight=g["key/w"].T, v_proj_weight=g["value/w"].T,
        )  # fmt: skip
        return y.transpose(0, 1)

    tensors = {"x": given(2, 4, 6)} | ({"c": given(2, 3, 5)} if context else {})
    for name in ["query", "key", "value", "out"]:
        rows = 5 if context and name in ("key", "value") else 6
        tensors |= {name + "/w": given(rows, 6, scale=0.7), name + "/b": given(6)}
    return f, tensors


layer("multi-head", *multi_head(2, False, False))
layer("multi-head causal", *multi_head(3, True, False))
layer("multi-head context", *multi_head(2, False, True))
