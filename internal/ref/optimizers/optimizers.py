"""Writes trainers/testdata/optimizers.csv: what optimisers of PyTorch (2.15)
make of three parameters in float64.

    pip install torch
    python internal/ref/optimizers/optimizers.py > trainers/testdata/optimizers.csv

The parameters m start at 1/2 and step t = 1, 2, … minimises |m - x(t)|²/2 for
x(t) = (sin t, 10 sin 2t, 100 sin 3t). A row is a name, the step and m after it;
of the averages, the average of m over the steps. PyTorch's Adamax adds eps to the
gradient's size, which the paper does not.
"""
import math

import torch

optim = torch.optim
RULES = {
    "descent": lambda m: optim.SGD(m, lr=0.01),
    "Momentum": lambda m: optim.SGD(m, lr=0.05, momentum=0.9),
    "Nesterov": lambda m: optim.SGD(m, lr=0.05, momentum=0.8, nesterov=True),
    "Adagrad": lambda m: optim.Adagrad(m),
    "Adagrad long": lambda m: optim.Adagrad(m, lr=0.5, eps=1e-3),
    "RMSProp": lambda m: optim.RMSprop(m),
    "RMSProp short": lambda m: optim.RMSprop(m, lr=0.1, alpha=0.5, eps=1e-2),
    "Adam": lambda m: optim.Adam(m),
    "Adam short": lambda m: optim.Adam(m, lr=0.1, betas=(0.5, 0.7), eps=1e-3),
    "AMSGrad": lambda m: optim.Adam(m, lr=0.1, betas=(0.9, 0.7), amsgrad=True),
    "AdaMax": lambda m: optim.Adamax(m, eps=0),
    "AdaMax short": lambda m: optim.Adamax(m, lr=0.5, betas=(0.5, 0.8), eps=0),
    "AdamW": lambda m: optim.AdamW(m, lr=0.05, weight_decay=0.4),
    "SGDW": lambda m: optim.SGD(m, lr=0.05, momentum=0.9),  # decayed below
}
SCHEDULES = {
    "StepDecay": lambda o: optim.lr_scheduler.StepLR(o, 7, 0.5),
    "WarmUp": lambda o: optim.lr_scheduler.LinearLR(o, 1 / 8, total_iters=7),
    "Cosine": lambda o: optim.lr_scheduler.SequentialLR(
        o,
        [optim.lr_scheduler.LinearLR(o, 1 / 5, total_iters=4), optim.lr_scheduler.CosineAnnealingLR(o, 45, 0.01)],
        [5],
    ),
    "InverseRoot": lambda o: optim.lr_scheduler.LambdaLR(o, lambda t: min((t + 1) / 9, math.sqrt(9 / (t + 1)))),
}


def train(name, m, o, after=lambda t: None, steps=50):
    for t in range(1, steps + 1):
        x = torch.tensor([10.0**i * math.sin((i + 1) * t) for i in range(3)], dtype=torch.float64)
        o.zero_grad()
        (((torch.cat(m) - x) ** 2).sum() / 2).backward()
        if name == "SGDW":
            with torch.no_grad():
                m[0].mul_(1 - 0.02)
        o.step()
        after(t)
        if t <= 3 or t % 10 == 0:
            print(name, t, *torch.cat(m).tolist(), sep=",")


def start(n=1):
    return [torch.full((3 // n,), 0.5, dtype=torch.float64, requires_grad=True) for _ in range(n)]


for name, rule in RULES.items():
    m = start()
    train(name, m, rule(m))
for name, schedule in SCHEDULES.items():
    m = start()
    o = optim.Adam(m, lr=0.1)
    s = schedule(o)
    train(name, m, o, lambda t: s.step())
m = start(3)
train("groups", m, optim.AdamW([
    {"params": m[:1], "lr": 0.05, "weight_decay": 0.4},
    {"params": m[1:2], "lr": 0.1, "weight_decay": 0.0},
    {"params": m[2:], "lr": 0.2, "weight_decay": 0.1},
]))

# The averages of section 7.2 of arXiv 1412.6980, summed as it says, and plain
# means from the 20th update on, of Adam with the rate 0.1.
m, sums, past = start(), torch.zeros(3, dtype=torch.float64), []
o, rows = optim.Adam(m, lr=0.1), {"exponential average": [], "plain average": []}
def note(t):
    global sums
    sums = 0.9 * sums + 0.1 * m[0].detach()
    past.append(m[0].detach().clone())
    rows["exponential average"].append(sums / (1 - 0.9**t))
    rows["plain average"].append(past[-1] if t < 20 else torch.stack(past[19:]).mean(0))
train("Adam long", m, o, note)
for name, values in rows.items():
    for t, v in enumerate(values, 1):
        if t <= 3 or t % 10 == 0:
            print(name, t, *v.tolist(), sep=",")
