package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
)

func program(args ...string) (string, error) {
	var out bytes.Buffer
	err := run(context.Background(), args, &out, io.Discard)
	return out.String(), err
}

func TestLadder(t *testing.T) {
	for _, args := range []string{"-guide ladder", "-guide plain", "-free-bits 1", "-warm-up 0"} {
		out, err := program(append([]string{"-epochs", "1", "-batch", "1000"}, strings.Fields(args)...)...)
		if err != nil || !strings.Contains(out, "test ELBO -") || !strings.Contains(out, "z5 ") {
			t.Errorf("%s: %q (%v)", args, out, err)
		}
	}
}

func TestFlags(t *testing.T) {
	for args, want := range map[string]string{
		"-guide up": "-guide up", "-epochs 0": "-epochs 0", "-rate 2": "-rate 2", "-free-bits -1": "-free-bits -1", "x": `unexpected argument "x"`,
		"-data /nowhere": "-data",
	} {
		if _, err := program(strings.Fields(args)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}
