"""Prints the reference values in prob/compound_test.go, by SciPy 1.17 and
mpmath 1.4 with 150 digits.

    pip install scipy mpmath
    python internal/ref/compound/compound.py
"""
import mpmath as m
import numpy as np
from mpmath import mp, mpf
from scipy import stats

mp.dps = 150
LG = m.loggamma


def sigmoid(l):
    return 1 / (1 + m.exp(-mpf(l)))


def softmax(l):
    e = [m.exp(mpf(v)) for v in l]
    return [v / sum(e) for v in e]


def poisson(log_rate, x):
    return x * mpf(log_rate) - m.exp(mpf(log_rate)) - LG(x + 1)


def binomial(n, l, x):
    p = sigmoid(l)
    return LG(n + 1) - LG(x + 1) - LG(n - x + 1) + x * m.log(p) + (n - x) * m.log(1 - p)


def negative_binomial(log_r, l, x):
    r, p = m.exp(mpf(log_r)), sigmoid(l)
    return LG(x + r) - LG(x + 1) - LG(r) + x * m.log(p) + r * m.log(1 - p)


def geometric(l, x):
    p = sigmoid(l)
    return x * m.log(1 - p) + m.log(p)


def multinomial(l, x):
    return LG(sum(x) + 1) + sum(v * m.log(p) - LG(v + 1) for v, p in zip(x, softmax(l)))


def dirichlet(la, x):
    a = [m.exp(mpf(v)) for v in la]
    return LG(sum(a)) + sum((v - 1) * m.log(mpf(y)) - LG(v) for v, y in zip(a, x))


def zero_inflated(log_rate, l, x):
    pi = sigmoid(l)
    return m.log((x == 0) * pi + (1 - pi) * m.exp(poisson(log_rate, x)))


def low_rank(mu, log_std, f, x):
    d = len(mu)
    f = m.matrix(f)
    cov = f * f.T + m.diag([m.exp(2 * mpf(v)) for v in log_std])
    e = m.matrix([mpf(a) - mpf(b) for a, b in zip(x, mu)])
    return -(e.T * cov**-1 * e)[0] / 2 - m.log(m.det(cov)) / 2 - mpf(d) / 2 * m.log(2 * m.pi)


def relaxed_one_hot(l, t, y):
    n, t = len(l), mpf(t)
    e = [mpf(a) - t * mpf(b) for a, b in zip(l, y)]
    return LG(n) + (n - 1) * m.log(t) + sum(e) - n * m.log(sum(m.exp(v) for v in e))


def show(name, values):
    print(name, ", ".join(m.nstr(v, 20) for v in values))


show("poisson", [poisson(*a) for a in [(0, 0), (-3, 2), (1.5, 4), (2.5, 16), (4, 30), (13.8, 10**6), (30, 3), (-40, 0), (7, 900)]])
show("binomial", [binomial(*a) for a in [(1, 0, 1), (10, "0.5", 7), (10, -3, 0), (10, 3, 10), (40, -1, 20), (10**6, 2, 880797), (5, 100, 0), (5, -100, 5)]])
show("negative binomial", [negative_binomial(*a) for a in [(0, 0, 0), (1, "0.5", 7), (-3, 2, 1), (3, -2, 40), (12, -6, 400), (-8, 1, 0), (-8, 1, 3)]])
show("geometric", [geometric(*a) for a in [(0, 0), (-2, 5), (3, 2), (-10, 10**4), (50, 0), (50, 1)]])
show("multinomial", [multinomial([0, 1, -1, "0.5"], x) for x in [(0, 0, 0, 0), (1, 2, 0, 3), (0, 0, 9, 0), (100, 200, 50, 150)]])
show("dirichlet", [dirichlet(*a) for a in [
    ([0, 0, 0], [.25, .25, .5]), ([1, -1, "0.5"], [.125, .625, .25]), ([5, 4, 3], [.5, .25, .25]), ([-4, -3, -5], [.0625, .875, .0625]), ([13, 13, 14], [.25, .25, .5])]])
show("zero inflated", [zero_inflated(*a) for a in [(1, 0, 0), (1, 0, 3), (-30, -2, 0), (2, 30, 0), (2, 30, 5)]])
show("low rank", [low_rank([0, 1, 2], [0, -1, "0.5"], [[1, 0], [2, -1], [0, 3]], [1, 2, -1])])
show("large factor", [low_rank([0, 0], [-9, -9], [[1000], [2000]], [1000, mpf(2000.0001)])])
show("relaxed one hot", [relaxed_one_hot([0, 1, -1], "0.5", [m.log(mpf(v)) for v in (.25, .25, .5)]),
                         relaxed_one_hot([3, 0], 2, [m.log(mpf(v)) for v in (.125, .875)])])
print("multivariate normal", repr(stats.multivariate_normal([1, -1], [[4, 1], [1, 2.5]]).logpdf([0.5, 2])))
print("entropies", repr(stats.dirichlet([2, 3, 0.5]).entropy()), repr(stats.geom(0.25).entropy()),
      repr(stats.multivariate_normal([1, -1], [[4, 1], [1, 2.5]]).entropy()))
