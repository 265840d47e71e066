"""The workloads of bench/speed in JAX, compiled by jit, float32 on the CPU.

Reads lines "NAME THREADS SECONDS" and answers each with the median
milliseconds of a training step (forward, backward, Adam), or "error ...".
XLA takes the threads it has been given by the process; THREADS is not looked
at. Random numbers are of the generator rbg, which is XLA's fastest.
"""
import math
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
from jax import nn

jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_default_prng_impl", "rbg")
HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)
rng = np.random.default_rng(0)


def new(*shape):
    return jnp.asarray(rng.uniform(-1, 1, shape) * math.sqrt(6 / sum(shape)), jnp.float32)


def full(shape, v):
    return jnp.full(shape, v, jnp.float32)


def pixels(rows, n=784):
    return jnp.asarray(rng.random((rows, n)) < 0.13, jnp.float32)


def linear(a, b):
    return new(a, b), full((b,), 0)


def layers(*sizes):
    return [linear(a, b) for a, b in zip(sizes, sizes[1:])]


def affine(p, x):
    return x @ p[0] + p[1]


def mlp(ps, x, act=jnp.tanh):
    for p in ps[:-1]:
        x = act(affine(p, x))
    return affine(ps[-1], x)


def normal_kl(mean, log_std):
    return (0.5 * (mean**2 + jnp.exp(2 * log_std) - 1) - log_std).sum(-1)


def log_bernoulli(x, logits):
    return (x * logits - nn.softplus(logits)).sum(-1)


def vae():
    x = pixels(100)

    def loss(p, key):
        mean, log_std = jnp.split(mlp(p["enc"], x), 2, -1)
        z = mean + jnp.exp(log_std) * jax.random.normal(key, mean.shape)
        return -(log_bernoulli(x, mlp(p["dec"], z)) - normal_kl(mean, log_std)).mean()

    return {"enc": layers(784, 500, 500, 40), "dec": layers(20, 500, 500, 784)}, loss


def iwae(k=50):
    x = pixels(20)

    def loss(p, key):
        mean, log_std = jnp.split(mlp(p["enc"], x), 2, -1)
        eps = jax.random.normal(key, (k, *mean.shape))
        z = mean + jnp.exp(log_std) * eps
        log_w = log_bernoulli(x, mlp(p["dec"], z)) - (0.5 * z**2).sum(-1) + (0.5 * eps**2 + log_std).sum(-1)
        return -(nn.logsumexp(log_w, 0) - math.log(k)).mean()

    return {"enc": layers(784, 200, 200, 100), "dec": layers(50, 200, 200, 784)}, loss


def vdropout():
    sizes = [784, 1000, 1000, 1000, 10]
    x, y = pixels(100), jnp.asarray(rng.integers(10, size=100))

    def loss(p, key):
        h, kl = x, 0.0
        for i, (theta, bias, rate) in enumerate(p):
            log_alpha = nn.log_sigmoid(rate)
            alpha = jnp.exp(log_alpha)
            m = h @ theta
            v = h**2 @ (theta**2 * alpha)
            h = m + jnp.sqrt(v + 1e-8) * jax.random.normal(jax.random.fold_in(key, i), m.shape) + bias
            if i < 3:
                h = nn.relu(h)
            poly = 0.5 * log_alpha + 1.161451241083230 * alpha - 1.502041176441722 * alpha**2 + 0.586299206427007 * alpha**3
            kl = kl + poly.sum() * theta.shape[1] / 60000
        return -jnp.take_along_axis(nn.log_softmax(h), y[:, None], -1).mean() - kl

    return [(new(a, b), full((b,), 0), full((a, 1), math.log(0.05 / 0.95))) for a, b in zip(sizes, sizes[1:])], loss


