"""Prints the coefficients of internal/kernel/gen/vec/double.go: minimax
polynomials by Remez exchange with 60 digits, rounded to double, and the largest
error of the rounded polynomial.

    pip install mpmath
    python internal/ref/vec/minimax.py
"""
import mpmath as m
from mpmath import mp, mpf

mp.dps = 60


def remez(f, weight, a, b, n):
    """The n coefficients of p, lowest first, that make |weight·(f - p)| smallest."""
    def nodes(k):  # no node lies where the weight may be zero, in the middle or at an end
        return [(a + b) / 2 - (b - a) / 2 * m.cos(m.pi * (i + mpf("0.4")) / (k + 1)) for i in range(k + 1)]
    x = nodes(n)
    for _ in range(20):
        A = m.matrix([[weight(t) * t**j for j in range(n)] + [(-1) ** i] for i, t in enumerate(x)])
        c = m.lu_solve(A, m.matrix([weight(t) * f(t) for t in x]))[:n]
        best = []  # the extremes between the zeros of the error
        for t in nodes(60 * n):
            v = weight(t) * (f(t) - m.polyval(c[::-1], t))
            if best and (v > 0) == (best[-1][1] > 0):
                if abs(v) > abs(best[-1][1]):
                    best[-1] = (t, v)
            else:
                best.append((t, v))
        while len(best) > n + 1:
            best.pop(0 if abs(best[0][1]) < abs(best[-1][1]) else -1)
        x = [t for t, _ in best]
        if max(abs(v) for _, v in best) < mpf("1.001") * min(abs(v) for _, v in best):
            break
    return c


def show(name, f, weight, a, b, n):
    c = [mpf(float(v)) for v in remez(f, weight, a, b, n)]
    worst = max(abs(weight(t) * (f(t) - m.polyval(c[::-1], t))) for t in m.linspace(a, b, 4001))
    print(f"{name}: 2^{float(m.log(worst, 2)):.2f}")
    print("\t" + ", ".join(repr(float(v)) for v in c[::-1]))


# A little beyond ½ ln 2, as n comes from a rounded product.
h = mpf("0.34658")
for n in (9, 10):
    show(f"(eʳ - 1 - r - r²/2)/r³, {n} terms, error relative to eʳ - 1",
         lambda r: m.hyp1f1(1, 4, r) / 6, lambda r: r**3 / m.expm1(r) if r else mpf(0), -h, h, n)

# ln(1+f) = 2 atanh s with s = f/(2+f), |s| ≤ 3 - 2√2.
for n in (6, 7):
    show(f"(2 atanh s/s - 2)/s² in s², {n} terms, error relative to 2 atanh s/s",
         lambda w: m.hyp2f1(1, 1.5, 2.5, w) * 2 / 3, lambda w: w / (2 + w), mpf(0), mpf("1.0001") * (3 - 2 * m.sqrt(2)) ** 2, n)

# A little beyond π/4 and in s = r², where the quotients lose nothing near zero.
q = (mpf("1.0001") * m.pi / 4) ** 2
show("(sin r/r - 1)/r² in r², 6 terms, error relative to sin r",
     lambda s: (m.sin(m.sqrt(s)) / m.sqrt(s) - 1) / s if s > mpf("1e-12") else -mpf(1) / 6 + s / 120,
     lambda s: s * m.sqrt(s) / m.sin(m.sqrt(s)) if s else mpf(0), mpf(0), q, 6)
show("(cos r - 1 + r²/2)/r⁴ in r², 6 terms, error relative to cos r",
     lambda s: (m.cos(m.sqrt(s)) - 1 + s / 2) / s**2 if s > mpf("1e-8") else mpf(1) / 24 - s / 720 + s * s / 40320,
     lambda s: s * s / m.cos(m.sqrt(s)), mpf(0), q, 6)


def erf_by(s):
    return m.hyp1f1(0.5, 1.5, -s) * 2 / m.sqrt(m.pi)


show("erf x/x - 1 in x² up to 1, 12 terms, error relative to erf x",
     lambda s: erf_by(s) - 1, lambda s: 1 / erf_by(s), mpf(0), mpf(1), 12)
show("ln erfc t from 1 to where erf rounds to 1, 18 terms, error of erf",
     lambda t: m.log(m.erfc(t)), lambda t: m.erfc(t) / m.erf(t), mpf(1), mpf("5.95"), 18)


def mills(q):
    """(t + 5) exp(t²/2) Φ(-t) with q = (t - 5)/(t + 5)."""
    t = 5 * (1 + q) / (1 - q)
    return (t + 5) * m.exp(t * t / 2) * m.erfc(t / m.sqrt(2)) / 2


show("(t + 5) exp(t²/2) Φ(-t) in (t - 5)/(t + 5), t up to 39, 22 terms, relative error",
     mills, lambda q: 1 / mills(q), mpf(-1), mpf(34) / 44, 22)
