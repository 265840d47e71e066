package main

import (
	"testing"

	"github.com/latentgo/latent/examples/flags/flagstest"
)

// A run that was stopped goes on as if it had not been.
func TestResumes(t *testing.T) {
	flagstest.Resumes(t, run, "", "-hidden", "8", "-k", "3", "-warm-up", "2", "-out", t.TempDir())
}
