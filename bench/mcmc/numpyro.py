"""The posteriors of bench/mcmc by NumPyro's NUTS, in float32 on the CPU.

Reads one line of JSON with the data, answers with the version, and then reads
lines "NAME METHOD SEED CHAINS WARMUP DRAWS" and answers each with the seconds of a
run, the smallest bulk effective number of draws of a latent and the leapfrog steps
after the warm-up, or "error ...". The first run of a name and method is compiled
and not counted.
"""
import json
import os
import sys
import time
import warnings

warnings.filterwarnings("ignore")

import arviz as az
import jax
import numpy as np
import numpyro
import numpyro.distributions as dist
from numpyro.infer import MCMC, NUTS

numpyro.set_host_device_count(os.cpu_count())
data = {k: np.asarray(v, dtype=np.float32) for k, v in json.loads(sys.stdin.readline()).items()}


def schools():
    mu = numpyro.sample("mu", dist.Normal(0, 5))
    tau = numpyro.sample("tau", dist.HalfCauchy(5))
    eta = numpyro.sample("eta", dist.Normal(0, 1).expand([8]))
    numpyro.sample("y", dist.Normal(mu + tau * eta, data["sigma"]), obs=data["effect"])


def logistic():
    x = data["x"].reshape(len(data["y"]), -1)
    w = numpyro.sample("w", dist.Normal(0, 1).expand([x.shape[1]]))
    b = numpyro.sample("b", dist.Normal(0, 1))
    numpyro.sample("y", dist.Bernoulli(logits=x @ w + b), obs=data["y"])


compiled = {}


def run(name, method, seed, chains, warmup, draws):
    key = (name, method)
    if key not in compiled:
        m = MCMC(NUTS(globals()[name]), num_warmup=warmup, num_samples=draws, num_chains=chains,
                 chain_method=method, progress_bar=False)
        m.run(jax.random.PRNGKey(0), extra_fields=("num_steps",))
        compiled[key] = m
    m = compiled[key]
    start = time.perf_counter()
    m.run(jax.random.PRNGKey(seed + 1), extra_fields=("num_steps",))
    samples = jax.block_until_ready(m.get_samples(group_by_chain=True))
    seconds = time.perf_counter() - start
    ess = min(float(az.ess(v, method="bulk")) for a in samples.values()
              for v in np.moveaxis(np.asarray(a, dtype=np.float64).reshape(chains, draws, -1), 2, 0))
    return seconds, ess, int(m.get_extra_fields()["num_steps"].sum())


print("NumPyro %s, JAX %s" % (numpyro.__version__, jax.__version__), flush=True)
for line in sys.stdin:
    name, method, *numbers = line.split()
    try:
        print("%.6g %.6g %d" % run(name, method, *map(int, numbers)), flush=True)
    except Exception as e:
        print("error", repr(e).replace("\n", " "), flush=True)
