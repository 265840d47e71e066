"""Writes prob/testdata/*.csv: reference values of the distributions, by mpmath
(1.4) with 50 digits, checked on the way against SciPy (1.17).

    pip install mpmath scipy
    python internal/ref/dist/dist.py prob/testdata [name ...]

A file is a distribution. A row is a setting of the parameters p0, p1 … (all
numbers of all parameters, in the order of the Go struct), an event x0, x1 …,
and there: the log density; its derivatives dx0 … by the value and dp0 … by the
parameters, by mpmath's differentiation of the log density; and of the setting
the distribution function at x, the entropy, and the means and variances of the
elements. An empty field has no closed form or does not exist. Parameters and
values are rounded to float32 first, so that both precisions are tested at the
same points; the numbers are the shortest decimals of the nearest doubles.

kl.csv has pairs of settings and their Kullback-Leibler divergence; normal laws
are there in two dimensions.
"""
import csv
import os
import sys

import mpmath as m
import numpy as np
from mpmath import mp, mpf

mp.dps = 50
inf = mpf("inf")


def f32(v):
    return float(np.float32(float(v)))


def sigmoid(x):
    return 1 / (1 + m.exp(-x))


def softplus(x):
    return m.log1p(m.exp(x)) if x < 100 else x + m.exp(-x)


def xlogy(x, y):
    return mpf(0) if x == 0 else x * m.log(y)


def logsumexp(v):
    top = max(v)
    return top + m.log(m.fsum(m.exp(x - top) for x in v))


def logsoftmax(v):
    z = logsumexp(v)
    return [x - z for x in v]


class Dist:
    """One distribution: subclasses give logp and what has a closed form."""

    discrete = False  # no derivative by the value
    constant = ()  # parameters without a derivative
    event = 1

    def cdf(self, p, x):
        return None

    def entropy(self, p):
        return None

    def mean(self, p):
        return None

    def var(self, p):
        return None

    def scipy(self, p):
        return None


REGISTRY = {}


def register(cls):
    REGISTRY[cls.__name__] = cls()
    return cls


# Settings of location and log scale with standardised places.
LOCSCALE = [(0, 0), (1.5, -2), (-3, 1.2), (0.25, 0.5), (1000, 3), (0, 13.75), (0, -13.75)]
PLACES = [-20, -4, -1.1, -0.3, 0.2, 0.9, 3, 12]


class LocScale(Dist):
    """Laws of z = (x - m)/s in terms of m and log s: subclasses give the
    standard ones."""

    def points(self):
        for mu, ls in LOCSCALE:
            mu, ls = f32(mu), f32(ls)
            for z in PLACES:
                yield (mu, ls), (f32(mu + m.exp(ls) * z),)

    def z(self, p, x):
        return (x[0] - p[0]) * m.exp(-p[1])

    def logp(self, p, x):
        return self.logp0(self.z(p, x)) - p[1]

    def cdf(self, p, x):
        return self.cdf0(self.z(p, x))

    def entropy(self, p):
        return self.h0 + p[1]

    def mean(self, p):
        return None if self.mean0 is None else [p[0] + m.exp(p[1]) * self.mean0]

    def var(self, p):
        return None if self.var0 is None else [m.exp(2 * p[1]) * self.var0]


@register
class Normal(LocScale):
    h0, mean0, var0 = m.log(2 * m.pi * m.e) / 2, 0, 1

    def logp0(self, z):
        return -z * z / 2 - m.log(2 * m.pi) / 2

    def cdf0(self, z):
        return m.ncdf(z)

    def scipy(self, p):
        from scipy import stats
        return stats.norm(p[0], np.exp(p[1]))


@register
class Laplace(LocScale):
    h0, mean0, var0 = 1 + m.log(2), 0, 2

    def logp0(self, z):
        return -abs(z) - m.log(2)

    def cdf0(self, z):
        return m.exp(z) / 2 if z < 0 else 1 - m.exp(-z) / 2

    def scipy(self, p):
        from scipy import stats
        return stats.laplace(p[0], np.exp(p[1]))


@register
class Logistic(LocScale):
    h0, mean0, var0 = mpf(2), 0, m.pi**2 / 3

    def logp0(self, z):
        return -abs(z) - 2 * m.log1p(m.exp(-abs(z)))

    def cdf0(self, z):
        return sigmoid(z)

    def scipy(self, p):
        from scipy import stats
        return stats.logistic(p[0], np.exp(p[1]))


@register
class Cauchy(LocScale):
    h0, mean0, var0 = m.log(4 * m.pi), None, None

    def logp0(self, z):
        return -m.log(m.pi) - m.log1p(z * z)

    def cdf0(self, z):
        return m.atan2(1, -z) / m.pi

    def scipy(self, p):
        from scipy import stats
        return stats.cauchy(p[0], np.exp(p[1]))


@register
class Gumbel(LocScale):
    h0, mean0, var0 = 1 + m.euler, m.euler, m.pi**2 / 6

    def points(self):
        for mu, ls in LOCSCALE:
            for z in [-4, -2, -1.1, -0.3, 0.2, 0.9, 3, 12]:
                yield (f32(mu), f32(ls)), (f32(f32(mu) + m.exp(f32(ls)) * z),)

    def logp0(self, z):
        return -z - m.exp(-z)

    def cdf0(self, z):
        return m.exp(-m.exp(-z))

    def scipy(self, p):
        from scipy import stats
        return stats.gumbel_r(p[0], np.exp(p[1]))


