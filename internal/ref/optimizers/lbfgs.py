"""Prints the maximum of a logistic regression, in float64, for
trainers/lbfgs_test.go.

    pip install numpy scipy
    python internal/ref/optimizers/lbfgs.py

Rows i = 0, …, 39 have x = (sin i, cos 2i, sin 3i) and y = 1 where
sin i + sin 5i/2 > 0; the bound is the mean of log Bernoulli(y; x·w + b), less
|w|²/200.
"""
import numpy as np
from scipy.optimize import minimize

i = np.arange(40.0)
x = np.stack([np.sin(i), np.cos(2 * i), np.sin(3 * i)], 1)
y = (np.sin(i) + np.sin(2.5 * i) > 0).astype(float)


def f(p):
    l = x @ p[:3] + p[3]
    return np.mean(np.logaddexp(0, l) - y * l) + p[:3] @ p[:3] / 200


def g(p):
    d = (1 / (1 + np.exp(-(x @ p[:3] + p[3]))) - y) / len(y)
    return np.append(x.T @ d + p[:3] / 100, d.sum())


r = minimize(f, np.zeros(4), jac=g, method="BFGS", options={"gtol": 1e-12})
for _ in range(5):  # Newton's, to the last digit
    p = r.x
    s = 1 / (1 + np.exp(-(x @ p[:3] + p[3])))
    a = np.c_[x, np.ones(40)]
    h = a.T @ (a * (s * (1 - s) / 40)[:, None]) + np.diag([0.01] * 3 + [0])
    r.x = p - np.linalg.solve(h, g(p))
print(*r.x, -f(r.x), np.abs(g(r.x)).max(), y.sum(), sep="\n")
