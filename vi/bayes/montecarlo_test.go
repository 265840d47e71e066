package bayes_test

import (
	"math"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/bayes"
)

// TestBinaryDropoutIsItsEnumeration: the predictive of a network with five inputs and
// units that may be dropped is the mean over the 32 ways to do that.
func TestBinaryDropoutIsItsEnumeration(t *testing.T) {
	const ways = 32
	build := func(k int, fed bool) program {
		params := &graph.Params{Dtype: f64, Seed: 2}
		f := func(s *graph.Scope) {
			if fed {
				s = s.NoiseAsInput()
			}
			c := bayes.Config{Posterior: bayes.BinaryDropout{Rate: .5}, Config: layers.Config{Activation: graph.Tanh, Biases: graph.Constant(.3)}}
			net := c.NewMLP(s.In("net"), 3, 2, 1)
			m := vi.Model{Guide: net.Draw, Joint: func(t *vi.Trace) {
				t.Draw("y", prob.Bernoulli{Logits: net.Apply(t, t.Given("x"))})
			}}
			r := vi.Run(s, m, vi.Data{"x": s.Tensor([]float64{1.4, -.6, .9}, 1, 3), "y": s.Tensor([]float64{1}, 1, 1)}, vi.Config{K: k})
			s.Output("l", bayes.LogPredictive(r, "y"))
			s.Output("p", graph.Sigmoid(r.Site("y").P.(prob.Bernoulli).Logits))
			s.Output("mean", graph.Sigmoid(net.Mean().Apply(s.Tensor([]float64{1.4, -.6, .9}, 1, 3))))
		}
		prog, err := graph.Build(params, f)
		if err != nil {
			t.Fatal(err)
		}
		return program{prog, t, params}
	}
	p := build(ways, true)
	masks := map[string][]float64{}
	bit := func(on bool) float64 { // of a uniform number above ½
		if on {
			return .9
		}
		return .1
	}
	for k := range ways {
		for i := range 3 {
			masks["net/0/dropout/noise"] = append(masks["net/0/dropout/noise"], bit(k>>i&1 == 1))
		}
		for i := range 2 {
			masks["net/1/dropout/noise"] = append(masks["net/1/dropout/noise"], bit(k>>(3+i)&1 == 1))
		}
	}
	p.feed(masks)
	p.run()
	get := func(name string) []float64 {
		v, err := graph.Values[float64](p.params, name)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	w0, b0, w1, b1 := get("net/0/w"), get("net/0/b"), get("net/1/w"), get("net/1/b")
	forward := func(mask func(i int) float64) float64 {
		x, logit := []float64{1.4, -.6, .9}, b1[0]
		for j := range 2 {
			h := b0[j]
			for i := range 3 {
				h += mask(i) * x[i] * w0[2*i+j]
			}
			logit += mask(3+j) * math.Tanh(h) * w1[j]
		}
		return 1 / (1 + math.Exp(-logit))
	}
	var mean, square float64
	for k := range ways {
		v := forward(func(i int) float64 { return 2 * float64(k>>i&1) })
		mean, square = mean+v/ways, square+v*v/ways
	}
	near(t, "log p(y) of all masks", p.value("l")[0], math.Log(mean), 1e-12)
	near(t, "the pass of the means", p.value("mean")[0], forward(func(int) float64 { return 1 }), 1e-12)
	// And drawn.
	const draws = 40000
	p = build(draws, false)
	p.run()
	var got float64
	for _, v := range p.value("p") {
		got += v / draws
	}
	if std := math.Sqrt((square - mean*mean) / draws); math.Abs(got-mean) > 4*std {
		t.Errorf("the mean of %d draws is %v, want %v ± %v", draws, got, mean, std)
	}
}

// TestADrawIsAFunction: under vi.PerDraw the draws of a layer without biases at twice an
// input are twice those at the input, for every law of the weights, and differ from one
// another; as many draws have the same first ones.
func TestADrawIsAFunction(t *testing.T) {
	for name, c := range posteriors {
		if len(noisesOf(c)) == 1 || c.LatentBiases {
			continue
		}
		c.Input, c.NoBias = nil, true
		var first []float64
		for _, draws := range []int{5, 8} {
			p, err := graph.Build(&graph.Params{Dtype: f64}, func(s *graph.Scope) {
				d := c.NewDense(s.In("l"), 3, 2)
				m := vi.Model{Guide: d.Draw, Joint: func(t *vi.Trace) {
					t.Draw("y", prob.Normal{Mean: d.Apply(t, t.Given("x")), LogStd: s.Const(0)})
				}}
				r := vi.Run(s, m, vi.Data{"x": s.Tensor([]float64{.3, -1, .8, .6, -2, 1.6}, 2, 3), "y": s.Tensor(make([]float64, 4), 2, 2)}, vi.Config{K: draws, Estimator: vi.PerDraw{}})
				s.Output("f", r.Site("y").P.(prob.Normal).Mean)
			})
			if err != nil {
				t.Fatal(name, err)
			}
			q := program{p, t, nil}
			q.run()
			f := q.value("f")
			for k := range draws {
				for j := range 2 {
					near(t, name+": a draw at twice the input", f[4*k+2+j], 2*f[4*k+j], 1e-12)
				}
				if k > 0 && f[4*k] == f[0] {
					t.Errorf("%s: two draws are the same", name)
				}
			}
			if first == nil {
				first = f
			} else if !slices.Equal(first, f[:len(first)]) {
				t.Errorf("%s: the first draws are %v of five and %v of eight", name, first, f[:len(first)])
			}
		}
	}
}