@register
class LogNormal(Dist):
    def points(self):
        for mu, ls in [(0, 0), (1.5, -2), (-3, 1.2), (0.25, 0.5), (10, 1), (0, -6)]:
            for z in [-8, -2, -0.6, 0.4, 1.7, 6]:
                yield (f32(mu), f32(ls)), (f32(m.exp(mu + m.exp(ls) * z)),)

    def logp(self, p, x):
        y = m.log(x[0])
        z = (y - p[0]) * m.exp(-p[1])
        return -z * z / 2 - m.log(2 * m.pi) / 2 - p[1] - y

    def cdf(self, p, x):
        return m.ncdf((m.log(x[0]) - p[0]) * m.exp(-p[1]))

    def entropy(self, p):
        return p[0] + p[1] + m.log(2 * m.pi * m.e) / 2

    def mean(self, p):
        return [m.exp(p[0] + m.exp(2 * p[1]) / 2)]

    def var(self, p):
        v = m.exp(2 * p[1])
        return [m.expm1(v) * m.exp(2 * p[0] + v)]

    def scipy(self, p):
        from scipy import stats
        return stats.lognorm(np.exp(p[1]), scale=np.exp(p[0]))


class Positive(Dist):
    """Laws on x > 0 with one log scale s: subclasses give that of z = x/s."""

    settings = [0, -2, 1.5, 0.5, 13.75, -13.75]
    places = [0.001, 0.3, 0.8, 1.7, 5, 25]

    def points(self):
        for ls in self.settings:
            for z in self.places:
                yield (f32(ls),), (f32(m.exp(ls) * z),)

    def logp(self, p, x):
        return self.logp0(x[0] * m.exp(-p[0])) - p[0]

    def cdf(self, p, x):
        return self.cdf0(x[0] * m.exp(-p[0]))

    def entropy(self, p):
        return self.h0 + p[0]

    def mean(self, p):
        return None if self.mean0 is None else [m.exp(p[0]) * self.mean0]

    def var(self, p):
        return None if self.var0 is None else [m.exp(2 * p[0]) * self.var0]


@register
class HalfNormal(Positive):
    h0, mean0, var0 = m.log(m.pi * m.e / 2) / 2, m.sqrt(2 / m.pi), 1 - 2 / m.pi

    def logp0(self, z):
        return m.log(2 / m.pi) / 2 - z * z / 2

    def cdf0(self, z):
        return m.erf(z / m.sqrt(2))

    def scipy(self, p):
        from scipy import stats
        return stats.halfnorm(scale=np.exp(p[0]))


@register
class HalfCauchy(Positive):
    h0, mean0, var0 = m.log(2 * m.pi), None, None

    def logp0(self, z):
        return m.log(2 / m.pi) - m.log1p(z * z)

    def cdf0(self, z):
        return 2 / m.pi * m.atan(z)

    def scipy(self, p):
        from scipy import stats
        return stats.halfcauchy(scale=np.exp(p[0]))


@register
class Exponential(Positive):
    def points(self):
        for lr in self.settings:
            for z in self.places:
                yield (f32(lr),), (f32(m.exp(-lr) * z),)

    def logp(self, p, x):
        return p[0] - x[0] * m.exp(p[0])

    def cdf(self, p, x):
        return -m.expm1(-x[0] * m.exp(p[0]))

    def entropy(self, p):
        return 1 - p[0]

    def mean(self, p):
        return [m.exp(-p[0])]

    def var(self, p):
        return [m.exp(-2 * p[0])]

    def scipy(self, p):
        from scipy import stats
        return stats.expon(scale=np.exp(-p[0]))


SHAPES = [(0, 0), (-3, 1), (1.5, -2), (4, 3), (-0.7, 0.3), (8, 8), (13.75, 0)]


@register
class Gamma(Dist):
    """log shape, log rate"""

    def points(self):
        for la, lr in SHAPES:
            a, r = m.exp(la), m.exp(lr)
            for q in [-4, -1.2, 0.3, 2.5]:
                yield (f32(la), f32(lr)), (f32(a * m.exp(q / m.sqrt(a) * (1 if a > 1 else 2)) / r),)

    def logp(self, p, x):
        a = m.exp(p[0])
        return a * p[1] + (a - 1) * m.log(x[0]) - x[0] * m.exp(p[1]) - m.loggamma(a)

    def cdf(self, p, x):
        a, z = m.exp(p[0]), x[0] * m.exp(p[1])
        return m.gammainc(a, 0, z, regularized=True) if a < 1e5 else None

    def entropy(self, p):
        a = m.exp(p[0])
        return a - p[1] + m.loggamma(a) + (1 - a) * m.digamma(a)

    def mean(self, p):
        return [m.exp(p[0] - p[1])]

    def var(self, p):
        return [m.exp(p[0] - 2 * p[1])]

    def scipy(self, p):
        from scipy import stats
        return stats.gamma(np.exp(p[0]), scale=np.exp(-p[1]))


@register
class InverseGamma(Dist):
    """log shape, log scale"""

    def points(self):
        for la, ls in [(0.25, 0), (-3, 1), (1.5, -2), (4, 3), (-0.7, 0.3), (8, 8), (13.75, 0)]:
            a, s = m.exp(la), m.exp(ls)
            for q in [-4, -1.2, 0.3, 2.5]:
                yield (f32(la), f32(ls)), (f32(s / a * m.exp(q / m.sqrt(a) * (1 if a > 1 else 2))),)

    def logp(self, p, x):
        a = m.exp(p[0])
        return a * p[1] - (a + 1) * m.log(x[0]) - m.exp(p[1]) / x[0] - m.loggamma(a)

    def cdf(self, p, x):
        a, z = m.exp(p[0]), m.exp(p[1]) / x[0]
        return m.gammainc(a, z, m.inf, regularized=True) if a < 1e5 else None

    def entropy(self, p):
        a = m.exp(p[0])
        return a + p[1] + m.loggamma(a) - (1 + a) * m.digamma(a)

    def mean(self, p):
        a = m.exp(p[0])
        return [m.exp(p[1]) / (a - 1)] if a > 1 else None

    def var(self, p):
        a = m.exp(p[0])
        return [m.exp(2 * p[1]) / (a - 1) ** 2 / (a - 2)] if a > 2 else None

    def scipy(self, p):
        from scipy import stats
        return stats.invgamma(np.exp(p[0]), scale=np.exp(p[1]))


