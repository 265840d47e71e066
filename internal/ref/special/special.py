"""Writes internal/op/testdata/special.csv: reference values of the special
functions of several arguments, by mpmath with 70 digits. Derivatives by a
parameter are central differences with a step of 1e-22 of it, which at this
precision are right to more than 30 digits.

    pip install mpmath gmpy2
    python internal/ref/special/special.py > internal/op/testdata/special.csv

A row is function, arguments, value, in hexadecimal doubles.
"""
import math
import mpmath as m
from mpmath import mp, mpf

mp.dps = 70


def diff(f, x):
    h = x * mpf(10) ** -22
    return (f(x + h) - f(x - h)) / (2 * h)


def lower(a, x):
    """Series of positive terms for P; DLMF 8.11.4."""
    s = t = mpf(1)
    n = 0
    while t > s * mpf(10) ** -74:
        n += 1
        t *= x / (a + n)
        s += t
    return m.exp(a * m.log(x) - x - m.loggamma(a + 1)) * s


def gammap(a, x):
    return lower(a, x)


def gammaq(a, x):
    # the digits that 1 - P loses, at most about 40
    return 1 - lower(a, x)


def gammaslope(a, l):
    x = m.exp(l)
    return -diff(lambda b: lower(b, x), a) / m.exp(a * l - x - m.loggamma(a))


def ibeta(a, b, x):
    """Series of positive terms for I or its complement; DLMF 8.17.8."""
    if x > mpf(1) / 2:
        return 1 - series(b, a, 1 - x)
    return series(a, b, x)


def series(a, b, x):
    s = t = mpf(1)
    n = 0
    while t > s * mpf(10) ** -74 * (1 - x):
        t *= (a + b + n) / (a + 1 + n) * x
        s += t
        n += 1
    return m.exp(a * m.log(x) + b * m.log(1 - x) - logbeta(a, b)) / a * s


def betaia(a, b, x):
    if x > mpf(1) / 2:
        return -diff(lambda c: series(b, c, 1 - x), a)
    return diff(lambda c: series(c, b, x), a)


def logbeta(a, b):
    return m.loggamma(a) + m.loggamma(b) - m.loggamma(a + b)


def betaslope(a, b, l):
    x = 1 / (1 + m.exp(-l))
    k = m.exp(a * m.log(x) + b * m.log(1 - x) - logbeta(a, b))
    return -betaia(a, b, x) / k


def studentslope(nu, t):
    """d log|t|/d nu at constant distribution function."""
    def tail(n):
        w = n / (n + t * t)
        return ibeta(n / 2, mpf(1) / 2, w) / 2
    pdf = m.exp(-(nu + 1) / 2 * m.log1p(t * t / nu) - logbeta(nu / 2, mpf(1) / 2) - m.log(nu) / 2)
    return diff(tail, nu) / (pdf * abs(t))


def dawson(x):
    return m.sqrt(m.pi) / 2 * m.exp(-x * x) * m.erfi(x)


def dawsonintegral(x):
    return x * x / 2 * m.hyp2f2(1, 1, mpf(3) / 2, 2, -x * x)


A = [1e-10, 1e-3, 0.05, 0.3, 0.5, 0.99, 1.0, 1.5, 2.0, 3.7, 8.0, 9.999, 10.0, 24.9, 25.0, 40.0, 333.3, 1e4]
Q = [1e-6, 1e-2, 0.2, 0.5, 0.9, 1.0, 1.1, 1.5, 2.0, 3.0]
POINTS = []
for a in A:
    xs = {a * q for q in Q} | {a + z * math.sqrt(a) for z in (-6, -3, -1, 1, 3, 6)} | {0.3, 0.56, 1.2, 1.5, 2.5, 6.0, 20.0}
    for x in sorted(xs):
        if x > 0 and abs(x - a) < 12 * math.sqrt(a) + 30:
            POINTS.append((a, x))
POINTS += [(1e6, 1e6 + z * 1e3) for z in (-5, -1, 0, 2, 6)] + [(0.1, 1e-200), (5.0, 1e-30), (3e-5, 1e-300), (0.7, 80.0)]

