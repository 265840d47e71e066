package trainers

import (
	"context"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/mark"
)

// Stop, returned by Config.OnEpoch, Config.OnStep or the Batches of a stream,
// ends Fit at this point without an error. It is never returned by Fit.
var Stop = errors.New("trainers: stop")

// ErrInterrupted is found by errors.Is in what Fit, Evaluate and Predict return
// when their context was done, beside the context's own error. Others to tell
// apart are *NotFinite, by errors.As, graph.ErrMissingInput, and the errors of
// reading, graph.ErrWrongFile and data.ErrWrongFile.
var ErrInterrupted = errors.New("trainers: interrupted")

// ErrCliff is found by errors.Is in what Fit returns when a Cliff ended it.
var ErrCliff = errors.New("trainers: the bound fell off a cliff")

var errNoContext = errors.New("trainers: the context is nil")

// interruption marks an error that comes of the end of ctx.
func interruption(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return mark.Error(err, ErrInterrupted)
	}
	return err
}