@register
class Beta(Dist):
    """log a, log b"""

    def points(self):
        for la, lb in [(0, 0), (-1, -2), (1.5, 0.5), (4, 3), (-3, 2), (8, 8), (0.1, 0.7)]:
            a, b = m.exp(la), m.exp(lb)
            for q in [-3, -0.8, 0.4, 2.2]:
                sd = m.sqrt(1 / a + 1 / b)
                x = f32(sigmoid(la - lb + q * min(sd, 2)))
                if 0 < x < 1:
                    yield (f32(la), f32(lb)), (x,)

    def logp(self, p, x):
        a, b = m.exp(p[0]), m.exp(p[1])
        return (a - 1) * m.log(x[0]) + (b - 1) * m.log1p(-x[0]) - lbeta(a, b)

    def cdf(self, p, x):
        return m.betainc(m.exp(p[0]), m.exp(p[1]), 0, x[0], regularized=True)

    def entropy(self, p):
        a, b = m.exp(p[0]), m.exp(p[1])
        return lbeta(a, b) - (a - 1) * m.digamma(a) - (b - 1) * m.digamma(b) + (a + b - 2) * m.digamma(a + b)

    def mean(self, p):
        a, b = m.exp(p[0]), m.exp(p[1])
        return [a / (a + b)]

    def var(self, p):
        a, b = m.exp(p[0]), m.exp(p[1])
        return [a * b / (a + b) ** 2 / (a + b + 1)]

    def scipy(self, p):
        from scipy import stats
        return stats.beta(np.exp(p[0]), np.exp(p[1]))


def lbeta(a, b):
    return m.loggamma(a) + m.loggamma(b) - m.loggamma(a + b)


@register
class StudentT(Dist):
    """log degrees of freedom, mean, log scale"""

    def points(self):
        for ld, mu, ls in [(0, 0, 0), (1.5, 2, -1), (-1, -3, 1.2), (3, 0.25, 0.5), (8, 0, 0), (13.75, 1, 0)]:
            for z in PLACES[1:]:
                yield (f32(ld), f32(mu), f32(ls)), (f32(mu + m.exp(ls) * z),)

    def logp(self, p, x):
        n, z = m.exp(p[0]), (x[0] - p[1]) * m.exp(-p[2])
        return -lbeta(n / 2, mpf(1) / 2) - m.log(n) / 2 - p[2] - (n + 1) / 2 * m.log1p(z * z / n)

    def cdf(self, p, x):
        n, z = m.exp(p[0]), (x[0] - p[1]) * m.exp(-p[2])
        if n > 1e4:
            return None
        half = m.betainc(n / 2, mpf(1) / 2, 0, n / (n + z * z), regularized=True) / 2
        return half if z < 0 else 1 - half

    def entropy(self, p):
        n = m.exp(p[0])
        return (n + 1) / 2 * (m.digamma((n + 1) / 2) - m.digamma(n / 2)) + m.log(n) / 2 + lbeta(n / 2, mpf(1) / 2) + p[2]

    def mean(self, p):
        return [p[1]] if p[0] > 0 else None

    def var(self, p):
        n = m.exp(p[0])
        return [m.exp(2 * p[2]) * n / (n - 2)] if n > 2 else None

    def scipy(self, p):
        from scipy import stats
        return stats.t(np.exp(p[0]), p[1], np.exp(p[2]))


@register
class Uniform(Dist):
    """lower and upper end"""

    def points(self):
        for a, b in [(0, 1), (-3, 5), (1000, 1001), (-1e-3, 1e-3), (-1e6, 1e6)]:
            for u in [0.01, 0.3, 0.5, 0.77, 0.99]:
                yield (f32(a), f32(b)), (f32(a + (b - a) * u),)

    def logp(self, p, x):
        return -m.log(p[1] - p[0])

    def cdf(self, p, x):
        return (x[0] - p[0]) / (p[1] - p[0])

    def entropy(self, p):
        return m.log(p[1] - p[0])

    def mean(self, p):
        return [(p[0] + p[1]) / 2]

    def var(self, p):
        return [(p[1] - p[0]) ** 2 / 12]


@register
class ContinuousBernoulli(Dist):
    """logit"""

    def points(self):
        for l in [0, 1e-6, -1e-3, 0.1, 1.3, -4, 30, -100]:
            for x in [0.001, 0.3, 0.5, 0.9]:
                yield (f32(l),), (f32(x),)

    @staticmethod
    def logc(l):
        """log of the normaliser l/tanh(l/2)"""
        return m.log(l / m.tanh(l / 2)) if l != 0 else m.log(2)

    def logp(self, p, x):
        return x[0] * p[0] - softplus(p[0]) + self.logc(p[0])

    def cdf(self, p, x):
        return m.expm1(p[0] * x[0]) / m.expm1(p[0]) if p[0] != 0 else x[0]

    def mean(self, p):
        l = p[0]
        return [1 / -m.expm1(-l) - 1 / l if l != 0 else mpf(1) / 2]

    def var(self, p):
        l = p[0]
        return [1 / l**2 - 1 / (4 * m.sinh(l / 2) ** 2) if l != 0 else mpf(1) / 12]

    def entropy(self, p):
        return softplus(p[0]) - self.logc(p[0]) - p[0] * self.mean(p)[0]


