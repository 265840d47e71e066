package main

import (
	"testing"

	"github.com/latentgo/latent/examples/flags/flagstest"
)

// A run that was stopped goes on as if it had not been.
func TestResumes(t *testing.T) {
	flagstest.Resumes(t, run, "", "-data", flagstest.Digits(t, 200, 50), "-batch", "64", "-hidden", "8", "-k", "2")
}
