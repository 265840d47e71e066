package serve_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi/serve"
)

// request is a random one, with its operation.
func request(r *rand.Rand, most int) (string, serve.Request) {
	rows := 1 + r.IntN(most)
	q := serve.Request{Seed: r.Uint64()}
	given := func() { q.Values = xs(bits(r.Uint64(), rows*pixels)) }
	switch op := []string{serve.Encode, serve.Decode, serve.Reconstruct, serve.Sample, serve.LogLikelihood, serve.ELBO, serve.Impute}[r.IntN(7)]; op {
	case serve.Decode:
		z := make([]float64, rows*latents)
		for i := range z {
			z[i] = r.NormFloat64()
		}
		q.Values = map[string][]float64{"z": z}
		return op, q
	case serve.Sample:
		q.Rows = rows
		return op, q
	case serve.ELBO:
		given()
		return op, q
	case serve.Impute:
		given()
		for i := range q.Values["x"] {
			if r.IntN(3) == 0 {
				q.Values["x"][i] = nan
			}
		}
		q.Draws = 8
		return op, q
	default:
		given()
		q.Draws = 2 + r.IntN(20)
		return op, q
	}
}

// TestTogether asks many goroutines' requests at once, of all operations and
// sizes. Each gets what it gets alone, to the rounding of another number of
// rows; without sharing runs, to the bit. Afterwards no goroutine is left.
func TestTogether(t *testing.T) {
	n := 600
	if os.Getenv("LATENT_SWEEP") != "" {
		n = 10000
	}
	before := runtime.NumGoroutine()
	params := &graph.Params{Seed: 3}
	type asked struct {
		op    string
		q     serve.Request
		reply serve.Reply
	}
	all := make([]asked, n)
	alone, err := serve.New(vaeSpec, params, serve.Config{Batch: 16, Alone: true, Runs: 1, Steps: 2})
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		a := &all[i]
		a.op, a.q = request(rand.New(rand.NewPCG(1, uint64(i))), 40)
		if err := alone.Do(context.Background(), a.op, a.q, &a.reply); err != nil {
			t.Fatal(err)
		}
	}
	alone.Close()
	for _, c := range []serve.Config{
		{Batch: 16, Steps: 2, Runs: 3},
		{Batch: 16, Steps: 2, Runs: 2, Workers: 2, Delay: time.Millisecond / 4, Memory: 1 << 20},
		{Batch: 16, Steps: 2, Alone: true, Runs: 2},
		{Batch: 1, Steps: 2, Runs: 2},
	} {
		m, err := serve.New(vaeSpec, params, c)
		if err != nil {
			t.Fatal(err)
		}
		exact := 0
		var mu sync.Mutex
		var group sync.WaitGroup
		for g := range 16 {
			group.Go(func() {
				var r serve.Reply
				for i := g; i < n; i += 16 {
					a := &all[i]
					if err := m.Do(context.Background(), a.op, a.q, &r); err != nil {
						t.Errorf("%s: %v", a.op, err)
						continue
					}
					same := true
					for k, o := range r.Outputs {
						want := a.reply.Outputs[k]
						if o.Name != want.Name || !slices.Equal(o.Shape, want.Shape) {
							t.Errorf("%s: output %s %v, want %s %v", a.op, o.Name, o.Shape, want.Name, want.Shape)
						}
						same = same && slices.Equal(o.Values, want.Values)
						if o.Name != "khat" && !near(o.Values, want.Values, 1e-4) {
							t.Errorf("%s: %s differs in company", a.op, o.Name)
						}
					}
					if c.Alone && !same {
						t.Errorf("%s: other bits with Alone", a.op)
					}
					mu.Lock()
					if same {
						exact++
					}
					mu.Unlock()
				}
			})
		}
		group.Wait()
		m.Close()
		if testing.Verbose() {
			fmt.Printf("%+v: %d of %d to the bit\n", c, exact, n)
		}
	}
	left := 0
	for range 100 {
		if left = runtime.NumGoroutine(); left <= before {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if left > before {
		t.Errorf("%d goroutines, before there were %d", left, before)
	}
}
