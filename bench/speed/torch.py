"""The workloads of bench/speed in PyTorch, float32 on the CPU.

Reads lines "NAME THREADS SECONDS" and answers each with the median
milliseconds of a training step (forward, backward, Adam), or of a step of a
distribution (density, gradient, draw), or "error ...". A training step is run
eagerly and as torch.compile makes it; the better counts.
"""
import math
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Bernoulli, Distribution, Gamma, Normal
from torch.nn.utils.parametrizations import weight_norm

HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)


def mlp(*sizes, act=nn.Tanh):
    mods = []
    for i in range(1, len(sizes)):
        if i > 1:
            mods.append(act())
        mods.append(nn.Linear(sizes[i - 1], sizes[i]))
    return nn.Sequential(*mods)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc, self.dec = mlp(784, 500, 500, 40), mlp(20, 500, 500, 784)
        self.x = torch.bernoulli(torch.full((100, 784), 0.13))

    def forward(self):
        mean, log_std = self.enc(self.x).chunk(2, -1)
        z = mean + log_std.exp() * torch.randn_like(mean)
        recon = -F.binary_cross_entropy_with_logits(self.dec(z), self.x, reduction="none").sum(-1)
        kl = (0.5 * (mean ** 2 + (2 * log_std).exp() - 1) - log_std).sum(-1)
        return -(recon - kl).mean()


class IWAE(nn.Module):
    def __init__(self, k=50):
        super().__init__()
        self.k = k
        self.enc, self.dec = mlp(784, 200, 200, 100), mlp(50, 200, 200, 784)
        self.x = torch.bernoulli(torch.full((20, 784), 0.13))

    def forward(self):
        mean, log_std = self.enc(self.x).chunk(2, -1)
        eps = torch.randn(self.k, *mean.shape)
        z = mean + log_std.exp() * eps
        logits = self.dec(z)
        log_px = (self.x * logits - F.softplus(logits)).sum(-1)
        log_pz = (-0.5 * z ** 2 - HALF_LOG_2PI).sum(-1)
        log_qz = (-0.5 * eps ** 2 - log_std - HALF_LOG_2PI).sum(-1)
        return -(torch.logsumexp(log_px + log_pz - log_qz, 0) - math.log(self.k)).mean()


