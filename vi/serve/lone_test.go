package serve_test

import (
	"context"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi/serve"
)

// TestLone has a request that is alone computed on its own goroutine, where one run
// is all it takes, and on a worker's otherwise: with the same answer, and a context
// that ends in between.
func TestLone(t *testing.T) {
	delayed := start(t, vaeSpec, &graph.Params{}, serve.Config{Delay: time.Nanosecond})
	for _, c := range []struct {
		operation string
		request   serve.Request
		here      bool
	}{
		{serve.Encode, serve.Request{Values: xs(bits(1, pixels)), Draws: 3}, true},
		{serve.Encode, serve.Request{Values: xs(bits(1, 100*pixels)), Draws: 3}, false}, // two runs
		{serve.ELBO, serve.Request{Values: xs(bits(1, pixels))}, true},
		{serve.Impute, serve.Request{Values: xs(bits(1, pixels))}, false},
	} {
		// A model of its own: a worker may still run what an ended context left.
		ctx, stop := context.WithCancel(context.Background())
		var here, stops atomic.Bool
		m := start(t, vaeSpec, &graph.Params{}, serve.Config{Runs: 1, Meter: counting{func(int) {
			var stack [1 << 14]byte
			here.Store(strings.Contains(string(stack[:runtime.Stack(stack[:], false)]), "serve.(*Model).Do("))
			if stops.Load() {
				stop()
			}
		}}})
		var r, want serve.Reply
		for range 2 { // the second finds a program
			if err := m.Do(context.Background(), c.operation, c.request, &r); err != nil {
				t.Fatal(err)
			}
		}
		if here.Load() != c.here {
			t.Errorf("%s of %d values: on its own goroutine %v, want %v", c.operation, len(c.request.Values["x"]), !c.here, c.here)
		}
		if err := delayed.Do(context.Background(), c.operation, c.request, &want); err != nil {
			t.Fatal(err)
		}
		for i, o := range r.Outputs {
			for k, v := range o.Values {
				if v != want.Outputs[i].Values[k] {
					t.Fatalf("%s: %s, element %d: %v, of a worker %v", c.operation, o.Name, k, v, want.Outputs[i].Values[k])
				}
			}
		}
		stops.Store(true)
		if err := m.Do(ctx, c.operation, c.request, &r); err != nil && err != context.Canceled {
			t.Errorf("%s: ended in between: %v", c.operation, err)
		}
		stop()
	}
}
