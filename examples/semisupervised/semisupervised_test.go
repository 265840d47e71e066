package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func program(args ...string) (string, error) {
	var out bytes.Buffer
	err := run(context.Background(), args, &out, io.Discard)
	return out.String(), err
}

// Every model trains, says its error and draws what it can.
func TestModels(t *testing.T) {
	for _, model := range []string{"m1", "m2", "m1m2"} {
		dir := t.TempDir()
		out, err := program("-model", model, "-epochs", "1", "-m1-epochs", "1", "-hidden", "8", "-latent", "2", "-batch", "100", "-out", dir)
		if err != nil || !strings.HasPrefix(out, model+", 100 labels: test error ") {
			t.Errorf("%s: %q (%v)", model, out, err)
		}
		_, err = os.Stat(filepath.Join(dir, "analogies.png"))
		if drawn := err == nil; drawn != (model != "m1") {
			t.Errorf("%s: analogies drawn: %t", model, drawn)
		}
	}
}

func TestFlags(t *testing.T) {
	for args, want := range map[string]string{
		"-model m3": "-model m3", "-labels 0": "-labels 0", "-rate 2": "-rate 2", "-alpha -1": "-alpha -1", "x": `unexpected argument "x"`,
		"-labels 99 -hidden 8": "multiple of the classes",
	} {
		if _, err := program(append([]string{"-out", t.TempDir()}, strings.Fields(args)...)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}
