package main

import (
	"testing"

	"github.com/latentgo/latent/examples/flags/flagstest"
)

// A run that was stopped goes on as if it had not been, in whichever of its fits.
func TestResumes(t *testing.T) {
	flagstest.Resumes(t, run, "m2", "-data", flagstest.Digits(t, 200, 50), "-labels", "50", "-model", "m2", "-hidden", "8", "-latent", "2", "-batch", "64", "-out", t.TempDir())
}
