package vi_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// shifted is z ~ N(0, I), x ~ N(z, I), so that p(z|x) = N(x/2, I/2) and p(x) =
// N(0, 2I), with a guide off by some of the posterior's standard deviations in
// each dimension, and scaled.
type shifted struct {
	dim          int
	shift, scale float64
}

func (g shifted) model(s *graph.Scope) vi.Model {
	normal := func(mean *graph.Node, std float64) prob.Normal {
		return prob.Normal{Mean: mean, LogStd: s.Const(math.Log(std))}
	}
	return vi.Model{
		Joint: func(t *vi.Trace) { t.Draw("x", normal(t.Draw("z", prob.StdNormal(g.dim)), 1)) },
		Guide: func(t *vi.Trace) {
			t.Draw("z", normal(t.Given("x").Scale(.5).Shift(g.shift*math.Sqrt(.5)), g.scale*math.Sqrt(.5)))
		},
	}
}

func (g shifted) data(rows int) (x []float64, logp float64) {
	x = make([]float64, rows*g.dim)
	for i := range x {
		x[i] = math.Sin(float64(1 + 3*i))
		logp -= (.5*math.Log(4*math.Pi) + x[i]*x[i]/4) / float64(rows)
	}
	return x, logp
}

// evidenceProgram has the terms and the rows of Evidence, and the log weights of
// a run where that is asked for.
func evidenceProgram(t *testing.T, g shifted, o vi.Evidence, rows int, dtype graph.Dtype, weights bool) *graph.Program {
	t.Helper()
	p, err := graph.Build(&graph.Params{Dtype: dtype}, func(s *graph.Scope) {
		d := vi.Data{"x": s.Input("x", rows, g.dim)}
		e := o.Estimate(s, g.model(s), d)
		for name, n := range e.Terms {
			s.Output(name, n)
		}
		s.Output("rows", e.PerRow)
		if weights {
			door.Replay(s, func() { s.Output("logw", vi.Run(s, g.model(s), d, vi.Config{K: o.K}).LogWeights()) })
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	x, _ := g.data(rows)
	if err := graph.Feed(p, "x", x); err != nil {
		t.Fatal(err)
	}
	return p
}

func output(t *testing.T, p *graph.Program, name string) []float64 {
	t.Helper()
	v, err := p.Value(name)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func runSeed(t *testing.T, p *graph.Program, seed uint64) {
	t.Helper()
	if err := p.Run(context.Background(), graph.Key{Seed: seed}); err != nil {
		t.Fatal(err)
	}
}

// Cut along the draws or not, the estimates are those of the draws of one run,
// worked out here by leaving groups out.
func TestEvidenceIsCutAlongTheDraws(t *testing.T) {
	g, rows := shifted{3, .6, 1.1}, 4
	for _, dtype := range []graph.Dtype{graph.Float64, graph.Float32} {
		tol := 1e-11
		if dtype == graph.Float32 {
			tol = 2e-5
		}
		var fewer []float64 // log weights of the first draws
		for _, k := range []int{2, 7, 50, 51, 100, 173, 500} {
			whole := evidenceProgram(t, g, vi.Evidence{K: k, Chunk: 1000}, rows, dtype, k <= 50)
			runSeed(t, whole, 3)
			var logw []float64
			if k <= 50 {
				logw = output(t, whole, "logw")
			} else { // the run of as many draws, by itself
				p, err := graph.Build(&graph.Params{Dtype: dtype}, func(s *graph.Scope) {
					s.Output("logw", vi.Run(s, g.model(s), vi.Data{"x": s.Input("x", rows, g.dim)}, vi.Config{K: k}).LogWeights())
				})
				if err != nil {
					t.Fatal(err)
				}
				x, _ := g.data(rows)
				graph.Feed(p, "x", x)
				runSeed(t, p, 3)
				logw = output(t, p, "logw")
			}
			for i := range min(len(logw), len(fewer)) {
				if math.Abs(logw[i]-fewer[i]) > tol*(1+math.Abs(logw[i])) {
					t.Fatalf("%v, %d draws: weight %d is %v, by fewer draws %v", dtype, k, i, logw[i], fewer[i])
				}
			}
			fewer = logw
			want := leaveGroupsOut(logw, k, rows)
			for _, chunk := range []int{1, 100, math.MaxInt} {
				p := evidenceProgram(t, g, vi.Evidence{K: k, Chunk: chunk}, rows, dtype, false)
				runSeed(t, p, 3)
				for name, v := range want {
					if got := output(t, p, name)[0]; math.Abs(got-v) > tol*(1+math.Abs(v)) {
						t.Errorf("%v, %d draws, %d at once: %s %v, want %v", dtype, k, chunk, name, got, v)
					}
				}
			}
		}
	}
}

// leaveGroupsOut works out the terms of Evidence from log weights [K, B].
func leaveGroupsOut(logw []float64, k, rows int) map[string]float64 {
	groups := min(k, 50)
	terms := map[string]float64{}
	for b := range rows {
		estimate := func(without int) (l, n float64) {
			sum := 0.
			for i := range k {
				if i%groups != without {
					sum += math.Exp(logw[i*rows+b])
					n++
				}
			}
			return math.Log(sum / n), n
		}
		all, _ := estimate(-1)
		jack := float64(groups) * all
		for g := range groups {
			l, n := estimate(g)
			jack -= n / float64(k) * l
		}
		variance, sum, squares := 0., 0., 0.
		for g := range groups {
			l, n := estimate(g)
			h := float64(k) / (float64(k) - n)
			pseudo := h*all - (h-1)*l
			variance += (pseudo - jack) * (pseudo - jack) / (h - 1) / float64(groups)
		}
		for i := range k {
			w := math.Exp(logw[i*rows+b])
			sum, squares = sum+w, squares+w*w
		}
		for name, v := range map[string]float64{"evidence": all, "bias": all - jack, "variance": variance, "ess": sum * sum / squares} {
			terms[name] += v / float64(rows)
		}
	}
	return terms
}

// Memory is that of a chunk whatever the number of draws.
func TestEvidenceMemoryDoesNotGrowWithTheDraws(t *testing.T) {
	bytes := func(k int) int {
		_, b := evidenceProgram(t, shifted{20, .3, 1}, vi.Evidence{K: k}, 10, graph.Float32, false).Work()
		return b
	}
	if few, many := bytes(100), bytes(100000); few != many || few == 0 {
		t.Errorf("%d bytes for a hundred draws, %d for a hundred thousand", few, many)
	}
}

// Log weights of any size keep their differences, and a weight of zero is one.
func TestEvidenceOfFarWeights(t *testing.T) {
	for _, at := range []float64{0, 1e5, -3e6} {
		p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
			far := vi.Model{Joint: func(t *vi.Trace) {
				z := t.Draw("z", prob.StdNormal(1))
				t.Draw("x", constantScore{z.Scale(0).Shift(at)})
			}}
			e := vi.Evidence{K: 120}.Estimate(s, far, vi.Data{"x": s.Input("x", 2, 1)})
			s.Output("evidence", e.Value)
			s.Output("ess", e.Terms["ess"])
			s.Output("bias", e.Terms["bias"])
			s.Output("variance", e.Terms["variance"])
		})
		if err != nil {
			t.Fatal(err)
		}
		graph.Feed(p, "x", []float64{0, 0})
		runSeed(t, p, 1)
		for name, want := range map[string]float64{"evidence": at, "ess": 120, "bias": 0, "variance": 0} {
			if got := output(t, p, name)[0]; math.Abs(got-want) > 1e-4 {
				t.Errorf("at %v: %s %v, want %v", at, name, got, want)
			}
		}
	}
}

// constantScore scores everything alike.
type constantScore struct{ score *graph.Node }

func (d constantScore) LogProb(*graph.Node) *graph.Node { return graph.Sum(d.score, -1) }

// The interval of a mean over forty rows covers where that by the variance alone
// does not.
func TestEvidenceIntervalCovers(t *testing.T) {
	runs, slack := 400, .04
	guides := []struct {
		shifted
		k     int
		plain float64 // what the interval without the bias covers at most
	}{{shifted{1, .5, 1}, 50, 1}, {shifted{1, 1, 1}, 10, .8}, {shifted{8, .5, 1}, 50, .85}, {shifted{16, .5, 1}, 50, .5}, {shifted{4, 0, 1.3}, 10, 1}}
	if os.Getenv("LATENT_SWEEP") != "" {
		runs, slack = 4000, .035
		guides = append(guides, guides[2], guides[3])
		guides[5].k, guides[6].k = 500, 500
		guides[5].plain, guides[6].plain = 1, 1
	}
	const rows = 40
	for _, g := range guides {
		t.Run(fmt.Sprintf("%d draws, %+v", g.k, g.shifted), func(t *testing.T) {
			p := evidenceProgram(t, g.shifted, vi.Evidence{K: g.k}, rows, graph.Float64, false)
			_, want := g.data(rows)
			inside, plain := 0, 0
			for run := range runs {
				runSeed(t, p, uint64(run))
				terms := map[string]float64{}
				for _, name := range []string{"evidence", "bias", "variance"} {
					terms[name] = output(t, p, name)[0]
				}
				if lo, hi := vi.EvidenceInterval(terms, rows); lo < want && want < hi {
					inside++
				}
				if math.Abs(terms["evidence"]-want) < 1.96*math.Sqrt(terms["variance"]/rows) {
					plain++
				}
			}
			c, without := float64(inside)/float64(runs), float64(plain)/float64(runs)
			t.Logf("covers %.3f, without the bias %.3f", c, without)
			if c < .95-slack || without > g.plain {
				t.Errorf("covers %.3f, without the bias %.3f", c, without)
			}
		})
	}
}
