"""Writes trainers/testdata/plateau.csv: the factor of the rate after each epoch
by PyTorch's ReduceLROnPlateau with an absolute threshold.

    pip install torch
    python internal/ref/optimizers/plateau.py > trainers/testdata/plateau.csv

The metric of epoch t = 1, 2, … is -90 - 20/t + 3 sin 2t. A row is the case, the
epoch, its metric and the factor after it.
"""
import math

import torch

CASES = {
    "default": dict(mode="max"),
    "impatient": dict(mode="max", patience=0, factor=0.5),
    "threshold": dict(mode="max", patience=2, factor=0.8, threshold=1.5, min_lr=0.3),
    "lower": dict(mode="min", patience=3, factor=0.9),
}
for name, c in CASES.items():
    c = {"threshold": 0, "eps": 0, **c}
    o = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    s = torch.optim.lr_scheduler.ReduceLROnPlateau(o, threshold_mode="abs", **c)
    for t in range(1, 61):
        v = -90 - 20 / t + 3 * math.sin(2 * t)
        s.step(v)
        print(name, t, v, o.param_groups[0]["lr"], sep=",")
