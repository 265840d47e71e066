package vi_test

import (
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// estimators are those that can be asked for, by their name in the matrix.
func estimators() map[string]vi.Estimator {
	m := map[string]vi.Estimator{}
	for _, e := range []vi.Estimator{
		vi.Pathwise{}, vi.STL{}, vi.DReG{}, vi.DReG{Prior: true}, vi.Score{}, vi.Score{Baseline: vi.MovingAverage{}}, vi.Score{Baseline: vi.LeaveOneOut{}},
		vi.Score{Baseline: vi.NVIL{Hidden: 2}}, vi.VIMCO{}, vi.Enumerate{}, vi.UnorderedSet{}, vi.Marginalised{}, vi.GumbelSoftmax{}, vi.StraightThrough{},
		vi.GappedST{}, vi.DecoupledST{}, vi.ARM{}, vi.DisARM{}, vi.ARMS{}, vi.DoubleCV{}, vi.RODEO{Hidden: 3},
		vi.REBAR{}, vi.RELAX{Hidden: 2}, vi.MeasureValued{}, vi.Local{}, vi.Flipout{}, vi.PerDraw{}, vi.Single{}, vi.Separate{},
	} {
		m[vi.Name(e)] = e
	}
	return m
}

// column makes the objectives of a column that takes estimators, in the ways
// that differ. Capacities and free bits lie on either side of the divergences
// of all problems, far from the kink.
func column(objective string) (ways []func(k int, c choice) vi.Objective) {
	const total = 7
	add := func(f func(k int, c choice) vi.Objective) { ways = append(ways, f) }
	switch objective {
	case "ELBO":
		for _, kl := range []vi.KL{vi.Auto, vi.MonteCarlo} {
			add(func(k int, c choice) vi.Objective {
				return vi.ELBO{Config: vi.Config{K: k, Total: total, Sites: c}, KL: kl}
			})
		}
	case "Capacity":
		for _, at := range []float64{.005, 50} {
			add(func(k int, c choice) vi.Objective {
				return lazy{func() vi.Objective {
					return vi.ELBO{Config: vi.Config{K: k, Total: total, Sites: c}, Capacity: graph.Const(at)}
				}}
			})
		}
	case "FreeBits":
		for _, lambda := range []float64{.005, 50} {
			add(func(k int, c choice) vi.Objective {
				return vi.FreeBits{Config: vi.Config{K: k, Total: total, Sites: c}, Lambda: lambda}
			})
		}
	case "IWAE":
		add(func(k int, c choice) vi.Objective { return vi.IWAE{Config: vi.Config{K: k, Total: total, Sites: c}} })
	case "Renyi":
		for _, alpha := range []float64{.4, 1.5} {
			add(func(k int, c choice) vi.Objective {
				return vi.Renyi{Config: vi.Config{K: k, Total: total, Sites: c}, Alpha: alpha}
			})
		}
	case "Expectation":
		add(func(k int, c choice) vi.Objective {
			return vi.Expectation{Config: vi.Config{K: k, Total: total, Sites: c}, Of: monteCarlo}
		})
	case "IWVI":
		add(func(k int, c choice) vi.Objective { return allRows{vi.IWVI{Config: vi.Config{K: k, Sites: c}}} })
	case "Chi":
		add(func(k int, c choice) vi.Objective { return vi.Chi{Config: vi.Config{K: k, Sites: c}} })
	}
	return ways
}

// trial is a problem to see a cell by.
type trial struct {
	p     problem // integrated over the noise of the gradient
	value problem // and over that of the value
	k     int
	sites choice
	name  string
	fails string // what the error says, if the model does not allow it
}

func one(p, value problem, k int, sites choice) []trial {
	return []trial{{p: p, value: value, k: k, sites: sites}}
}

// trials returns the problems of a kind of site, for what an estimator and an
// objective allow beside it.
func trials(c cell, e vi.Estimator) []trial {
	z := choice{"z": e}
	alone := c.objective == "Capacity" || c.objective == "FreeBits" // no score function beside
	switch c.kind {
	case "reparameterised":
		if c.estimator == "MeasureValued" {
			return one(measured().twice(), gaussian1(), 2, z)
		}
		return one(gaussian1(), gaussian1(), 2, z)
	case "discrete":
		switch c.estimator {
		case "Enumerate":
			quiet := func() problem { return bits(2).with(func(map[string]float64, int) []dimension { return nil }) }
			if c.objective == "IWVI" {
				return one(quiet(), quiet(), 2, z)
			}
			return append(one(quiet(), quiet(), 2, z), one(summed(), summed(), 2, choice{"y": e})...)
		case "UnorderedSet", "Marginalised":
			return one(ordered(), ordered(), 1, z)
		case "REBAR":
			return one(relaxedBit(40, "z/given").twice(), bits(1), 2, z)
		case "RELAX":
			return one(relaxedBit(90, "z/given").twice(), bits(1), 2, z)
		case "GumbelSoftmax", "StraightThrough", "GappedST", "DecoupledST":
			return one(softBits(), bits(1), 2, z)
		}
		return one(bits(2), bits(2), 2, z)
	case "global":
		switch _, pathwise := e.(vi.Pathwise); {
		case c.objective == "IWVI":
			beside := e // of a bit
			if pathwise || c.estimator == "STL" {
				beside = vi.VIMCO{}
			}
			ts := one(wholes(), wholes(), 2, choice{"w": e, "v": beside})
			if c.estimator == "DReG" {
				ts[0].fails, ts[0].sites = "DReG needs every latent of all data to be DReG", choice{"w": e, "v": vi.VIMCO{}}
			}
			return ts
		case alone:
			return one(layer("global"), layer("global"), 1, choice{"w": e})
		case pathwise || c.estimator == "STL":
			return one(shared("global"), shared("global"), 2, choice{"w": e, "v": vi.Score{}, "z": vi.Score{}})
		case c.estimator == "MeasureValued":
			return one(sharedMeasured(), shared("global"), 2, choice{"w": e, "v": vi.Score{}, "z": vi.Score{}})
		case c.estimator == "Score{LeaveOneOut}":
			return one(sharedTwice(), shared("global"), 2, choice{"w": e, "v": e, "z": vi.Score{}})
		}
		return one(shared("global"), shared("global"), 2, choice{"w": e, "v": e, "z": vi.Score{}})
	case "product":
		noise := strings.ToLower(c.estimator)
		if alone {
			return one(layer(noise), layer(noise), 1, choice{"w": e})
		}
		return one(shared(noise), shared(noise), 2, choice{"w": e, "z": vi.Score{}})
	}
	return nil
}

// twice integrates over two draws that are the same, which changes no mean of
// what each draw adds by itself.
func (p problem) twice() problem {
	return p.with(func(v map[string]float64, _ int) []dimension {
		ds := p.noise(v, 1)
		for i, d := range ds {
			ds = append(ds, dimension{d.input, 1, func(before []float64) (x, w []float64) { return before[i : i+1], []float64{1} }})
		}
		return ds
	})
}

// softBits is the one-bit problem integrated smoothly over every draw.
func softBits() problem {
	p := bits(1)
	return p.with(func(v map[string]float64, k int) (ds []dimension) {
		q := p.chance(v, 1, 0)
		for i := range k {
			ds = append(ds, dimension{"z/noise", i, smoothCells(30, func([]float64) []float64 { return []float64{1 - q} })})
		}
		return ds
	})
}

// fails returns the error of a build.
func (p problem) fails(o vi.Objective) error {
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		m, d := p.model(s), vi.Data{}
		for name, v := range p.data {
			d[name] = s.Input(name, len(v), 1)
		}
		s.Output("value", o.Estimate(s, m, d).Value)
	})
	return err
}

// mean integrates the gradient of a problem.
func (p problem) mean(t *testing.T, o vi.Objective, k int) map[string]float64 {
	t.Helper()
	return p.compile(t, o, k, true).integrate(t, p.params).grad
}
