package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/trainers/data"
)

// idx writes an IDX file of n pictures of h×w, or of labels if h is 0.
func idx(t *testing.T, dir, name string, n, h, w int, fill func(i int) byte) {
	t.Helper()
	dims, size := []uint32{uint32(n)}, n
	if h > 0 {
		dims, size = append(dims, uint32(h), uint32(w)), n*h*w
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte{0, 0, 8, byte(len(dims))})
	binary.Write(z, binary.BigEndian, dims)
	v := make([]byte, size)
	for i := range v {
		v[i] = fill(i)
	}
	z.Write(v)
	z.Close()
	if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

// pictures writes a small data set of drawn digits cut to 28×28.
func pictures(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, n := range map[string]int{"train": 250, "t10k": 60} {
		x := data.Digits(uint64(n), n).Values("x")
		idx(t, dir, name+"-images-idx3-ubyte.gz", n, 28, 28, func(i int) byte { return byte(255 * x[i]) })
		idx(t, dir, name+"-labels-idx1-ubyte.gz", n, 0, 0, func(i int) byte { return byte(i % 10) })
	}
	return dir
}

func vae(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out, log bytes.Buffer
	err := run(context.Background(), args, &out, &log)
	return out.String(), err
}

var small = []string{"-hidden", "16", "-latent", "2", "-epochs", "2", "-batch", "64"}

var times = regexp.MustCompile(`"(seconds|examples_per_second)":[^,}]*,?`)

func TestTrainsDrawsRepeatsAndLoads(t *testing.T) {
	dir, out := pictures(t), t.TempDir()
	args := func(more ...string) []string { return append(append([]string{"-data", dir}, small...), more...) }
	files := func(seed, folder string) (text string, contents []string) {
		where := filepath.Join(out, folder)
		text, err := vae(t, args("-out", where, "-seed", seed)...)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"model.safetensors", "metrics.jsonl", "elbo.png", "samples.png", "reconstructions.png", "manifold.png"} {
			b, err := os.ReadFile(filepath.Join(where, name))
			if err != nil {
				t.Fatal(err)
			}
			contents = append(contents, times.ReplaceAllString(string(b), ""))
		}
		return text, contents
	}
	text, first := files("3", "a")
	if !regexp.MustCompile(`(?m)^test ELBO -\d+\.\d\d nats \(reconstruction -\d+\.\d, KL \d+\.\d\)\n\z`).MatchString(text) {
		t.Errorf("last line %q", text)
	}
	if n := strings.Count(first[1], "\n"); n != 2 {
		t.Errorf("%d lines of metrics, want 2", n)
	}
	again, second := files("3", "b")
	if again != text {
		t.Errorf("the same seed prints %q, then %q", text, again)
	}
	for i := range first {
		if first[i] != second[i] {
			t.Errorf("file %d differs between two runs of one seed", i)
		}
	}
	if other, third := files("4", "c"); other == text || third[0] == first[0] {
		t.Error("another seed gives the same model")
	}
	loaded, err := vae(t, args("-seed", "3", "-out", filepath.Join(out, "d"), "-load", filepath.Join(out, "a", "model.safetensors"))...)
	if err != nil || loaded != text {
		t.Errorf("-load prints %q (error %v), training printed %q", loaded, err, text)
	}
}

// faces writes one file of grey pictures that never use the darkest levels.
func faces(t *testing.T) string {
	dir := t.TempDir()
	idx(t, dir, "grey-images-idx3-ubyte", 90, 6, 5, func(i int) byte { return byte(60 + (i%30)*5 + (i/30%7)*4) })
	return dir
}

