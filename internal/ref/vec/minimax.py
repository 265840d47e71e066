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
