"""Prints the reference values in vi/inside_test.go, by mpmath 1.3 or 1.4 with 40
digits: bounds of a model of two latent bits whose guide is enumerated, and their
derivatives by the guide's logits.

    pip install mpmath
    python internal/ref/bounds/enumerated.py
"""
from itertools import product

import mpmath as m

m.mp.dps = 40
PRIOR = [m.mpf(".5"), m.mpf("-.7")]
W = [[m.mpf(2), m.mpf(-1)], [m.mpf(".5"), m.mpf("1.5")]]
X = (1, 0)
GUIDE = (m.mpf(-1), m.mpf(".3"))


def bern(l, x):
    return 1 / (1 + m.exp(-l if x else l))


def joint(z):
    p = bern(PRIOR[0], z[0]) * bern(PRIOR[1], z[1])
    for j, x in enumerate(X):
        p *= bern(z[0] * W[0][j] + z[1] * W[1][j], x)
    return p


def terms(g):
    for z in product((0, 1), repeat=2):
        q = bern(g[0], z[0]) * bern(g[1], z[1])
        yield q, joint(z) / q


def elbo(*g):
    return sum(q * m.log(w) for q, w in terms(g))


def power(beta):
    return lambda *g: m.log(sum(q * w**beta for q, w in terms(g))) / beta


def show(name, f):
    by = [m.diff(f, GUIDE, (1, 0)), m.diff(f, GUIDE, (0, 1))]
    print(name, m.nstr(f(*GUIDE), 17), m.nstr(by[0], 17), m.nstr(by[1], 17))


print("log p(x)", m.nstr(m.log(sum(joint(z) for z in product((0, 1), repeat=2))), 17))
show("ELBO", elbo)
for b in ("1", ".5", "-.5", "2", "3"):
    show("beta " + b, power(m.mpf(b)))
