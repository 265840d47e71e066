"""Writes vi/mcmc/testdata/diagnostics.json: chains of several kinds, and what
ArviZ says of them.

    pip install arviz
    python internal/ref/mcmc/diagnostics.py > vi/mcmc/testdata/diagnostics.json
"""
import json
import warnings

warnings.filterwarnings("ignore")

import arviz as az
import numpy as np
from scipy.signal import lfilter

rng = np.random.default_rng(1)


def ar(phi, chains, draws):
    return lfilter([1], [1, -phi], rng.normal(size=(chains, draws)), axis=1)


cases = {
    "independent": ar(0, 4, 100),
    "correlated": ar(.9, 4, 200),
    "antithetic": ar(-.7, 4, 100),
    "odd number of draws": ar(.5, 3, 101),
    "one chain": ar(.5, 1, 100),
    "one chain elsewhere": ar(.3, 4, 100) + np.array([[0], [0], [0], [2.]]),
    "one chain wider": ar(.3, 4, 100) * np.array([[1], [1], [1], [4.]]),
    "heavy tails": rng.standard_cauchy(size=(4, 100)),
    "ties": np.floor(2 * ar(.5, 4, 100)),
    "a trend": ar(.5, 2, 100) + np.linspace(0, 3, 100),
    "few draws": ar(0, 2, 6),
    "two values": (ar(.5, 4, 50) > 0).astype(float),
}


def look(x):
    x = x.round(4)
    of = {"chains": x.tolist()}
    for m in ("rank", "split", "z_scale"):
        of["rhat_" + m] = float(az.rhat(x, method=m))
    for m in ("bulk", "tail", "mean", "sd"):
        of["ess_" + m] = float(az.ess(x, method=m))
    for p in (.05, .5, .95):
        of["ess_q%g" % p] = float(az.ess(x, method="quantile", prob=p))
        of["mcse_q%g" % p] = float(az.mcse(x, method="quantile", prob=p))
    for m in ("mean", "sd"):
        of["mcse_" + m] = float(az.mcse(x, method=m))
    of["bfmi"] = [float(v) for v in np.atleast_1d(az.bfmi(x))]
    return {k: None if isinstance(v, float) and not np.isfinite(v) else v for k, v in of.items()}


print(json.dumps({name: look(x) for name, x in cases.items()}))
