"""Writes prob/testdata/tails/cdf.csv: distribution functions at extreme
parameters and in both tails, by mpmath (see tails.py), with their derivatives
by the value and the parameters. The derivatives of elementary functions are
differences in 500 digits.

    pip install mpmath gmpy2 numpy
    python internal/ref/special/cdf.py > prob/testdata/tails/cdf.csv

A row is distribution, value x, parameters (of the Go struct, in order; two of
them, the missing 0), the distribution function F, its derivatives by x and the
parameters, and how much the relative change of F or 1-F, whichever is smaller,
is larger than those of the arguments. All arguments are float32 numbers; the
values are decimals of doubles.
"""
import math
import multiprocessing

import mpmath as m
import numpy as np
from mpmath import mp, mpf

import tails


def f32(v):
    return float(np.float32(v))


def softplus(x):
    return m.log1p(m.exp(x))


def z(p, x):
    return (x - p[0]) * m.exp(-p[1])


def half(f):
    return lambda p, x: f(x * m.exp(-p[0]))


ELEMENTARY = {
    "Normal": lambda p, x: m.erfc(-z(p, x) / m.sqrt(2)) / 2,
    "LogNormal": lambda p, x: m.erfc(-(m.log(x) - p[0]) * m.exp(-p[1]) / m.sqrt(2)) / 2,
    "Logistic": lambda p, x: 1 / (1 + m.exp(-z(p, x))),
    "Cauchy": lambda p, x: m.atan(z(p, x)) / m.pi + mpf(1) / 2,
    "Laplace": lambda p, x: m.exp(z(p, x)) / 2 if z(p, x) < 0 else 1 - m.exp(-z(p, x)) / 2,
    "Gumbel": lambda p, x: m.exp(-m.exp(-z(p, x))),
    "HalfNormal": half(lambda t: m.erf(t / m.sqrt(2))),
    "HalfCauchy": half(lambda t: 2 / m.pi * m.atan(t)),
    "Exponential": lambda p, x: -m.expm1(-x * m.exp(p[0])),
    "RelaxedBernoulli": lambda p, y: 1 / (1 + m.exp(p[0] - p[1] * y)),
    "DiscretizedLogistic": lambda p, x: 1 / (1 + m.exp(-((mpf(int(x * 255 + mpf(1) / 2)) + mpf(1) / 2) / 255 - p[0]) * m.exp(-p[1]))),
    "Uniform": lambda p, x: (x - p[0]) / (p[1] - p[0]),
    "ContinuousBernoulli": lambda p, x: m.expm1(p[0] * x) / m.expm1(p[0]) if p[0] != 0 else x,
    "Geometric": lambda p, x: -m.expm1((m.floor(x) + 1) * -softplus(p[0])),
}
DISCRETE = {"DiscretizedLogistic", "Geometric", "Poisson", "Binomial", "NegativeBinomial"}


def elementary(name, p, x):
    with mp.workdps(500):
        f = ELEMENTARY[name]
        args = [mpf(v) for v in p]
        x = mpf(x)

        def slope(g, v):
            h = mpf(10) ** -60 * (abs(v) if v != 0 else mpf(10) ** -10)
            return (g(v + h) - g(v - h)) / (2 * h)
        F = f(args, x)
        d = [slope(lambda v: f(args[:i] + [v] + args[i + 1:], x), args[i]) for i in range(len(args))]
        dx = mpf(0) if name in DISCRETE else slope(lambda v: f(args, v), x)
        return F, 1 - F, dx, d


def shaped(name, p, x):
    with mp.workdps(90):
        p, x = [mpf(v) for v in p], mpf(x)
    with mp.workdps(120):
        if name == "Gamma":
            P, Q, Pa, k = tails.gamma(m.exp(p[0]), p[1] + m.log(x))
            return P, Q, k / x, [Pa * m.exp(p[0]), k]
        if name == "InverseGamma":
            P, Q, Pa, k = tails.gamma(m.exp(p[0]), p[1] - m.log(x))
            return Q, P, k / x, [-Pa * m.exp(p[0]), -k]
        if name == "Poisson":
            P, Q, _, k = tails.gamma(m.floor(x) + 1, p[0])
            return Q, P, mpf(0), [-k]
        if name == "Beta":
            l = m.log(x) - m.log1p(-x)
            P, Q, Pa, Pb, k = tails.beta(m.exp(p[0]), m.exp(p[1]), l)
            return P, Q, k / (x * (1 - x)), [Pa * m.exp(p[0]), Pb * m.exp(p[1])]
        if name == "Binomial":
            n = m.floor(x)
            P, Q, Pa, _, k = tails.beta(p[0] - n, n + 1, -p[1])
            return P, Q, mpf(0), [Pa, -k]
        if name == "NegativeBinomial":
            P, Q, Pa, _, k = tails.beta(m.exp(p[0]), m.floor(x) + 1, -p[1])
            return P, Q, mpf(0), [Pa * m.exp(p[0]), -k]
        if name == "StudentT":
            nu = m.exp(p[0])
            with tails.digits(nu, x):
                F, dnu, pdf = tails.student(nu, x)
                G = 1 - F if x < 0 else tails.student(nu, -x)[0]
            return F, G, pdf, [dnu * nu]
    raise KeyError(name)