def iaf(d=32, hidden=320, context=32):
    x = pixels(100)
    degree = 1 + np.arange(hidden) % (d - 1)
    dims = np.arange(1, d + 1)
    m1 = jnp.asarray(degree[None, :] >= dims[:, None], jnp.float32)
    m2 = jnp.tile(jnp.asarray(dims[None, :] > degree[:, None], jnp.float32), (1, 2))

    def loss(p, key):
        mean, log_std, ctx = jnp.split(mlp(p["enc"], x), [d, 2 * d], -1)
        eps = jax.random.normal(key, mean.shape)
        z = mean + jnp.exp(log_std) * eps
        logq = (-0.5 * eps**2 - HALF_LOG_2PI - log_std).sum(-1)
        for w1, w2, wc, b1, b2 in p["flow"]:
            a = b1 + ctx @ wc + z @ (w1 * m1)
            m, g = jnp.split(b2 + nn.elu(a) @ (w2 * m2), 2, -1)
            gate = nn.sigmoid(g)
            z = gate * z + (1 - gate) * m
            logq = logq - nn.log_sigmoid(g).sum(-1)
            z = z[:, ::-1]
        logp = (-0.5 * z**2 - HALF_LOG_2PI).sum(-1)
        return -(log_bernoulli(x, mlp(p["dec"], z)) + logp - logq).mean()

    flow = [(new(d, hidden), new(hidden, 2 * d), new(context, hidden), full((hidden,), 0), full((2 * d,), 1)) for _ in range(4)]
    return {"enc": layers(784, 300, 300, 2 * d + context), "dec": layers(d, 300, 300, 784), "flow": flow}, loss


def m2():
    """Inputs of two parts are multiplied by weights of their own, so that pictures are encoded once for all classes."""
    x, y = pixels(200), jnp.eye(10)[rng.integers(10, size=100)]

    def loss(p, key):
        def bound(x, y, key):
            mean, log_std = jnp.split(affine(p["eo"], nn.softplus(affine(p["ex"], x) + y @ p["ey"])), 2, -1)
            z = mean + jnp.exp(log_std) * jax.random.normal(key, mean.shape)
            logits = affine(p["do"], nn.softplus(affine(p["dz"], z) + y @ p["dy"]))
            return log_bernoulli(x, logits) - normal_kl(mean, log_std) - math.log(10)

        def classify(x):
            return nn.log_softmax(affine(p["c1"], nn.softplus(affine(p["c0"], x))))

        one, two = jax.random.split(key)
        labelled, rest = x[:100], x[100:]
        logq = classify(rest).T
        missing = (jnp.exp(logq) * (bound(rest, jnp.eye(10)[:, None, :], two) - logq)).sum(0).mean()
        term = (classify(labelled) * y).sum(-1).mean()
        return -(0.002 * bound(labelled, y, one).mean() + 0.998 * missing + 0.1 * term)

    return {
        "c0": linear(784, 500), "c1": linear(500, 10), "ex": linear(784, 500), "ey": new(10, 500), "eo": linear(500, 100),
        "dz": linear(50, 500), "dy": new(10, 500), "do": linear(500, 784),
    }, loss


def ladder():
    latents, hidden = [64, 32, 16, 8, 4], [512, 256, 128, 64, 32]
    x = pixels(128)

    def part(a, b):
        return {"l": linear(a, b), "scale": full((b,), 1), "shift": full((b,), 0)}

    def net(p, h):  # running averages are not kept
        for q in p:
            h = affine(q["l"], h)
            mean = h.mean(0)
            var = ((h - mean) ** 2).mean(0)
            h = nn.leaky_relu((h - mean) * jax.lax.rsqrt(var + 1e-5) * q["scale"] + q["shift"], 0.1)
        return h

    def split(h):
        mean, v = jnp.split(h, 2, -1)
        return mean, 0.5 * jnp.log(nn.softplus(v) + 1e-6)

    def loss(p, key):
        seen, h = [], x
        for up, head in zip(p["up"], p["head"]):
            h = net(up, h)
            seen.append(split(affine(head, h)))
        mean, log_std = seen[4]
        prior, kl = (jnp.zeros_like(mean), jnp.zeros_like(mean)), 0.0
        for i in range(4, -1, -1):
            if i < 4:
                m, s = seen[i]
                share = nn.sigmoid(2 * (prior[1] - s))
                mean = prior[0] + share * (m - prior[0])
                log_std = -0.5 * jnp.logaddexp(-2 * s, -2 * prior[1])
            d = (mean - prior[0]) * jnp.exp(-prior[1])
            r = log_std - prior[1]
            kl = kl + (0.5 * (d**2 + jnp.expm1(2 * r)) - r).sum(-1)
            z = mean + jnp.exp(log_std) * jax.random.normal(jax.random.fold_in(key, i), mean.shape)
            h = affine(p["out"][i], net(p["gen"][i], z))
            if i > 0:
                prior = split(h)
        return -(log_bernoulli(x, h) - kl).mean()

    return {
        "up": [[part(a, b), part(b, b)] for a, b in zip([784] + hidden, hidden)],
        "head": [linear(h, 2 * d) for h, d in zip(hidden, latents)],
        "gen": [[part(d, h), part(h, h)] for d, h in zip(latents, hidden)],
        "out": [linear(h, o) for h, o in zip(hidden, [784] + [2 * d for d in latents[:-1]])],
    }, loss


