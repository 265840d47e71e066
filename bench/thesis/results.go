package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/atomicfile"
)

// row is a cell that was run, as it stands in a file.
type row struct {
	Labels labels `json:"labels"`
	Seed   uint64 `json:"seed"`
	result
	Seconds float64 `json:"seconds"`
	Commit  string  `json:"commit"`
	Machine string  `json:"machine"`
	Quick   bool    `json:"quick,omitempty"`
	Note    string  `json:"note,omitempty"` // written by hand, such as what else the machine did meanwhile
}

// is tells whether a row is of a cell: a quick run is none of a whole one.
func (r row) is(c cell, quick bool) bool {
	return r.Quick == quick && r.Seed == c.seed && maps.Equal(r.Labels, c.labels)
}

// readResults reads what a table has so far; nothing if there is no file.
func readResults(dir, table string) ([]row, error) {
	if dir == "" {
		return nil, nil
	}
	path := filepath.Join(dir, table+".json")
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var rows []row
	if err == nil {
		err = json.Unmarshal(b, &rows)
	}
	return rows, errors.Wrapf(err, "results %s", path)
}

// wholeResults are those of whole runs.
func wholeResults(dir, table string) ([]row, error) {
	rows, err := readResults(dir, table)
	return slices.DeleteFunc(rows, func(r row) bool { return r.Quick }), err
}

func writeResults(dir, table string, rows []row) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return errors.Wrap(err, "-out")
	}
	return atomicfile.Write(filepath.Join(dir, table+".json"), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "\t")
		return errors.Wrap(e.Encode(rows), "results")
	})
}

// commit names the state of the source, "unknown" outside of its repository.
func commit() string {
	out, err := exec.Command("git", "describe", "--always", "--dirty", "--abbrev=10").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}

// machine names the processor.
func machine() string {
	name := runtime.GOARCH
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == "model name" {
				name = strings.TrimSpace(v)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d cores", name, runtime.NumCPU())
}
