package main

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/latentgo/latent/examples/models"
)

func program(args ...string) (string, error) {
	var out bytes.Buffer
	err := run(context.Background(), args, &out, io.Discard)
	return out.String(), err
}

var number = regexp.MustCompile(`RMSE (\S+),`)

// TestCurve: the fit is near the noise of the points, repeats, and is drawn.
func TestCurve(t *testing.T) {
	dir := t.TempDir()
	args := []string{"-epochs", "150", "-warm-up", "15", "-rate", ".02", "-k", "50", "-out", dir}
	out, err := program(args...)
	if err != nil {
		t.Fatal(err)
	}
	m := number.FindStringSubmatch(out)
	if m == nil || !strings.HasPrefix(out, "normal, 50 draws: test RMSE ") || !strings.Contains(out, "normal, means: test RMSE ") {
		t.Fatalf("printed %q", out)
	}
	if e, err := strconv.ParseFloat(m[1], 64); err != nil || e > .25 {
		t.Errorf("an error of %v (%v), with a noise of .1 in the points", e, err)
	}
	f, err := os.Open(filepath.Join(dir, "band.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := png.Decode(f); err != nil {
		t.Error(err)
	}
	if again, err := program(args...); err != nil || again != out {
		t.Errorf("printed %q, then %q (%v)", out, again, err)
	}
}

// TestSet: every posterior predicts a set with a linear law.
func TestSet(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "yacht")
	if err := os.Mkdir(in, 0o777); err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	for i := range 60 {
		x := float64(i%7) - 3
		fmt.Fprintf(&rows, "%v 1 2 %v 3 4 %v\n", x, i%3, 100+10*x+float64(i%3))
	}
	for name, text := range map[string]string{"data.txt": rows.String(), "test-splits.txt": "1 5 9\n0 11 22 33\n"} {
		if err := os.WriteFile(filepath.Join(in, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, q := range models.Posteriors {
		out, err := program("-data", dir, "-set", "yacht", "-split", "1", "-posterior", q.Name, "-epochs", "100", "-warm-up", "10", "-rate", ".02", "-k", "20")
		m := number.FindStringSubmatch(out)
		if err != nil || m == nil {
			t.Errorf("%s: %q (%v)", q.Name, out, err)
			continue
		}
		if e, err := strconv.ParseFloat(m[1], 64); err != nil || !(e < 20) { // of targets with a spread of 20
			t.Errorf("%s: an error of %v (%v)", q.Name, e, err)
		}
	}
	if _, err := program("-data", dir, "-set", "yacht", "-split", "2"); err == nil || !strings.Contains(err.Error(), "-split: data: division 2 of a set that has 2") {
		t.Errorf("another division: %v", err)
	}
}

func TestFlags(t *testing.T) {
	for args, want := range map[string]string{
		"-posterior bogus": "-posterior bogus: want one of none, normal, binary", "-epochs 0": "-epochs 0", "-k 0": "-k 0", "-rate 2": "-rate 2",
		"-hidden 3,x": "-hidden 3,x: want numbers from 1 to 100000", "-warm-up -1": "-warm-up -1", "x": `unexpected argument "x"`,
		"-data /nowhere": "-data and -set: want both or neither", "-data /nowhere -set yacht": "-data: data: load yacht", "-data /nowhere -set x": `no regression set "x"`,
	} {
		if _, err := program(strings.Fields(args)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
	if usage, err := program("-h"); err != nil || !strings.Contains(usage, "-posterior") {
		t.Errorf("-h: %v, %q", err, usage)
	}
}
