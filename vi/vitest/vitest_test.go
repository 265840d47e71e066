package vitest_test

import (
	"testing"

	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/vitest"
)

// The estimators of discrete sites that draw as their laws do.
func TestOurEstimatorsOnEveryModel(t *testing.T) {
	for _, e := range []vi.Estimator{vi.Score{}, vi.Score{Baseline: vi.LeaveOneOut{}}, vi.VIMCO{}, vi.DisARM{}} {
		t.Run(vi.Name(e), func(t *testing.T) {
			t.Parallel()
			vitest.Unbiased(t, e)
		})
	}
}
