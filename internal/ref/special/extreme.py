"""Writes internal/op/testdata/extreme.csv: reference values of the special
functions at the smallest and largest parameters, by mpmath (see tails.py).

    pip install mpmath gmpy2 numpy
    python internal/ref/special/extreme.py > internal/op/testdata/extreme.csv

A row is function, arguments, value, in hexadecimal doubles. Values outside of
the normal range are left out.
"""
import itertools
import math
import multiprocessing

import mpmath as m
from mpmath import mp, mpf

import tails

A = [1e-300, 1e-30, 1e-8, 1e-3, 0.1, 0.9, 1.0, 5.0, 24.0, 26.0, 1e3, 1e6, 1e9, 1e15, 1e30, 1e150, 1e300]
GAMMA = []
for a in A:
    xs = {1e-300, 1e-10, 1.0, 1.6, 30.0, 600.0, 1e5} | {a * q for q in (1e-5, 0.3, 0.45, 0.99, 1.8, 2.5)}
    if a > 0.5:
        xs |= {a + z * math.sqrt(a) for z in (-20, -5, -1, 0, 1, 5, 20)}
    GAMMA += [(a, x) for x in sorted(xs) if x > 0]

S = [1e-300, 1e-30, 1e-8, 1e-3, 0.1, 0.5, 0.9, 1.0, 3.5, 5.0, 40.0, 1e3, 1e5, 1e9, 1e15, 1e30, 1e150, 1e300]
PAIRS = [(a, b) for a, b in itertools.product(S, S)]
BETA = []
for i, (a, b) in enumerate(PAIRS):
    u = math.log(a) - math.log(b)
    sd = math.sqrt(1 / a + 1 / b)
    ls = {(-700.0 + i % 50, -20.0, 0.0, 15.0)[i % 4]} if min(a, b) < 1 else {(-3.0, 3.0)[i % 2]}
    if sd < 30:
        ls.add(u + (-6, 0.5, -1, 4, -20, 1, -3, 2)[i % 8] * sd)
    BETA += [(a, b, l) for l in sorted(ls) if abs(l) < 708]
BETA = BETA[::3]

NU = [1e-300, 1e-10, 1e-3, 0.5, 3.0, 1e3, 1e6, 1e9, 1e15, 1e100, 1e300]
T = [1e-200, 1e-5, 0.5, 1.0, 3.0, 9.0, 36.0, 1e3, 1e5, 1e10, 1e200]
TINY = [1e-305, 1e-160, 1e-80, 1e-20, 1e-9]
HUGE = [1e9, 1e20, 1e80, 1e160, 1e300]
MIDDLE = [0.01, 0.1, 0.24, 0.26, 0.5, 1.0, 2.0, 6.99, 7.01, 11.9, 12.1, 37.0, 300.0, 1e4]
WIDE = TINY + MIDDLE + HUGE


def one(job):
    """The rows of one point, of functions whose integrals are shared."""
    kind, args = job
    mp.dps = 70
    out = []

    def row(name, args, v):
        out.append((name, args, v))

    if kind == "gamma":
        a, x = args
        with tails.digits(a, x):
            l = m.log(mpf(x))
        P, Q, Pa, k = tails.gamma(a, l)
        row("gammap", args, P), row("gammaq", args, Q), row("gammapa", args, Pa)
    elif kind == "gammaslope":
        a, l = args
        _, _, Pa, k = tails.gamma(a, mpf(l))
        row("gammaslope", args, -Pa / k)
    elif kind == "beta":
        a, b, l = args
        x = 1 / (1 + math.exp(-l))
        P, Q, Pa, Pb, k = tails.beta(a, b, l)
        row("betaslope", args, -Pa / k)
        if 0 < x < 1:
            with tails.digits(a, b, x, a + b, mpf(a) / b):
                X = m.log(mpf(x)) - m.log1p(-mpf(x))
            P, Q, Pa, Pb, k = tails.beta(a, b, X)
            args = (a, b, x)
            row("betai", args, P), row("betaia", args, Pa), row("betaib", args, Pb), row("betaic", args, Q)
    elif kind == "student":
        nu, t = args
        F, dnu, pdf = tails.student(nu, -mpf(t))
        row("studentcdf", (nu, -t), F)
        row("studentslope", args, dnu / (pdf * t))
    return [(n, a, float(v)) for n, a, v in out]


