// Package peer has what the benchmarks share that take turns with others: a Python
// script that runs beside, a line in, a line out, and medians.
package peer

import (
	"bufio"
	"io"
	"os"
	"os/exec"

	"github.com/pkg/errors"
)

// Python is a running script.
type Python struct {
	Version string // its first line
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
}

// Start runs a script by the Python at path, with more of the environment, and gives
// it first, if it is not empty, before it says its Version.
func Start(path, script string, env []string, first string) (*Python, error) {
	p := &Python{cmd: exec.Command(path, "-c", script)}
	p.cmd.Stderr, p.cmd.Env = os.Stderr, append(os.Environ(), env...)
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
	p.Version, err = p.Ask(first)
	return p, err
}

// Ask writes a line, if it is not empty, and returns the next one of the script.
func (p *Python) Ask(line string) (string, error) {
	if line != "" {
		if _, err := io.WriteString(p.in, line+"\n"); err != nil {
			return "", errors.Wrap(err, "python")
		}
	}
	if !p.out.Scan() {
		return "", errors.Errorf("python ended early: %v", p.out.Err())
	}
	return p.out.Text(), nil
}

// Close ends the script.
func (p *Python) Close() error {
	p.in.Close()
	return p.cmd.Wait()
}
