package main

import (
	"testing"

	"github.com/latentgo/latent/examples/flags/flagstest"
)

// A run that was stopped goes on as if it had not been, with what the estimator
// learns and keeps.
func TestResumes(t *testing.T) {
	for _, e := range []string{"nvil", "rebar"} {
		flagstest.Resumes(t, run, "", "-data", flagstest.Digits(t, 200, 50), "-estimator", e, "-latent", "10", "-batch", "64")
	}
}