B = [(1e-6, 1e-3), (1e-3, 1e-3), (0.01, 2.0), (0.2, 0.3), (0.5, 0.5), (1.0, 1.0), (0.5, 30.0), (1.0, 0.2), (2.0, 5.0), (7.5, 0.5),
     (12.0, 3.3), (50.0, 0.5), (500.0, 0.5), (9.0, 11.0), (30.0, 30.0), (200.0, 10.0), (15.0, 900.0), (1e4, 0.5), (600.0, 800.0)]
BX = []
for a, b in B:
    for p, q in [(a, b), (b, a)]:
        mean = p / (p + q)
        sd = math.sqrt(mean * (1 - mean) / (p + q + 1))
        xs = {mean + z * sd for z in (-4, -2.1, -1, 0, 1, 1.9, 4)} | {1e-9, 1e-3, 0.1, 0.45, 0.5, 0.55, 0.9, 0.999}
        for x in sorted(xs):
            if 0 < x < 1 and abs(x - mean) < 12 * sd + 1e-3 and (p, q, x) not in BX:
                BX.append((p, q, x))

T = [(nu, t) for nu in (0.05, 0.3, 1.0, 2.0, 4.5, 10.0, 60.0, 380.0, 900.0, 1e4, 1e6)
     for t in (1e-6, 0.01, 0.4, 1.0, 1.7, 3.0, 6.0)] + [(0.05, 1e12), (0.3, 1e5), (1.0, 1e3), (4.5, 40.0), (0.01, 1e30)]
X = [1e-200, 1e-9, 0.01, 0.2, 0.49, 0.51, 0.9, 1.3, 2.0, 3.3, 4.9, 6.9, 7.1, 12.0, 50.0, 1e3, 1e9]
Z = [-1e4, -300.0, -38.0, -20.0, -12.1, -11.9, -5.0, -2.0, -1.0, -0.1, 0.0, 0.1, 1.0, 3.0, 8.0]
LB = [(1e-300, 1e-3), (1e-9, 3.0), (1e-9, 30.0), (1e-4, 0.4), (0.3, 0.2), (0.4, 0.6), (1.0, 1.0), (2.0, 1.0), (0.5, 1e6), (3.0, 9.9),
      (9.9, 10.1), (10.0, 10.0), (100.0, 1e8), (1e6, 1e6), (1e-3, 1e3), (2e-3, 5.0), (1e6, 1e12)]


def rows():
    for a, x in POINTS:
        yield "gammap", (a, x), gammap
        yield "gammaq", (a, x), gammaq
        yield "gammakernel", (a, x), lambda a, x: a * m.log(x) - x - m.loggamma(a)
        yield "gammapa", (a, x), lambda a, x: diff(lambda c: lower(c, x), a)
        yield "gammaslope", (a, math.log(x)), gammaslope
    yield "gammaslope", (1e-3, -900.0), gammaslope
    yield "gammaslope", (1e-2, -1e4), gammaslope
    for a, b, x in BX:
        yield "betai", (a, b, x), ibeta
        yield "betakernel", (a, b, x), lambda a, b, x: a * m.log(x) + b * m.log(1 - x) - logbeta(a, b)
        yield "betaia", (a, b, x), betaia
        yield "betaib", (a, b, x), lambda a, b, x: -betaia(b, a, 1 - x)
        yield "betaslope", (a, b, math.log(x / (1 - x))), betaslope
    for nu, t in T:
        yield "studentslope", (nu, t), studentslope
    for p in LB:
        yield "lbeta", p, logbeta
    for x in X:
        yield "dawson", (x,), dawson
        yield "dawsonintegral", (x,), dawsonintegral
    yield "dawson", (-1.3,), dawson
    for z in Z:
        cdf = lambda z: m.erfc(-z / m.sqrt(2)) / 2
        yield "ndtr", (z,), cdf
        yield "logndtr", (z,), lambda z: m.log(cdf(z))
        yield "mills", (z,), lambda z: m.npdf(z) / cdf(z)


for name, args, f in rows():
    v = float(m.re(f(*map(mpf, args))))
    if v != 0 and abs(v) < 2.0**-1022 or math.isinf(v):
        continue
    print(name, *[float(x).hex() for x in args], v.hex(), sep=",")
