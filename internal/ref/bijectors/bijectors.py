#!/usr/bin/env python3
"""Writes prob/testdata/bijectors/ends.csv: bijectors far out, with mpmath.

Each row is a bijector y = f(x) at a point x, as the real numbers have it, which
never reach an end of the range:

  name     the bijector
  x        the point
  dist     the distances of y from the ends of the range: y-lo and hi-y, or of a
           simplex its elements, of rising numbers their gaps, of a Cholesky
           factor its diagonal
  dlog     the derivative of the logarithm of each distance by each x, row by row
  logdet   log|det dy/dx|
  dlogdet  its derivative by each x

Run: python3 internal/ref/bijectors/bijectors.py > prob/testdata/bijectors/ends.csv
"""
import sys
from mpmath import mp, mpf, exp, log, tanh, diff, nstr

mp.dps = 1500


def sigmoid(x):
    return 1 / (1 + exp(-x))


def interval(lo, hi):
    w = mpf(hi) - lo
    return (lambda x: [w * sigmoid(x[0]), w * sigmoid(-x[0])],
            lambda x: log(w * sigmoid(x[0]) * sigmoid(-x[0])))


def softmax(x):
    e = [exp(v) for v in x] + [mpf(1)]
    return [v / sum(e) for v in e]


def sticks(x):
    left, y = mpf(1), []
    for k, v in enumerate(x):
        z = sigmoid(v - log(mpf(len(x) - k)))
        y.append(left * z)
        left *= sigmoid(-(v - log(mpf(len(x) - k))))
    return y + [left]


def sticks_logdet(x):
    """y_k = z_k L_k with the triangular Jacobian z_k (1-z_k) L_k."""
    left, s = mpf(1), mpf(0)
    for k, v in enumerate(x):
        l = v - log(mpf(len(x) - k))
        s += log(left * sigmoid(l) * sigmoid(-l))
        left *= sigmoid(-l)
    return s


power = lambda p: (lambda x: [x[0]**p], lambda x: log(abs(p)) + (p - 1) * log(x[0]))
far = [[v] for v in (-1000, -200, -95, -75, -60, -20, -9.5, 9.5, 20, 60, 75, 95, 200, 1000)]
below = [v for v in far if v[0] < 60]  # where exp has no end to reach in float32
planes = [[0, 0], [-200, 5], [200, 5], [-200, -300], [200, 201], [-80, 1], [30, 40], [-1000, 1000]]

cases = {
    "Exp": (lambda x: [exp(x[0])], lambda x: x[0], below),
    "Softplus": (lambda x: [log(1 + exp(x[0]))], lambda x: log(sigmoid(x[0])), far),
    "Sigmoid": (*interval(0, 1), far),
    "Tanh": (lambda x: [2 * sigmoid(2 * x[0]), 2 * sigmoid(-2 * x[0])],
             lambda x: log(4 * sigmoid(2 * x[0]) * sigmoid(-2 * x[0])), far),
    "(-2, 3)": (*interval(-2, 3), far),
    "(-1e6, 0)": (*interval(-1000000, 0), far),
    "(2, inf)": (lambda x: [exp(x[0])], lambda x: x[0], below),
    "(-inf, 2)": (lambda x: [exp(x[0])], lambda x: x[0], below),
    "chain to (2, 5)": (*interval(2, 5), far),
    "Power 2.5": (*power(mpf(5) / 2), [[v] for v in (1e-12, 1e-5, 10, 1e5)]),
    "Power -2": (*power(mpf(-2)), [[v] for v in (1e-10, 1e-3, 10, 1e10)]),
    "Softmax": (softmax, lambda x: sum(log(v) for v in softmax(x)), planes),
    "StickBreaking": (sticks, sticks_logdet, planes),
    "Rising": (lambda x: [exp(v) for v in x[1:]], lambda x: sum(x[1:]),
               [[0, -200, 1], [5, -1000, -60], [-3, 2, -50], [1000, -10, -20]]),
    "LowerCholesky": (lambda x: [exp(x[0]), exp(x[2])], lambda x: x[0] + x[2],
                      [[-200, 5, 0], [0, 0, -1000], [-75, -3, 40]]),
}


def partial(f, x, j):
    return diff(lambda t: f(x[:j] + [t] + x[j + 1:]), x[j], h=mpf(10)**-400)


def line(vs):
    def show(v):
        v = mpf(v)
        return "0" if abs(v) < mpf(10)**-320 else nstr(v, 20)
    return " ".join(show(v) for v in vs)


print("name,x,dist,dlog,logdet,dlogdet")
for name, (dist, logdet, points) in cases.items():
    for point in points:
        x = [mpf(v) for v in point]
        d = dist(x)
        dlog = [partial(lambda t, i=i: log(dist(t)[i]), x, j) for i in range(len(d)) for j in range(len(x))]
        print('"%s",%s,%s,%s,%s,%s' % (name, " ".join(repr(v) for v in point), line(d), line(dlog),
                                       line([logdet(x)]), line([partial(logdet, x, j) for j in range(len(x))])))
    print(name, file=sys.stderr)