@register
class Bernoulli(Dist):
    discrete = True

    def points(self):
        for l in [0, 1e-4, -0.3, 0.9, 1.3, -4, 8, 17, -30, 50, -100, 100]:
            for x in [0, 1] + ([0.25] if abs(l) < 20 else []):
                yield (f32(l),), (f32(x),)

    def logp(self, p, x):
        return x[0] * p[0] - softplus(p[0])

    def mean(self, p):
        return [sigmoid(p[0])]

    def var(self, p):
        return [sigmoid(p[0]) * sigmoid(-p[0])]

    def entropy(self, p):
        s = sigmoid(p[0])
        return -s * m.log(s) - sigmoid(-p[0]) * m.log(sigmoid(-p[0]))


@register
class Geometric(Dist):
    """logit; failures before the first success"""

    discrete = True

    def points(self):
        for l in [0, -1.5, 2, 0.3, -8, 10]:
            for x in [0, 1, 3, 17, 1000, 1000000]:
                yield (f32(l),), (f32(x),)

    def logp(self, p, x):
        return -x[0] * softplus(p[0]) - softplus(-p[0])

    def cdf(self, p, x):
        return -m.expm1(-(x[0] + 1) * softplus(p[0]))

    def mean(self, p):
        return [m.exp(-p[0])]

    def var(self, p):
        return [m.exp(-p[0]) * (1 + m.exp(-p[0]))]

    def entropy(self, p):
        return softplus(-p[0]) + m.exp(-p[0]) * softplus(p[0])


@register
class Poisson(Dist):
    """log rate"""

    discrete = True

    def points(self):
        for l in [0, -1.5, 2, 5, -8, 13.75]:
            for x in [0, 1, 3, 17, 150, 1000, 1000000]:
                yield (f32(l),), (f32(x),)

    def logp(self, p, x):
        return x[0] * p[0] - m.exp(p[0]) - m.loggamma(x[0] + 1)

    def cdf(self, p, x):
        return m.gammainc(x[0] + 1, m.exp(p[0]), m.inf, regularized=True) if x[0] < 200 and p[0] < 6 else None

    def mean(self, p):
        return [m.exp(p[0])]

    def var(self, p):
        return [m.exp(p[0])]

    def scipy(self, p):
        from scipy import stats
        return stats.poisson(np.exp(p[0]))


@register
class Binomial(Dist):
    """trials, logit"""

    discrete = True
    constant = (0,)

    def points(self):
        for n, l in [(1, 0), (10, 0.5), (40, -2), (255, 1), (1000000, 0.3), (1000000, -10), (20, 50), (20, -50)]:
            for u in [0, 0.1, 0.5, 1]:
                yield (f32(n), f32(l)), (f32(int(u * n)),)

    def logp(self, p, x):
        n, k = p[0], x[0]
        return m.loggamma(n + 1) - m.loggamma(k + 1) - m.loggamma(n - k + 1) - k * softplus(-p[1]) - (n - k) * softplus(p[1])

    def mean(self, p):
        return [p[0] * sigmoid(p[1])]

    def var(self, p):
        return [p[0] * sigmoid(p[1]) * sigmoid(-p[1])]

    def scipy(self, p):
        from scipy import stats
        return stats.binom(int(p[0]), float(sigmoid(p[1])))


@register
class NegativeBinomial(Dist):
    """log failures, logit"""

    discrete = True

    def points(self):
        for lr, l in [(0, 0), (1.5, -1), (-1, 2), (3, 1), (8, -4), (-6, 8), (13.75, 0)]:
            for x in [0, 1, 5, 130, 1000000]:
                yield (f32(lr), f32(l)), (f32(x),)

    def logp(self, p, x):
        r, k = m.exp(p[0]), x[0]
        return m.loggamma(k + r) - m.loggamma(k + 1) - m.loggamma(r) - k * softplus(-p[1]) - r * softplus(p[1])

    def mean(self, p):
        return [m.exp(p[0] + p[1])]

    def var(self, p):
        return [m.exp(p[0] + p[1]) * (1 + m.exp(p[1]))]

    def scipy(self, p):
        from scipy import stats
        return stats.nbinom(np.exp(p[0]), float(sigmoid(-p[1])))


LOGITS = [(0, 0, 0, 0), (0, 1, -1, 0.5), (3, 0, 0, -4), (30, -30, 29, 0), (-100, 100, 0, 50), (1e-4, 0, 0, 0), (8, 7, 6, 5)]


@register
class Categorical(Dist):
    """logits of 4 classes"""

    discrete = True

    def points(self):
        for l in LOGITS:
            for c in range(4):
                yield tuple(map(f32, l)), (float(c),)

    def logp(self, p, x):
        return logsoftmax(p)[int(x[0])]

    def entropy(self, p):
        return -m.fsum(m.exp(l) * l for l in logsoftmax(p))


@register
class OneHot(Categorical):
    event = 4

    def points(self):
        for p, x in super().points():
            yield p, tuple(1.0 if c == x[0] else 0.0 for c in range(4))

    def logp(self, p, x):
        return logsoftmax(p)[list(x).index(1)]

    def mean(self, p):
        return [m.exp(l) for l in logsoftmax(p)]

    def var(self, p):
        return [m.exp(l) * (1 - m.exp(l)) for l in logsoftmax(p)]


@register
class Multinomial(Dist):
    """logits of 3 classes; the total is that of the counts"""

    discrete = True
    event = 3

    def points(self):
        for l in [(0, 0, 0), (0, 1, -1), (3, 0, 0.5), (10, -10, 0), (1e-3, 0, 0), (40, 0, -60)]:
            for x in [(0, 0, 0), (1, 0, 0), (2, 3, 1), (50, 7, 200), (1000000, 3000, 250000)]:
                yield tuple(map(f32, l)), tuple(map(f32, x))

    def logp(self, p, x):
        l = logsoftmax(p)
        return m.loggamma(sum(x) + 1) + m.fsum(k * q - m.loggamma(k + 1) for k, q in zip(x, l))


