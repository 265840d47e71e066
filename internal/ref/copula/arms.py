"""Prints the reference values in vi/copula_test.go, by mpmath with 40 digits:
1/(1 - rho) of bits with logits l whose n draws have the Gaussian copula of equal
correlations -1/(n-1), which is p(1-p)/2T(h, a).

    pip install mpmath
    python internal/ref/copula/arms.py
"""
from mpmath import exp, findroot, log, mp, mpf, ncdf, nstr, pi, quad, sqrt

mp.dps = 40


def scale(l, n):
    m = 1 / (1 + exp(abs(mpf(l))))
    h = -findroot(lambda x: log(ncdf(x)) - log(m), -sqrt(-2 * log(2 * m)) - mpf(".01"))
    a = sqrt(mpf(n) / (n - 2))
    t = quad(lambda x: exp(-h * h * (1 + x * x) / 2) / (1 + x * x), [0, a / 8, a / 4, a / 2, a]) / (2 * pi)
    return m * (1 - m) / (2 * t)


for n in (3, 4, 8):
    print(n, [nstr(scale(l, n), 15) for l in (".1", "-1", "3", "-8", "-20", "35")])
