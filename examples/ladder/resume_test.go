package main

import (
	"os"
	"testing"

	"github.com/latentgo/latent/examples/flags/flagstest"
)

// A run that was stopped goes on as if it had not been, with the averages of batch
// normalisation.
func TestResumes(t *testing.T) {
	if os.Getenv("LATENT_SWEEP") == "" {
		t.Skip("long: LATENT_SWEEP=1 runs it")
	}
	flagstest.Resumes(t, run, "", "-data", flagstest.Digits(t, 120, 40), "-batch", "50", "-warm-up", "3")
}
