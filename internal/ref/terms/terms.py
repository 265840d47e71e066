"""Writes internal/op/testdata/terms.csv: reference values of the terms of
entropies and divergences, by mpmath with 400 digits.

    pip install mpmath
    python internal/ref/terms/terms.py > internal/op/testdata/terms.csv

A row is term, arguments, value, in hexadecimal doubles; a value outside of the
normal range is left out.
"""
import itertools
import math

import mpmath as m
from mpmath import mp, mpf

mp.dps = 400


def s(x):
    return 1 / (1 + m.exp(-x))


def S(x):
    return m.log1p(m.exp(x))


def bernoulli(a, b):
    return s(a) * (S(-b) - S(-a)) + s(-a) * (S(b) - S(a))


def L(t):
    return m.coth(t) - 1 / t if t else mpf(0)


def dL(t):
    return 1 / t**2 - 1 / m.sinh(t) ** 2 if t else mpf(1) / 3


def sinhc(t):
    return m.log(m.sinh(t) / t) if t else mpf(0)


def psi(n, a):
    return m.polygamma(n, a)


def by_log(f):
    return lambda *l: f(*map(m.exp, l))


def rest(a, b):
    d = lambda a: m.loggamma(a) - (a - mpf(1) / 2) * m.log(a) + a - m.log(2 * m.pi) / 2
    return (a - b) * (psi(0, a) - m.log(a)) + m.log(a / b) / 2 + d(b) - d(a)


def laplace(k, l, d):
    r, t = k - l, abs(d) * m.exp(-k)
    return m.exp(r) * (t + m.exp(-t)) - 1 - r


def laplace_a(k, l, d):
    r, t = k - l, abs(d) * m.exp(-k)
    return m.exp(r - t) * (1 + t) - 1


LOGITS = [0, 1e-12, -1e-3, 0.3, -2, 6, 17, -17, 60, -200]
LOGS = [0, 1e-3, -0.7, 2.5, 3.5, 13.8, 25, -13.8, -60]
TERMS = [
    ("bernoullientropy", lambda l: S(l) - l * s(l), LOGITS),
    ("bernoullientropyslope", lambda l: -l * s(l) * s(-l), LOGITS),
    ("bernoullidivergence", bernoulli, LOGITS, LOGITS),
    ("bernoullidivergenceslope", lambda a, b: (a - b) * s(a) * s(-a), LOGITS, LOGITS),
    ("sigmoidrise", lambda a, b: s(a) - s(b), LOGITS, LOGITS),
    ("geometricentropy", lambda l: S(-l) + m.exp(-l) * S(l), LOGITS),
    ("geometricentropyslope", lambda l: -m.exp(-l) * S(l), LOGITS),
    ("geometricdivergence", lambda a, b: (1 + m.exp(-a)) * bernoulli(a, b), LOGITS, LOGITS),
    ("geometricdivergencea", lambda a, b: -m.exp(-a) * (S(b) - S(a)), LOGITS, LOGITS),
    ("geometricdivergenceb", lambda a, b: s(-b) * m.expm1(b - a), LOGITS, LOGITS),
    ("poissondivergence", lambda a, b: m.exp(a) * (a - b) - m.exp(a) + m.exp(b), LOGS, LOGS),
    ("poissondivergenceslope", lambda a, b: m.exp(a) * (a - b), LOGS, LOGS),
    ("exprise", lambda a, b: m.exp(a) - m.exp(b), LOGS, LOGS),
    ("gammarest", by_log(rest), LOGS, LOGS),
    ("gammaresta", by_log(lambda a, b: a * (a - b) * (psi(1, a) - 1 / a)), LOGS, LOGS),
    ("gammarestb", by_log(lambda a, b: b * (psi(0, b) - m.log(b) - psi(0, a) + m.log(a))), LOGS, LOGS),
    ("gammaentropyslope", by_log(lambda a: a * (1 + (1 - a) * psi(1, a))), LOGS),
    ("inversegammaentropyslope", by_log(lambda a: a * (1 - (1 + a) * psi(1, a))), LOGS),
    ("betaentropyslope", by_log(lambda a, b: a * ((a + b - 2) * psi(1, a + b) - (a - 1) * psi(1, a))), LOGS, LOGS),
    ("studententropyslope", by_log(lambda v: v * (v + 1) * (psi(1, (v + 1) / 2) - psi(1, v / 2)) / 4 + mpf(1) / 2), LOGS),
    ("digammaexp", by_log(lambda a: psi(0, a)), LOGS),
    ("digammaexpslope", by_log(lambda a: a * psi(1, a)), LOGS),
    ("laplacedivergence", laplace, LOGS[:5], LOGS[:5], [0, 1e-9, 0.3, -4, 1e5]),
    ("laplacedivergencea", laplace_a, LOGS[:5], LOGS[:5], [0, 1e-3, 0.3, -4, 1e5]),
    ("meandistance", lambda x, l: m.sqrt(2 / m.pi) * m.exp(l - (x * m.exp(-l)) ** 2 / 2) + x * m.erf(x * m.exp(-l) / m.sqrt(2)), [0, 1e-9, -0.3, 4, 1e5], LOGS[:6]),
    ("continuousentropy", lambda l: sinhc(l / 2) - l / 2 * L(l / 2), LOGITS + [1e5]),
    ("continuousentropyslope", lambda l: -l / 4 * dL(l / 2), LOGITS + [1e5]),
    ("continuousdivergence", lambda a, b: (a - b) / 2 * L(a / 2) - sinhc(a / 2) + sinhc(b / 2), LOGITS + [1e5], LOGITS + [1e5]),
    ("langevinrise", lambda a, b: (L(a / 2) - L(b / 2)) / 2, LOGITS + [1e5], LOGITS + [1e5]),
]

for name, f, *axes in TERMS:
    mp.dps = 120 if name.startswith(("gamma", "beta", "student", "inverse", "digamma")) else 400
    for x in itertools.product(*axes):
        v = float(f(*map(mpf, x)))
        if v != 0 and (abs(v) < 2.0**-1022 or math.isinf(v)):
            continue
        print(name, *(float(t).hex() for t in x), v.hex(), sep=",")
