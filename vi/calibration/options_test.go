package calibration_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/latentgo/latent/internal/exported"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/calibration"
)

// ranked is what a replication comes to, as text.
func ranked(one calibration.Replication) string {
	r, err := calibration.Run(context.Background(), 2, func(context.Context, int) (calibration.Replication, error) { return one, nil })
	if err != nil {
		return "error " + err.Error()
	}
	return fmt.Sprint(r.Names(), r.Draws(), r.Of("a"), r.Symmetry("a"))
}

// A new field of a struct that says what to do has no entry and fails.
func TestEveryOptionHasAnEffect(t *testing.T) {
	draws := func(v ...float64) map[string]*vi.Draws {
		return map[string]*vi.Draws{"a": {K: len(v), Shape: []int{1}, Values: v}}
	}
	truth := func(v ...float64) map[string][]float64 { return map[string][]float64{"a": v} }
	plain := ranked(calibration.Replication{Truth: truth(2), Draws: draws(1, 3, 5)})
	exported.Effects(t, map[string][][]string{
		"Replication.Truth": {{plain, ranked(calibration.Replication{Truth: truth(4), Draws: draws(1, 3, 5)})}, {plain, ranked(calibration.Replication{Draws: draws(1)}), "without a true value"}},
		"Replication.Draws": {{plain, ranked(calibration.Replication{Truth: truth(2), Draws: draws(1, 1, 5)})}, {plain, ranked(calibration.Replication{Truth: truth(2)}), "a has a true value and no draws"}},
	}, "Check", "Side")
}
