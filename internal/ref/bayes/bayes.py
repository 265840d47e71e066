"""Writes vi/bayes/testdata/bayes.csv: divergences and bounds of layers with latent
weights, by mpmath with 40 digits.

    pip install mpmath
    python internal/ref/bayes/bayes.py > vi/bayes/testdata/bayes.csv

A row is a name and numbers.

    kl α: exact, its derivative by α, cubic, sigmoid
    KL(N(θ, αθ²) ‖ p), p(w) = e^c/|w|, c = −(1 + log 4π + γ)/2, by integration of
    the definition; the derivative by Dawson's function; the two approximations.

    evidence: log p(y) of y = Xw + τε, w ~ N(0, s²I), with orthogonal columns of X, so
    that the posterior factors; "posterior" its means and standard deviations;
    "predictive" log p(y*|x*, y) of new rows.

    bound NAME: of the same y, the expectation of log p(y|w)/N under weights of mean θ and
    variance αθ², and the divergence of their rates, not divided by N.
"""
from mpmath import mp, mpf, log, pi, sqrt, exp, euler, quad, diff, matrix, det, inverse, erfi

mp.dps = 40


def log_abs(alpha):
    """E log|1 + √α ε|."""
    s = sqrt(alpha)
    f = lambda e: exp(-e * e / 2) / sqrt(2 * pi) * log(abs(1 + s * e))
    at = -1 / s
    points = sorted({mpf(-40), at, mpf(0), mpf(40), at - s, at + s, at - 1, at + 1, mpf(-5), mpf(5)})
    return quad(f, [p for p in points if -40 <= p <= 40])


def kl(alpha):
    return -log(2 * pi * mp.e * alpha) / 2 + log_abs(alpha) + (1 + log(4 * pi) + euler) / 2


def dawson(x):
    return sqrt(pi) / 2 * exp(-x * x) * erfi(x)


def slope(alpha):
    u = 1 / (2 * alpha)
    return -dawson(sqrt(u)) / (2 * alpha ** 2 * sqrt(u))


def cubic(a):
    c = [mpf("1.161451241083230"), mpf("-1.502041176441722"), mpf("0.586299206427007")]
    return -(log(a) / 2 + c[0] * a + c[1] * a ** 2 + c[2] * a ** 3)


def sigmoid(a):
    k = [mpf("0.63576"), mpf("1.87320"), mpf("1.48695")]
    return -(k[0] / (1 + exp(-k[1] - k[2] * log(a))) - log(1 + 1 / a) / 2 - k[0])


def write(name, *values):
    print(name, *[mp.nstr(v, 20) for v in values], sep=",")


for a in ["0.01", "0.1", "0.25", "0.5", "0.75", "1", "3", "20", "100"]:
    a = mpf(a)
    assert abs(diff(kl, a) - slope(a)) < mpf(10) ** -8, a
    write("kl", a, kl(a), slope(a), cubic(a), sigmoid(a))

X = matrix([[1, 1], [1, -1], ["0.5", "0.5"], ["0.5", "-0.5"]])
y = matrix(["0.7", "-0.3", "1.1", "0.4"])
tau, s = mpf("0.6"), mpf("0.9")
n = 4
V = s ** 2 * X * X.T + tau ** 2 * mp.eye(n)
write("evidence", -(y.T * inverse(V) * y)[0] / 2 - log(det(V)) / 2 - n * log(2 * pi) / 2)
precision = X.T * X / tau ** 2 + mp.eye(2) / s ** 2
assert precision[0, 1] == 0
mean = inverse(precision) * X.T * y / tau ** 2
std = [1 / sqrt(precision[i, i]) for i in range(2)]
write("posterior", mean[0], mean[1], *std)
new = [(mpf("2"), mpf("-0.5"), mpf("0.9")), (mpf("-1"), mpf("3"), mpf("0.2"))]
out = []
for a, b, t in new:
    m, v = a * mean[0] + b * mean[1], (a * std[0]) ** 2 + (b * std[1]) ** 2 + tau ** 2
    out.append(-(t - m) ** 2 / (2 * v) - log(2 * pi * v) / 2)
write("predictive", *out)

theta = [mpf("0.8"), mpf("-0.5")]
for name, alpha, count in [
    ("unit", [mpf("0.3"), mpf("0.7")], 1),
    ("layer", [mpf("0.4"), mpf("0.4")], 1),
    ("rate", [mpf("0.25"), mpf("0.25")], 0),  # dropout of ⅕, without divergence
]:
    fit = mpf(0)
    for i in range(n):
        terms = [X[i, j] * theta[j] for j in range(2)]
        gamma, delta = sum(terms), sum(a * t ** 2 for a, t in zip(alpha, terms))
        fit += -log(2 * pi * tau ** 2) / 2 - ((y[i] - gamma) ** 2 + delta) / (2 * tau ** 2)
    write("bound " + name, fit / n, count * sum(kl(a) for a in alpha))