@register
class RelaxedBernoulli(Dist):
    """logit, temperature"""

    def points(self):
        for l, t in [(0, 1), (1.5, 0.5), (-3, 2), (0.3, 0.1), (20, 0.01), (-1, 10)]:
            for z in [-15, -2, -0.4, 0.7, 3]:
                yield (f32(l), f32(t)), (f32((l + z) / t),)

    def logp(self, p, x):
        e = p[0] - p[1] * x[0]
        return m.log(p[1]) + e - 2 * softplus(e)

    def cdf(self, p, x):
        return sigmoid(p[1] * x[0] - p[0])

    def entropy(self, p):
        return 2 - m.log(p[1])

    def mean(self, p):
        return [p[0] / p[1]]

    def var(self, p):
        return [m.pi**2 / 3 / p[1] ** 2]


@register
class DiscretizedLogistic(Dist):
    """mean, log scale; 256 bins"""

    discrete = True

    def points(self):
        for mu, ls in [(0.5, -2), (-0.1, -1), (0.9, -4), (0.3, 1), (0.503, -9), (0.2, 10), (-3, -1)]:
            for k in [0, 1, 100, 128, 230, 254, 255]:
                yield (f32(mu), f32(ls)), (f32(k / 255),)

    def edge(self, p, k):
        return ((k + mpf(1) / 2) / 255 - p[0]) * m.exp(-p[1])

    def logp(self, p, x):
        k = int(m.nint(x[0] * 255))
        if k == 0:
            return -softplus(-self.edge(p, k))
        if k == 255:
            return -softplus(self.edge(p, k - 1))
        u, v = self.edge(p, k), self.edge(p, k - 1)
        return -softplus(-u) - softplus(v) + m.log(-m.expm1(v - u))

    def cdf(self, p, x):
        k = int(m.nint(x[0] * 255))
        return sigmoid(self.edge(p, k)) if k < 255 else mpf(1)


@register
class LogUniform(Dist):
    """no parameters; improper, with the constant of variational dropout"""

    def points(self):
        for e in range(-6, 7):
            for x in (1.0, -2.5):
                yield (), (f32(x * 10.0**e),)

    def logp(self, p, x):
        return -m.log(abs(x[0])) - (1 + m.log(4 * m.pi) + m.euler) / 2


@register
class RelaxedOneHot(Dist):
    """logits of 3 classes, temperature; densities over the differences to the
    last element"""

    event = 3

    def points(self):
        for p in [(0, 0, 0, 1), (0, 0.5, -1, 0.5), (3, -2, 0, 2), (10, 0, -10, 0.1), (0.3, 0.2, 0.1, 5)]:
            for e in [(0, 0, 0), (1, -1, 0.5), (-0.3, 2, 4), (3, -6, 0), (0.1, 0, -0.2)]:
                y = logsoftmax([(mpf(l) + v) / p[3] for l, v in zip(p, e)])
                yield tuple(map(f32, p)), tuple(map(f32, y))

    def logp(self, p, x):
        t = p[3]
        e = [l - t * v for l, v in zip(p, x)]
        return m.log(2) + 2 * m.log(t) + m.fsum(logsoftmax(e))


@register
class Dirichlet(Dist):
    """log concentrations of 3 classes; densities over the first two elements"""

    event = 3

    def points(self):
        for p in [(0, 0, 0), (1, 0.5, 2), (-1, -2, 0.3), (5, 4, 6), (-3, 2, 0), (8, 8, 8)]:
            a = [m.exp(f32(v)) for v in p]
            for e in [(0, 0, 0), (1, -1, 0.5), (-0.3, 2, 1), (1.3, 0.2, -2), (0.1, 0, -0.2)]:
                y = logsoftmax([m.log(c) + v / m.sqrt(max(c, 0.5)) for c, v in zip(a, e)])
                yield tuple(map(f32, p)), tuple(f32(m.exp(v)) for v in y)

    def logp(self, p, x):
        a = [m.exp(v) for v in p]
        return m.loggamma(m.fsum(a)) + m.fsum((c - 1) * m.log(v) - m.loggamma(c) for c, v in zip(a, x))

    def entropy(self, p):
        a = [m.exp(v) for v in p]
        n = m.fsum(a)
        return m.fsum(map(m.loggamma, a)) - m.loggamma(n) + (n - 3) * m.digamma(n) - m.fsum((c - 1) * m.digamma(c) for c in a)

    def mean(self, p):
        a = [m.exp(v) for v in p]
        return [c / m.fsum(a) for c in a]

    def var(self, p):
        a = [m.exp(v) for v in p]
        n = m.fsum(a)
        return [c * (n - c) / n**2 / (n + 1) for c in a]


def gaussian(x, mean, cov):
    """log density of a normal distribution in two dimensions"""
    (a, b), (_, c) = cov
    det = a * c - b * b
    u, v = x[0] - mean[0], x[1] - mean[1]
    return -(c * u * u - 2 * b * u * v + a * v * v) / det / 2 - m.log(det) / 2 - m.log(2 * m.pi)


class Plane(Dist):
    """Normal laws in two dimensions: subclasses give the covariance."""

    event = 2

    def points(self):
        for p in self.settings:
            p = tuple(map(f32, p))
            (a, b), (_, c) = self.cov([mpf(v) for v in p])
            for u, v in [(0.1, -0.2), (1.3, 0.4), (-2, 3), (-0.6, -1), (8, -5)]:
                x = m.sqrt(a) * u
                y = b / m.sqrt(a) * u + m.sqrt(c - b * b / a) * v
                yield p, (f32(p[0] + x), f32(p[1] + y))

    def logp(self, p, x):
        return gaussian(x, p[:2], self.cov(p))

    def entropy(self, p):
        (a, b), (_, c) = self.cov(p)
        return m.log(a * c - b * b) / 2 + m.log(2 * m.pi * m.e)

    def mean(self, p):
        return list(p[:2])

    def var(self, p):
        (a, _), (_, c) = self.cov(p)
        return [a, c]