// The seed divides the one file, every likelihood learns, and the saved model
// repeats its figures.
func TestLikelihoods(t *testing.T) {
	dir := faces(t)
	for name, bits := range map[string]bool{"bernoulli": false, "normal": false, "continuous-bernoulli": false, "discretized-logistic": true} {
		out := t.TempDir()
		args := []string{"-data", dir, "-likelihood", name, "-hidden", "8", "-latent", "2", "-epochs", "4", "-batch", "9", "-rate", ".01", "-out", out}
		text, err := vae(t, args...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if last := regexp.MustCompile(`(?m)^test ELBO -?\d+\.\d\d nats \(reconstruction -?\d+\.\d, KL \d+\.\d\)\n\z`); !last.MatchString(text) {
			t.Errorf("%s: last line %q", name, text)
		}
		b, err := os.ReadFile(filepath.Join(out, "metrics.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		var first, end struct {
			ELBO float64 `json:"test/elbo"`
			Bits float64 `json:"test/bits_per_dim"`
		}
		lines := bytes.Split(bytes.TrimSpace(b), []byte("\n"))
		if err := json.Unmarshal(lines[0], &first); err != nil {
			t.Fatal(err)
		}
		if err := errors.WithStack(json.Unmarshal(lines[len(lines)-1], &end)); err != nil {
			t.Fatal(err)
		}
		if end.ELBO <= first.ELBO {
			t.Errorf("%s: test ELBO %v after the first epoch, %v after the last", name, first.ELBO, end.ELBO)
		}
		want := -end.ELBO / (30 * math.Ln2)
		if (end.Bits != 0) != bits || bits && math.Abs(end.Bits/want-1) > 1e-5 {
			t.Errorf("%s: %v bits per dimension, want %v: %v", name, end.Bits, bits, want)
		}
		if line := fmt.Sprintf("test bits per dimension %.3f\ntest ELBO", end.Bits); strings.HasPrefix(text, line) != bits {
			t.Errorf("%s: printed %q", name, text)
		}
		again, err := vae(t, append(args, "-load", filepath.Join(out, "model.safetensors"), "-out", t.TempDir())...)
		if err != nil || again != text {
			t.Errorf("%s: -load prints %q (error %v), training printed %q", name, again, err, text)
		}
	}
}

// Every objective trains, and one line chooses it and its estimator.
func TestObjectives(t *testing.T) {
	dir := pictures(t)
	for _, c := range []string{
		"-objective elbo -estimator stl", "-objective iwae -k 3 -estimator dreg", "-objective renyi -k 2 -alpha -1",
		"-objective elbo -k 2 -estimator score-loo", "-objective elbo -estimator nvil", "-objective iwae -k 2 -estimator vimco",
		"-objective free-bits -lambda .5", "-objective wake-sleep", "-objective reweighted-wake-sleep -k 3", "-estimator measure-valued",
	} {
		out := t.TempDir()
		args := append(append(strings.Fields(c), "-data", dir, "-out", out, "-rate", ".003"), small...)
		if _, err := vae(t, args...); err != nil {
			t.Fatalf("%s: %v", c, err)
		}
		b, err := os.ReadFile(filepath.Join(out, "metrics.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		var bound [2]float64
		for i, line := range bytes.Split(bytes.TrimSpace(b), []byte("\n")) {
			var m map[string]float64
			if err := json.Unmarshal(line, &m); err != nil {
				t.Fatal(err)
			}
			bound[i] = m["test/bound"]
		}
		if bound[1] <= bound[0] {
			t.Errorf("%s: test bound %v after the first epoch, %v after the second", c, bound[0], bound[1])
		}
	}
}

// What an estimator learns besides is in the file, and is found there.
func TestLoadsBaselines(t *testing.T) {
	out := t.TempDir()
	args := append([]string{"-data", pictures(t), "-out", out, "-estimator", "nvil"}, small...)
	first, err := vae(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := vae(t, append(args, "-load", filepath.Join(out, "model.safetensors"))...); err != nil || again != first {
		t.Errorf("-load prints %q (error %v), training printed %q", again, err, first)
	}
}

// The evidence is above the ELBO, and the file compares a model with itself.
func TestEvidence(t *testing.T) {
	dir, out := pictures(t), t.TempDir()
	args := append([]string{"-data", dir, "-out", out, "-evaluate", "20"}, small...)
	first, err := vae(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	var logp, elbo float64
	var active int
	text := regexp.MustCompile(`(?s)test log p\(x\) (\S+) nats by 20 draws \(bias -?0\.\d{3}; standard errors: 0\.\d{3} by the draws, \d\.\d\d by the pictures\), (\d) of 2 latent dimensions active.*ELBO (\S+) nats`).FindStringSubmatch(first)
	if text == nil {
		t.Fatalf("printed %q", first)
	}
	if _, err := fmt.Sscan(strings.Join(text[1:], " "), &logp, &active, &elbo); err != nil {
		t.Fatal(err)
	}
	if !(logp > elbo && logp < elbo+20) || active > 2 {
		t.Errorf("printed %q, want a log p(x) a little above the ELBO", first)
	}
	file := filepath.Join(out, "evidence.csv")
	again, err := vae(t, append(args, "-load", filepath.Join(out, "model.safetensors"), "-compare", file)...)
	if line := "log p(x) less that in " + file + ": +0.00 nats (paired standard error 0.000)\n"; err != nil || !strings.Contains(again, line) {
		t.Errorf("printed %q (error %v), want %q", again, err, line)
	}
}

func TestInterruptedKeepsTheModelSoFar(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, log bytes.Buffer
	err := run(ctx, append([]string{"-data", pictures(t), "-out", t.TempDir()}, small...), &out, &log)
	if err == nil || !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
