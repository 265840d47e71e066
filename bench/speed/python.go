package main

import (
	_ "embed"
	"fmt"
	"os/exec"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/peer"
)

//go:embed torch.py
var torchScript string

//go:embed jax.py
var jaxScript string

// python is a running script; a nil one is not wanted.
type python struct{ *peer.Python }

// Close ends the script.
func (p *python) Close() error {
	if p == nil {
		return nil
	}
	return p.Python.Close()
}

// startPython starts a script, if it is wanted, by a Python that has its module;
// its matrix library, which PyTorch's number of threads does not reach, keeps to
// one thread if alone is set.
func startPython(wanted bool, module, path, script string, alone bool) (*python, error) {
	if !wanted {
		return nil, nil
	}
	for _, name := range []string{path, "python3", "/usr/bin/python3"} {
		if name == "" || exec.Command(name, "-c", "import "+module).Run() != nil {
			continue
		}
		var env []string
		if alone {
			env = []string{"OPENBLAS_NUM_THREADS=1", "MKL_NUM_THREADS=1", "OMP_NUM_THREADS=1"}
		}
		p, err := peer.Start(name, script, env, "")
		return &python{p}, err
	}
	return nil, errors.Errorf("-%s: no Python with %[1]s found; install it, or name one with -python", module)
}

// measure returns the median milliseconds of a step, the best of 1 to most
// threads.
func (p *python) measure(name string, seconds float64, most int) (float64, error) {
	best := 0.0
	for threads := 1; threads <= most; threads++ {
		text, err := p.Ask(fmt.Sprintf("%s %d %g", name, threads, seconds/float64(most)))
		if err != nil {
			return 0, err
		}
		ms, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil {
			return 0, errors.Errorf("python: %s", text)
		}
		if threads == 1 || ms < best {
			best = ms
		}
	}
	return best, nil
}
