package vi_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// m2 is the semi-supervised model p(y)p(z)p(x|y,z) with the guide
// q(y|x)q(z|x,y) (Kingma et al., arXiv 1406.5298).
type m2 struct {
	classes, latent int
	dec, cls, enc   layers.Stack
}

func newM2(s *graph.Scope, pixels, classes, latent int) m2 {
	return m2{classes, latent,
		layers.NewMLP(s.In("dec"), classes+latent, 8, pixels),
		layers.NewMLP(s.In("cls"), pixels, 8, classes),
		layers.NewMLP(s.In("enc"), pixels+classes, 8, 2*latent)}
}

func (m m2) model() vi.Model {
	return vi.Model{
		Joint: func(t *vi.Trace) {
			y := t.Draw("y", prob.OneHot{Logits: graph.BroadcastTo(graph.Const(0), m.classes)})
			z := t.Draw("z", prob.StdNormal(m.latent))
			t.Draw("x", prob.Bernoulli{Logits: m.dec.Apply(graph.Concat(-1, y, z))})
		},
		Guide: func(t *vi.Trace) {
			x := t.Given("x")
			y := t.Draw("y", prob.OneHot{Logits: m.cls.Apply(x)})
			h := m.enc.Apply(graph.Concat(-1, x, y))
			t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, m.latent), LogStd: graph.Cols(h, m.latent, 2*m.latent)})
		},
	}
}

// objective is J^α = Σ_l L(x,y) + Σ_u U(x) + α·Σ_l log q(y|x), a datum.
func (m m2) objective(s *graph.Scope, labelled, unlabelled vi.Data, alpha float64) *vi.Estimate {
	l := vi.ELBO{}.Estimate(s.In("labelled"), m.model(), labelled)
	u := vi.ELBO{Config: vi.Config{Enumerate: []string{"y"}}}.Estimate(s.In("unlabelled"), m.model(), unlabelled)
	logq := graph.Mean(l.Record.Site("y").LogQ)
	return vi.Sum(l, u, vi.Term("classifier", logq).Times(s.Const(alpha)))
}

// Semi-supervised learning is two estimates in one build, one with the classes
// given and one with them enumerated, and the classifier term, which is the
// given site's score under the guide.
func ExampleSum_semiSupervised() {
	p, err := graph.Build(&graph.Params{Seed: 1}, func(s *graph.Scope) {
		m := newM2(s, 4, 3, 2)
		e := m.objective(s,
			vi.Data{"x": s.Input("x", 2, 4), "y": s.Input("y", 2, 3)},
			vi.Data{"x": s.Input("more", 5, 4)}, .1)
		s.Output("objective", e.Value)
		s.Output("classifier", e.Terms["classifier"])
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	graph.Feed(p, "x", []float32{1, 0, 0, 1, 0, 1, 1, 0})
	graph.Feed(p, "y", []float32{0, 1, 0, 0, 0, 1})
	graph.Feed(p, "more", make([]float32, 20))
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		fmt.Println(err)
		return
	}
	j, _ := p.Value("objective")
	c, _ := p.Value("classifier")
	fmt.Printf("%.3f %.3f\n", j, c)
	// Output: [-7.686] [-1.517]
}

// TestM2IsItsParts: U(x) = Σ_y q(y|x)·L(x,y) + H(q(y|x)), with log p(y) =
// −log C part of L, and J^α the sum.
func TestM2IsItsParts(t *testing.T) {
	const rows, classes = 3, 4
	x := []float64{1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1}
	params := &graph.Params{Seed: 2, Dtype: graph.Float64}
	p, err := graph.Build(params, func(s *graph.Scope) {
		s = s.NoiseAsInput()
		m := newM2(s, 5, classes, 2)
		in := s.Input("x", rows, 5)
		var last *vi.Estimate
		for c := range classes {
			y := make([]float64, rows*classes)
			for i := range rows {
				y[i*classes+c] = 1
			}
			e := vi.ELBO{}.Estimate(s.In(fmt.Sprint("l", c)), m.model(), vi.Data{"x": in, "y": s.Tensor(y, rows, classes)})
			s.Output(fmt.Sprint("L", c), e.PerRow)
			s.Output(fmt.Sprint("logq", c), graph.Reshape(e.Record.Site("y").LogQ, rows))
			s.Output(fmt.Sprint("logp", c), graph.Mean(e.Record.Site("y").LogP))
			last = e
		}
		u := vi.ELBO{Config: vi.Config{Enumerate: []string{"y"}}}.Estimate(s.In("u"), m.model(), vi.Data{"x": in})
		s.Output("U", u.PerRow)
		s.Output("Lmean", last.Value)
		y := make([]float64, rows*classes)
		for i := range rows {
			y[i*classes+classes-1] = 1
		}
		j := m.objective(s.In("j"), vi.Data{"x": in, "y": s.Tensor(y, rows, classes)}, vi.Data{"x": in}, .7)
		s.Output("J", j.Value)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range p.Inputs() {
		v := make([]float64, graph.Size(p.Shape(name)))
		for i := range v {
			v[i] = .3 * float64(i%5-2)
		}
		if name == "x" {
			v = x
		}
		graph.Feed(p, name, v)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	get := func(name string) []float64 {
		v, err := p.Value(name)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	u, meanU, meanQ := get("U"), 0.0, 0.0
	for i := range rows {
		want := 0.0
		for c := range classes {
			lq := get(fmt.Sprint("logq", c))[i]
			want += math.Exp(lq) * (get(fmt.Sprint("L", c))[i] - lq)
		}
		if math.Abs(u[i]-want) > 1e-12 {
			t.Errorf("row %d: U = %v, want %v", i, u[i], want)
		}
		meanU += u[i] / rows
		meanQ += get(fmt.Sprint("logq", classes-1))[i] / rows
	}
	if lp := get("logp0")[0]; math.Abs(lp+math.Log(classes)) > 1e-12 {
		t.Errorf("log p(y) = %v, want −log %d", lp, classes)
	}
	if j, want := get("J")[0], get("Lmean")[0]+meanU+.7*meanQ; math.Abs(j-want) > 1e-12 {
		t.Errorf("J = %v, want %v", j, want)
	}
}
