"""Writes internal/safetensors/testdata/halves.csv: for F16 and BF16 the SHA-256 of
all 65536 numbers, in the order of their bits, as float32, little-endian. NaN
counts as one number, with the bits 7fc00000. NumPy with ml_dtypes and PyTorch,
which convert by themselves, must agree.

    pip install numpy ml_dtypes torch
    python internal/ref/safetensors/halves.py internal/safetensors/testdata/halves.csv
"""

import hashlib
import sys

import ml_dtypes
import numpy
import torch

bits = numpy.arange(1 << 16, dtype=numpy.uint32).astype(numpy.uint16)


def digest(v):
    v = numpy.array(v, "<f4")
    v.view("<u4")[numpy.isnan(v)] = 0x7FC00000
    return hashlib.sha256(v.tobytes()).hexdigest()


with open(sys.argv[1], "w") as f:
    for name, theirs, torchs in [("F16", numpy.float16, torch.float16), ("BF16", ml_dtypes.bfloat16, torch.bfloat16)]:
        with numpy.errstate(invalid="ignore"):
            a = digest(bits.view(theirs).astype(numpy.float32))
        b = digest(torch.tensor(bits.view(numpy.int16)).view(torchs).to(torch.float32).numpy())
        assert a == b, name
        f.write(f"{name},{a}\n")
