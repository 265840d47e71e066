package main

import (
	"bytes"
	"context"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// faces writes a few pictures of odd height and another width, as IDX files.
func faces(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	const n, height, width = 40, 9, 6
	file := []byte{0, 0, 8, 3, 0, 0, 0, n, 0, 0, 0, height, 0, 0, 0, width}
	for i := range n * height * width {
		file = append(file, byte(i%width*20+i/(height*width)%5*30))
	}
	for _, name := range []string{"train-images-idx3-ubyte", "t10k-images-idx3-ubyte"} {
		if err := os.WriteFile(filepath.Join(dir, name), file, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func program(args string) (string, error) {
	var out bytes.Buffer
	err := run(context.Background(), strings.Fields(args), &out, io.Discard)
	return out.String(), err
}

// elbo reads the bound that a run printed.
func elbo(t *testing.T, out string) float64 {
	t.Helper()
	m := regexp.MustCompile(`test ELBO (-?[\d.]+) nats`).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("no bound in %q", out)
	}
	v, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestLearns: on pictures of two numbers each bound rises far above that of the first
// epoch, with and without flows, of grey values and of black and white.
func TestLearns(t *testing.T) {
	dir := faces(t)
	for _, args := range []string{"-grey", "-grey -flows 2"} {
		base := "-data " + dir + " -batch 10 -latent 2 -hidden 16 -filters 4,6,6 -rate .01 " + args
		first, err := program(base + " -epochs 1")
		if err != nil {
			t.Fatal(args, err)
		}
		last, err := program(base + " -epochs 40")
		if err != nil {
			t.Fatal(args, err)
		}
		if a, b := elbo(t, first), elbo(t, last); !(b > a+20) {
			t.Errorf("%s: bound from %v to %v", args, a, b)
		}
		if strings.Contains(args, "-grey") != strings.Contains(last, "bits per dimension") {
			t.Errorf("%s: %q", args, last)
		}
		if again, err := program(base + " -epochs 1"); err != nil || again != first {
			t.Errorf("%s: a second run says %q, the first %q (%v)", args, again, first, err)
		}
	}
}

// TestPictures: samples and reconstructions are pictures of some size.
func TestPictures(t *testing.T) {
	out := filepath.Join(t.TempDir(), "pictures")
	if _, err := program("-data " + faces(t) + " -epochs 1 -batch 20 -hidden 8 -latent 2 -filters 2,3 -out " + out); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"samples.png", "reconstructions.png"} {
		f, err := os.Open(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if p, err := png.Decode(f); err != nil || p.Bounds().Dx() < 60 || p.Bounds().Dy() < 72 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFlags(t *testing.T) {
	for args, want := range map[string]string{
		"-epochs 0": "-epochs 0", "-rate 2": "-rate 2", "-flows -1": "-flows -1", "-filters 3,x": "-filters", "x": `unexpected argument "x"`,
		"-data /nowhere": "-data",
	} {
		if _, err := program(args); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
	if out, err := program("-h"); err != nil || !strings.Contains(out, "-flows") {
		t.Errorf("help %q, error %v", out, err)
	}
}
