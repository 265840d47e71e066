"""Writes trainers/testdata/optimizers.csv: what optimisers of PyTorch (1.13)
make of three parameters in float64.

    pip install torch
    python internal/ref/optimizers/optimizers.py > trainers/testdata/optimizers.csv

The parameters m start at 1/2 and step t = 1, 2, … minimises |m - x(t)|²/2 for
x(t) = (sin t, 10 sin 2t, 100 sin 3t). A row is a name, the step and m after it.
PyTorch's Adamax adds eps to the gradient's size, which the paper does not.
"""
import math

import torch

RULES = {
    "Adam": lambda m: torch.optim.Adam(m),
    "AdaMax": lambda m: torch.optim.Adamax(m, eps=0),
    "AdaMax short": lambda m: torch.optim.Adamax(m, lr=0.5, betas=(0.5, 0.8), eps=0),
    "descent": lambda m: torch.optim.SGD(m, lr=0.01),
    "Momentum": lambda m: torch.optim.SGD(m, lr=0.05, momentum=0.9),
}

for name, rule in RULES.items():
    m = torch.full((3,), 0.5, dtype=torch.float64, requires_grad=True)
    o = rule([m])
    for t in range(1, 41):
        x = torch.tensor([10.0**i * math.sin((i + 1) * t) for i in range(3)], dtype=torch.float64)
        o.zero_grad()
        (((m - x) ** 2).sum() / 2).backward()
        o.step()
        if t <= 3 or t % 10 == 0:
            print(name, t, *m.tolist(), sep=",")