def bnn():
    sizes = [13, 50, 1]
    x, y = (jnp.asarray(rng.standard_normal(s), jnp.float32) for s in [(32, 13), (32, 1)])

    def loss(p, key):
        h, kl = x, 0.0
        for i, (mean, log_std, bias) in enumerate(p["layers"]):
            var = jnp.exp(2 * log_std)
            m = h @ mean
            h = m + jnp.sqrt(h**2 @ var + 1e-8) * jax.random.normal(jax.random.fold_in(key, i), m.shape) + bias
            if i == 0:
                h = nn.relu(h)
            kl = kl + normal_kl(mean, log_std).sum() / 455
        e = (y - h) * jnp.exp(-p["noise"])
        fit = (-0.5 * e**2 - p["noise"] - HALF_LOG_2PI).sum(-1)
        return -(fit.mean() - kl)

    return {"layers": [(new(a, b), full((a, b), -3), full((b,), 0)) for a, b in zip(sizes, sizes[1:])], "noise": full((), -1)}, loss


def conv(p, x, up=None, stride=1):
    """Moves by a stride, or is transposed, with a stride of 2, and makes pictures of up by up."""
    dims = ("NHWC", "HWIO", "NHWC")
    if up is None:
        return jax.lax.conv_general_dilated(x, p[0], (stride, stride), "SAME", dimension_numbers=dims) + p[1]
    pad = [(1, up - 2 * n + k - 1) for n, k in zip(x.shape[1:3], p[0].shape)]
    return jax.lax.conv_general_dilated(x, p[0], (1, 1), pad, lhs_dilation=(2, 2), dimension_numbers=dims) + p[1]


def convvae():
    x = pixels(100)

    def loss(p, key):
        h = nn.relu(conv(p["e0"], x.reshape(-1, 28, 28, 1), stride=2))
        h = nn.relu(conv(p["e1"], h, stride=2)).reshape(-1, 3136)
        mean, log_std = jnp.split(affine(p["e2"], h), 2, -1)
        z = mean + jnp.exp(log_std) * jax.random.normal(key, mean.shape)
        h = nn.relu(affine(p["d0"], z)).reshape(-1, 7, 7, 64)
        h = nn.relu(conv(p["d1"], h, 14))
        return -(log_bernoulli(x, conv(p["d2"], h, 28).reshape(-1, 784)) - normal_kl(mean, log_std)).mean()

    kernels = lambda *s: (new(*s), full(s[-1:], 0))
    return {
        "e0": kernels(3, 3, 1, 32), "e1": kernels(3, 3, 32, 64), "e2": linear(3136, 64),
        "d0": linear(32, 3136), "d1": kernels(3, 3, 64, 32), "d2": kernels(3, 3, 32, 1),
    }, loss


