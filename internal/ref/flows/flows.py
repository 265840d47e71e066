#!/usr/bin/env python3
"""Writes prob/flow/testdata/flows.json: flows at random weights, with PyTorch.

Every flow is written here from its paper, event by event in float64, with the
names that the paper uses; the log-determinant is that of the Jacobian that
automatic differentiation makes, and no formula. Only what "weights" holds is laid
out as the library has it:

  planar, radial, Sylvester   one vector of all numbers, "b", in context c·w + b
  IAF, MAF                    "0/w" [D, nD], its masked part random too, "0/b" and
                              "0/context/w": numbers k of all elements in block k
  couplings                   "0/w", "0/b", "context/w", then "1/w", "1/b"

Run: python3 internal/ref/flows/flows.py > prob/flow/testdata/flows.json
"""
import json

import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(5)
D, C, H = 3, 2, 4


def softplus(x):
    return torch.log(1 + torch.exp(x))


def planar(z, n):
    """Rezende and Mohamed, the planar flow, with the û of appendix A."""
    u, w, b = n[:D], n[D:2 * D], n[2 * D]
    m = -1 + softplus(w @ u)
    u = u + (m - w @ u) * w / w.norm() ** 2
    return z + u * torch.tanh(w @ z + b)


def radial(z, n):
    """Rezende and Mohamed, the radial flow, with the β̂ of appendix A."""
    z0, alpha, beta = n[:D], torch.exp(n[D]), n[D + 1]
    beta = -alpha + softplus(beta)
    r = (z - z0).norm()
    return z + beta / (alpha + r) * (z - z0)


def sylvester(reflections):
    """Van den Berg et al., with Q of Householder reflections."""
    def f(z, n):
        full, n = n[:D * D].reshape(D, D), n[D * D:]
        d1, d2, b, vs = n[:D], n[D:2 * D], n[2 * D:3 * D], n[3 * D:]
        r1 = torch.triu(full, 1) + torch.diag(torch.tanh(d1))
        r2 = torch.triu(full.T, 1) + torch.diag(torch.tanh(d2))
        q = torch.eye(D)
        for i in range(reflections):
            v = vs[i * D:(i + 1) * D]
            q = q @ (torch.eye(D) - 2 * torch.outer(v, v) / (v @ v))
        return z + q @ r1 @ torch.tanh(r2 @ q.T @ z + b)
    return f


def affine(x, p):
    return x * torch.exp(p[1]) + p[0]


def gated(x, p):
    """Kingma et al., the gated step, with a forget bias of 1.5."""
    sigma = torch.sigmoid(p[1] + 1.5)
    return sigma * x + (1 - sigma) * p[0]


def additive(x, p):
    return x + p[0]


def spline(bins, bound):
    """Durkan et al., section 3.1: the rational quadratic."""
    def f(x, p):
        if abs(float(x.detach())) > bound:
            return x
        widths = 2 * bound * (1e-3 + (1 - 1e-3 * bins) * torch.softmax(p[:bins], 0))
        heights = 2 * bound * (1e-3 + (1 - 1e-3 * bins) * torch.softmax(p[bins:2 * bins], 0))
        one = torch.ones(1)
        start = torch.log(torch.expm1(torch.tensor(1 - 1e-3)))
        slopes = torch.cat([one, 1e-3 + softplus(p[2 * bins:] + start), one])
        xs = torch.cat([-bound * one, -bound + torch.cumsum(widths, 0)])
        ys = torch.cat([-bound * one, -bound + torch.cumsum(heights, 0)])
        k = int(torch.searchsorted(xs[1:-1].contiguous(), x.detach().reshape(1), right=True))
        s = (ys[k + 1] - ys[k]) / (xs[k + 1] - xs[k])
        xi = (x - xs[k]) / (xs[k + 1] - xs[k])
        top = (ys[k + 1] - ys[k]) * (s * xi ** 2 + slopes[k] * xi * (1 - xi))
        return ys[k] + top / (s + (slopes[k + 1] + slopes[k] - 2 * s) * xi * (1 - xi))
    return f


def autoregressive(element, n, of_output):
    """Element i by a linear function of those before it: of the input as in IAF,
    or of the output as in MAF."""
    def f(x, w, c):
        y = []
        for i in range(D):
            seen = torch.stack(y) if of_output and y else x[:i]
            p = []
            for k in range(n):
                j = k * D + i
                p.append(w["0/b"][j] + seen @ w["0/w"][:i, j] + c @ w["0/context/w"][:, j])
            y.append(element(x[i], torch.stack(p)))
        return torch.stack(y)
    return f


def coupling(element, n):
    def f(x, w, c):
        h = torch.tanh(x[:D // 2] @ w["0/w"] + c @ w["context/w"] + w["0/b"])
        p = h @ w["1/w"] + w["1/b"]
        moved = D - D // 2
        y = [x[i] for i in range(D // 2)]
        for i in range(moved):
            y.append(element(x[D // 2 + i], torch.stack([p[k * moved + i] for k in range(n)])))
        return torch.stack(y)
    return f


def amortised(f, n):
    return (lambda x, w, c: f(x, c @ w["w"] + w["b"])), {"w": (C, n), "b": (n,)}


def masked(element, n, of_output):
    return autoregressive(element, n, of_output), {"0/w": (D, n * D), "0/b": (n * D,), "0/context/w": (C, n * D)}


def coupled(element, n):
    out = n * (D - D // 2)
    return coupling(element, n), {"0/w": (D // 2, H), "0/b": (H,), "context/w": (C, H), "1/w": (H, out), "1/b": (out,)}


flows = {
    "planar": amortised(planar, 2 * D + 1),
    "radial": amortised(radial, D + 2),
    "triangular Sylvester": amortised(sylvester(0), D * D + 3 * D),
    "Householder Sylvester": amortised(sylvester(2), D * D + 5 * D),
    "IAF": masked(gated, 2, False),
    "affine IAF": masked(affine, 2, False),
    "spline IAF": masked(spline(8, 3), 23, False),
    "MAF": masked(affine, 2, True),
    "spline MAF": masked(spline(3, 3), 8, True),
    "NICE": coupled(additive, 1),
    "RealNVP": coupled(affine, 2),
    "spline coupling": coupled(spline(4, 2), 11),
}

out = {}
for name, (f, shapes) in flows.items():
    weights = {k: torch.randn(s) for k, s in shapes.items()}
    x, c = 1.5 * torch.randn(6, D), torch.randn(6, C)
    ys, dets = [], []
    for i in range(len(x)):
        g = lambda v: f(v, weights, c[i])
        ys.append(g(x[i]))
        dets.append(torch.linalg.slogdet(torch.autograd.functional.jacobian(g, x[i]))[1])
    flat = lambda t: t.flatten().tolist()
    out[name] = {"weights": {k: flat(v) for k, v in weights.items()}, "x": flat(x), "context": flat(c),
                 "y": flat(torch.stack(ys)), "logdet": flat(torch.stack(dets))}
print("{\n%s\n}" % ",\n".join("%s: %s" % (json.dumps(k), json.dumps(v)) for k, v in out.items()))
