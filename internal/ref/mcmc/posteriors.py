"""Writes vi/mcmc/testdata/posteriors.json: means and standard deviations of
posteriors, by long runs of NumPyro's NUTS in float64, with their Monte Carlo
standard errors; and the data that they are given.

    pip install numpyro arviz
    python internal/ref/mcmc/posteriors.py > vi/mcmc/testdata/posteriors.json
"""
import json
import warnings

warnings.filterwarnings("ignore")

import arviz as az
import jax
import numpy as np
import numpyro
import numpyro.distributions as dist
from numpyro.infer import MCMC, NUTS

numpyro.set_host_device_count(1)
numpyro.enable_x64()


def schools(y, sigma):
    """Rubin's eight schools, in which effects are written by standard ones."""
    mu = numpyro.sample("mu", dist.Normal(0, 5))
    tau = numpyro.sample("tau", dist.HalfCauchy(5))
    eta = numpyro.sample("eta", dist.Normal(0, 1).expand([len(y)]))
    theta = numpyro.deterministic("theta", mu + tau * eta)
    numpyro.sample("y", dist.Normal(theta, sigma), obs=y)


def logistic(x, y):
    w = numpyro.sample("w", dist.Normal(0, 2).expand([x.shape[1]]))
    b = numpyro.sample("b", dist.Normal(0, 5))
    numpyro.sample("y", dist.Bernoulli(logits=x @ w + b), obs=y)


def mixture(y):
    """Two normal components of one standard deviation, with the labels summed out."""
    mu = numpyro.sample("mu", dist.Normal(0, 5))
    gap = numpyro.sample("gap", dist.Exponential(.5))
    p = numpyro.sample("p", dist.Beta(2, 2))
    means = np.array([0., 1.]) * gap + mu
    numpyro.sample("y", dist.MixtureSameFamily(dist.Categorical(probs=jax.numpy.stack([1 - p, p])), dist.Normal(means, 1)), obs=y)


def run(model, accept=.95, **data):
    m = MCMC(NUTS(model, target_accept_prob=accept), num_warmup=2000, num_samples=25000, num_chains=4,
             chain_method="vectorized", progress_bar=False)
    m.run(jax.random.PRNGKey(1), **data)
    s = az.summary(az.from_numpyro(m), round_to="none", kind="all")
    assert s["r_hat"].max() < 1.005, s
    out = {}
    for name, draws in m.get_samples(group_by_chain=True).items():
        flat = np.asarray(draws).reshape(-1, *draws.shape[2:])
        rows = [n for n in s.index if n == name or n.startswith(name + "[")]
        out[name] = {"mean": flat.mean(0).ravel().tolist(), "sd": flat.std(0, ddof=1).ravel().tolist(),
                     "mcse": s.loc[rows, "mcse_mean"].tolist()}
    return {"data": {k: np.asarray(v).tolist() for k, v in data.items()}, "posterior": out}


rng = np.random.default_rng(1)
x = rng.normal(size=(100, 3)).round(3)
y = (rng.uniform(size=100) < 1 / (1 + np.exp(-(x @ [1., -2., .5] + .3)))).astype(float)
z = np.where(rng.uniform(size=60) < .3, rng.normal(3, 1, 60), rng.normal(0, 1, 60)).round(3)

print(json.dumps({
    "schools": run(schools, y=np.array([28., 8., -3., 7., -1., 1., 18., 12.]), sigma=np.array([15., 10., 16., 11., 9., 11., 10., 18.])),
    "logistic": run(logistic, accept=.8, x=x, y=y),
    "mixture": run(mixture, y=z),
}, indent=1))
