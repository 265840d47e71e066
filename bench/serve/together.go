package main

import (
	"context"
	"sync"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/serve"
)

const (
	clients = 16
	latents = 20
)

// vae is a VAE with the encoder of the other rows.
func vae(s *graph.Scope) vi.Model {
	enc, dec := layers.NewMLP(s.In("enc"), sizes...), layers.NewMLP(s.In("dec"), latents, 500, sizes[0])
	return vi.Model{
		Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Bernoulli{Logits: dec.Apply(t.Draw("z", prob.StdNormal(latents)))})
		},
		Guide: func(t *vi.Trace) {
			h := enc.Apply(t.Given("x"))
			t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, latents), LogStd: graph.Cols(h, latents, 2*latents)})
		},
	}
}

var spec = serve.Spec{Model: vae, Arrays: []serve.Array{{Name: "x", Shape: []int{sizes[0]}}}}

// load is what clients saw in a turn.
type load struct {
	perRequest, p50, p99 float64 // µs
}

// storm lets clients call, one request after the other, for a turn.
func storm(turn time.Duration, client func(i int) (call func() error)) (load, error) {
	waits := make([][]float64, clients)
	errs := make([]error, clients)
	calls := make([]func() error, clients)
	for i := range calls {
		calls[i] = client(i)
	}
	var all sync.WaitGroup
	start := time.Now()
	for i, call := range calls {
		all.Go(func() {
			for time.Since(start) < turn && errs[i] == nil {
				t := time.Now()
				errs[i] = call()
				waits[i] = append(waits[i], micros(time.Since(t)))
			}
		})
	}
	all.Wait()
	took := micros(time.Since(start))
	var every []float64
	for i, w := range waits {
		if errs[i] != nil {
			return load{}, errs[i]
		}
		every = append(every, w...)
	}
	return load{took / float64(len(every)), *middle(every), *quantile(every, .99)}, nil
}

// asker asks a model to encode a row, again and again.
func asker(m *serve.Model, seed int) func() error {
	x := make([]float64, sizes[0])
	for i, v := range pixels(1) {
		x[i] = float64(v)
	}
	q := serve.Request{Values: map[string][]float64{"x": x}, Seed: uint64(seed)}
	var r serve.Reply
	return func() error { return m.Do(context.Background(), serve.Encode, q, &r) }
}

// together measures a model that many ask beside a program behind a mutex.
func together(o options) ([]row, error) {
	params := &graph.Params{}
	full, err := serve.New(spec, params, serve.Config{})
	if err != nil {
		return nil, err
	}
	defer full.Close()
	half, err := serve.New(spec, params, serve.Config{Half: true})
	if err != nil {
		return nil, err
	}
	defer half.Close()
	alone, err := single(params)
	if err != nil {
		return nil, err
	}
	rows := []row{{Name: "serve", Batch: 1, Bar: "ratio ≥ 3"}, {Name: "serve/f16", Batch: 1}}
	var us, p50, p99, ratio [2][]float64
	var other []float64
	for range o.rounds {
		mutex, err := storm(3*o.turn(), func(int) func() error { return alone() })
		if err != nil {
			return nil, err
		}
		other = append(other, mutex.perRequest)
		for i, m := range []*serve.Model{full, half} {
			l, err := storm(3*o.turn(), func(c int) func() error { return asker(m, c) })
			if err != nil {
				return nil, err
			}
			us[i], p50[i], p99[i] = append(us[i], l.perRequest), append(p50[i], l.p50), append(p99[i], l.p99)
			ratio[i] = append(ratio[i], mutex.perRequest/l.perRequest)
		}
	}
	for i := range rows {
		r := &rows[i]
		r.Latent, r.Peer, r.Ratio, r.P50, r.P99 = *middle(us[i]), middle(other), middle(ratio[i]), middle(p50[i]), middle(p99[i])
	}
	return rows, nil
}

// single is one program for one row behind a mutex: what the model's Encode computes.
func single(params *graph.Params) (client func() (call func() error), err error) {
	p, err := graph.Build(params, func(s *graph.Scope) {
		r := vi.Run(s, vae(s), vi.Data{"x": s.Input("x", 1, sizes[0])}, vi.Config{Rows: 1})
		z := r.Site("z")
		q := z.Q.(prob.Normal)
		s.Output("mean", q.Mean)
		s.Output("std", graph.Exp(q.LogStd))
		s.Output("draw", z.Value)
	})
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	seed := uint64(0)
	return func() func() error {
		x, y := pixels(1), make([]float32, latents)
		return func() error {
			mu.Lock()
			defer mu.Unlock()
			seed++
			if err := graph.Feed(p, "x", x); err != nil {
				return err
			}
			if err := p.Run(context.Background(), graph.Key{Seed: seed}); err != nil {
				return err
			}
			for _, name := range []string{"mean", "std", "draw"} {
				if err := graph.Read(p, name, y); err != nil {
					return errors.WithMessage(err, name)
				}
			}
			return nil
		}
	}, nil
}
