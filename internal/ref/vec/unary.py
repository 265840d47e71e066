"""Writes internal/kernel/testdata/unary.csv: reference values of the functions
of one float64 that have vector kernels, by mpmath with 60 digits, at the ends of
the range, at the seams of the kernels, where they were seen to err most, and at
random.

    pip install mpmath
    python internal/ref/vec/unary.py > internal/kernel/testdata/unary.csv

A row is function, argument, the double nearest to the value, and what is left
to the value in ulp of that; argument and double are in hexadecimal.
"""
import math
import random
import struct

import mpmath as m
from mpmath import mp, mpf

mp.dps = 60
TINY, LEAST, MOST = 2.0**-1022, 2.0**-1074, math.ldexp(2 - 2.0**-52, 1023)


def near(x):
    return [math.nextafter(x, -math.inf), x, math.nextafter(x, math.inf)]


def both(xs):
    return [s * x for x in xs for s in (1, -1)]


# Seams: of the reduction by ln 2, of [√½, √2), of the series of log1p(exp).
HALF = [(n + 0.5) * math.log(2) for n in (0, 1, 2, 30, 511, 1022)]
SEAMS = [x for c in HALF + [math.log(1 + math.sqrt(2)), math.sqrt(2) - 1, 1.0, 18.4, 19.06, 20.0, 37.0, 40.0, 2.0**-54] for x in near(c)]
ENDS = [LEAST, 3 * LEAST, TINY / 2, math.nextafter(TINY, 0), TINY, 1e-300, 1e-160, 1e-30, 1e-9, 1e-5, 1e300, MOST]
OUT = [x for c in (709.782712893384, -708.3964185322641, -745.1332191019412, 36.7368, -37.43, 744.44, -746.0, -751.7) for x in near(c)]
ROOTS = [x for c in (math.sqrt(0.5), math.sqrt(2), 1.0, 2.0, 2.0**52, 2.0**53, 2.0**1023) for x in near(c)] + [
    1.5 * LEAST * 2.0**k for k in (1, 7, 30, 50)]
NORMAL = [x for c in (1.0, 5.0, 5.863584748755, 5.95, 6.0, 8.3, 37.6, 38.5, 38.58, 39.0, 2.0**-30) for x in near(c)]
QUARTERS = [x for n in (1, 2, 3, 4, 7, 36, 355, 51471, 416454, 667543) for x in near(n * math.pi / 2)] + [
    x for n in (1, 3, 5, 101, 1335085) for x in near(n * math.pi / 4)] + [1e6, 2.0**20]
BELOW = [-x for x in near(0.2928932188134524) + near(0.5)] + [math.nextafter(-1, 0), -1 + 2.0**-40, math.sqrt(2) - 1]


def spread(r, n):
    """Numbers of every size, most near one."""
    x = [r.gauss(0, 1) for _ in range(n)]
    x += [r.uniform(-45, 45) for _ in range(n)] + [r.uniform(-760, 760) for _ in range(n)]
    return x + [r.choice((-1, 1)) * math.ldexp(1 + r.random(), r.randrange(-60, 3)) for _ in range(n)]


def wide(r, n):
    return [struct.unpack("d", struct.pack("Q", r.randrange(1, 0x7FF << 52)))[0] for _ in range(n)]


def softplus(x):
    return m.log1p(m.exp(-abs(x))) + max(x, 0)


def gelu(x):
    return x * m.ncdf(x) if abs(x) < 100 else max(x, 0)


def nearest(v):
    if abs(v) >= mpf(MOST) + mpf(2) ** 970:
        return math.inf
    if abs(v) < TINY:
        return int(m.nint(v / mpf(LEAST))) * LEAST
    return float(v)


# The worst arguments of some ten million each.
WORST = {
    "Exp": -1.0296123047923393,
    "Expm1": 37.79845668676306,
    "Log": 0.7064027925044963,
    "Log1p": 0.4009230192761011,
    "Tanh": -0.22449669228893798,
    "Sigmoid": -12.793495550565769,
    "LogSigmoid": 1.2663692385468446,
    "Softplus": -0.43285173079891437,
    "Silu": -21.0989901968686,
    "Elu": -0.34889128528477414,
    "Erf": 1.0570971727911005,
    "Sin": -0.80998661267733629,
    "Cos": 641231.23634351126,
    "Gelu": -0.3383588101742423,
}

FUNCTIONS = [
    ("Exp", m.exp), ("Expm1", m.expm1), ("Log", m.log), ("Log1p", m.log1p), ("Tanh", m.tanh),
    ("Sigmoid", lambda x: 1 / (1 + m.exp(-x))), ("LogSigmoid", lambda x: -softplus(-x)), ("Softplus", softplus),
    ("Silu", lambda x: x / (1 + m.exp(-x))), ("Elu", lambda x: x if x > 0 else m.expm1(x)),
    ("Erf", m.erf), ("Sin", m.sin), ("Cos", m.cos), ("Gelu", gelu),
]

for name, f in FUNCTIONS:
    r = random.Random(name)
    if name == "Log":
        points = ENDS + ROOTS + [abs(x) for x in spread(r, 30)] + wide(r, 60) + [r.uniform(0.5, 2) for _ in range(60)]
    elif name == "Log1p":
        points = ENDS + [-x for x in ENDS if x < 1] + ROOTS + BELOW + [abs(x) for x in spread(r, 25)] + wide(r, 30)
        points += [r.uniform(-1, 1) for _ in range(60)]
    elif name in ("Sin", "Cos"):
        points = both([x for x in ENDS if x < 2**20] + QUARTERS) + spread(r, 40) + [r.uniform(-(2**20), 2**20) for _ in range(60)]
    elif name in ("Erf", "Gelu"):
        points = both(ENDS + NORMAL) + spread(r, 40) + [r.uniform(-3, 3) for _ in range(60)]
    else:
        points = both(ENDS + SEAMS) + OUT + spread(r, 40)
    for x in points + [WORST[name]]:
        v = f(mpf(x))
        y = nearest(v)
        rest = 0 if math.isinf(y) else float((v - mpf(y)) / mpf(math.ulp(y)))
        print(name, x.hex(), y.hex(), f"{rest:.4f}", sep=",")