@register
class MultivariateNormal(Plane):
    """mean, lower-triangular factor row by row, whose upper triangle is not read"""

    settings = [(0, 0, 1, 0, 0, 1), (1, -2, 0.5, 0, -0.7, 2), (0, 5, 100, 0, 3, 0.01), (-3, 0, 0.001, 0, 1, 0.5),
                (0.5, 0.5, 1, 0, 20, 0.25), (1000, -1000, 2, 0, -1, 3)]

    def cov(self, p):
        l = p[2:]
        return (l[0] ** 2, l[0] * l[2]), (l[0] * l[2], l[2] ** 2 + l[3] ** 2)


@register
class LowRankNormal(Plane):
    """mean, log standard deviations, factor of one column"""

    settings = [(0, 0, 0, 0, 0, 0), (1, -2, 0.5, -1, 1, 0.6), (0, 5, -2, 1, 3, -4), (-3, 0, 2, 2, 0.1, 0.1),
                (0.5, 0.5, -1, -1.5, 10, 20), (1000, -1000, 3, -3, -1, 2)]

    def cov(self, p):
        a, b = p[4], p[5]
        return (a * a + m.exp(2 * p[2]), a * b), (a * b, b * b + m.exp(2 * p[3]))


@register
class Mixture(Dist):
    """logits, means and log standard deviations of two normal laws"""

    def points(self):
        for p in [(0, 1, -2, 3, 0, -1), (3, 0, 0, 1, 1, -2), (0, 0, 0, 0, 0, 1), (-30, 30, 5, -5, 0, 0), (1, 1, 100, -100, 2, -3)]:
            p = tuple(map(f32, p))
            for x in [p[2] + 0.1, p[3] - 0.2, 0, (p[2] + p[3]) / 2, p[2] - 8]:
                yield p, (f32(x),)

    def logp(self, p, x):
        w = logsoftmax(p[:2])
        n = REGISTRY["Normal"]
        return logsumexp([w[i] + n.logp((p[2 + i], p[4 + i]), x) for i in range(2)])

    def mean(self, p):
        w = [m.exp(v) for v in logsoftmax(p[:2])]
        return [w[0] * p[2] + w[1] * p[3]]

    def var(self, p):
        w = [m.exp(v) for v in logsoftmax(p[:2])]
        mu = self.mean(p)[0]
        return [m.fsum(w[i] * (m.exp(2 * p[4 + i]) + (p[2 + i] - mu) ** 2) for i in range(2))]


@register
class ElementMixture(Dist):
    """logits, means and log scales of two logistic laws"""

    points = Mixture.points

    def logp(self, p, x):
        w, l = logsoftmax(p[:2]), REGISTRY["Logistic"]
        return logsumexp([w[i] + l.logp((p[2 + i], p[4 + i]), x) for i in range(2)])

    def cdf(self, p, x):
        w, l = logsoftmax(p[:2]), REGISTRY["Logistic"]
        return m.fsum(m.exp(w[i]) * l.cdf((p[2 + i], p[4 + i]), x) for i in range(2))

    mean = Mixture.mean

    def var(self, p):
        w = [m.exp(v) for v in logsoftmax(p[:2])]
        mu = self.mean(p)[0]
        return [m.fsum(w[i] * (m.exp(2 * p[4 + i]) * m.pi**2 / 3 + (p[2 + i] - mu) ** 2) for i in range(2))]


@register
class ZeroInflated(Dist):
    """log rate of a Poisson law, logit of an extra zero"""

    discrete = True

    def points(self):
        for p in [(0, 0), (2.3, -1), (1, 2), (-3, 0.5), (5, -20), (0, 30)]:
            for x in [0, 1, 4, 12, 150]:
                yield tuple(map(f32, p)), (f32(x),)

    def logp(self, p, x):
        l = REGISTRY["Poisson"].logp(p[:1], x) - softplus(p[1])
        return l if x[0] > 0 else logsumexp([l, -softplus(-p[1])])

    def mean(self, p):
        return [m.exp(p[0]) * sigmoid(-p[1])]

    def var(self, p):
        r, w = m.exp(p[0]), sigmoid(-p[1])
        return [w * (r + r * r) - (w * r) ** 2]


def write(folder, name, d):
    rows, checked = [], 0
    for p, x in d.points():
        mpp, mpx = [mpf(v) for v in p], [mpf(v) for v in x]
        logp = d.logp(mpp, mpx)
        frozen = d.scipy(p)
        if frozen is not None and abs(logp) < 1e4:
            f = frozen.logpmf if d.discrete else frozen.logpdf
            want = float(f(x[0]))
            if np.isfinite(want) and not abs(want - logp) <= 1e-6 * (1 + abs(logp)):
                print(name, p, x, "SciPy says", want, "we say", float(logp))
            checked += 1
        dx = [None] * len(x) if d.discrete else [slope(lambda v: d.logp(mpp, v), mpx, i) for i in range(len(x))]
        dp = [None if i in d.constant else slope(lambda v: d.logp(v, mpx), mpp, i) for i in range(len(p))]
        rows.append(list(p) + list(x) + [logp] + dx + dp + [d.cdf(mpp, mpx), d.entropy(mpp)]
                    + (d.mean(mpp) or [None] * d.event) + (d.var(mpp) or [None] * d.event))
    n, k = len(p), len(x)
    head = ([f"p{i}" for i in range(n)] + [f"x{i}" for i in range(k)] + ["logp"] + [f"dx{i}" for i in range(k)]
            + [f"dp{i}" for i in range(n)] + ["cdf", "entropy"] + [f"mean{i}" for i in range(d.event)] + [f"var{i}" for i in range(d.event)])
    keep = [i for i in range(len(head)) if any(r[i] is not None for r in rows)]
    save(os.path.join(folder, name + ".csv"), [head[i] for i in keep], [[r[i] for i in keep] for r in rows])
    print(f"{name}: {len(rows)} points, {checked} checked")