def resvae():
    x = pixels(100)

    def weights(p):
        v, g, b = p
        return v * (g * jax.lax.rsqrt((v**2).sum(tuple(range(v.ndim - 1))))), b

    def down(p, h):
        y = conv(weights(p["one"]), nn.elu(h), stride=2)
        return conv(weights(p["short"]), h, stride=2) + 0.1 * conv(weights(p["two"]), nn.elu(y))

    def up(p, h, n):
        y = conv(weights(p["one"]), nn.elu(h), n)
        return conv(weights(p["short"]), h, n) + 0.1 * conv(weights(p["two"]), nn.elu(y))

    def loss(p, key):
        h = conv(weights(p["first"]), x.reshape(-1, 28, 28, 1))
        for q in p["down"]:
            h = down(q, h)
        h = nn.elu(affine(weights(p["e0"]), nn.elu(h).reshape(-1, 512)))
        mean, log_std = jnp.split(affine(weights(p["e1"]), h), 2, -1)
        z = mean + jnp.exp(log_std) * jax.random.normal(key, mean.shape)
        h = affine(weights(p["d1"]), nn.elu(affine(weights(p["d0"]), z))).reshape(-1, 4, 4, 32)
        for q, n in zip(p["up"], [7, 14, 28]):
            h = up(q, h, n)
        h = conv(weights(p["last"]), nn.elu(h)).reshape(-1, 784)
        return -(log_bernoulli(x, h) - normal_kl(mean, log_std)).mean()

    normed = lambda *s: (new(*s), full(s[-1:], 1), full(s[-1:], 0))
    block = lambda a, b, k: {"one": normed(3, 3, a, b), "two": normed(3, 3, b, b), "short": normed(k, k, a, b)}
    return {
        "first": normed(3, 3, 1, 16), "down": [block(a, 32, 1) for a in (16, 32, 32)], "e0": normed(512, 450), "e1": normed(450, 64),
        "d0": normed(32, 450), "d1": normed(450, 512), "up": [block(32, b, 2) for b in (32, 32, 16)], "last": normed(3, 3, 16, 1),
    }, loss


