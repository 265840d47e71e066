package mcmc_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/latentgo/latent/vi/mcmc"
)

// The table is by ArviZ 0.23: see internal/ref/mcmc. It has no R̂ of one chain.
func TestDiagnosticsAgainstArviZ(t *testing.T) {
	b, err := os.ReadFile("testdata/diagnostics.json")
	if err != nil {
		t.Fatal(err)
	}
	var table map[string]map[string]json.RawMessage
	if err := json.Unmarshal(b, &table); err != nil {
		t.Fatal(err)
	}
	quantile := func(f func([][]float64, float64) float64, p float64) func([][]float64) float64 {
		return func(x [][]float64) float64 { return f(x, p) }
	}
	looks := map[string]func([][]float64) float64{
		"rhat_rank": mcmc.RHat, "ess_bulk": mcmc.BulkESS, "ess_tail": mcmc.TailESS, "ess_mean": mcmc.MeanESS,
		"mcse_mean": mcmc.MeanError, "mcse_sd": mcmc.StdError,
		"ess_q0.05": quantile(mcmc.QuantileESS, .05), "ess_q0.5": quantile(mcmc.QuantileESS, .5), "ess_q0.95": quantile(mcmc.QuantileESS, .95),
		"mcse_q0.05": quantile(mcmc.QuantileError, .05), "mcse_q0.5": quantile(mcmc.QuantileError, .5), "mcse_q0.95": quantile(mcmc.QuantileError, .95),
	}
	compared := 0
	for name, of := range table {
		var chains [][]float64
		if err := json.Unmarshal(of["chains"], &chains); err != nil {
			t.Fatal(err)
		}
		check := func(what string, got float64, raw json.RawMessage) {
			var want *float64
			if err := json.Unmarshal(raw, &want); err != nil {
				t.Fatal(err)
			}
			if want == nil {
				return
			}
			compared++
			if !(math.Abs(got-*want) <= 1e-9*math.Abs(*want)) {
				t.Errorf("%s: %s is %v, want %v", name, what, got, *want)
			}
		}
		for what, f := range looks {
			check(what, f(chains), of[what])
		}
		var bfmi []json.RawMessage
		if err := json.Unmarshal(of["bfmi"], &bfmi); err != nil {
			t.Fatal(err)
		}
		for i, c := range chains {
			check("bfmi", mcmc.EBFMI(c), bfmi[i])
		}
	}
	if compared < 150 {
		t.Errorf("only %d numbers were compared", compared)
	}
}
