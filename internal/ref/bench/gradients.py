"""Means, variances and kurtoses of the gradients that bench/coverage_test.go
samples, by quadrature with mpmath."""

from mpmath import mp, mpf, quad, exp, sqrt, pi, inf

mp.dps = 30


def f(e):
    u = mpf(".8") * (mpf(".4") + exp(mpf("-.3")) * e) + mpf(".2")
    return 2 * u - exp(u)


gradients = {
    "Poisson by mean": lambda e: f(e) * e / exp(mpf("-.3")),
    "Poisson by log std": lambda e: f(e) * (e * e - 1),
    "exp(x²/10)": lambda e: exp(e * e / 10) * e,
    "exp(x²/5)": lambda e: exp(e * e / 5) * e,
    "quadratic": lambda e: mpf(".7") * e + e * e,
}


def mean(h):
    return quad(lambda e: h(e) * exp(-e * e / 2) / sqrt(2 * pi), [-40, -20, -10, -5, 0, 5, 10, 20, 40])


for name, g in gradients.items():
    m = mean(g)
    v = mean(lambda e: (g(e) - m) ** 2)
    k = inf if name == "exp(x²/5)" else mean(lambda e: (g(e) - m) ** 4) / v**2
    print(name, mp.nstr(m, 17), mp.nstr(v, 17), mp.nstr(k, 6))
