package main

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

//go:embed torch.py
var torchScript string

// python is a running torch.py.
type python struct {
	version string
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
}

// startPython starts the script; its matrix library, which PyTorch's number of
// threads does not reach, keeps to one thread if alone is set.
func startPython(path string, alone bool) (*python, error) {
	for _, name := range []string{path, "python3", "/usr/bin/python3"} {
		if name == "" || exec.Command(name, "-c", "import torch").Run() != nil {
			continue
		}
		p := &python{cmd: exec.Command(name, "-c", torchScript)}
		if alone {
			p.cmd.Env = append(os.Environ(), "OPENBLAS_NUM_THREADS=1", "MKL_NUM_THREADS=1", "OMP_NUM_THREADS=1")
		}
		var err error
		if p.in, err = p.cmd.StdinPipe(); err != nil {
			return nil, errors.Wrap(err, "python")
		}
		out, err := p.cmd.StdoutPipe()
		if err != nil {
			return nil, errors.Wrap(err, "python")
		}
		p.out = bufio.NewScanner(out)
		if err := p.cmd.Start(); err != nil {
			return nil, errors.Wrap(err, "python")
		}
		p.version, err = p.line()
		return p, err
	}
	return nil, errors.New("-torch: no Python with torch found; install python3-torch, or name one with -python")
}

func (p *python) line() (string, error) {
	if !p.out.Scan() {
		return "", errors.Errorf("python ended early: %v", p.out.Err())
	}
	return p.out.Text(), nil
}

// measure returns the median milliseconds of a step, the best of 1 to most
// threads.
func (p *python) measure(name string, seconds float64, most int) (float64, error) {
	best := 0.0
	for threads := 1; threads <= most; threads++ {
		if _, err := fmt.Fprintf(p.in, "%s %d %g\n", name, threads, seconds/float64(most)); err != nil {
			return 0, errors.Wrap(err, "python")
		}
		text, err := p.line()
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

// Close ends the script.
func (p *python) Close() error {
	p.in.Close()
	return p.cmd.Wait()
}