def matrix_kl(q, p):
    """two normal laws in two dimensions, each a mean and a covariance"""
    (mq, cq), (mp_, cp) = q, p
    a, b = m.matrix([list(r) for r in cq]), m.matrix([list(r) for r in cp])
    d = m.matrix([u - v for u, v in zip(mp_, mq)])
    inv = b**-1
    t = inv * a
    return (t[0, 0] + t[1, 1] + (d.T * inv * d)[0] - 2 + m.log(m.det(b) / m.det(a))) / 2


PLANES = {
    "Normal": lambda p: (p[:2], ((m.exp(2 * p[2]), mpf(0)), (mpf(0), m.exp(2 * p[3])))),
    "StdNormal": lambda p: ((mpf(0), mpf(0)), ((mpf(1), mpf(0)), (mpf(0), mpf(1)))),
    "MultivariateNormal": lambda p: (p[:2], REGISTRY["MultivariateNormal"].cov(p)),
    "LowRankNormal": lambda p: (p[:2], REGISTRY["LowRankNormal"].cov(p)),
}
PLANE_SETTINGS = {
    "Normal": [(0, 0, 0, 0), (1, -2, 0.5, -1), (-3, 0, 1, 1)],
    "StdNormal": [()],
    "MultivariateNormal": [(0, 0, 1, 0, 0, 1), (1, -2, 0.5, 0, -0.7, 2), (0, 1, 2, 0, 3, 0.2)],
    "LowRankNormal": [(0, 0, 0, 0, 0, 0), (1, -2, 0.5, -1, 1, 0.6), (0, 1, -1, 0, 3, -2)],
}


def categorical(q, p):
    return m.fsum(m.exp(a) * (a - b) for a, b in zip(logsoftmax(q), logsoftmax(p)))


def bernoulli(q, p):
    return categorical([q[0], mpf(0)], [p[0], mpf(0)])


def gamma(q, p):
    """log shape, log rate"""
    a, b, c, d = m.exp(q[0]), m.exp(q[1]), m.exp(p[0]), m.exp(p[1])
    return (a - c) * m.digamma(a) - m.loggamma(a) + m.loggamma(c) + c * (q[1] - p[1]) + a * (d - b) / b


def dirichlet(q, p):
    a, b = [m.exp(v) for v in q], [m.exp(v) for v in p]
    n = m.fsum(a)
    return (m.loggamma(n) - m.fsum(map(m.loggamma, a)) - m.loggamma(m.fsum(b)) + m.fsum(map(m.loggamma, b))
            + m.fsum((u - v) * (m.digamma(u) - m.digamma(n)) for u, v in zip(a, b)))


def laplace(q, p):
    s, t, d = m.exp(q[1]), m.exp(p[1]), abs(q[0] - p[0])
    return (s * m.exp(-d / s) + d) / t + p[1] - q[1] - 1


def uniform(q, p):
    inside = p[0] <= q[0] and q[1] <= p[1]
    return m.log((p[1] - p[0]) / (q[1] - q[0])) if inside else inf


def poisson(q, p):
    return m.exp(q[0]) * (q[0] - p[0]) - m.exp(q[0]) + m.exp(p[0])


def normal(q, p):
    return p[1] - q[1] + (m.exp(2 * q[1]) + (q[0] - p[0]) ** 2) / (2 * m.exp(2 * p[1])) - mpf(1) / 2


def negative_binomial(q, p):
    """by the sum, to where a term is below 1e-35"""
    d, terms = REGISTRY["NegativeBinomial"], []
    while len(terms) < 10 or abs(terms[-1]) > mpf(10) ** -35:
        a = d.logp(q, [mpf(len(terms))])
        terms.append(m.exp(a) * (a - d.logp(p, [mpf(len(terms))])))
    return m.fsum(terms)


def cauchy(q, p):
    """Chyzak and Nielsen, arXiv 1905.10965, eq. 2"""
    s, t = m.exp(q[1]), m.exp(p[1])
    return m.log(((s + t) ** 2 + (q[0] - p[0]) ** 2) / (4 * s * t))


def gumbel(q, p):
    s, t, d = m.exp(q[1]), m.exp(p[1]), q[0] - p[0]
    return p[1] - q[1] + m.euler * (s / t - 1) + m.expm1(-d / t + m.loggamma(1 + s / t)) + d / t


def half_normal(q, p):
    r = q[0] - p[0]
    return m.expm1(2 * r) / 2 - r


def normal_laplace(q, p):
    s, b, d = m.exp(q[1]), m.exp(p[1]), abs(q[0] - p[0])
    away = s * m.sqrt(2 / m.pi) * m.exp(-((d / s) ** 2) / 2) + d * m.erf(d / s / m.sqrt(2))
    return m.log(2 * b) + away / b - q[1] - m.log(2 * m.pi * m.e) / 2


def laplace_normal(q, p):
    b, s = m.exp(q[1]), m.exp(p[1])
    return m.log(2 * m.pi) / 2 + p[1] + (2 * b**2 + (q[0] - p[0]) ** 2) / (2 * s**2) - 1 - m.log(2 * b)


def normal_log_uniform(q, p):
    """by quadrature over z, with log |z + u| split at its pole"""
    u = abs(q[0]) * m.exp(-q[1])
    away = m.quad(lambda z: m.npdf(z) * m.log(abs(z + u)), sorted([-m.inf, -u - 10, -u - 1, -u, -u + 1, -u + 10, 0, m.inf]))
    return -m.log(2 * m.pi * m.e) / 2 + away + (1 + m.log(4 * m.pi) + m.euler) / 2


