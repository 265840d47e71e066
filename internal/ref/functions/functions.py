"""Writes internal/op/testdata/functions.csv: reference values of the
element-wise functions, by mpmath (1.4) with 60 digits.

    pip install mpmath
    python internal/ref/functions/functions.py > internal/op/testdata/functions.csv

A row is function, parameter, argument, value; both numbers are exact doubles
in hexadecimal. A value outside of the normal range is left out.
"""
import math
from mpmath import mp, mpf
import mpmath as m

mp.dps = 900  # of eˣ − 1 − x at 1e-300


def psi(n):
    return lambda x: m.polygamma(n, x)


TINY = [1e-300, 1e-20, 1e-9, -1e-9, 1e-5, -1e-5]
PLAIN = [-3.7, -1.0, -0.5, -0.1, 0.1, 0.5, 1.0, 1.7, 3.3, 9.25]
WIDE = [-1e3, -745.0, -100.0, -37.0, -20.5, 16.5, 37.0, 100.0, 700.0, 1e3]
POSITIVE = [1e-300, 1e-8, 0.1, 0.5, 0.999999, 1.0, 1.000001, 1.25, 2.0, 2.5, 7.0, 11.9, 12.1, 33.3, 1e4, 1e9, 1e15]
ROOT = [1.46, 1.4616, 1.461632, 1.46163214496, 1.4616321449683622, 1.4616321449683625, 1.47]
NEGATIVE = [-0.1, -0.5, -0.75, -1.2, -2.5, -3.7, -10.3, -100.25]

FUNCTIONS = [
    ("exp", 0, m.exp, PLAIN + TINY + [-700.0, 700.0]),
    ("expm1", 0, m.expm1, PLAIN + TINY + [-700.0, 700.0]),
    ("log", 0, m.log, POSITIVE),
    ("log1p", 0, m.log1p, TINY + POSITIVE + [-0.1, -0.5, -0.999999]),
    ("sqrt", 0, m.sqrt, POSITIVE),
    ("rsqrt", 0, lambda x: 1 / m.sqrt(x), POSITIVE),
    ("recip", 0, lambda x: 1 / x, POSITIVE + PLAIN),
    ("tanh", 0, m.tanh, PLAIN + TINY + WIDE),
    ("sigmoid", 0, lambda x: 1 / (1 + m.exp(-x)), PLAIN + TINY + WIDE),
    ("logsigmoid", 0, lambda x: -m.log1p(m.exp(-x)), PLAIN + TINY + WIDE),
    ("softplus", 0, lambda x: m.log1p(m.exp(x)), PLAIN + TINY + WIDE),
    ("loglogistic", 0, lambda x: -abs(x) - 2 * m.log1p(m.exp(-abs(x))), PLAIN + TINY + WIDE),
    ("exprest", 0, lambda x: m.exp(x) - 1 - x, PLAIN + TINY + [-0.49, 0.49, -0.51, 0.51, -700.0, 700.0]),
    ("elu", 0, lambda x: x if x > 0 else m.expm1(x), PLAIN + TINY + WIDE),
    ("gelu", 0, lambda x: x * m.ncdf(x), PLAIN + TINY + [-37.0, -30.0, -20.5, -12.0, -8.0, 8.0, 37.0]),
    ("silu", 0, lambda x: x / (1 + m.exp(-x)), PLAIN + TINY + WIDE),
    ("sin", 0, m.sin, PLAIN + TINY + [100.0, 1e6]),
    ("cos", 0, m.cos, PLAIN + TINY + [100.0, 1e6]),
    ("erf", 0, m.erf, PLAIN + TINY + [6.0, -6.0]),
    ("erfinv", 0, m.erfinv, TINY + [-0.999999, -0.9, -0.3, 0.1, 0.5, 0.9, 0.99, 0.999999, 1 - 1e-12, 1 - 2.0**-53, 2.0**-53 - 1]),
    ("lgamma", 0, lambda x: m.log(abs(m.gamma(x))), POSITIVE[:-2] + [171.0, 200.0, 1e5] + NEGATIVE),
    ("digamma", 0, psi(0), POSITIVE + ROOT + NEGATIVE),
    ("trigamma", 0, psi(1), POSITIVE[1:] + NEGATIVE),
    ("polygamma", 2, psi(2), POSITIVE[1:] + NEGATIVE),
    ("polygamma", 3, psi(3), POSITIVE[1:] + NEGATIVE),
    ("polygamma", 6, psi(6), POSITIVE[2:] + NEGATIVE),
    ("leakyrelu", 0.2, lambda x: x if x > 0 else mpf(0.2) * x, PLAIN),
]

for name, a, f, points in FUNCTIONS:
    for x in points:
        v = float(m.re(f(mpf(x))))
        if v != 0 and (abs(v) < 2.0**-1022 or math.isinf(v)):
            continue
        print(name, float(a).hex(), float(x).hex(), v.hex(), sep=",")