def points():
    for s in (-60.0, -1.0, 0.0, 7.0, 60.0):
        for k in (-30, -9, -1, 0.2, 3, 8, 25):
            x = f32(0.5 + k * math.exp(s)) if abs(s) < 10 else f32(k * math.exp(s))
            loc = 0.5 if abs(s) < 10 else 0.0
            for name in ("Normal", "Logistic", "Laplace", "Cauchy"):
                yield name, (loc, s), x
            if k > -5:
                yield "Gumbel", (loc, s), x
            if k > 0:
                x = f32(k * math.exp(s))
                for name in ("HalfNormal", "HalfCauchy"):
                    yield name, (s,), x
                    yield name, (s,), f32(x * 1e-6)
                yield "Exponential", (-s,), x
                yield "Exponential", (-s,), f32(x * 1e-6)
    for s in (-3.0, 0.0, 1.5):
        for k in (-15, -2, 0.3, 2, 12):
            yield "LogNormal", (1.0, s), f32(math.exp(max(min(1 + k * math.exp(s), 80), -80)))
    for l, t, y in [(-3, 0.5, -60), (2, 0.01, 3000), (80, 1, 3), (1, 10, 4), (0, 100, 0.4), (-20, 1, 2.5), (0, 1, 0)]:
        yield "RelaxedBernoulli", (l, t), y
    for mean, s, k in [(0.5, -7, 100), (0.5, -7, 150), (0.1, -3, 200), (0.1, -3, 3), (0.9, 2, 0), (0.5, 20, 17), (-4, -3, 60), (3, -1, 254)]:
        yield "DiscretizedLogistic", (mean, s), k / 255
    for lo, hi, x in [(0, 1, 1 - 2.0**-20), (0, 1, 1e-30), (-1e30, 1e30, 5), (1, 1 + 2.0**-20, 1 + 2.0**-22), (5, 1e30, 7)]:
        yield "Uniform", (lo, hi), x
    for l in (-1e4, -80, -2, -1e-3, -1e-9, 1e-30, 1e-5, 0.3, 40, 600, 1e5):
        for x in (1e-20, 1e-3, 0.4, 0.5, 0.8, 1 - 2.0**-20):
            yield "ContinuousBernoulli", (l,), x
    for l in (-80, -20, -1, 3, 30):
        for k in (0, 1, 50, 1e8, 1e30):
            yield "Geometric", (l,), k
    # of the shapes: values by their distance from the mean in deviations
    for la in (-60.0, -5.0, 0.3, 3.0, 7.0, 14.0, 18.4, 30.0, 60.0):
        a = math.exp(f32(la))
        for k in (-20, -5, -1, 0.1, 2, 7):
            w = a + k * math.sqrt(a) if a > 1 else math.exp(k)
            if w <= 0:
                w = a * math.exp(k)
            yield "Gamma", (la, 0.5), w * math.exp(-0.5)
            yield "InverseGamma", (la, -2.0), math.exp(-2) / w
            if w < 1e7 and la > 0:
                yield "Poisson", (math.log(w),), math.floor(a)
    for la, lb in [(-50, 0), (-50, 50), (-50, -50), (-4, 18), (0.5, 18.4), (18.4, 0), (18.4, -1), (18.4, 18.4), (40, 40), (60, 50), (6, 6), (30, 3), (10, 20)]:
        sd = math.sqrt(math.exp(-la) + math.exp(-lb))
        for k in (-6, -2, 0.1, 1, 5):
            l = la - lb + k * min(sd, 4)
            x = f32(1 / (1 + math.exp(-max(min(l, 80), -80))))
            if 0 < x < 1:
                yield "Beta", (la, lb), x
    for n, k in [(1, 0), (30, 4), (30, 29), (1000, 200), (1e6, 10), (1e6, 5e5), (2**24, 2**23), (1e9, 3), (1e15, 20), (2.5e22, 0), (1e30, 1e15)]:
        p = (k + 1) / (n + 1)
        sd = 1 / math.sqrt((k + 1) * (1 - p))
        for j in (-8, -2, 0, 1, 5):
            yield "Binomial", (n, math.log(p / (1 - p)) + j * sd), k
    for lr, k in [(-40, 0), (-40, 100), (-3, 1e6), (0, 3), (5, 1e5), (16, 2**24), (30, 10), (50, 1e10), (80, 0)]:
        r = math.exp(lr)
        l = math.log((k + 0.5) / r)
        sd = math.sqrt(1 / (k + 1) + 1 / r) if r > 1e-3 else 3
        for j in (-8, -2, 0.1, 1, 5):
            yield "NegativeBinomial", (lr, l + j * sd), k
    for ln in (-20.0, -1.0, 1.4, 7.0, 14.0, 20.7, 40.0, 80.0):
        for t in (1e-4, 0.5, 1.5, 3.0, 12.0, 1e4, 1e15):
            for s in (-1, 1):
                yield "StudentT", (ln,), s * t


def row(point):
    name, p, x = point
    p, x = tuple(f32(v) for v in p), f32(x)
    F, G, dx, d = (elementary if name in ELEMENTARY else shaped)(name, p, x)
    small = min(abs(F), abs(G))
    if small == 0 or min(F, G) < mpf(10) ** -300:
        cond = 1e300
    else:
        cond = float(sum(abs(v * w) for v, w in zip((x,) + p, [dx] + d)) / small)
    return name, x, p, [float(v) for v in [F, dx] + d], cond


def main():
    print("name,x,p0,p1,cdf,dx,dp0,dp1,cond")
    seen = set()
    with multiprocessing.Pool(2) as pool:
        for name, x, p, v, cond in pool.imap(row, points(), chunksize=8):
            if (name, x, p) in seen or cond > 1e299:
                continue
            seen.add((name, x, p))
            pad = [0.0] * (2 - len(p))
            print(name, *map(repr, [x, *p, *pad]), *map(repr, v + pad), f"{cond:.3g}", sep=",", flush=True)


if __name__ == "__main__":
    main()
