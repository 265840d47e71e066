package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/latentgo/latent/trainers/data"
)

// pictures writes a small data set of drawn digits.
func pictures(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, n := range map[string]int{"train": 200, "t10k": 50} {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write([]byte{0, 0, 8, 3})
		binary.Write(z, binary.BigEndian, []uint32{uint32(n), 28, 28})
		for _, v := range data.Digits(uint64(n), n).Values("x") {
			z.Write([]byte{byte(255 * v)})
		}
		z.Close()
		if err := os.WriteFile(filepath.Join(dir, name+"-images-idx3-ubyte.gz"), b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func sbn(args ...string) (string, error) {
	var out, log bytes.Buffer
	err := run(context.Background(), args, &out, &log)
	return out.String(), err
}

func TestEveryEstimatorTrainsAndRepeats(t *testing.T) {
	dir := pictures(t)
	seen := map[string]string{}
	for _, e := range estimators {
		args := []string{"-data", dir, "-estimator", e.name, "-latent", "10", "-epochs", "2", "-batch", "64", "-rate", ".02"}
		first, err := sbn(args...)
		if err != nil {
			t.Errorf("%s: %v", e.name, err)
			continue
		}
		if !strings.HasPrefix(first, e.name+": test ELBO -") {
			t.Errorf("%s printed %q", e.name, first)
		}
		if second, err := sbn(args...); err != nil || second != first {
			t.Errorf("%s printed %q, then %q (%v)", e.name, first, second, err)
		}
		_, result, _ := strings.Cut(first, ":")
		if other := seen[result]; other != "" {
			t.Errorf("%s and %s print the same: %q", e.name, other, first)
		}
		seen[result] = e.name
	}
}

func TestMistakesAreNamed(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"-estimator bogus", "-estimator bogus: want one of score, score-loo, nvil, vimco"},
		{"-epochs 0", "-epochs 0 -batch 100 -latent 200: want 1 or more"},
		{"-rate 2", "-rate 2: want a number between 0 and 1"},
		{"-data nowhere", "-data: "},
		{"what", `unexpected argument "what"`},
	} {
		if _, err := sbn(strings.Fields(c.args)...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("sbn %s: error %v, want %s", c.args, err, c.want)
		}
	}
	if usage, err := sbn("-h"); err == nil || !strings.Contains(usage, "-estimator") {
		t.Errorf("sbn -h: %v, %q", err, usage)
	}
}
