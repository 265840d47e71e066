"""Writes prob/testdata/extremes/*.csv: log densities, entropies and divergences
at extreme and degenerate parameters and values, by mpmath (1.4), with the
formulae of dist.py.

    pip install mpmath scipy
    python internal/ref/dist/extremes.py prob/testdata/extremes

density.csv   name, parameters, event, log density, gradient, condition
entropy.csv   name, parameters, entropy, gradient, condition
kl.csv        name of q, name of p, parameters of q, of p, divergence, gradient, condition

A gradient is by the numbers of the event, then of the parameters; "-" where
nothing is differentiated (counts, trials) and "?" where the limit is infinite
or there is none, so that all that is asked for is that it is no NaN. The inputs
are float32 numbers, so that both precisions are tested at the same points.

The condition of a number f of inputs θ is Σ|θᵢ·∂f/∂θᵢ|: by how much, relative to
the size of a perturbation, f changes if every input is perturbed by its
rounding. First that of the value, then those of the gradient. It is what makes
one tolerance for all laws possible, |error| ≤ N·ε·(|f| + condition).

Laws of degenerate parameters and ends of supports are limits, written out by
hand in DEGENERATE; their condition is 0.
"""
import csv
import itertools
import os
import sys

from mpmath import mp, mpf
import mpmath as m

import dist
from dist import REGISTRY, f32, sigmoid, softplus

inf = float("inf")
LN = lambda v: f32(m.log(mpf(v)))


def derivatives(name, f, at, keep):
    """f, its gradient and the condition of each, by differences"""
    mp.dps = 400 if name in LOGIT_LAWS else 250
    n = len(at)
    step = [abs(v) * mpf(10) ** -50 if v else mpf(10) ** -150 for v in at]

    def moved(*by):
        v = list(at)
        for i, s in by:
            v[i] += s * step[i]
        return f(v)

    f0 = f(list(at))
    up = [moved((i, 1)) if i in keep else f0 for i in range(n)]
    down = [moved((i, -1)) if i in keep else f0 for i in range(n)]
    grad = [(a - b) / (2 * h) if i in keep else None for i, (a, b, h) in enumerate(zip(up, down, step))]
    grad = [mpf(0) if g is not None and at[i] == 0 and abs(g) < mpf(10) ** -90 else g for i, g in enumerate(grad)]  # of differences
    condition = [m.fsum(abs(v * g) for v, g in zip(at, grad) if g is not None)]
    for i in range(n):
        if i not in keep:
            continue
        c = mpf(0)
        for j in keep:
            if at[j] == 0:
                continue
            if i == j:
                second = (up[i] - 2 * f0 + down[i]) / step[i] ** 2
            else:
                second = (moved((i, 1), (j, 1)) - moved((i, 1), (j, -1)) - moved((i, -1), (j, 1)) + moved((i, -1), (j, -1))) / (4 * step[i] * step[j])
            c += abs(at[j] * second)
        condition.append(c)
    return f0, grad, condition


LOGIT_LAWS = {"Bernoulli", "Geometric", "Categorical", "OneHot", "Multinomial", "Binomial", "ContinuousBernoulli"}  # of 1 − e⁻³⁰⁰


def number(v):
    return "-" if v is None else v if isinstance(v, str) else repr(float(v))


def short(v):
    return "%.2g" % float(v)


def line(vs):
    return " ".join(map(number, vs))


def outer(*axes):
    return list(itertools.product(*axes))


# ---- log densities: name → (settings, events of a setting)

BIG = mpf(10) ** 37


def fits(v):
    return v == 0 or 1 / BIG < abs(v) < BIG


def around(loc, scale, places):
    seen = []
    for z in places:
        v = mpf(loc) + scale * mpf(z)
        if fits(v) and f32(v) not in seen:
            seen.append(f32(v))
    return [(v,) for v in seen]


REALS = [(0, 0), (0, -40), (0, 40), (0, -85), (0, 85), (1e6, -13.75), (-1e6, 13.75), (3, -20), (1e30, 60), (0, -89), (0, 89)]
PLACES = [mpf(0)] + [s * mpf(z) for z in ("1e-30", "1e-12", "1e-6", "1e-3", "0.7", "10", "80", "1e4", "1e10") for s in (1, -1)]
TAILS = [mpf(z) for z in ("1e-30", "1e-12", "1e-4", "0.3", "1.7", "30", "1e4", "1e12")]
LOGS = [0, -13.75, 13.75, -40, 40, -80, 80, -89, 89]


