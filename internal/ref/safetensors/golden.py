"""Write internal/safetensors/testdata/golden.safetensors with the reference implementation.

    pip install safetensors numpy
    python internal/ref/safetensors/golden.py internal/safetensors/testdata/golden.safetensors

Made with safetensors 0.8.0 (PyPI), numpy 2.x. Its content is the value `golden` in
internal/safetensors/safetensors_test.go.
"""

import sys

import numpy as np
from safetensors.numpy import save_file

save_file(
    {
        "enc.w": np.array([[1, -2.5, 3e-40], [np.inf, -0.0, 65504]], dtype=np.float32),
        "enc.b": np.array([0.1], dtype=np.float32),
        "scalar": np.array(np.pi, dtype=np.float64),
        "empty": np.zeros((0, 4), dtype=np.float32),
        'odd "name" <é>': np.array([1e300, -1e-310], dtype=np.float64),
    },
    sys.argv[1],
    metadata={"note": "a <b> & c"},
)
