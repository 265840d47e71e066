"""Incomplete gamma and beta functions and their derivatives by the shapes for
any parameters, by mpmath: the series of positive terms where it is short, and
elsewhere the integral of the density of the logarithm or the logit, which is
log-concave and analytic, by Gauss and Legendre's rule on panels between which
the density falls by e^3. No asymptotic expansion is used.
"""
import mpmath as m
import numpy as np
from mpmath import mp, mpf

DIGITS = 25  # of a result, at least
NODES = 24


def digits(*v):
    """Works with enough digits for arguments of such sizes and their logarithms."""
    big = [abs(m.log10(abs(x))) for x in v if x != 0]
    return mp.workdps(70 + int(1.1 * min(max(big), 700)))


_rule = []


def rule():
    if not _rule:
        with mp.workdps(70):
            for x in np.polynomial.legendre.leggauss(NODES)[0]:
                x = mpf(float(x))
                for _ in range(5):
                    p0, p1 = mpf(1), x
                    for k in range(2, NODES + 1):
                        p0, p1 = p1, ((2 * k - 1) * x * p1 - (k - 1) * p0) / k
                    dp = NODES * (x * p1 - p0) / (x * x - 1)
                    x -= p1 / dp
                _rule.append(((1 + x) / 2, 1 / ((1 - x * x) * dp * dp)))
    return _rule


def integrate(E, parts, rate):
    """The integrals over v > 0 of exp(E(v)) times 1 and each of parts, E
    concave from 0 downwards; rate is about its steepness at 0."""
    total = [mpf(0)] * (len(parts) + 1)
    v, e, step = mpf(0), mpf(0), 1 / rate
    while e > -(DIGITS + 3) * 2.3 - 30:
        step = min(step * 2, mpf(1) / 2)
        while e - E(v + step) > 3:
            step /= 2
        for t, w in rule():
            s = v + t * step
            f = w * step * m.exp(E(s))
            total[0] += f
            for i, p in enumerate(parts):
                total[i + 1] += f * p(s)
        v += step
        e = E(v)
    return total


def logbeta(a, b):
    return m.loggamma(a) + m.loggamma(b) - m.loggamma(a + b)


def beta_lower(a, b, l):
    """P and its derivatives by a and b, as multiples of the density k of the
    logit l, or None where that would take long."""
    x, y = 1 / (1 + m.exp(-l)), 1 / (1 + m.exp(l))
    if x <= 0.5 and b * x < 40:
        def p(a, b):
            s = t = mpf(1)
            n = 0
            while t > s * mpf(10) ** -(mp.dps + 4):
                t *= (a + b + n) / (a + 1 + n) * x
                s += t
                n += 1
            return s / a
        with mp.workdps(int(2.5 * mp.dps) - 60):  # the differences, and what cancels against digamma
            h = mpf(10) ** -(mp.dps // 2)
            da, db = a * h, b * h
            la = m.log(x) + m.digamma(a + b) - m.digamma(a)
            lb = m.log(y) + m.digamma(a + b) - m.digamma(b)
            P = p(a, b)
            return P, (p(a + da, b) - p(a - da, b)) / (2 * da) + P * la, (p(a, b + db) - p(a, b - db)) / (2 * db) + P * lb
    if a * y < b * x:
        return None
    A, B = m.digamma(a + b) - m.digamma(a), m.digamma(a + b) - m.digamma(b)
    lx = lambda v: m.log(x) - m.log1p(y * m.expm1(v))
    ly = lambda v: m.log(y) - m.log1p(x * m.expm1(-v))
    lx0, ly0 = lx(0), ly(0)
    E = lambda v: a * (lx(v) - lx0) + b * (ly(v) - ly0)
    return integrate(E, [lambda v: lx(v) + A, lambda v: ly(v) + B], a * y - b * x + m.sqrt((a + b) * x * y))


def beta(a, b, l):
    """P, Q, dP/da, dP/db and the density k at the logit l."""
    with digits(a, b, l, a + b, mpf(a) / b):
        a, b, l = mpf(a), mpf(b), mpf(l)
        k = m.exp(-a * m.log1p(m.exp(-l)) - b * m.log1p(m.exp(l)) - logbeta(a, b))
        r = beta_lower(a, b, l)
        if r:
            P, Pa, Pb = r
            return P * k, 1 - P * k, Pa * k, Pb * k, k
        Q, Qb, Qa = beta_lower(b, a, -l)
        return 1 - Q * k, Q * k, -Qa * k, -Qb * k, k


def gamma(a, l):
    """P, Q, dP/da and the density k of the logarithm l."""
    with digits(a, l, m.exp(l)):
        a, l = mpf(a), mpf(l)
        x = m.exp(l)
        k = m.exp(a * l - x - m.loggamma(a))
        if x < 1e4 and (x < a + 400):
            def p(a):
                s = t = mpf(1)
                n = 0
                while t > s * mpf(10) ** -(mp.dps + 4):
                    n += 1
                    t *= x / (a + n)
                    s += t
                return s / a
            with mp.workdps(int(2.5 * mp.dps) + 150):  # Q may be 1e-175
                h = a * mpf(10) ** -(mp.dps // 2)
                P = p(a)
                k2 = m.exp(a * l - x - m.loggamma(a))
                Q = 1 - P * k2
                Pa = (p(a + h) - p(a - h)) / (2 * h) + P * (l - m.digamma(a))
            return P * k, Q, Pa * k, k
        E = lambda v: a * (s * v) - x * m.expm1(s * v)
        s = -1 if x < a else 1
        T, Ta = integrate(E, [lambda v: l + s * v - m.digamma(a)], abs(a - x) + m.sqrt(x))
        T, Ta = T * k, Ta * k
        return (T, 1 - T, Ta, k) if s < 0 else (1 - T, T, -Ta, k)


def student(nu, t):
    """P(T < t), its derivative by nu, and the density of t."""
    with digits(nu, t, nu + t * t, t * t / nu, mpf(max(nu, 1)) ** 2):
        nu, t = mpf(nu), mpf(t)
        half = mpf(1) / 2
        logpdf = lambda s: -(nu + 1) / 2 * m.log1p(s * s / nu) - logbeta(nu / 2, half) - m.log(nu) / 2
        pdf = m.exp(logpdf(t))
        if t == 0:
            return half, mpf(0), pdf
        if nu < 1000:
            l = m.log(nu / (t * t))
            P, Q, Pa, _, k = beta(nu / 2, half, l)  # of nu/(nu+t^2)
            tail, dnu = P / 2, Pa / 4 + k / nu / 2
        else:  # the density and its derivative by nu, over the logarithm of t
            r = m.digamma((nu + 1) / 2) - m.digamma(nu / 2) - 1 / nu
            u = abs(t)

            def score(v):
                w = (u * m.exp(v)) ** 2
                return (r - m.log1p(w / nu) + (nu + 1) * w / nu / (nu + w)) / 2
            # from 0 to t, or from t on
            way = -1 if u < 1 else 1
            E = lambda v: way * v - (nu + 1) / 2 * (m.log1p(u * u * m.exp(2 * way * v) / nu) - m.log1p(u * u / nu))
            tail, dnu = integrate(E, [lambda v: score(way * v)], 1 + u * u / (1 + u * u / nu))
            tail, dnu = tail * u * pdf, dnu * u * pdf
            if way < 0:
                tail, dnu = half - tail, -dnu
        return (tail, dnu, pdf) if t < 0 else (1 - tail, -dnu, pdf)