class VDropout(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = [784, 1000, 1000, 1000, 10]
        self.theta = nn.ParameterList([nn.Parameter(nn.init.xavier_uniform_(torch.empty(a, b))) for a, b in zip(sizes, sizes[1:])])
        self.bias = nn.ParameterList([nn.Parameter(torch.zeros(b)) for b in sizes[1:]])
        self.rate = nn.ParameterList([nn.Parameter(torch.full((a, 1), math.log(0.05 / 0.95))) for a in sizes[:-1]])
        self.x = torch.bernoulli(torch.full((100, 784), 0.13))
        self.y = torch.randint(10, (100,))

    def forward(self):
        h, kl = self.x, 0.0
        for i, (theta, bias, rate) in enumerate(zip(self.theta, self.bias, self.rate)):
            log_alpha = F.logsigmoid(rate)
            alpha = log_alpha.exp()
            m = h @ theta
            v = (h ** 2) @ (theta ** 2 * alpha)
            h = m + (v + 1e-8).sqrt() * torch.randn_like(m) + bias
            if i < 3:
                h = F.relu(h)
            poly = 0.5 * log_alpha + 1.161451241083230 * alpha - 1.502041176441722 * alpha ** 2 + 0.586299206427007 * alpha ** 3
            kl = kl + poly.sum() * theta.shape[1] / 60000
        return F.cross_entropy(h, self.y) - kl


class IAF(nn.Module):
    def __init__(self, d=32, hidden=320, context=32):
        super().__init__()
        self.d, self.context = d, context
        self.enc, self.dec = mlp(784, 300, 300, 2 * d + context), mlp(d, 300, 300, 784)
        degree = 1 + torch.arange(hidden) % (d - 1)
        dims = torch.arange(1, d + 1)
        self.m1 = (degree[None, :] >= dims[:, None]).float()
        self.m2 = (dims[None, :] > degree[:, None]).float().repeat(1, 2)
        new = lambda *s: nn.Parameter(nn.init.xavier_uniform_(torch.empty(*s)))
        self.w1 = nn.ParameterList([new(d, hidden) for _ in range(4)])
        self.w2 = nn.ParameterList([new(hidden, 2 * d) for _ in range(4)])
        self.wc = nn.ParameterList([new(context, hidden) for _ in range(4)])
        self.b1 = nn.ParameterList([nn.Parameter(torch.zeros(hidden)) for _ in range(4)])
        self.b2 = nn.ParameterList([nn.Parameter(torch.ones(2 * d)) for _ in range(4)])
        self.x = torch.bernoulli(torch.full((100, 784), 0.13))

    def forward(self):
        mean, log_std, ctx = self.enc(self.x).split([self.d, self.d, self.context], -1)
        eps = torch.randn_like(mean)
        z = mean + log_std.exp() * eps
        logq = (-0.5 * eps ** 2 - HALF_LOG_2PI - log_std).sum(-1)
        for i in range(4):
            a = torch.addmm(self.b1[i], ctx, self.wc[i]) + z @ (self.w1[i] * self.m1)
            m, g = torch.addmm(self.b2[i], F.elu(a), self.w2[i] * self.m2).chunk(2, -1)
            gate = torch.sigmoid(g)
            z = gate * z + (1 - gate) * m
            logq = logq - F.logsigmoid(g).sum(-1)
            z = z.flip(-1)
        recon = -F.binary_cross_entropy_with_logits(self.dec(z), self.x, reduction="none").sum(-1)
        logp = (-0.5 * z ** 2 - HALF_LOG_2PI).sum(-1)
        return -(recon + logp - logq).mean()


class M2(nn.Module):
    """Inputs of two parts are multiplied by weights of their own, so that pictures are encoded once for all classes."""

    def __init__(self):
        super().__init__()
        part = lambda a, b: nn.Linear(a, b, bias=False)
        self.cls = nn.Sequential(nn.Linear(784, 500), nn.Softplus(), nn.Linear(500, 10))
        self.ex, self.ey, self.eo = nn.Linear(784, 500), part(10, 500), nn.Linear(500, 100)
        self.dz, self.dy, self.do = nn.Linear(50, 500), part(10, 500), nn.Linear(500, 784)
        self.x = torch.bernoulli(torch.full((200, 784), 0.13))
        self.y = F.one_hot(torch.randint(10, (100,)), 10).float()
        self.all = torch.eye(10)[:, None, :]

    def bound(self, x, y):
        mean, log_std = self.eo(F.softplus(self.ex(x) + self.ey(y))).chunk(2, -1)
        z = mean + log_std.exp() * torch.randn_like(mean)
        logits = self.do(F.softplus(self.dz(z) + self.dy(y)))
        recon = (x * logits - F.softplus(logits)).sum(-1)
        kl = (0.5 * (mean ** 2 + (2 * log_std).exp() - 1) - log_std).sum(-1)
        return recon - kl - math.log(10)

    def forward(self):
        labelled, rest = self.x[:100], self.x[100:]
        given = self.bound(labelled, self.y).mean()
        logq = F.log_softmax(self.cls(rest), -1).T
        missing = (logq.exp() * (self.bound(rest, self.all) - logq)).sum(0).mean()
        term = (F.log_softmax(self.cls(labelled), -1) * self.y).sum(-1).mean()
        return -(0.002 * given + 0.998 * missing + 0.1 * term)


class Ladder(nn.Module):
    def __init__(self):
        super().__init__()
        latents, hidden = [64, 32, 16, 8, 4], [512, 256, 128, 64, 32]

        def net(a, b):
            part = lambda a: [nn.Linear(a, b), nn.BatchNorm1d(b), nn.LeakyReLU(0.1)]
            return nn.Sequential(*part(a), *part(b))

        self.up = nn.ModuleList([net(a, b) for a, b in zip([784] + hidden, hidden)])
        self.head = nn.ModuleList([nn.Linear(h, 2 * d) for h, d in zip(hidden, latents)])
        self.gen = nn.ModuleList([net(d, h) for d, h in zip(latents, hidden)])
        self.out = nn.ModuleList([nn.Linear(h, o) for h, o in zip(hidden, [784] + [2 * d for d in latents[:-1]])])
        self.x = torch.bernoulli(torch.full((128, 784), 0.13))

    @staticmethod
    def split(h):
        mean, v = h.chunk(2, -1)
        return mean, 0.5 * torch.log(F.softplus(v) + 1e-6)

    def forward(self):
        seen, h = [], self.x
        for up, head in zip(self.up, self.head):
            h = up(h)
            seen.append(self.split(head(h)))
        mean, log_std = seen[4]
        prior, kl = (torch.zeros_like(mean), torch.zeros_like(mean)), 0.0
        for i in range(4, -1, -1):
            if i < 4:
                m, s = seen[i]
                share = torch.sigmoid(2 * (prior[1] - s))
                mean = prior[0] + share * (m - prior[0])
                log_std = -0.5 * torch.logaddexp(-2 * s, -2 * prior[1])
            d = (mean - prior[0]) * (-prior[1]).exp()
            r = log_std - prior[1]
            kl = kl + (0.5 * (d ** 2 + torch.expm1(2 * r)) - r).sum(-1)
            z = mean + log_std.exp() * torch.randn_like(mean)
            h = self.out[i](self.gen[i](z))
            if i > 0:
                prior = self.split(h)
        recon = -F.binary_cross_entropy_with_logits(h, self.x, reduction="none").sum(-1)
        return -(recon - kl).mean()


class BNN(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = [13, 50, 1]
        self.mean = nn.ParameterList([nn.Parameter(nn.init.xavier_uniform_(torch.empty(a, b))) for a, b in zip(sizes, sizes[1:])])
        self.log_std = nn.ParameterList([nn.Parameter(torch.full((a, b), -3.0)) for a, b in zip(sizes, sizes[1:])])
        self.bias = nn.ParameterList([nn.Parameter(torch.zeros(b)) for b in sizes[1:]])
        self.noise = nn.Parameter(torch.tensor(-1.0))
        self.x, self.y = torch.randn(32, 13), torch.randn(32, 1)

    def forward(self):
        h, kl = self.x, 0.0
        for i, (mean, log_std, bias) in enumerate(zip(self.mean, self.log_std, self.bias)):
            var = (2 * log_std).exp()
            m = h @ mean
            h = m + ((h ** 2) @ var + 1e-8).sqrt() * torch.randn_like(m) + bias
            if i == 0:
                h = F.relu(h)
            kl = kl + (0.5 * (mean ** 2 + var - 1) - log_std).sum() / 455
        e = (self.y - h) * (-self.noise).exp()
        fit = (-0.5 * e ** 2 - self.noise - HALF_LOG_2PI).sum(-1)
        return -(fit.mean() - kl)


def normal_kl(mean, log_std):
    return (0.5 * (mean ** 2 + (2 * log_std).exp() - 1) - log_std).sum(-1)


class ConvVAE(nn.Module):
    """Pictures are channels last in memory, which is the faster way here too."""

    def __init__(self):
        super().__init__()
        self.enc = nn.Sequential(
            nn.Conv2d(1, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(3136, 64))
        self.dec = nn.Sequential(
            nn.Linear(32, 3136), nn.ReLU(), nn.Unflatten(1, (64, 7, 7)),
            nn.ConvTranspose2d(64, 32, 3, 2, 1, 1), nn.ReLU(), nn.ConvTranspose2d(32, 1, 3, 2, 1, 1))
        self.to(memory_format=torch.channels_last)
        self.x = torch.bernoulli(torch.full((100, 1, 28, 28), 0.13)).to(memory_format=torch.channels_last)

    def forward(self):
        mean, log_std = self.enc(self.x).chunk(2, -1)
        z = mean + log_std.exp() * torch.randn_like(mean)
        recon = -F.binary_cross_entropy_with_logits(self.dec(z), self.x, reduction="none").sum((1, 2, 3))
        return -(recon - normal_kl(mean, log_std)).mean()


class ConvBlock(nn.Module):
    def __init__(self, a, b, up=0, extra=0):
        super().__init__()
        if up:
            first = nn.ConvTranspose2d(a, b, 3, 2, 1, extra)
            self.short = weight_norm(nn.ConvTranspose2d(a, b, 2, 2, 1 - extra, 1 - extra), dim=1)
        else:
            first = nn.Conv2d(a, b, 3, 2, 1)
            self.short = weight_norm(nn.Conv2d(a, b, 1, 2))
        self.one, self.two = weight_norm(first, dim=1 if up else 0), weight_norm(nn.Conv2d(b, b, 3, 1, 1))

    def forward(self, x):
        return self.short(x) + 0.1 * self.two(F.elu(self.one(F.elu(x))))


class ResVAE(ConvVAE):
    def __init__(self):
        super().__init__()
        dense = lambda a, b: weight_norm(nn.Linear(a, b))
        conv = lambda a, b: weight_norm(nn.Conv2d(a, b, 3, 1, 1))
        self.enc = nn.Sequential(
            conv(1, 16), ConvBlock(16, 32), ConvBlock(32, 32), ConvBlock(32, 32), nn.ELU(),
            nn.Flatten(), dense(512, 450), nn.ELU(), dense(450, 64))
        self.dec = nn.Sequential(
            dense(32, 450), nn.ELU(), dense(450, 512), nn.Unflatten(1, (32, 4, 4)),
            ConvBlock(32, 32, True, 0), ConvBlock(32, 32, True, 1), ConvBlock(32, 16, True, 1), nn.ELU(), conv(16, 1))
        self.to(memory_format=torch.channels_last)


class Attention(nn.Module):
    """Scores are never stored: scaled_dot_product_attention goes through them in blocks."""

    mask = None

    def __init__(self, size=64, width=128, heads=4, latent=16):
        super().__init__()
        self.shape = (-1, size, heads, width // heads)
        maps = lambda: nn.ModuleList([nn.Linear(width, width) for _ in range(4)])
        self.enc, self.dec = maps(), maps()
        self.head, self.first = nn.Linear(width, 2 * latent), nn.Linear(latent, width)
        self.log_std = nn.Parameter(torch.tensor(0.0))
        self.x = torch.rand(32, size, width)

    def look(self, maps, h):
        q, k, v = (m(h).view(self.shape).transpose(1, 2) for m in maps[:3])
        return h + maps[3](F.scaled_dot_product_attention(q, k, v, self.mask).transpose(1, 2).reshape(h.shape))

    def forward(self):
        mean, log_std = self.head(self.look(self.enc, self.x)).chunk(2, -1)
        z = mean + log_std.exp() * torch.randn_like(mean)
        e = (self.x - self.look(self.dec, self.first(z))) * (-self.log_std).exp()
        recon = (-0.5 * e ** 2 - self.log_std - HALF_LOG_2PI).sum((1, 2))
        return -(recon - normal_kl(mean, log_std).sum(1)).mean()


class Causal(Attention):
    mask = torch.ones(64, 64, dtype=torch.bool).tril()


class Markov(nn.Module):
    """The guide reads backwards and draws one state after the other; what needs no loop is one call for all steps."""

    def __init__(self, seen, latent, hidden, steps):
        super().__init__()
        self.read, self.before = nn.GRU(seen, hidden), nn.Linear(latent, hidden)
        self.mean, self.spread = nn.Linear(hidden, latent), nn.Linear(hidden, latent)
        self.first_q, self.first_p = nn.Parameter(torch.zeros(latent)), nn.Parameter(torch.zeros(latent))
        self.shape = (steps, 32, latent)

    def forward(self):
        seen = self.read(self.x.flip(0))[0].flip(0)
        eps = torch.randn(self.shape)
        z, stds, states = self.first_q, [], []
        for h, e in zip(seen, eps):
            h = 0.5 * (torch.tanh(self.before(z)) + h)
            mean, std = self.mean(h), F.softplus(self.spread(h)) + 1e-3
            z = mean + std * e
            stds.append(std)
            states.append(z)
        z = torch.stack(states)
        logq = (-0.5 * eps ** 2 - torch.stack(stds).log() - HALF_LOG_2PI).sum((0, 2))
        mean, log_std = self.transition(torch.cat([self.first_p.expand(1, *self.shape[1:]), z[:-1]]))
        logp = (-0.5 * ((z - mean) * (-log_std).exp()) ** 2 - log_std - HALF_LOG_2PI).sum((0, 2))
        return -(self.emission(z) + logp - logq).mean()


class DMM(Markov):
    def __init__(self, seen=88, latent=32, hidden=128, steps=50):
        super().__init__(seen, latent, hidden, steps)
        self.gate, self.other = (mlp(latent, hidden, latent, act=nn.ReLU) for _ in range(2))
        self.linear, self.spread_p = nn.Linear(latent, latent), nn.Linear(latent, latent)
        self.emit = mlp(latent, hidden, hidden, seen, act=nn.ReLU)
        self.x = torch.bernoulli(torch.full((steps, 32, seen), 0.13))

    def transition(self, z):
        other = self.other(z)
        mean = torch.lerp(self.linear(z), other, torch.sigmoid(self.gate(z)))
        return mean, (F.softplus(self.spread_p(F.relu(other))) + 1e-3).log()

    def emission(self, z):
        return -F.binary_cross_entropy_with_logits(self.emit(z), self.x, reduction="none").sum((0, 2))


class DKF(Markov):
    def __init__(self, seen=20, latent=16, hidden=64, steps=200):
        super().__init__(seen, latent, hidden, steps)
        self.next, self.shows = mlp(latent, hidden, 2 * latent, act=nn.ReLU), mlp(latent, hidden, seen, act=nn.ReLU)
        self.log_std = nn.Parameter(torch.tensor(0.0))
        self.x = torch.rand(steps, 32, seen)

    def transition(self, z):
        return self.next(z).chunk(2, -1)

    def emission(self, z):
        e = (self.x - self.shows(z)) * (-self.log_std).exp()
        return (-0.5 * e ** 2 - self.log_std - HALF_LOG_2PI).sum((0, 2))


def law(make, shape, values, params):
    """The density of given values, its gradient and a draw, whose sum has a gradient too if the law is pathwise."""
    Distribution.set_default_validate_args(False)
    theta = [torch.rand(*shape).requires_grad_() for _ in range(params)]
    x = values(*shape)

    def step():
        for t in theta:
            t.grad = None
        d = make(*theta)
        if d.has_rsample:
            z = d.rsample()
            (d.log_prob(x).sum() + z.sum()).backward()
        else:
            d.log_prob(x).sum().backward()
            z = d.sample()
        return z

    return step


def product(m, k, n):
    a, b, c = torch.rand(m, k), torch.rand(k, n), torch.empty(m, n)
    return lambda: torch.mm(a, b, out=c)


def function(f):
    x = torch.arange(1 << 14).remainder(7).add(1).div(8)
    y = torch.empty_like(x)
    return lambda: f(x, out=y)


# of pictures, channels, windows and strides: how often a step has the result, and the derivatives by input and weights
CONVVAE = {(28, 1, 32, 3, 2): (2, 1, 2), (14, 32, 64, 3, 2): (2, 2, 2)}
RESVAE = {
    (28, 1, 16, 3, 1): (1, 0, 1), (28, 16, 1, 3, 1): (1, 1, 1), (28, 16, 16, 3, 1): (1, 1, 1), (4, 32, 32, 3, 1): (1, 1, 1),
    **{(n, 32, 32, 3, 1): (2, 2, 2) for n in (14, 7)}, **{(n, c, 32, 3, 2): (2, 2, 2) for n, c in ((28, 16), (14, 32), (7, 32))},
    **{(n, c, 32, k, 2): (1, 1, 1) for n, c in ((28, 16), (14, 32), (7, 32)) for k in (1, 2)},
}


def convolutions(all):
    calls = []
    for (n, c, o, k, s), times in all.items():
        x, w, pad = torch.rand(100, c, n, n), torch.rand(o, c, k, k), k // 2 if k == 3 else (k - 1) * (n % 2)
        y = F.conv2d(x, w, None, s, pad)
        back = lambda *mask, x=x, w=w, y=y, s=s, p=pad: torch.ops.aten.convolution_backward(
            y, x, w, None, [s, s], [p, p], [1, 1], False, [0, 0], 1, [*mask, False])
        calls += times[0] * [lambda x=x, w=w, s=s, p=pad: F.conv2d(x, w, None, s, p)]
        calls += times[1] * [lambda b=back: b(True, False)] + times[2] * [lambda b=back: b(False, True)]
    return lambda: [f() for f in calls]


KERNELS = {f"kernel/{m}x{k}x{n}": lambda m=m, k=k, n=n: product(m, k, n) for m, k, n in [(100, 784, 500), (512, 512, 512)]}
KERNELS.update({f"kernel/{f.__name__}": lambda f=f: function(f) for f in [torch.exp, torch.log1p, torch.tanh]})
KERNELS.update({"kernel/convvae": lambda: convolutions(CONVVAE), "kernel/resvae": lambda: convolutions(RESVAE)})
LAWS = {
    "dist/bernoulli": lambda: law(lambda l: Bernoulli(logits=l), (100, 784), lambda *s: torch.bernoulli(torch.full(s, 0.13)), 1),
    "dist/normal": lambda: law(lambda m, s: Normal(m, s.exp()), (100, 20), torch.randn, 2),
    "dist/gamma": lambda: law(lambda a, r: Gamma(a.exp(), r.exp()), (100, 10), torch.rand, 2),
}
MODELS = {"vae": VAE, "iwae": IWAE, "vdropout": VDropout, "iaf": IAF, "m2": M2, "ladder": Ladder, "bnn": BNN, "convvae": ConvVAE, "resvae": ResVAE, "attention": Attention, "causal": Causal, "dmm": DMM, "dkf-scan": DKF}
cache = {}


def training(model, compiled):
    opt = torch.optim.Adam(model.parameters(), lr=1e-3, fused=compiled)
    loss = torch.compile(model) if compiled else model

    def step():
        opt.zero_grad()
        loss().backward()
        opt.step()

    return step


def compiles():
    """Whether torch.compile works here: it wants a C++ compiler."""
    try:
        torch.compile(lambda x: torch.sin(x) + 1)(torch.ones(8))
        return True
    except Exception:
        return False


def measure(name, threads, seconds):
    torch.set_num_threads(threads)
    if name not in cache:
        torch.manual_seed(0)
        if name in MODELS:
            cache[name] = [training(MODELS[name](), compiled) for compiled in ways]
        else:
            cache[name] = [{**LAWS, **KERNELS}[name]()]
    return min(median(step, seconds / len(cache[name])) for step in cache[name])


def median(step, seconds):
    for _ in range(3):
        step()
    times, end = [], time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < end:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return 1e3 * sorted(times)[len(times) // 2]


class Epochs:
    """The loop over pictures that bench/speed -epoch takes turns with: the network of examples/vae, eager."""

    def open(self, cols, path):
        self.x = torch.frombuffer(bytearray(open(path, "rb").read()), dtype=torch.float32).view(-1, cols)
        torch.manual_seed(0)
        self.enc, self.dec = mlp(cols, 500, 40), mlp(20, 500, cols)
        self.opt = torch.optim.Adam([*self.enc.parameters(), *self.dec.parameters()], lr=1e-3)
        self.threads = min((1, 2), key=lambda n: self.run(n, 3000)[0])

    def run(self, threads=None, rows=None):
        """Seconds of an epoch, and its mean bound."""
        torch.set_num_threads(threads or self.threads)
        start, total = time.perf_counter(), torch.zeros(())
        order = torch.randperm(len(self.x))[:rows]
        for rows in order.split(100):
            x = torch.bernoulli(self.x[rows])
            mean, log_std = self.enc(x).chunk(2, -1)
            z = mean + log_std.exp() * torch.randn_like(mean)
            recon = -F.binary_cross_entropy_with_logits(self.dec(z), x, reduction="none").sum(-1)
            kl = (0.5 * (mean ** 2 + (2 * log_std).exp() - 1) - log_std).sum(-1)
            loss = -(recon - kl).mean()
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()
            total += loss.detach() * len(x)
        return time.perf_counter() - start, -total.item() / len(order)


def blas():
    """GFLOP/s of a 512-cubed product: tells an optimised BLAS from the reference one."""
    step = product(512, 512, 512)
    best = 0.0
    for _ in range(20):
        start = time.perf_counter()
        step()
        best = max(best, 2 * 512 ** 3 / (time.perf_counter() - start) / 1e9)
    return best


ways = [False, True] if compiles() else [False]
how = "eager or compiled" if len(ways) == 2 else "eager"
epochs = Epochs()
print(f"torch {torch.__version__}, {how}, {blas():.0f} GFLOP/s in a 512-cubed product", flush=True)
for line in sys.stdin:
    try:
        name, threads, seconds = line.split()
        if name == "epoch/open":
            epochs.open(int(threads), seconds)
            print("ready", flush=True)
            continue
        if name == "epoch/run":
            print(*epochs.run(), flush=True)
            continue
        print(measure(name, int(threads), float(seconds)), flush=True)
    except Exception as e:  # the caller reports it
        print("error", repr(e), flush=True)
