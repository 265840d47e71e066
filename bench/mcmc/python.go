package main

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/pkg/errors"
)

//go:embed numpyro.py
var script string

// python is a running numpyro.py.
type python struct {
	version string
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
}

func startPython(path string, data map[string][]float64) (*python, error) {
	p := &python{cmd: exec.Command(path, "-c", script)}
	p.cmd.Stderr = os.Stderr
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
		return nil, errors.Wrap(err, "-python: a Python with numpyro and arviz is wanted")
	}
	if err := json.NewEncoder(p.in).Encode(data); err != nil {
		return nil, errors.Wrap(err, "python")
	}
	p.version, err = p.line()
	return p, err
}

func (p *python) line() (string, error) {
	if !p.out.Scan() {
		return "", errors.Errorf("python ended early: %v; it wants numpyro and arviz", p.out.Err())
	}
	return p.out.Text(), nil
}

// run samples once, by the method of chains that is fastest.
func (p *python) run(name string, seed int, o options) (best turn, err error) {
	for _, method := range []string{"sequential", "vectorized", "parallel"} {
		if _, err := fmt.Fprintln(p.in, name, method, seed, o.chains, o.warmup, o.draws); err != nil {
			return turn{}, errors.Wrap(err, "python")
		}
		text, err := p.line()
		if err != nil {
			return turn{}, err
		}
		var t turn
		if _, err := fmt.Sscan(text, &t.seconds, &t.ess, &t.steps); err != nil {
			return turn{}, errors.Errorf("python: %s", text)
		}
		if t.rate() > best.rate() {
			best = t
		}
	}
	return best, nil
}

// Close ends the script.
func (p *python) Close() error {
	p.in.Close()
	return p.cmd.Wait()
}