def attention(size=64, width=128, heads=4, latent=16, mask=None):
    x = jnp.asarray(rng.random((32, size, width)), jnp.float32)

    def look(p, h):
        q, k, v = (affine(m, h).reshape(-1, size, heads, width // heads) for m in p[:3])
        return h + affine(p[3], nn.dot_product_attention(q, k, v, mask=mask).reshape(h.shape))

    def loss(p, key):
        mean, log_std = jnp.split(affine(p["head"], look(p["enc"], x)), 2, -1)
        z = mean + jnp.exp(log_std) * jax.random.normal(key, mean.shape)
        e = (x - look(p["dec"], affine(p["first"], z))) * jnp.exp(-p["log_std"])
        recon = (-0.5 * e**2 - p["log_std"] - HALF_LOG_2PI).sum((1, 2))
        return -(recon - normal_kl(mean, log_std).sum(1)).mean()

    maps = lambda: [linear(width, width) for _ in range(4)]
    return {"enc": maps(), "dec": maps(), "head": linear(width, 2 * latent), "first": linear(latent, width), "log_std": full((), 0)}, loss


def markov(x, transition, emission, latent, hidden):
    """The guide reads backwards and draws one state after the other; what needs no loop is one call for all steps."""
    steps, rows, seen = x.shape

    def guide(p, eps):
        u, c = p["u"]

        def read(h, i):
            a = h @ u
            r, g = jnp.split(nn.sigmoid(i[:, :2 * hidden] + a[:, :2 * hidden]), 2, -1)
            new = jnp.tanh(i[:, 2 * hidden:] + r * (a[:, 2 * hidden:] + c))
            h = (1 - g) * new + g * h
            return h, h

        def draw(z, now):
            h, e = now
            h = 0.5 * (jnp.tanh(affine(p["before"], z)) + h)
            std = nn.softplus(affine(p["spread"], h)) + 1e-3
            z = affine(p["mean"], h) + std * e
            return z, (z, std)

        _, h = jax.lax.scan(read, jnp.zeros((rows, hidden)), affine(p["w"], x), reverse=True)
        _, (z, std) = jax.lax.scan(draw, jnp.broadcast_to(p["first"], (rows, latent)), (h, eps))
        return z, (-0.5 * eps**2 - jnp.log(std) - HALF_LOG_2PI).sum((0, 2))

    def loss(p, key):
        z, logq = guide(p["q"], jax.random.normal(key, (steps, rows, latent)))
        mean, log_std = transition(p, jnp.concatenate([jnp.broadcast_to(p["first"], (1, rows, latent)), z[:-1]]))
        logp = (-0.5 * ((z - mean) * jnp.exp(-log_std)) ** 2 - log_std - HALF_LOG_2PI).sum((0, 2))
        return -(emission(p, z) + logp - logq).mean()

    first = lambda: full((latent,), 0)
    q = {
        "w": linear(seen, 3 * hidden), "u": (new(hidden, 3 * hidden), full((hidden,), 0)), "first": first(),
        "before": linear(latent, hidden), "mean": linear(hidden, latent), "spread": linear(hidden, latent),
    }
    return {"q": q, "first": first()}, loss


def dmm(seen=88, latent=32, hidden=128, steps=50):
    x = pixels(steps * 32, seen).reshape(steps, 32, seen)

    def transition(p, z):
        gate, other = nn.sigmoid(mlp(p["gate"], z, nn.relu)), mlp(p["other"], z, nn.relu)
        l = affine(p["linear"], z)
        return l + gate * (other - l), jnp.log(nn.softplus(affine(p["spread"], nn.relu(other))) + 1e-3)

    def emission(p, z):
        return log_bernoulli(x, mlp(p["emit"], z, nn.relu)).sum(0)

    p, loss = markov(x, transition, emission, latent, hidden)
    return p | {
        "gate": layers(latent, hidden, latent), "other": layers(latent, hidden, latent), "linear": linear(latent, latent),
        "spread": linear(latent, latent), "emit": layers(latent, hidden, hidden, seen),
    }, loss


def dkf(seen=20, latent=16, hidden=64, steps=200):
    x = jnp.asarray(rng.random((steps, 32, seen)), jnp.float32)

    def transition(p, z):
        return jnp.split(mlp(p["next"], z, nn.relu), 2, -1)

    def emission(p, z):
        e = (x - mlp(p["shows"], z, nn.relu)) * jnp.exp(-p["log_std"])
        return (-0.5 * e**2 - p["log_std"] - HALF_LOG_2PI).sum((0, 2))

    p, loss = markov(x, transition, emission, latent, hidden)
    return p | {"next": layers(latent, hidden, 2 * latent), "shows": layers(latent, hidden, seen), "log_std": full((), 0)}, loss


def adam(p, m, v, g, t):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
    return p - 1e-3 * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8), m, v


class Training:
    def __init__(self, make):
        self.p, loss = make()
        zeros = jax.tree.map(jnp.zeros_like, self.p)
        self.m, self.v, self.t = zeros, jax.tree.map(jnp.copy, zeros), 0
        self.key = jax.random.key(0)

        def step(p, m, v, t, key):
            value, g = jax.value_and_grad(loss)(p, jax.random.fold_in(key, t))
            new = jax.tree.map(lambda p, m, v, g: adam(p, m, v, g, t.astype(jnp.float32)), p, m, v, g)
            return value, *(jax.tree.map(lambda _, n: n[i], p, new) for i in range(3))

        self.jit = jax.jit(step, donate_argnums=(0, 1, 2))

    def step(self):
        self.t += 1
        value, self.p, self.m, self.v = self.jit(self.p, self.m, self.v, np.int32(self.t), self.key)
        jax.block_until_ready((value, self.p))
        return value


cache = {}
MODELS = {"vae": vae, "iwae": iwae, "vdropout": vdropout, "iaf": iaf, "m2": m2, "ladder": ladder, "bnn": bnn, "convvae": convvae, "resvae": resvae, "attention": attention, "causal": lambda: attention(mask=jnp.tril(jnp.ones((1, 1, 64, 64), bool))), "dmm": dmm, "dkf-scan": dkf}


def measure(name, seconds):
    if name not in cache:
        cache[name] = Training(MODELS[name])
    step = cache[name].step
    for _ in range(3):
        step()
    times, end = [], time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < end:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return 1e3 * sorted(times)[len(times) // 2]


if __name__ == "__main__":
    print(f"JAX {jax.__version__}", flush=True)
    for line in sys.stdin:
        try:
            name, _, seconds = line.split()
            print(measure(name, float(seconds)), flush=True)
        except Exception as e:  # the caller reports it
            print("error", repr(e), flush=True)
