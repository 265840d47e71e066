// Command mcmc measures the effective draws a second of NUTS on two posteriors, beside
// NumPyro's:
//
//	go run ./bench/mcmc                            this library
//	go run ./bench/mcmc -python /path/to/python    and NumPyro, if that Python has numpyro and arviz
//
// A turn is a whole run of four chains, the warm-up included, of another seed each;
// what counts is the smallest bulk effective number of draws of a latent, which both
// sides find by the same rules, over the seconds. Here the seconds are those from the
// model as code to the draws, in float64. NumPyro, in float32 as is its default, has
// been compiled by a run before, and of its three ways with chains (one after the
// other, vectorised, in parallel) the fastest counts in each turn. The contestants take
// turns, since a machine's speed drifts; figures are medians over the rounds, and the
// ratio is the median of the rounds' ratios.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"text/tabwriter"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/peer"
	"github.com/latentgo/latent/vi/mcmc"
)

type options struct {
	python, only                  string
	json, f32                     bool
	rounds, chains, warmup, draws int
}

// turn is one run.
type turn struct {
	seconds, ess float64
	steps        int // leapfrog steps after the warm-up
}

// rate is effective draws a second.
func (t turn) rate() float64 {
	if t.seconds == 0 {
		return 0
	}
	return t.ess / t.seconds
}

// result is one row.
type result struct {
	Name    string   `json:"name"`
	Rate    float64  `json:"ess_per_second"`
	ESS     float64  `json:"ess"`
	Seconds float64  `json:"seconds"`
	Steps   float64  `json:"leapfrog_steps"` // after the warm-up
	Peer    *float64 `json:"numpyro_ess_per_second"`
	PeerESS *float64 `json:"numpyro_ess"`
	Ratio   *float64 `json:"ratio"` // ess_per_second / numpyro_ess_per_second
	Rounds  int      `json:"rounds"`
}

func main() {
	var o options
	flag.StringVar(&o.python, "python", "", "beside NumPyro, by this Python")
	flag.StringVar(&o.only, "only", "", "this model only")
	flag.BoolVar(&o.json, "json", false, "print one JSON object a model")
	flag.BoolVar(&o.f32, "f32", false, "in float32")
	flag.IntVar(&o.rounds, "rounds", 5, "turns each contestant takes")
	flag.IntVar(&o.chains, "chains", 4, "chains")
	flag.IntVar(&o.warmup, "warmup", 1000, "transitions of each chain that tune it")
	flag.IntVar(&o.draws, "draws", 1000, "draws of each chain")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "mcmc: unexpected argument %q\n", flag.Arg(0))
		os.Exit(2)
	}
	if err := run(o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mcmc:", err)
		os.Exit(1)
	}
}

func run(o options, w io.Writer) (err error) {
	if o.rounds < 1 {
		return errors.Errorf("-rounds %d, want 1 or more", o.rounds)
	}
	data := makeData()
	var py *python
	if o.python != "" {
		if py, err = startPython(o.python, data); err != nil {
			return err
		}
		defer py.Close()
	}
	var results []result
	for _, m := range models {
		if o.only != "" && o.only != m.name {
			continue
		}
		r, err := measure(o, m.name, m.build(data), py)
		if err != nil {
			return errors.WithMessage(err, m.name)
		}
		results = append(results, r)
	}
	if len(results) == 0 {
		return errors.Errorf("-only %s: there are schools and logistic", o.only)
	}
	if o.json {
		for _, r := range results {
			if err := json.NewEncoder(w).Encode(r); err != nil {
				return errors.Wrap(err, "output")
			}
		}
		return nil
	}
	return table(w, results, py)
}

func measure(o options, name string, build mcmc.Build, py *python) (result, error) {
	var own, peer []turn
	var ratios []float64
	for round := range o.rounds {
		t, err := sample(o, build, round)
		if err != nil {
			return result{}, err
		}
		own = append(own, t)
		if py == nil {
			continue
		}
		p, err := py.run(name, round, o)
		if err != nil {
			return result{}, err
		}
		peer, ratios = append(peer, p), append(ratios, t.rate()/p.rate())
	}
	r := result{Name: name, Rounds: o.rounds}
	r.Rate = middle(own, turn.rate)
	r.ESS = middle(own, func(t turn) float64 { return t.ess })
	r.Seconds = middle(own, func(t turn) float64 { return t.seconds })
	r.Steps = middle(own, func(t turn) float64 { return float64(t.steps) })
	if py != nil {
		rate, ess := middle(peer, turn.rate), middle(peer, func(t turn) float64 { return t.ess })
		ratio := middle(ratios, func(v float64) float64 { return v })
		r.Peer, r.PeerESS, r.Ratio = &rate, &ess, &ratio
	}
	return r, nil
}

// sample is a turn of this library.
func sample(o options, build mcmc.Build, seed int) (turn, error) {
	params := &graph.Params{Dtype: graph.Float64}
	if o.f32 {
		params.Dtype = graph.Float32
	}
	start := time.Now()
	p, err := mcmc.Sample(context.Background(), params, build, mcmc.Config{Chains: o.chains, Warmup: o.warmup, Draws: o.draws, Seed: uint64(seed)})
	if err != nil {
		return turn{}, err
	}
	t := turn{seconds: time.Since(start).Seconds(), ess: math.Inf(1)}
	for _, row := range p.Summary() {
		t.ess = min(t.ess, row.BulkESS)
	}
	for _, ts := range p.Transitions {
		for _, tr := range ts {
			t.steps += tr.Steps
		}
	}
	return t, nil
}

func middle[T any](of []T, f func(T) float64) float64 {
	v := make([]float64, len(of))
	for i, t := range of {
		v[i] = f(t)
	}
	return *peer.Median(v)
}

func table(w io.Writer, results []result, py *python) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	head := "model\tESS/s\tESS\tseconds\tsteps\t"
	if py != nil {
		head += py.Version + " ESS/s\tESS\tratio\t"
	}
	fmt.Fprintln(tw, head)
	for _, r := range results {
		fmt.Fprintf(tw, "%s\t%.0f\t%.0f\t%.3f\t%.0f\t", r.Name, r.Rate, r.ESS, r.Seconds, r.Steps)
		if py != nil {
			fmt.Fprintf(tw, "%.0f\t%.0f\t%.2f\t", *r.Peer, *r.PeerESS, *r.Ratio)
		}
		fmt.Fprintln(tw)
	}
	return errors.Wrap(tw.Flush(), "output")
}