def locscale(places=PLACES):
    return REALS, lambda p: around(p[-2], m.exp(mpf(p[-1])), places)


def positive(sign=1):
    return [(l,) for l in LOGS], lambda p: around(0, m.exp(sign * mpf(p[0])), TAILS)


def shapes(mean):
    def events(p):
        return around(0, mean(mpf(p[0]), mpf(p[1])), [mpf(z) for z in ("1e-20", "1e-6", "0.5", "0.999", "1.002", "3", "1e3", "1e10")])
    return outer([0, -2, 3, -13.75, 13.75, 30, -40], [0, -13.75, 40]), events


def near_mean(mean, more=(0, 1, 3, 1000, 16777216)):
    def events(p):
        mu = mean([mpf(v) for v in p])
        xs = set(more) | {int(mu + k * m.sqrt(mu)) for k in (-2, 0, 1) if mu < 1e7}
        return [(x,) for x in sorted(x for x in xs if x >= 0 and f32(x) == x)]
    return events


UNIT = [(f32(x),) for x in (1e-37, 1e-10, 1e-3, 0.3, 0.5, 1 - 2**-12, 1 - 2**-24)]
LOGITS = [0, 1e-20, -1e-6, 0.1, -5, 17, -17, 50, -50, 90, -90, 300]
CLASSES = [(0, 0, 0), (17, 0, 0), (100, 0, -100), (-30, 30, 29), (300, 0, -200), (0, 1e-10, -1)]
SIMPLEX = [(1 / 3, 1 / 3, 1 / 3), (1e-30, 0.5, 0.5), (1e-10, 1e-20, 1), (0.999, 5e-4, 5e-4)]


class Two(dist.Plane):
    """mean, log standard deviations, factor of two columns, row by row"""

    def cov(self, p):
        (a, b, c, d) = p[4:]
        return (a * a + b * b + m.exp(2 * p[2]), a * c + b * d), (a * c + b * d, c * c + d * d + m.exp(2 * p[3]))


class StdNormal(dist.Dist):
    def logp(self, p, x):
        return -x[0] ** 2 / 2 - m.log(2 * m.pi) / 2


class LogUniform(dist.Dist):
    def logp(self, p, x):
        return -m.log(abs(x[0])) - (1 + m.log(4 * m.pi) + m.euler) / 2


class ExactUniform(dist.Dist):
    entropy = lambda self, p: m.log(p[1] - p[0])

    def logp(self, p, x):
        return -m.log(p[1] - p[0])


class ExactBernoulli(dist.Dist):
    discrete = True

    def logp(self, p, x):
        return -x[0] * softplus(-p[0]) - (1 - x[0]) * softplus(p[0])

    def entropy(self, p):
        l = abs(p[0])
        return m.log1p(m.exp(-l)) + l * sigmoid(-l)


class ExactContinuousBernoulli(dist.Dist):
    @staticmethod
    def sinhc(t):
        return abs(t) + m.log(-m.expm1(-2 * abs(t)) / (2 * abs(t))) if t else mpf(0)

    def logp(self, p, x):
        return p[0] * (x[0] - mpf(1) / 2) - self.sinhc(p[0] / 2)

    def entropy(self, p):
        t = p[0] / 2
        return self.sinhc(t) - t * (1 / m.tanh(t) - 1 / t) if t else mpf(0)


class ExactGeometric(dist.Dist):
    discrete = True

    def logp(self, p, x):
        return -x[0] * softplus(p[0]) - softplus(-p[0])

    def entropy(self, p):
        return softplus(-p[0]) + m.exp(-p[0]) * softplus(p[0])


def ratio(n, x):
    """log Γ(n+x)/Γ(n)"""
    return m.loggamma(n + x) - m.loggamma(n)


class ExactNegativeBinomial(dist.Dist):
    discrete = True

    def logp(self, p, x):
        r = m.exp(p[0])
        return ratio(r, x[0]) - m.loggamma(x[0] + 1) - x[0] * softplus(-p[1]) - r * softplus(p[1])


def means(f):
    return lambda p: f(*p)


OWN = {"StdNormal": StdNormal(), "LogUniform": LogUniform(), "LowRankNormal of two": Two(), "Bernoulli": ExactBernoulli(), "Uniform": ExactUniform(),
       "ContinuousBernoulli": ExactContinuousBernoulli(), "Geometric": ExactGeometric(), "NegativeBinomial": ExactNegativeBinomial()}

