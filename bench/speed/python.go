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

// python is a running torch.py.
type python struct{ *peer.Python }

// startPython starts the script; its matrix library, which PyTorch's number of
// threads does not reach, keeps to one thread if alone is set.
func startPython(path string, alone bool) (*python, error) {
	for _, name := range []string{path, "python3", "/usr/bin/python3"} {
		if name == "" || exec.Command(name, "-c", "import torch").Run() != nil {
			continue
		}
		var env []string
		if alone {
			env = []string{"OPENBLAS_NUM_THREADS=1", "MKL_NUM_THREADS=1", "OMP_NUM_THREADS=1"}
		}
		p, err := peer.Start(name, torchScript, env, "")
		return &python{p}, err
	}
	return nil, errors.New("-torch: no Python with torch found; install python3-torch, or name one with -python")
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
