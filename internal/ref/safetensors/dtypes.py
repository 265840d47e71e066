"""Writes internal/safetensors/testdata/dtypes.safetensors, one tensor of each
dtype that is read, by the reference implementation, and dtypes.csv, the values
as float64, by NumPy and ml_dtypes.

    pip install numpy ml_dtypes safetensors
    python dtypes.py ../../safetensors/testdata
"""

import csv
import pathlib
import sys

import ml_dtypes
import numpy
from safetensors.numpy import save_file

folder = pathlib.Path(sys.argv[1])
halves = numpy.array([0, 0x8000, 1, 0x03FF, 0x0400, 0x3C00, 0xC000, 0x7BFF, 0x7C00, 0xFC00, 0x3555, 0x8001], numpy.uint16)
extremes = lambda t: numpy.array([numpy.iinfo(t).min, 0, 1, numpy.iinfo(t).max], t)
tensors = {
    "F16": halves.view(numpy.float16),
    "BF16": numpy.array([0, 0x8000, 1, 0x3F80, 0xC040, 0x7F7F, 0x7F80, 0xFF80, 0x0080], numpy.uint16).view(ml_dtypes.bfloat16),
    "BOOL": numpy.array([False, True, True], numpy.bool_),
    **{n: extremes(t) for n, t in {
        "I8": numpy.int8, "U8": numpy.uint8, "I16": numpy.int16, "U16": numpy.uint16,
        "I32": numpy.int32, "U32": numpy.uint32, "I64": numpy.int64, "U64": numpy.uint64}.items()},
}
save_file(tensors, folder / "dtypes.safetensors")
with open(folder / "dtypes.csv", "w", newline="") as f:
    out = csv.writer(f, lineterminator="\n")
    for n, t in sorted(tensors.items()):
        out.writerow([n] + [repr(float(v)) for v in t.astype(numpy.float64)])