DENSITIES = {
    "Normal": locscale(),
    "StdNormal": ([()], lambda p: [(f32(z),) for z in PLACES]),
    "Laplace": locscale(),
    "Logistic": locscale(),
    "Cauchy": locscale(),
    "Gumbel": locscale([z for z in PLACES if z > -700] + [mpf(-100)]),
    "StudentT": ([(d,) + p for d in (0, -5, 13.75, 30) for p in REALS[::2]], lambda p: around(p[1], m.exp(mpf(p[2])), PLACES[::2] + PLACES[-1:])),
    "LogUniform": ([()], lambda p: around(0, 1, TAILS + [-TAILS[0], mpf(10) ** 36])),
    "LogNormal": (outer([0, 80, -80, 1e4], [0, -13.75, -40, 5]), lambda p: [(f32(v),) for z in PLACES[::2] + [-3, -100] for v in [m.exp(p[0] + m.exp(mpf(p[1])) * z)] if fits(v)]),
    "HalfNormal": positive(),
    "HalfCauchy": positive(),
    "Exponential": positive(-1),
    "Gamma": shapes(lambda a, r: m.exp(a - r)),
    "InverseGamma": shapes(lambda a, s: m.exp(s) / (m.exp(a) + 1)),
    "Beta": (outer([0, -2, 3, -13.75, 13.75, 25, -40], [0, 3, -13.75, 13.75]), lambda p: UNIT),
    "Uniform": ([(0, 1), (1e6, 1e6 + 1), (-1e38, 2e38), (0, 1e-37), (-1, 1e30), (-3e38, 3e38)], lambda p: [(f32(mpf(p[0]) + (mpf(p[1]) - mpf(p[0])) * mpf(u)),) for u in ("0.25", "0.5")]),
    "ContinuousBernoulli": ([(l,) for l in LOGITS + [1e4, -1e4, 1e30]], lambda p: UNIT + [(0,), (1,)]),
    "Bernoulli": ([(l,) for l in LOGITS + [1e4, -1e6, 1e30]], lambda p: [(0,), (1,), (0.25,)]),
    "Geometric": ([(l,) for l in LOGITS + [1e4]], near_mean(lambda p: m.exp(-p[0]))),
    "Poisson": ([(l,) for l in (0, -100, -40, -13.75, 5, 13.75, 17, 40, 80)], near_mean(lambda p: m.exp(p[0]))),
    "Binomial": ([(n, l) for n in (0, 1, 20, 16777216) for l in (0, 1e-6, 17, -17, 90, -90, 300)], lambda p: [(x,) for x in sorted({0, min(1, p[0]), p[0] // 2, max(p[0] - 1, 0), p[0]})]),
    "NegativeBinomial": (outer([LN(0.1), -13.75, 13.75, 30, -40, 2, -80], [0, -17, 10, -40]), near_mean(lambda p: m.exp(p[0] + p[1]), (0, 1, 3, 100000, 16777216))),
    "Categorical": (CLASSES, lambda p: [(0,), (1,), (2,)]),
    "OneHot": (CLASSES, lambda p: [(1, 0, 0), (0, 1, 0), (0, 0, 1)]),
    "Multinomial": (CLASSES, lambda p: [(1, 2, 3), (6, 0, 0), (0, 0, 6), (0, 3, 3)]),
    "Dirichlet": ([(0, 0, 0), (-13.75, -13.75, -13.75), (13.75, 13.75, 13.75), (13.75, 0, -13.75), (25, 24, 23), (-40, 0, 3), (-80, -80, -80)], lambda p: [tuple(map(f32, x)) for x in SIMPLEX]),
    "RelaxedBernoulli": (outer([0, 1e-6, 100, -100, 1e4], [1, 0.01, 100, 1e-6]), lambda p: [(f32(v),) for z in PLACES[::2] + [-10] for v in [(p[0] + mpf(z)) / mpf(p[1])] if fits(v)]),
    "RelaxedOneHot": ([c + (t,) for c in CLASSES for t in (1, 0.01, 10)], lambda p: [tuple(f32(v) for v in dist.logsoftmax([(mpf(l) + e) / mpf(p[3]) for l, e in zip(p, es)])) for es in ((0, 0, 0), (1, -2, 0.5), (30, 0, -20))]),
    "MultivariateNormal": ([(0, 0, 1, 0, 0, 1), (0, 0, 1e-6, 0, 1, 1e-6), (0, 0, 1e6, 0, 1e6, 1e-3), (1e6, -3, 1e-3, 0, 5, 20), (0, 0, 1e-30, 0, 0, 1e-30), (0, 0, 1e15, 0, 1e15, 1e15)],
                           lambda p: [(f32(p[0] + mpf(p[2]) * u), f32(p[1] + mpf(p[4]) * u + mpf(p[5]) * v)) for u, v in ((0, 0), (0.5, -1), (3, 2), (-100, 10))]),
    "LowRankNormal": ([(0, 0, 0, 0, 1, 1), (0, 0, -12, -12, 1, 1), (0, 0, -8, -8, 1, -1), (0, 0, -20, -20, 0.5, 2), (0, 0, 0, 0, 1e4, -1e4), (1, 2, 10, -10, 3, 1), (0, 0, -8, 3, 0, 0)],
                      lambda p: [(f32(p[0] + mpf(p[4]) * u + m.exp(mpf(p[2])) * v), f32(p[1] + mpf(p[5]) * u - m.exp(mpf(p[3])) * v)) for u, v in ((0, 0), (0.5, -1), (1, 3))]),
    "LowRankNormal of two": ([(0, 0, l, l) + f for l in (0, -8, -12, -20) for f in ((1, 1, 1, 1), (1, 1, 0.5, 0.5), (1, 0, 0, 1), (1, 2, 3, 4))],
                             lambda p: [(f32(mpf(p[4] + p[5]) * u + m.exp(mpf(p[2])) * v), f32(mpf(p[6] + p[7]) * u - m.exp(mpf(p[3])) * v)) for u, v in ((0, 0), (0.5, -1), (1, 3))]),
    "Mixture": ([(0, 0, 0, 0, 0, 0), (100, -100, 0, 10, 0, 0), (0, 0, 1e6, -1e6, -13.75, 13.75), (0, 200, 0, 0, -40, 3), (0, 0, 1, 1, 0, 1)], lambda p: [(f32(v),) for v in (p[2], p[3], p[2] + 3, 1000)]),
    "ElementMixture": ([(0, 0, 0, 0, 0, 0), (100, -100, 0, 10, 0, 0), (0, 0, 1e6, -1e6, -13.75, 13.75), (0, 200, 0, 0, -40, 3), (0, 0, 1, 1, 0, 1)], lambda p: [(f32(v),) for v in (p[2], p[3], p[2] + 3, 1000)]),
    "ZeroInflated": (outer([0, -40, 13.75], [0, 17, -17, 90, -90]), lambda p: [(0,), (1,), (1000,)]),
    "DiscretizedLogistic": (outer([0.5, 0, -3, 1.25], [0, -2, -6, 3, 10, 20, 40]), lambda p: [(f32(mpf(k) / 255),) for k in (0, 1, 100, 128, 254, 255)]),
}


def law(name):
    return OWN.get(name) or REGISTRY[name]


def inputs(p):
    return tuple(map(f32, p))


def write_density(folder):
    rows = []
    for name, (settings, events) in DENSITIES.items():
        d = law(name)
        for p in settings:
            p = inputs(p)
            for x in dict.fromkeys(map(tuple, events(p))):
                k = len(x)
                keep = [i for i in range(k + len(p)) if (i >= k or not d.discrete) and i - k not in d.constant]
                if name == "LowRankNormal of two" or k > 1 and name == "OneHot" or name == "Multinomial":
                    keep = [i for i in keep if i >= k or name.startswith("LowRank")]
                if name == "MultivariateNormal":
                    keep.remove(k + 3)
                f = lambda v: d.logp(v[k:], v[:k])
                v, g, c = derivatives(name, f, [mpf(t) for t in x + p], keep)
                rows.append([name, line(p), line(x), number(v), line(g), " ".join(map(short, c))])
    rows += DEGENERATE_DENSITIES
    save(folder, "density", ["name", "parameters", "event", "log density", "gradient", "condition"], rows)


def write_entropy(folder):
    rows = []
    for name, (settings, _) in DENSITIES.items():
        d = law(name)
        if name in ENTROPIES:
            f = ENTROPIES[name]
        elif d.entropy([mpf(v) for v in inputs(settings[0])]) is None or name in ("Poisson", "Binomial", "NegativeBinomial", "Multinomial"):
            continue
        else:
            f = d.entropy
        for p in settings:
            p = inputs(p)
            keep = [i for i in range(len(p)) if not (name == "MultivariateNormal" and i == 3)]
            v, g, c = derivatives(name, f, [mpf(t) for t in p], keep)
            rows.append([name, line(p), number(v), line(g), " ".join(map(short, c))])
    rows += DEGENERATE_ENTROPIES
    save(folder, "entropy", ["name", "parameters", "entropy", "gradient", "condition"], rows)


def categorical_entropy(p):
    return -m.fsum(m.exp(l) * l for l in dist.logsoftmax(p))


ENTROPIES = {"Categorical": categorical_entropy, "OneHot": categorical_entropy, "StudentT": lambda p: REGISTRY["StudentT"].entropy(p)}


# ---- divergences

def bernoulli(q, p):
    """with every term of one class small where its probability is"""
    a, b = q[0], p[0]
    return sigmoid(a) * (softplus(-b) - softplus(-a)) + sigmoid(-a) * (softplus(b) - softplus(a))


def geometric(q, p):
    return (softplus(-p[0]) - softplus(-q[0])) + m.exp(-q[0]) * (softplus(p[0]) - softplus(q[0]))


KL_REALS = [(0, 0), (1e-3, 1e-3), (1e6, -13.75), (0, 20), (0, -20), (5, 0)]
KL_SHAPES = [(0, 0), (LN(30), LN(1e4)), (LN(0.01), 0), (13.75, 13.75), (-13.75, 3), (1e-3, -1e-3), (20, 0)]
KL_LOGITS = [(0,), (1e-3,), (17,), (-17,), (90,), (-90,), (1e6,), (-300,)]
KL_RATES = [(0,), (1e-3,), (13.75,), (13.7505,), (-13.75,), (20,), (-80,)]
KL_SCALES = [(0,), (1e-3,), (13.75,), (-13.75,), (20,), (-20,)]
KL_CLASSES = [(0, 0, 0), (17, 0, 0), (100, 0, -100), (0, 1e-3, 0), (-30, 30, 29)]
KLS = [
    ("Bernoulli", "Bernoulli", bernoulli, KL_LOGITS),
    ("Geometric", "Geometric", geometric, [v for v in KL_LOGITS if v[0] > -100]),
    ("Categorical", "Categorical", dist.categorical, KL_CLASSES),
    ("OneHot", "OneHot", dist.categorical, KL_CLASSES),
    ("Poisson", "Poisson", dist.poisson, KL_RATES),
    ("Dirichlet", "Dirichlet", dist.dirichlet, [(0, 0, 0), (13.75, 13.75, 13.75), (-13.75, 0, 3), (1e-3, 0, 0), (20, 20, 20), (LN(30), LN(1e4), 0)]),
    ("Beta", "Beta", dist.dirichlet, KL_SHAPES),
    ("Gamma", "Gamma", dist.gamma, KL_SHAPES),
    ("InverseGamma", "InverseGamma", dist.gamma, KL_SHAPES),
    ("Exponential", "Exponential", lambda q, p: p[0] * -1 + q[0] + m.exp(p[0] - q[0]) - 1, KL_SCALES),
    ("Gamma", "Exponential", lambda q, p: dist.gamma(q, (mpf(0), p[0])), KL_SHAPES, KL_SCALES[:4]),
    ("Exponential", "Gamma", lambda q, p: dist.gamma((mpf(0), q[0]), p), KL_SCALES[:4], KL_SHAPES),
    ("Laplace", "Laplace", dist.laplace, KL_REALS),
    ("Cauchy", "Cauchy", dist.cauchy, KL_REALS),
    ("Gumbel", "Gumbel", dist.gumbel, [(0, 0), (1e-3, 1e-3), (0, 3), (0, -20), (5, 0)]),
    ("LogNormal", "LogNormal", dist.normal, KL_REALS),
    ("HalfNormal", "HalfNormal", dist.half_normal, KL_SCALES),
    ("Normal line", "Normal line", dist.normal, KL_REALS),
    ("Normal line", "Laplace", dist.normal_laplace, KL_REALS),
    ("Laplace", "Normal line", dist.laplace_normal, KL_REALS),
    ("ContinuousBernoulli", "ContinuousBernoulli", lambda q, p: ((q[0] - p[0]) / 2 * (1 / m.tanh(q[0] / 2) - 2 / q[0]) if q[0] else mpf(0)) - ExactContinuousBernoulli.sinhc(q[0] / 2) + ExactContinuousBernoulli.sinhc(p[0] / 2),
     [(0,), (1e-3,), (1e-10,), (17,), (-17,), (90,), (300,), (-1e4,)]),
    ("Uniform", "Uniform", lambda q, p: m.log((p[1] - p[0]) / (q[1] - q[0])), [(0, 1), (0.25, 0.5)], [(-3, 5), (-1e30, 1e30), (0, 1)]),
]

PLANES = dict(dist.PLANES, **{"LowRankNormal of two": lambda p: (p[:2], Two().cov(p))})
LOW = [(0, 0, 0, 0, 1, 1), (0, 0, -8, -8, 1, -1), (0, 0, -12, -12, 1, 1), (1, 2, 0, -20, 0.5, 2)]
TWO = [(0, 0, -8, -8, 1, 1, 1, 1), (0, 0, -12, -12, 1, 0, 0, 1), (1, 2, 0, 0, 1, 2, 3, 4)]
FULL = [(0, 0, 1, 0, 0, 1), (0, 0, 1e-6, 0, 1, 1e-3), (1, 2, 1e3, 0, 1e3, 1)]
for q, p, qs, ps in (("MultivariateNormal", "MultivariateNormal", FULL, FULL), ("LowRankNormal", "LowRankNormal", LOW, LOW),
                     ("LowRankNormal of two", "LowRankNormal of two", TWO, TWO), ("MultivariateNormal", "LowRankNormal of two", FULL, TWO),
                     ("LowRankNormal", "MultivariateNormal", LOW, FULL)):
    KLS.append((q, p, (lambda q, p: lambda a, b: dist.matrix_kl(PLANES[q](a), PLANES[p](b)))(q, p), qs, ps))


def write_kl(folder):
    rows = []
    for q, p, f, qs, *ps in KLS:
        for a, b in itertools.product(map(inputs, qs), map(inputs, ps[0] if ps else qs)):
            k = len(a)
            keep = [i for i in range(k + len(b)) if not (q == "MultivariateNormal" and i == 3 or p == "MultivariateNormal" and i == k + 3)]
            v, g, c = derivatives(q, lambda v: f(v[:k], v[k:]), [mpf(t) for t in a + b], keep)
            rows.append([q, p, line(a), line(b), number(v), line(g), " ".join(map(short, c))])
    rows += DEGENERATE_KLS
    save(folder, "kl", ["q", "p", "parameters of q", "parameters of p", "divergence", "gradient", "condition"], rows)


# ---- limits

def density(name, p, x, logp, grad):
    return [name, line(inputs(p)), line(inputs(x)), number(logp), line(grad), " ".join("0" for g in [logp, *grad] if g is not None)]


def entropy(name, p, h, grad):
    return [name, line(inputs(p)), number(h), line(grad), " ".join("0" for g in [h, *grad])]


def kl(q, p, a, b, v, grad):
    return [q, p, line(inputs(a)), line(inputs(b)), number(v), line(grad), " ".join("0" for g in [v, *grad])]


NO = None
ANY = "?"
LN2 = float(m.log(2))
E = lambda v: m.exp(mpf(v))
A, B = LN(2), LN(0.5)
DEGENERATE_DENSITIES = [
    # a law of one value
    density("Bernoulli", (inf,), (1,), 0, (NO, 0)), density("Bernoulli", (inf,), (0,), -inf, (NO, ANY)), density("Bernoulli", (inf,), (0.25,), -inf, (NO, ANY)),
    density("Bernoulli", (-inf,), (0,), 0, (NO, 0)), density("Bernoulli", (-inf,), (1,), -inf, (NO, ANY)),
    density("Geometric", (inf,), (0,), 0, (NO, 0)), density("Geometric", (inf,), (1,), -inf, (NO, ANY)), density("Geometric", (inf,), (1e6,), -inf, (NO, ANY)),
    density("Poisson", (-inf,), (0,), 0, (NO, 0)), density("Poisson", (-inf,), (1,), -inf, (NO, ANY)), density("Poisson", (-inf,), (1e6,), -inf, (NO, ANY)),
    density("Binomial", (10, inf), (10,), 0, (NO, NO, 0)), density("Binomial", (10, inf), (9,), -inf, (NO, NO, ANY)),
    density("Binomial", (10, -inf), (0,), 0, (NO, NO, 0)), density("Binomial", (10, -inf), (1,), -inf, (NO, NO, ANY)), density("Binomial", (0, inf), (0,), 0, (NO, NO, 0)),
    density("NegativeBinomial", (-inf, 0), (0,), 0, (NO, 0, 0)), density("NegativeBinomial", (-inf, 0), (3,), -inf, (NO, ANY, ANY)),
    density("NegativeBinomial", (0, -inf), (0,), 0, (NO, 0, 0)), density("NegativeBinomial", (0, -inf), (3,), -inf, (NO, ANY, ANY)),
    density("NegativeBinomial", (-inf, -inf), (0,), 0, (NO, 0, 0)),
    density("DiscretizedLogistic", (0.25, -inf), (f32(mpf(64) / 255),), 0, (NO, 0, 0)), density("DiscretizedLogistic", (0.25, -inf), (0,), -inf, (NO, ANY, ANY)),
    density("DiscretizedLogistic", (0.25, inf), (0,), -LN2, (NO, 0, 0)), density("DiscretizedLogistic", (0.25, inf), (f32(mpf(64) / 255),), -inf, (NO, ANY, ANY)),
    # a class, a component or a zero that never comes
    density("Categorical", (0, -inf, 0), (0,), -LN2, (NO, 0.5, 0, -0.5)), density("Categorical", (0, -inf, 0), (1,), -inf, (NO, ANY, ANY, ANY)),
    density("OneHot", (0, -inf, 0), (0, 0, 1), -LN2, (NO, NO, NO, -0.5, 0, 0.5)), density("OneHot", (0, -inf, 0), (0, 1, 0), -inf, (NO,) * 3 + (ANY,) * 3),
    density("Multinomial", (0, -inf, 0), (1, 0, 1), -LN2, (NO, NO, NO, 0, 0, 0)), density("Multinomial", (0, -inf, 0), (1, 1, 0), -inf, (NO,) * 3 + (ANY,) * 3),
    density("Mixture", (-inf, 0, 5, 0, 0, 0), (0,), -m.log(2 * m.pi) / 2, (0, 0, 0, 0, 0, 0, -1)),
    density("ElementMixture", (-inf, 0, 5, 0, 0, 0), (0,), -2 * m.log(2), (0, 0, 0, 0, 0, 0, -1)),
    density("ZeroInflated", (0, inf), (0,), 0, (NO, 0, 0)), density("ZeroInflated", (0, inf), (1,), -inf, (NO, ANY, ANY)),
    density("ZeroInflated", (0, -inf), (0,), -1, (NO, -1, 0)), density("ZeroInflated", (0, -inf), (1,), -1, (NO, 0, 0)),
    density("ZeroInflated", (-inf, 0), (0,), 0, (NO, 0, 0)), density("ZeroInflated", (-inf, -inf), (0,), 0, (NO, 0, 0)), density("ZeroInflated", (-inf, 0), (1,), -inf, (NO, ANY, ANY)),
    # ends of supports
    *(density(n, p + (r,), (0,), r, (-float(m.exp(r)),) + (ANY,) * len(p) + (1,)) for r in (0, 2) for n, p in (("Exponential", ()), ("Gamma", (0,)))),
    *(density("Gamma", (a, 1), (0,), v, (ANY,) * 3) for a, v in ((B, inf), (-40, inf), (1e-3, -inf), (A, -inf))),
    *(density("Gamma", (a, 1), (inf,), -inf, (ANY,) * 3) for a in (B, 0, A)), density("Exponential", (1,), (inf,), -inf, (ANY, ANY)),
    *(density("InverseGamma", (a, 1), (x,), -inf, (ANY,) * 3) for a in (B, 0, A) for x in (0, inf)),
    density("Uniform", (0, 1), (0,), 0, (0, 1, -1)), density("Uniform", (0, 1), (1,), 0, (0, 1, -1)), density("Uniform", (-1, 3), (-1,), -2 * LN2, (0, 0.25, -0.25)),
    density("Beta", (0, 0), (0,), 0, (0, ANY, 1)), density("Beta", (0, 0), (1,), 0, (0, 1, ANY)),
    density("Beta", (0, A), (0,), A, (1 - E(A), ANY, 1)), density("Beta", (A, 0), (1,), A, (E(A) - 1, 1, ANY)),
    density("Beta", (0, 20), (0,), 20, (1 - float(m.exp(20)), ANY, 1)), density("Beta", (0, -20), (0,), -20, (1 - float(m.exp(-20)), ANY, 1)),
    *(density("Beta", p, x, v, (ANY,) * 3) for p, x, v in (((B, B), (0,), inf), ((B, B), (1,), inf), ((A, A), (0,), -inf), ((A, A), (1,), -inf),
                                                         ((B, A), (0,), inf), ((B, A), (1,), -inf), ((0, B), (1,), inf), ((0, A), (1,), -inf))),
    *(density("Dirichlet", (0, 0, 0), x, LN2, (ANY,) * 6) for x in ((0, 0.5, 0.5), (1, 0, 0), (0, 1, 0))),
    density("Dirichlet", (B, 0, 0), (0, 0.5, 0.5), inf, (ANY,) * 6), density("Dirichlet", (A, 0, 0), (0, 0.5, 0.5), -inf, (ANY,) * 6),
    density("Dirichlet", (A, 0, 0), (0.5, 0.5, 0), m.loggamma(E(A) + 2) - m.loggamma(E(A)) - (E(A) - 1) * m.log(2), (ANY,) * 6), density("Dirichlet", (A, 0, B), (0.5, 0, 0.5), m.loggamma(E(A) + 1 + E(B)) - m.loggamma(E(A)) - m.loggamma(E(B)) - (E(A) + E(B) - 2) * m.log(2), (ANY,) * 6),
    density("HalfNormal", (0,), (0,), m.log(2 / m.pi) / 2, (0, -1)), density("HalfCauchy", (0,), (0,), m.log(2 / m.pi), (0, -1)),
    density("HalfNormal", (0,), (inf,), -inf, (ANY, ANY)), density("HalfCauchy", (0,), (inf,), -inf, (ANY, ANY)),
    density("LogNormal", (0, 0), (0,), -inf, (ANY,) * 3), density("LogNormal", (0, 0), (inf,), -inf, (ANY,) * 3),
    *(density(n, (0, 0), (x,), -inf, (ANY,) * 3) for n in ("Normal", "Laplace", "Logistic", "Cauchy", "Gumbel") for x in (inf, -inf)),
    *(density("StudentT", (d, 0, 0), (x,), -inf, (ANY,) * 4) for d in (-5, 0, 13.75) for x in (inf, -inf)),
]
DEGENERATE_ENTROPIES = [
    entropy("Bernoulli", (inf,), 0, (0,)), entropy("Bernoulli", (-inf,), 0, (0,)), entropy("Geometric", (inf,), 0, (0,)),
    entropy("Categorical", (0, -inf, 0), LN2, (0, 0, 0)), entropy("OneHot", (0, -inf, -inf), 0, (0, 0, 0)),
]
DEGENERATE_KLS = [
    *(kl(n, n, a, b, v, g) for n in ("Bernoulli", "Geometric") for a, b, v, g in (
        ((inf,), (0,), LN2, (0, -0.5)), ((inf,), (inf,), 0, (0, 0)), ((0,), (inf,), inf, (ANY, ANY)))),
    kl("Bernoulli", "Bernoulli", (-inf,), (0,), LN2, (0, 0.5)), kl("Bernoulli", "Bernoulli", (-inf,), (-inf,), 0, (0, 0)),
    kl("Bernoulli", "Bernoulli", (inf,), (-inf,), inf, (ANY, ANY)), kl("Bernoulli", "Bernoulli", (-inf,), (1e6,), 1e6, (0, 1)),
    kl("Poisson", "Poisson", (-inf,), (0,), 1, (0, 1)), kl("Poisson", "Poisson", (0,), (-inf,), inf, (ANY, ANY)), kl("Poisson", "Poisson", (-inf,), (-inf,), 0, (0, 0)),
    kl("Binomial of 10", "Binomial of 10", (inf,), (0,), 10 * m.log(2), (0, -5)), kl("Binomial of 10", "Binomial of 10", (inf,), (inf,), 0, (0, 0)),
    kl("NegativeBinomial of 7", "NegativeBinomial of 7", (-inf,), (0,), 7 * m.log(2), (0, 3.5)), kl("NegativeBinomial of 7", "NegativeBinomial of 7", (-inf,), (-inf,), 0, (0, 0)),
    kl("NegativeBinomial of 7", "NegativeBinomial of 7", (0,), (-inf,), inf, (ANY, ANY)),
    kl("NegativeBinomial of 0", "NegativeBinomial of 0", (0,), (1,), 0, (0, 0)),
    *(kl(n, n, a, b, v, g) for n in ("Categorical", "OneHot") for a, b, v, g in (
        ((0, -inf, 0), (0, 0, 0), m.log(1.5), (0, 0, 0, -1 / 6, 1 / 3, -1 / 6)), ((0, -inf, 0), (0, -inf, 0), 0, (0,) * 6), ((0, 0, 0), (0, -inf, 0), inf, (ANY,) * 6))),
    kl("Uniform", "Uniform", (0, 1), (0.5, 2), inf, (ANY,) * 4),
]


def save(folder, name, head, rows):
    with open(os.path.join(folder, name + ".csv"), "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(head)
        w.writerows(rows)
    print(f"{name}: {len(rows)} rows")


if __name__ == "__main__":
    for name in sys.argv[2:] or ["density", "entropy", "kl"]:
        {"density": write_density, "entropy": write_entropy, "kl": write_kl}[name](sys.argv[1])
