package main

import (
	"os"
	"testing"

	"github.com/latentgo/latent/examples/flags/flagstest"
)

// A run that was stopped goes on as if it had not been, after first values from the
// data.
func TestResumes(t *testing.T) {
	if os.Getenv("LATENT_SWEEP") == "" {
		t.Skip("long: LATENT_SWEEP=1 runs it")
	}
	flagstest.Resumes(t, run, "", "-data", flagstest.Digits(t, 60, 20), "-batch", "30", "-latent", "2", "-hidden", "16", "-filters", "2,3,3", "-flows", "1")
}