def plain():
    """Functions of few arguments that mpmath has."""
    mp.dps = 700
    logb = tails.logbeta
    for a, b in itertools.product([1e-305, 1e-30, 1e-3, 0.45, 0.55, 9.9, 12.0, 1e5, 1e15, 1e100], repeat=2):
        yield "lbeta", (a, b), lambda a, b: logb(a, b)
    mp.dps = 70
    for x in WIDE:
        yield "dawson", (x,), lambda x: m.sqrt(m.pi) / 2 * m.exp(-x * x) * m.erfi(x) if x < 50 else (1 + 1 / (2 * x**2) * (1 + 3 / (2 * x**2) * (1 + 5 / (2 * x**2) * (1 + 7 / (2 * x**2) * (1 + 9 / (2 * x**2))))))/ (2 * x)
        yield "dawsonslope", (x,), dawsonslope
        for z in (x, -x):
            yield "ndtr", (z,), lambda z: m.erfc(-z / m.sqrt(2)) / 2
            yield "logndtr", (z,), logndtr
            yield "mills", (z,), mills
            yield "langevin", (z,), wide(lambda z: m.coth(z) - 1 / z)
        yield "logsinhc", (x,), wide(lambda x: x - m.log(2 * x) + m.log1p(-m.exp(-2 * x)))
        yield "langevinslope", (x,), wide(lambda x: 1 / x**2 - m.csch(x) ** 2)
        yield "digamma", (x,), m.digamma
        yield "lgamma", (x,), m.loggamma
        for n in (1, 2, 3, 6):
            yield "polygamma", (x, n), polygamma(n)
    for x in [-1e-9, -0.5, -1 + 2.0**-40, -1 - 2.0**-40, -7.25, -100.25, -1e5 - 0.25, -1e9 - 0.25]:
        yield "digamma", (x,), m.digamma
        yield "lgamma", (x,), lambda x: m.log(abs(m.gamma(x)))
        for n in (1, 2, 3, 6) if x > -1e6 else ():
            yield "polygamma", (x, n), polygamma(n)
    for l, u in itertools.product([-1e300, -1e5, -700.0, -30.0, -1.0, -1e-3, -1e-6, -1e-9, -1e-300, 1e-300, 1e-9, 1e-3, 1.0, 30.0, 700.0, 1e5], [1e-300, 1e-9, 0.1, 0.5, 0.999, 1 - 2.0**-53]):
        yield "continuousbernoulli", (l, u), wide(lambda l, u: m.log1p(u * m.expm1(l)) / l)
        yield "continuousbernoullislope", (l, u), wide(cbslope)


def wide(f):
    def g(*x):
        with mp.workdps(1400):
            return f(*x)
    return g


def cbslope(l, u):
    x = m.log1p(u * m.expm1(l)) / l
    return (u * m.exp(l * (1 - x)) - x) / l


def dawsonslope(x):
    """1 - 2xD(x)."""
    if x < 50:
        return 1 - m.sqrt(m.pi) * x * m.exp(-x * x) * m.erfi(x)
    z = 1 / (2 * x * x)
    return -z * (1 + z * 3 * (1 + z * 5 * (1 + z * 7 * (1 + z * 9))))


def logndtr(z):
    if z > -1e4:
        return m.log(m.erfc(-z / m.sqrt(2)) / 2) if z < 5 else m.log1p(-m.erfc(z / m.sqrt(2)) / 2)
    w = 1 / z**2
    return -z * z / 2 - m.log(2 * m.pi) / 2 - m.log(-z) + m.log1p(-w * (1 - 3 * w * (1 - 5 * w * (1 - 7 * w))))


def mills(z):
    if z > -1e4:
        return m.exp(-z * z / 2 - m.log(2 * m.pi) / 2 - logndtr(z))
    w = 1 / z**2
    return -z / (1 - w * (1 - 3 * w * (1 - 5 * w * (1 - 7 * w))))


def polygamma(n):
    def f(x, _):
        if x < 0 or x > 1e3 or x < 1e-3:  # by the reflection and the leading terms with the recurrence
            with mp.workdps(150):
                s = (-1) ** (n + 1) * m.factorial(n)
                if x < 0:
                    return m.polygamma(n, x)
                if x < 1e-3:
                    return s * x ** -(n + 1) + m.polygamma(n, 1 + x)
                t = m.factorial(n - 1) / x**n + m.factorial(n) / (2 * x ** (n + 1))
                for k in range(1, 12):
                    t += m.bernoulli(2 * k) * m.factorial(2 * k + n - 1) / m.factorial(2 * k) / x ** (2 * k + n)
                return (-1) ** (n + 1) * t
        return m.polygamma(n, x)
    return f


def show(rows, seen=set()):
    for name, args, v in rows:
        if (name, args) in seen or v != v or math.isinf(v) or v != 0 and abs(v) < 2.0**-1022:
            continue
        seen.add((name, args))
        print(name, *[float(x).hex() for x in args], v.hex(), sep=",", flush=True)


def main():
    jobs = [("gamma", g) for g in GAMMA]
    jobs += [("gammaslope", (a, math.log(x))) for a, x in GAMMA[::3]] + [("gammaslope", (1e-300, -1e5)), ("gammaslope", (1e-3, -1e6))]
    jobs += [("student", g) for g in itertools.product(NU, T)] + [("beta", g) for g in BETA]
    with multiprocessing.Pool(2) as pool:
        for rows in pool.imap(one, jobs, chunksize=4):
            show(rows)
    for name, args, f in plain():
        show([(name, args, float(m.re(f(*map(mpf, args)))))])


if __name__ == "__main__":
    main()