def continuous_bernoulli(q, p):
    d = REGISTRY["ContinuousBernoulli"]
    return (q[0] - p[0]) * d.mean(q)[0] - softplus(q[0]) + softplus(p[0]) + d.logc(q[0]) - d.logc(p[0])


REALS = [(0, 0), (1.5, -2), (-3, 1.25), (1000, 3)]
KLS = [
    ("Bernoulli", "Bernoulli", bernoulli, [(0,), (0.5,), (-4,), (30,), (-100,)]),
    ("Binomial", "Binomial", lambda q, p: q[0] * bernoulli(q[1:], p[1:]), [(10, 0), (10, 0.5), (10, -4)]),
    ("Geometric", "Geometric", lambda q, p: bernoulli(q, p) * (1 + m.exp(-q[0])), [(0,), (0.5,), (-4,), (6,)]),
    ("Categorical", "Categorical", categorical, [(0, 0, 0, 0), (0, 1, -1, 0.5), (3, 0, 0, -4), (30, -30, 29, 0)]),
    ("OneHot", "OneHot", categorical, [(0, 0, 0, 0), (0, 1, -1, 0.5), (3, 0, 0, -4), (30, -30, 29, 0)]),
    ("Poisson", "Poisson", poisson, [(0,), (2.5,), (-4,), (13.75,)]),
    *(("NegativeBinomial", "NegativeBinomial", negative_binomial, [(r, l) for l in (0, 1.5, -4, 3)]) for r in (0, 1.5, -3)),
    ("Dirichlet", "Dirichlet", dirichlet, [(0, 0, 0), (1, 0.5, 2), (-1, -2, 0.25), (5, 4, 6)]),
    ("Beta", "Beta", dirichlet, [(0, 0), (1, 0.5), (-1, -2), (5, 4)]),
    ("Gamma", "Gamma", gamma, [(0, 0), (1.5, -2), (-2, 1), (6, 3)]),
    ("InverseGamma", "InverseGamma", gamma, [(0, 0), (1.5, -2), (-2, 1), (6, 3)]),
    ("Exponential", "Exponential", lambda q, p: gamma((mpf(0), q[0]), (mpf(0), p[0])), [(0,), (2.5,), (-4,)]),
    ("Gamma", "Exponential", lambda q, p: gamma(q, (mpf(0), p[0])), [(0, 0), (1.5, -2), (-2, 1)], [(0,), (2.5,), (-4,)]),
    ("Exponential", "Gamma", lambda q, p: gamma((mpf(0), q[0]), p), [(0,), (2.5,), (-4,)], [(0, 0), (1.5, -2), (-2, 1)]),
    ("Laplace", "Laplace", laplace, REALS),
    ("Cauchy", "Cauchy", cauchy, REALS),
    ("Gumbel", "Gumbel", gumbel, [(0, 0), (1.5, -1), (-3, 1.25)]),
    ("LogNormal", "LogNormal", normal, REALS),
    ("HalfNormal", "HalfNormal", half_normal, [(0,), (2.5,), (-4,)]),
    ("Normal line", "Laplace", normal_laplace, [(0, 0), (1.5, -2), (-3, 1.25)]),
    ("Laplace", "Normal line", laplace_normal, [(0, 0), (1.5, -2), (-3, 1.25)]),
    ("Normal line", "LogUniform", normal_log_uniform, [(0, 0), (1.5, -2), (-3, 1.25), (1, -1), (0.001, 0)], [()]),
    ("ContinuousBernoulli", "ContinuousBernoulli", continuous_bernoulli, [(0,), (1.5,), (-4,), (0.001,), (30,)]),
    ("Uniform", "Uniform", uniform, [(0, 1), (-3, 5), (0.25, 0.5), (-1000, 1000)]),
] + [
    (q, p, (lambda q, p: lambda a, b: matrix_kl(PLANES[q](a), PLANES[p](b)))(q, p), PLANE_SETTINGS[q], PLANE_SETTINGS[p])
    for q in PLANES for p in PLANES if q != "StdNormal" or p != "StdNormal"
]


def write_kl(folder):
    rows = []
    for q, p, f, qs, *ps in KLS:
        for a in qs:
            for b in ps[0] if ps else qs:
                a, b = tuple(map(f32, a)), tuple(map(f32, b))
                kl = f([mpf(v) for v in a], [mpf(v) for v in b])
                rows.append([q, p, " ".join(map(repr, a)), " ".join(map(repr, b)), repr(float(kl))])
    with open(os.path.join(folder, "kl.csv"), "w", newline="") as out:
        w = csv.writer(out, lineterminator="\n")
        w.writerow(["q", "p", "params of q", "params of p", "kl"])
        w.writerows(rows)
    print(f"kl: {len(rows)} pairs")


def save(path, head, rows):
    with open(path, "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(head)
        for r in rows:
            w.writerow(["" if v is None else repr(float(v)) for v in r])


def slope(f, at, i):
    """the derivative of f by element i, by central differences of fourth order
    at 200 digits"""
    with mp.workdps(200):
        h = mpf(10) ** -30 * max(abs(at[i]), mpf(10) ** -8)

        def g(t):
            return f([v + t * h if j == i else +v for j, v in enumerate(at)])

        return (8 * (g(1) - g(-1)) - (g(2) - g(-2))) / (12 * h)


if __name__ == "__main__":
    for name in sys.argv[2:] or [*REGISTRY, "kl"]:
        if name == "kl":
            write_kl(sys.argv[1])
        else:
            write(sys.argv[1], name, REGISTRY[name])
