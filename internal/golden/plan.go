// Package golden compares what is made with what a file holds, so that a change
// is seen in review.
package golden

import (
	"flag"
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/latentgo/latent/graph"
)

var update = flag.Bool("update", false, "rewrite the golden files of the tests that run")

// productParts is the number of parts of a matrix product: it follows from the
// tiles of the kernels, which differ from processor to processor.
var productParts = regexp.MustCompile(`(?m)^( *\d+) +\d+×(  product)`)

// Plan compares the plan of a program that takes training steps and computes the
// nodes of f with a file: what runs in which phase, and what was fused into what.
// After a change that is meant, run the test with -update.
func Plan(t *testing.T, file string, f func(s *graph.Scope) []*graph.Node) {
	t.Helper()
	p, err := graph.BuildTraining(&graph.Params{}, func(s *graph.Scope) {
		for i, n := range f(s) {
			s.Output(strconv.Itoa(i), n)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	got := productParts.ReplaceAllString(p.Explain(), "$1   n×$2")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the plan is not that of %s; if that is meant, run the test with -update:\n%s", file, got)
	}
}
