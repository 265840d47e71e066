"""Trains a VAE on digits that it draws, in PyTorch, and writes what
examples/fromtorch serves: the parameters, and outputs to compare with.

    pip install torch safetensors
    python train.py

p(z) = N(0, I), p(x|z) = Bernoulli(dec(z)), q(z|x) = N(mean(x), exp(logvar(x))),
on pictures of 8×8 pixels. Made with PyTorch 2.15.
"""

import json
import pathlib

import torch
from safetensors.torch import save_file
from torch import nn

FONT = """
.##. ..#. .##. ###. #..# #### .##. #### .##. .##.
#..# .##. #..# ...# #..# #... #... ...# #..# #..#
#..# ..#. ...# .##. #### ###. ###. ..#. .##. .###
#..# ..#. .##. ...# ...# ...# #..# .#.. #..# ...#
.##. .### #### ###. ...# ###. .##. .#.. .##. .##.
"""
GLYPHS = torch.tensor([[[c == "#" for c in glyph] for glyph in line.split()] for line in FONT.split("\n") if line])
GLYPHS = GLYPHS.transpose(0, 1).float()  # [10, 5, 4]


def draw(n, rng):
    """Returns n digits [n, 64], each somewhere in its picture, with a few wrong pixels."""
    x = torch.zeros(n, 8, 8)
    which = torch.randint(10, (n,), generator=rng)
    down, right = torch.randint(4, (n,), generator=rng), torch.randint(5, (n,), generator=rng)
    for i in range(n):
        x[i, down[i] : down[i] + 5, right[i] : right[i] + 4] = GLYPHS[which[i]]
    wrong = torch.rand(n, 8, 8, generator=rng) < 0.01
    return torch.where(wrong, 1 - x, x).flatten(1)


class VAE(nn.Module):
    def __init__(self, latent=8):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, 64), nn.ReLU())
        self.mean, self.logvar = nn.Linear(64, latent), nn.Linear(64, latent)
        self.decoder = nn.Sequential(nn.Linear(latent, 64), nn.ReLU(), nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, 64))

    def encode(self, x):
        h = self.encoder(x)
        return self.mean(h), self.logvar(h)

    def loss(self, x):
        mean, logvar = self.encode(x)
        logits = self.decoder(mean + torch.randn_like(mean) * (logvar / 2).exp())
        rest = nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
        divergence = (mean**2 + logvar.exp() - 1 - logvar).sum(-1) / 2
        return (rest + divergence).mean()


def main():
    here = pathlib.Path(__file__).parent
    torch.manual_seed(1)
    rng = torch.Generator().manual_seed(1)
    vae = VAE()
    adam = torch.optim.Adam(vae.parameters(), 2e-3)
    for step in range(6000):
        loss = vae.loss(draw(64, rng))
        adam.zero_grad()
        loss.backward()
        adam.step()
        if step % 500 == 0:
            print(step, loss.item())
    save_file(vae.state_dict(), here / "vae.safetensors")
    with torch.no_grad():  # in float64, of the parameters that were saved
        vae.double()
        x, z = draw(5, rng).double(), torch.randn(5, 8, generator=rng).double()
        mean, logvar = vae.encode(x)
        table = {
            "x": x, "z/mean": mean, "z/std": (logvar / 2).exp(),
            "z": z, "x/mean": vae.decoder(z).sigmoid(),
        }
        bound = -vae.loss(x.repeat(4000, 1)).item()
        print("ELBO of 1000 other digits:", -vae.loss(draw(1000, rng).double()).item())
    (here / "testdata").mkdir(exist_ok=True)
    text = {k: [float(v) for v in t.flatten()] for k, t in table.items()} | {"bound": bound}
    (here / "testdata" / "outputs.json").write_text(json.dumps(text) + "\n")


if __name__ == "__main__":
    main()
